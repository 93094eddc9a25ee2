from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from navigator_export import schemas
from navigator_export.attack import known
from navigator_export.build import build, check, read_manifest
from navigator_export.errors import GateError
from navigator_export.validation import validate
from tests.build.manifests import built, checked, listing, manifest_file, problems_of, tree
from tests.made_inputs import Json, make_row, mapping_file
from tests.running import Run

LAYERS = "layers: [{sources: m365, for_each: tier, path: '{tier}'}]\n"
COMPARE = "compare: [{sources: m365, old: {tier: E3}, new: {tier: E5}, path: changes/e3-e5%s}]\n"
GAPS = "gaps: [{sources: m365, select: {tier: E3}, threat: [T1566=3, T1114], offer: nist, path: gaps/list%s}]\n"
TEXT = LAYERS + COMPARE % "" + GAPS % ""


def index_in(folder: Path) -> Json:
    return json.loads((folder / "index.json").read_text("utf-8"))


def test_layers_and_tables_stand_beside_the_others(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    files = tree(tmp_path / "out")
    assert {"changes/e3-e5.json", "changes/e3-e5.md", "gaps/list.json", "gaps/list.md"} <= files.keys()
    for path in ("changes/e3-e5.json", "gaps/list.json"):
        assert validate(files[path]) == ()
    assert files["changes/e3-e5.md"].startswith("## E3 → E5 · M365 2025-07-18\n".encode())
    assert b"| gained | T1566 |" in files["changes/e3-e5.md"]


def test_index_lists_them_with_figures_and_checksums(tmp_path: Path) -> None:
    built(tmp_path, "base_url: https://example.org/l\n" + TEXT)
    index = index_in(tmp_path / "out")
    assert list(schemas.violations("index", index)) == []
    [change], [gap] = index["compare"], index["gaps"]
    assert change["counts"] == {"gained": 1, "better": 1, "worse": 0, "lost": 0, "same": 2}
    assert (change["before"], change["after"], change["of"]) == (3, 4, 656)
    assert (gap["coverage"], gap["covered"], gap["of"], gap["by_use"]) == ("E3 · M365 2025-07-18", 1, 2, 0.25)
    assert change["url"] == "https://example.org/l/changes/e3-e5.json"
    files = tree(tmp_path / "out")
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {path: hashlib.sha256(text).hexdigest() for path, text in files.items() if path != "SHA256SUMS"}
    page = files["INDEX.md"].decode()
    assert "## Comparisons" in page
    assert "[table](gaps/list.md)" in page


def test_index_counts_techniques_per_tactic(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    index = index_in(tmp_path / "out")
    assert [layer["tactics"]["initial-access"] for layer in index["layers"]] == [1, 2]
    [matrix] = index["matrices"]
    assert (matrix["domain"], matrix["attack_version"], matrix["techniques"]) == ("enterprise-attack", "16.1", 656)
    assert matrix["tactics"]["initial-access"] == {"name": "Initial Access", "techniques": 21}
    assert "| E3 · M365 2025-07-18 | 0 | 0 | 1 |" in (tmp_path / "out/INDEX.md").read_text("utf-8")


def test_check_finds_no_drift_and_then_the_table_that_was_changed(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    assert not checked(tmp_path, TEXT)
    (tmp_path / "out/gaps/list.md").write_text("mine")
    assert checked(tmp_path, TEXT).stale == ("gaps/list.md",)


def test_what_the_manifest_no_longer_has_is_removed(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    assert set(built(tmp_path, LAYERS + COMPARE % "").removed) == {"gaps/list.json", "gaps/list.md"}
    assert not (tmp_path / "out/gaps").exists()


def test_table_that_somebody_changed_is_nobodys_to_remove(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    (tmp_path / "out/gaps/list.md").write_text("mine")
    assert built(tmp_path, LAYERS).removed == ("changes/e3-e5.json", "changes/e3-e5.md", "gaps/list.json")
    assert (tmp_path / "out/gaps/list.md").read_text() == "mine"


def test_index_cannot_have_somebodys_text_removed(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    readme = tmp_path / "out/README.md"
    readme.write_text("mine")
    index = index_in(tmp_path / "out")
    index["gaps"][0] |= {"table": "README.md", "table_sha256": hashlib.sha256(b"mine").hexdigest()}
    (tmp_path / "out/index.json").write_text(json.dumps(index))
    built(tmp_path, LAYERS)
    assert readme.read_text() == "mine"


def test_same_bytes_again(tmp_path: Path) -> None:
    built(tmp_path, TEXT, "one")
    built(tmp_path, TEXT, "two", jobs=2)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


@pytest.mark.parametrize(
    ("gated", "said"),
    [
        (LAYERS + GAPS % ", fail_under: 30", "25.0 % of use is covered, less than 30 %"),
        (LAYERS + GAPS % ", fail_on: [T1114, T1566]", "not covered: T1566"),
        (LAYERS + COMPARE % ", fail_on: gained", "1 technique gained"),
        (
            LAYERS + "compare: [{sources: m365, old: {tier: E5}, new: {tier: E3}, path: x, fail_on: [lost, worse]}]",
            "1 technique worse",
        ),
    ],
)
def test_failed_gate_writes_nothing(tmp_path: Path, gated: str, said: str) -> None:
    built(tmp_path, TEXT)
    before = listing(tmp_path / "out")
    manifest = read_manifest(str(manifest_file(tmp_path, gated)))
    for action in (build, check):
        with pytest.raises(GateError, match=said):
            action(manifest, str(tmp_path / "out"), known())
    after = listing(tmp_path / "out")
    assert {**after, ".": before["."]} == before


def test_less_than_an_earlier_answer_fails(tmp_path: Path, run: Run) -> None:
    manifest_file(tmp_path, LAYERS)
    asked = ("gaps", tmp_path / "m365.json", "--tier", "E3", "--threat", "T1566=3", "--threat", "T1114")
    (tmp_path / "before.json").write_bytes(run(*asked, "--format", "json").out)
    text = LAYERS + GAPS % ", no_worse_than: before.json"
    built(tmp_path, text)
    assert tmp_path / "before.json" in read_manifest(str(manifest_file(tmp_path, text))).inputs
    manifest = manifest_file(tmp_path, text.replace("tier: E3}", "tier: E3, technique: T1078}"))
    with pytest.raises(GateError, match=r"covered before, and not now: T1114"):
        build(read_manifest(str(manifest)), str(tmp_path / "out"), known())


def test_less_than_the_build_before_fails_and_the_build_before_stays(tmp_path: Path) -> None:
    built(tmp_path, LAYERS + GAPS % "")
    gated = LAYERS + GAPS % ", no_worse_than: out/index.json"
    built(tmp_path, gated)
    before = tree(tmp_path / "out")
    assert not checked(tmp_path, gated)
    mapping_file(tmp_path, [make_row("MAIL-E3", "T1003", "protect partial")], "m365.json")
    with pytest.raises(GateError, match=r"0\.0 % of use is covered, and 25\.0 % was before"):
        built(tmp_path, gated)
    assert tree(tmp_path / "out") == before


def test_gates_that_hold_let_the_build_pass(tmp_path: Path) -> None:
    built(tmp_path, LAYERS + COMPARE % ", fail_on: [lost, worse]" + GAPS % ", fail_under: 25, fail_on: T1114")
    assert (tmp_path / "out/gaps/list.json").exists()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("gaps: [{sources: m365, threat: Nobody, path: x}]", "'Nobody' is no group"),
        ("gaps: [{sources: nothing, threat: T1114, path: x}]", "no source is called 'nothing'"),
        ("gaps: [{sources: m365, threat: T1114, offer: nothing, path: x}]", "no source is called 'nothing'"),
        ("gaps: [{sources: m365, threat: T1114, path: ../x}]", "leaves the output folder"),
        ("gaps: [{sources: m365, threat: T1114, path: E3}]", "is that of the layer on line"),
        ("gaps: [{sources: m365, threat: T1114, path: INDEX}]", "the build's own"),
        ("gaps: [{sources: m365, threat: T1114, path: x, no_worse_than: m356.json}]", "nearest files: m365.json"),
        ("gaps: [{sources: m365, threat: T1114, path: x, no_worse_than: m365.json}]", "is no earlier answer"),
        ("compare: [{sources: m365, old: {tier: E9}, path: x}]", "there is no tier 'E9'"),
        (
            "compare: [{old: {sources: m365}, new: {sources: [nist, m365]}, select: {group: none}, path: x}]",
            "matches nothing",
        ),
        ("compare: [{path: x, fail_on: same}]", "same"),
        ("compare: [{sources: m365}]", "path"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, entry: str, message: str) -> None:
    problems = problems_of(tmp_path, LAYERS + entry)
    assert any(message in f"{problem}" for problem in problems)
    assert all("line 3" in problem.place for problem in problems)


def test_names_of_their_own_differ_where_they_begin(tmp_path: Path) -> None:
    entry = "gaps: [{sources: m365, threat: T1114, path: a}, {sources: m365, threat: T1566, path: b}]"
    done = built(tmp_path, LAYERS + entry)
    names = [one["name"] for one in index_in(tmp_path / "out")["gaps"]]
    assert names[1] == f"1 · {names[0]}"
    assert done.alike == ()


def test_threats_from_a_file_of_the_manifests_folder(tmp_path: Path) -> None:
    (tmp_path / "ours.txt").write_text("T1566 3\nT1114\n")
    text = LAYERS + "gaps: [{sources: m365, threat: ours.txt, path: a}]"
    built(tmp_path, text)
    assert index_in(tmp_path / "out")["gaps"][0]["threat"] == "ours.txt"
    assert tmp_path / "ours.txt" in read_manifest(str(manifest_file(tmp_path, text))).inputs
