from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies as st

from navigator_export import read
from navigator_export.attack import known
from navigator_export.build import build, read_manifest
from navigator_export.layer.sheets import shown_in_sheet
from navigator_export.validation import validate_files
from tests.build.manifests import built, manifest_file
from tests.made_inputs import make_row, mapping_file
from tests.running import Run


def names_in(folder: Path) -> dict[str, str]:
    """Return the names of a folder's layers by their files."""
    index = json.loads((folder / "index.json").read_bytes())
    return {layer["file"]: layer["name"] for layer in index["layers"]}


def test_layers_whose_names_begin_alike_are_numbered(tmp_path: Path) -> None:
    rows = [make_row(id_, "T1114") for id_ in ("EOP-MFR-E3", "EOP-MFR-E5", "MAIL-E3")]
    mapping_file(tmp_path, rows, "own.json")
    built(tmp_path, "sources: {own: own.json}\nlayers:\n  - {for_each: capability}\n  - {path: all}\n")
    assert names_in(tmp_path / "out") == {
        "all.json": "M365 2025-07-18",
        "own/eop-mfr-e3.json": "1 · EOP-MFR-E3 Name of EOP-MFR-E3 · M365 2025-07-18",
        "own/eop-mfr-e5.json": "2 · EOP-MFR-E5 Name of EOP-MFR-E5 · M365 2025-07-18",
        "own/mail-e3.json": "MAIL-E3 Name of MAIL-E3 · M365 2025-07-18",
    }


def test_each_release_counts_for_itself(tmp_path: Path) -> None:
    text = """
        sources: {own: own.json}
        layers:
          - {for_each: tier}
          - {for_each: tier, score: count, path: "count/{tier}"}
          - {for_each: tier, attack_version: "20.0", path: "moved/{tier}"}
    """
    mapping_file(tmp_path, [make_row("A-E3"), make_row("A-E5")], "own.json")
    built(tmp_path, text)
    assert list(names_in(tmp_path / "out").values()) == [
        "1 · E3 · M365 2025-07-18",
        "2 · E5 · M365 2025-07-18",
        "3 · E3 · M365 2025-07-18 · count",
        "4 · E5 · M365 2025-07-18 · count",
        "E3 · M365 2025-07-18 · ATT&CK 20.0",
        "E5 · M365 2025-07-18 · ATT&CK 20.0",
    ]


def test_command_of_a_numbered_layer_names_it(tmp_path: Path) -> None:
    mapping_file(tmp_path, [make_row("MAIL-IN-A"), make_row("MAIL-IN-B")], "own.json")
    built(tmp_path, "sources: {own: own.json}\nlayers: [{for_each: capability}]\n")
    index = json.loads((tmp_path / "out" / "index.json").read_bytes())
    assert ["'--name=1 · MAIL-IN-A" in layer["command"] for layer in index["layers"]] == [True, False]


def test_given_names_stay_and_those_that_begin_alike_are_told(tmp_path: Path, run: Run) -> None:
    text = """
        sources: {own: own.json}
        layers:
          - {for_each: tier, name: "M365 2025 {tier}"}
          - {path: z}
    """
    mapping_file(tmp_path, [make_row("A-E3"), make_row("A-E5")], "own.json")
    outcome = run("build", manifest_file(tmp_path, text))
    assert outcome.code == 0
    assert list(names_in(tmp_path).values()) == ["M365 2025 E3", "M365 2025 E5", "1 · M365 2025-07-18"]
    assert "warning the names of 2 layers begin alike" in outcome.err
    assert "own/e3.json, own/e5.json" in outcome.err


def test_a_number_is_part_of_what_is_remembered(tmp_path: Path, run: Run) -> None:
    text = "sources: {own: own.json}\nlayers:\n  - {select: {capability: MAIL-IN-B}, path: b}\n"
    mapping_file(tmp_path, [make_row("MAIL-IN-A"), make_row("MAIL-IN-B")], "own.json")
    assert run("build", manifest_file(tmp_path, text)).code == 0
    assert (
        run("build", manifest_file(tmp_path, f"{text}  - {{select: {{capability: MAIL-IN-A}}, path: a}}\n")).code == 0
    )
    assert [name[:13] for name in names_in(tmp_path).values()] == ["1 · MAIL-IN-B", "2 · MAIL-IN-A"]


IDS = st.lists(st.text(st.sampled_from("AB12 -/*:·"), max_size=12).map("A{}".format), min_size=1, max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(ids=IDS, groups=st.lists(st.sampled_from(("mail", "mailbox A", "1", "2 · x")), min_size=1, max_size=3))
def test_names_of_a_build_begin_differently_and_have_nothing_that_excel_refuses(
    tmp_path: Path, ids: list[str], groups: list[str]
) -> None:
    rows = [make_row(id_, capability_group=groups[index % len(groups)]) for index, id_ in enumerate(ids)]
    source = mapping_file(tmp_path, rows, "own.json", capability_groups={name: f"{name}: *" for name in groups})
    known_ids = read(str(source)).capabilities
    text = """
        sources: {own: own.json}
        layers:
          - {for_each: capability}
          - {for_each: group, path: "g/{group}"}
          - {for_each: [group, capability], path: "x/{group}/{capability}"}
          - {path: all}
          - {path: counted, score: count}
    """
    manifest = manifest_file(tmp_path, text)
    output = tmp_path / "out"
    made = build(read_manifest(str(manifest)), str(output), known())
    assert len(made.layers) >= len(known_ids) + 2
    shown = Counter(shown_in_sheet(name, "enterprise", 16) for name in names_in(output).values())
    assert max(shown.values()) == 1
    assert made.alike == ()
    assert validate_files({file: (output / file).read_bytes() for file in names_in(output)}) == ()
