"""Sources of several ATT&CK releases in one layer: each is moved first, and merged then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from navigator_export import Criteria, Recipe, Selection, SelectionError, SourceError, make_layer, read, read_each
from navigator_export.inspection import gather, inspect
from navigator_export.merging import merge
from navigator_export.model import MappingSet, Origin
from navigator_export.tiers import TierOptions, assign_tiers
from tests.build.manifests import built, layers_in
from tests.made_inputs import NIST, Json, make_row, mapping_file
from tests.real_inputs import M365_2023, M365_2025, corpus
from tests.results import metadata_of, scores, technique_of
from tests.running import Run

TARGET = Recipe(attack_version="16.1")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return two files of one framework, at 6.3 and 16.1, that agree on one row and on one capability."""
    old = [make_row("A", "T1078"), make_row("A", "T1086"), make_row("A", "T1114")]
    new = [make_row("A", "T1078"), make_row("B", "T1059.001"), make_row("a", "T1114", "detect minimal")]
    return (
        mapping_file(tmp_path, old, "old.json", attack_version="6.3"),
        mapping_file(tmp_path, new, "new.json", attack_version="16.1"),
    )


def test_each_source_is_moved_first_and_merged_then(files: tuple[Path, Path]) -> None:
    product = make_layer(read_each(*files), TARGET)
    assert scores(product.text) == {"T1059.001": 2, "T1078": 2, "T1114": 2}
    powershell = technique_of(product.text, "T1059.001")
    assert metadata_of(powershell, "capability") == ["A", "B"]
    assert metadata_of(powershell, "mapped as") == ["T1086 at 6.3"]
    assert "from T1086 at 6.3" in powershell["comment"]


def test_the_account_sums_over_the_sources(files: tuple[Path, Path]) -> None:
    tally = make_layer(read_each(*files), TARGET).tally
    assert (tally.rows, tally.mappings, tally.duplicates) == (6, 5, 1)
    assert tally.retargeting.from_release == "6.3, 16.1"
    assert [(f.technique, f.target, f.outcome, f.mappings) for f in tally.retargeting.fates] == [
        ("T1086", "T1059.001", "merged", 1)
    ]


def test_title_file_name_and_metadata_say_which_releases_the_sources_are_at(files: tuple[Path, Path]) -> None:
    product = make_layer(read_each(*files), TARGET)
    assert product.layer.name == "M365 2025-07-18 · ATT&CK 16.1"
    assert "moved from 6.3 to 16.1" in product.layer.description
    assert "attack-6.3+16.1-to-16.1" in product.file_name
    releases = metadata_of(json.loads(product.text), "ATT&CK release")
    assert releases == ["6.3 enterprise", "16.1 enterprise"]


def test_title_tells_the_releases_of_the_frameworks_that_are_selected_alone(tmp_path: Path) -> None:
    old = mapping_file(tmp_path, [make_row("AC-1", rating="")], "old.json", **NIST | {"attack_version": "14.1"})
    new = mapping_file(tmp_path, [make_row()], "new.json", attack_version="15.1")
    selection = Selection(include=Criteria(frameworks=("m365",)))
    product = make_layer(read_each(old, new), Recipe(attack_version="16.1", selection=selection))
    assert "moved from 15.1 to 16.1" in product.layer.description
    assert product.tally.retargeting.from_release == "15.1"


def test_order_of_the_sources_decides_nothing_but_their_order(files: tuple[Path, Path]) -> None:
    there, back = (json.loads(make_layer(read_each(*order), TARGET).text) for order in (files, files[::-1]))
    assert there["techniques"] == back["techniques"]
    assert there["name"] == back["name"]


def test_one_technique_of_two_releases_keeps_both_origins(tmp_path: Path) -> None:
    sets = read_each(
        *(
            mapping_file(tmp_path, [make_row("A", "T1086")], f"{release}.json", attack_version=release)
            for release in ("6.3", "6.0")
        )
    )
    product = make_layer(sets, TARGET)
    [entry] = json.loads(product.text)["techniques"]
    assert metadata_of(entry, "mapped as") == ["T1086 at 6.0", "T1086 at 6.3"]


def test_moved_mappings_know_the_release_of_their_own_source(files: tuple[Path, Path]) -> None:
    moved = gather(read_each(*files), "16.1")
    assert [m.origin for m in moved.mappings if m.origin] == [Origin("T1086", "6.3")]


def test_without_a_target_each_source_is_named_with_its_release(files: tuple[Path, Path]) -> None:
    for refused in (lambda: read(*files), lambda: make_layer(read_each(*files))):
        with pytest.raises(SourceError) as caught:
            refused()
        message = str(caught.value)
        assert "old.json (6.3), new.json (16.1)" in message
        assert "`attack_version`" in message
        assert "`reading.attack_version`" in message


def test_different_domains_are_refused_whatever_the_target(tmp_path: Path) -> None:
    sets = read_each(
        mapping_file(tmp_path, [make_row()], "a.json"),
        mapping_file(tmp_path, [make_row(technique="T1660")], "b.json", technology_domain="mobile"),
    )
    for recipe in (Recipe(), TARGET, Recipe(attack_version="99")):
        with pytest.raises(SourceError, match=r"a\.json \(enterprise\), b\.json \(mobile\).*`reading\.domain`"):
            make_layer(sets, recipe)


def test_unknown_target_is_a_problem_of_the_selection(files: tuple[Path, Path]) -> None:
    with pytest.raises(SelectionError, match="99"):
        make_layer(read_each(*files), Recipe(attack_version="99"))


def test_merging_one_set_is_that_set(files: tuple[Path, Path]) -> None:
    [alone] = read_each(files[0])
    assert merge([alone]) is alone


def test_published_releases_of_one_framework_go_together() -> None:
    sets = read_each(corpus(M365_2023), corpus(M365_2025))
    product = make_layer(sets, Recipe(attack_version="20.0"))
    apart = [make_layer(one, Recipe(attack_version="20.0")) for one in sets]
    together = {id_: max(scores(p.text).get(id_, 0) for p in apart) for p in apart for id_ in scores(p.text)}
    assert scores(product.text) == together
    tally = product.tally
    assert tally.mappings + tally.duplicates + tally.unmapped + tally.retargeting.dropped == tally.rows


# ---- on the command line and in builds -------------------------------------------------------------------------------


def test_export_tells_the_options_that_help(files: tuple[Path, Path], run: Run) -> None:
    outcome = run("export", *files)
    assert outcome.code == 2
    assert "--attack-version moves them all to one" in outcome.err
    assert "--source-attack-version" in outcome.err
    assert run("export", *files, "--attack-version", "16.1").code == 0
    assert run("export", *files, "--source-attack-version", "16.1").code == 0


def test_command_of_the_layer_makes_it_again(
    files: tuple[Path, Path], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files[0].parent)
    product = make_layer(read_each("old.json", "new.json"), TARGET)
    assert run(*product.command.split()[1:]).out == product.text


MANIFEST: dict[str, Json] = {"sources": {"old": "old.json", "new": "new.json"}}


def test_build_moves_each_source_to_the_release_of_the_manifest(files: tuple[Path, Path], tmp_path: Path) -> None:
    built(
        tmp_path,
        MANIFEST
        | {
            "attack_version": "16.1",
            "layers": [{"path": "both"}, {"for_each": "source"}, {"for_each": "capability", "path": "{capability}"}],
        },
    )
    layers = layers_in(tmp_path / "out")
    assert set(layers) == {"both.json", "old.json", "new.json", "a.json", "b.json"}
    both = json.loads(make_layer(read_each(*files), TARGET).text)
    assert layers["both.json"]["techniques"] == both["techniques"]
    assert "moved from 6.3 to 16.1" in layers["old.json"]["description"]


def test_build_without_a_target_names_the_sources(files: tuple[Path, Path], tmp_path: Path, run: Run) -> None:
    (tmp_path / "layers.yaml").write_text(json.dumps(MANIFEST | {"layers": [{"path": "both"}]}))
    outcome = run("build", tmp_path / "layers.yaml", "-o", tmp_path / "out")
    assert outcome.code == 2
    assert "old.json (6.3), new.json (16.1)" in outcome.err
    assert "attack_version moves them all to one" in outcome.err


def facts_of(mappings: MappingSet) -> tuple[str, dict[str, int], list[str]]:
    inspection = inspect(mappings, assign_tiers(mappings, TierOptions()))
    techniques = {facts.id: facts.mappings for facts in inspection.techniques}
    return inspection.attack_version, techniques, [facts.id for facts in inspection.inactive]


def test_inspect_shows_sources_of_several_releases_as_they_are_or_moved(files: tuple[Path, Path]) -> None:
    sets = read_each(*files)
    assert facts_of(gather(sets, None)) == (
        "16.1",
        {"T1059.001": 1, "T1078": 2, "T1086": 1, "T1114": 2},
        ["T1086"],
    )
    assert facts_of(gather(sets, "15.1")) == ("15.1", {"T1059.001": 2, "T1078": 2, "T1114": 2}, [])


def test_inspect_refuses_no_release(files: tuple[Path, Path], run: Run) -> None:
    outcome = run("inspect", *files)
    assert outcome.code == 0
    assert "looked at in ATT&CK 16.1" in outcome.out.decode()
    assert json.loads(run("inspect", *files, "--json", "--attack-version", "20").out)["attack_version"] == "20.0"


def test_convert_writes_a_document_of_each_release(files: tuple[Path, Path], tmp_path: Path, run: Run) -> None:
    outcome = run("convert", *files, "-o", f"{tmp_path}/converted/")
    assert outcome.code == 0
    names = sorted(file.name for file in (tmp_path / "converted").iterdir())
    assert names == [f"m365-07.18.2025_attack-{release}-enterprise.json" for release in ("16.1", "6.3")]
    refused = run("convert", *files)
    assert "m365 at 16.1, m365 at 6.3" in refused.err


def test_one_name_of_two_sources_is_said_once_for_each_release(tmp_path: Path) -> None:
    for folder, release in (("a", "14.1"), ("b", "16.1"), ("c", "16.1")):
        (tmp_path / folder).mkdir()
        mapping_file(
            tmp_path / folder, [make_row("AC-1", rating="")], "nist.json", **NIST | {"attack_version": release}
        )
    with pytest.raises(SourceError, match=r"nist\.json \(14\.1\), nist\.json \(16\.1\)"):
        read(*(tmp_path / folder / "nist.json" for folder in "abc"))
