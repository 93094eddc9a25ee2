from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.build.manifests import INDEX_FILES, layers_in, listing, manifest_file, own_cache, tree
from tests.made_inputs import NIST, layer_bytes, make_row, mapping_file, unrated_rows
from tests.real_inputs import ROOT
from tests.results import control_characters
from tests.running import Run
from tests.validation.test_reports import checked_sarif, commands

TEXT = """
    layers:
      - {sources: m365, for_each: [tier, category], path: "{tier}/{category}"}
      - {sources: nist, path: nist}
"""
FORMATS = ["text", "json", "github", "sarif"]


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    return own_cache(monkeypatch, tmp_path)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return manifest_file(tmp_path, TEXT)


# ---- where it goes ---------------------------------------------------------------------------------------------------


def test_layers_go_beside_the_manifest_by_default(run: Run, tmp_path: Path) -> None:
    path = manifest_file(tmp_path, "layers: [{sources: m365, path: a}]")
    before = tree(tmp_path)
    assert run("build", path).code == 0
    after = tree(tmp_path)
    assert before.items() <= after.items()
    assert set(after) - set(before) == {"a.json"} | INDEX_FILES


def test_layers_go_where_the_manifest_says(run: Run, tmp_path: Path) -> None:
    path = manifest_file(tmp_path / "in", "output: ../there/deep\n" + "layers: [{sources: m365, path: a}]")
    assert run("build", path).code == 0
    assert set(tree(tmp_path / "there/deep")) == {"a.json"} | INDEX_FILES


def test_layers_go_where_the_command_line_says(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = manifest_file(tmp_path / "in", "output: ../there\n" + "layers: [{sources: m365, path: a}]")
    monkeypatch.chdir(tmp_path)
    assert run("build", path, "-o", "here").code == 0
    assert set(tree(tmp_path / "here")) == {"a.json"} | INDEX_FILES
    assert not (tmp_path / "there").exists()


def test_relative_manifest_in_this_folder_works(run: Run, manifest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(manifest.parent)
    assert run("build", "layers.yaml", "-o", "out").code == 0
    assert run("build", "layers.yaml", "-o", "out", "--check").code == 0


def test_sample_of_the_repository_builds(run: Run, tmp_path: Path) -> None:
    assert run("build", ROOT / "layers/layers.yaml", "-o", tmp_path / "out").code == 0
    built = tree(tmp_path / "out")
    kept = {name: data for name, data in tree(ROOT / "layers").items() if name != "layers.yaml"}
    assert built == kept


# ---- what is said ----------------------------------------------------------------------------------------------------


def test_summary_has_a_line_for_each_entry(run: Run, manifest: Path, tmp_path: Path) -> None:
    outcome = run("build", manifest, "-o", tmp_path / "out")
    assert outcome.out == b""
    rows = [line.split() for line in outcome.err.splitlines() if line.strip().startswith("line ")]
    layers = layers_in(tmp_path / "out")
    crossed = [len(layer["techniques"]) for path, layer in layers.items() if path != "nist.json"]
    assert [row[:3] for row in rows] == [["line", "3", str(len(crossed))], ["line", "4", "1"]]
    assert rows[0][4:7] == [str(min(crossed)), "to", str(max(crossed))]
    assert rows[1][-5:] == ["3", "4", "0", "0", "0"]
    assert f"{len(layers)} layers in {tmp_path / 'out'}" in outcome.err
    assert f"{6 - len(crossed)} crossed value maps nothing and has no layer" in outcome.err


def test_removed_layers_are_told(run: Run, manifest: Path, tmp_path: Path) -> None:
    run("build", manifest, "-o", tmp_path / "out")
    manifest_file(tmp_path, "layers: [{sources: m365, path: a}]")
    outcome = run("build", manifest, "-o", tmp_path / "out")
    assert "nist.json" in outcome.err.partition("removed")[2]


def test_verbose_says_a_line_per_layer(run: Run, manifest: Path, tmp_path: Path) -> None:
    outcome = run("build", manifest, "-o", tmp_path / "out", "-v")
    for path, layer in layers_in(tmp_path / "out").items():
        assert re.search(
            rf"^{path}: {len(layer['techniques'])} techniques?, \d+ mappings?, written$", outcome.err, re.M
        )
    assert "e3/respond.json: maps nothing" in outcome.err


def test_warnings_are_counted_for_each_entry_also_where_nothing_changed_and_told_when_verbose(
    run: Run, tmp_path: Path
) -> None:
    mapping_file(tmp_path, unrated_rows(), "nist.json", **NIST)
    text = "sources: {nist: nist.json}\nlayers:\n  - {score: best, path: a}\n  - {score: count, path: b}\n"
    (tmp_path / "layers.yaml").write_text(text)
    for state in ("written", "unchanged"):
        outcome = run("build", tmp_path / "layers.yaml", "-o", tmp_path / "out", "-v")
        rows = [line.split() for line in outcome.err.splitlines() if line.strip().startswith("line ")]
        assert [row[-2] for row in rows] == ["1", "0"]
        assert state in outcome.err
        assert "a.json: warning nothing selected is rated, so every score is 0; score.strategy count" in outcome.err


def test_quiet_says_nothing_where_nothing_is_wrong(run: Run, manifest: Path, tmp_path: Path) -> None:
    assert run("build", manifest, "-o", tmp_path / "out", "-q")[1:] == (b"", "")
    assert run("build", manifest, "-o", tmp_path / "out", "--check", "-q")[1:] == (b"", "")
    (tmp_path / "out/nist.json").unlink()
    outcome = run("build", manifest, "-o", tmp_path / "out", "--check", "-q")
    assert (outcome.code, outcome.out) == (1, b"missing: nist.json\n")


def test_manifest_must_not_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    mapping_file(tmp_path, [make_row("A\x1b[31m\x07", "T1114")], "odd.json")
    text = {
        "sources": {"odd": "odd.json"},
        "layers": [{"for_each": "capability", "path": "x"}, {"path": "\x1b]0;y\x07"}],
    }
    path = manifest_file(tmp_path, text)
    outcome = run("build", path, "-o", tmp_path / "out", "-v")
    assert control_characters(outcome.err) == set()
    assert outcome.code == 2


def test_progress_bar_is_for_terminals_alone(
    run: Run, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "layers ━" not in run("build", manifest, "-o", tmp_path / "a").err
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    outcome = run("build", manifest, "-o", tmp_path / "b", "-v")
    assert outcome.code == 0
    assert "nist.json: 3 techniques" in outcome.err
    assert set(layers_in(tmp_path / "a")) == set(layers_in(tmp_path / "b"))


# ---- usage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [(), ("--jobs", "0"), ("--jobs", "x"), ("--format", "xml"), ("--colour",), ("a", "b"), ("--jobs", "-1")],
)
def test_wrong_usage_gives_2_and_writes_nothing(arguments: tuple[str, ...], run: Run, manifest: Path) -> None:
    before = listing(manifest.parent)
    given = ("build", manifest, *arguments) if arguments else ("build",)
    assert run(*given).code == 2
    assert listing(manifest.parent) == before


@pytest.mark.parametrize("output", ["", "-"])
def test_output_that_is_no_folder_is_a_usage_error(
    output: str, run: Run, manifest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(manifest.parent)
    before = listing(manifest.parent)
    assert run("build", manifest, f"--output={output}").code == 2
    assert listing(manifest.parent) == before


# ---- problems of the manifest, in each format ------------------------------------------------------------------------

WRONG = "layers:\n  - {sources: m365, path: a}\n  - {sources: m365, pth: 'b,c:d%e'}\n  - {sources: m365, score: bst}\n"


@pytest.mark.parametrize("check", [(), ("--check",)])
@pytest.mark.parametrize("format_", FORMATS)
def test_wrong_manifest_gives_2_in_every_format(format_: str, check: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    path = manifest_file(tmp_path, WRONG)
    before = listing(tmp_path)
    outcome = run("build", path, "-o", tmp_path / "out", "--format", format_, *check)
    told = outcome.err if format_ == "text" else outcome.out.decode()
    assert outcome.code == 2
    assert "pth" in told
    assert "bst" in told
    assert listing(tmp_path) == before


def test_problems_in_text_name_file_line_and_key(run: Run, tmp_path: Path) -> None:
    path = manifest_file(tmp_path, WRONG)
    outcome = run("build", path, "-o", tmp_path / "out")
    assert outcome.out == b""
    assert outcome.err.splitlines() == [
        f"{path}::line 4, $.layers[1].pth: error unknown key 'pth'; nearest keys: path",
        f"{path}::line 5, $.layers[2].score: error expected one of best, count, mean, sum, breadth, category, "
        'found "bst"; Name of a score.',
    ]


def test_problems_for_github_name_file_and_line(run: Run, tmp_path: Path) -> None:
    path = manifest_file(tmp_path, WRONG)
    told = list(commands(run("build", path, "-o", tmp_path / "out", "--format", "github").out.decode()))
    assert [(severity, p["file"], p["line"], p["title"]) for severity, p, _ in told] == [
        ("error", str(path), "4", "manifest"),
        ("error", str(path), "5", "manifest"),
    ]


def test_problems_in_sarif_name_file_and_line(run: Run, tmp_path: Path) -> None:
    path = manifest_file(tmp_path, WRONG)
    [log] = checked_sarif(run("build", path, "-o", tmp_path / "out", "--format", "sarif").out.decode())["runs"]
    places = [result["locations"][0]["physicalLocation"] for result in log["results"]]
    assert [place["region"]["startLine"] for place in places] == [4, 5]
    assert {result["ruleId"] for result in log["results"]} == {"manifest"}


def test_problems_in_json_are_findings(run: Run, tmp_path: Path) -> None:
    path = manifest_file(tmp_path, WRONG)
    document = json.loads(run("build", path, "-o", tmp_path / "out", "--format", "json").out)
    assert document["errors"] == 2
    assert [(finding["rule"], finding["file"]) for finding in document["findings"]] == [("manifest", str(path))] * 2


@pytest.mark.parametrize("format_", ["github", "sarif", "json"])
def test_problem_of_a_layer_names_its_line_in_every_format(format_: str, run: Run, tmp_path: Path) -> None:
    path = manifest_file(tmp_path, "layers:\n  - sources: m365\n    path: a\n    select: {capability: MIAL-E3}\n")
    out = run("build", path, "-o", tmp_path / "out", "--format", format_).out.decode()
    assert "MIAL-E3" in out
    if format_ == "github":
        [(_, properties, _)] = commands(out)
        assert properties["line"] == "5"


@pytest.mark.parametrize("format_", FORMATS)
def test_missing_manifest_gives_2_in_every_format(format_: str, run: Run, tmp_path: Path) -> None:
    outcome = run("build", tmp_path / "none.yaml", "--format", format_)
    assert outcome.code == 2
    assert "there is no such file" in outcome.err + outcome.out.decode()


# ---- a check, in each format -----------------------------------------------------------------------------------------


@pytest.fixture
def drifted(run: Run, manifest: Path, tmp_path: Path) -> Path:
    """Return a folder in which one file is missing, one stale and one stray."""
    run("build", manifest, "-o", tmp_path / "out")
    (tmp_path / "out/nist.json").unlink()
    (tmp_path / "out/e3/detect.json").write_bytes(b"{}")
    (tmp_path / "out/stray.json").write_bytes(layer_bytes())
    return tmp_path / "out"


EXPECTED = [("missing", "nist.json"), ("stale", "e3/detect.json"), ("stray", "stray.json")]


def test_check_in_text_says_what_and_how_to_mend_it(run: Run, manifest: Path, drifted: Path) -> None:
    outcome = run("build", manifest, "-o", drifted, "--check")
    assert outcome.code == 1
    assert outcome.out.decode().splitlines() == [f"{what}: {path}" for what, path in EXPECTED]
    assert f"navigator-export build {manifest} -o {drifted}" in outcome.err


def test_check_for_github_names_each_file(run: Run, manifest: Path, drifted: Path) -> None:
    outcome = run("build", manifest, "-o", drifted, "--check", "--format", "github")
    assert outcome.code == 1
    told = list(commands(outcome.out.decode()))
    assert [(severity, p["file"], p["title"]) for severity, p, _ in told] == [
        ("error", (drifted / path).as_posix(), "drift") for _, path in EXPECTED
    ]
    assert all(what in message for (what, _), (_, _, message) in zip(EXPECTED, told, strict=True))


def test_check_in_sarif_and_json_names_each_file(run: Run, manifest: Path, drifted: Path) -> None:
    outcome = run("build", manifest, "-o", drifted, "--check", "--format", "sarif")
    [log] = checked_sarif(outcome.out.decode())["runs"]
    assert (outcome.code, len(log["results"])) == (1, 3)
    outcome = run("build", manifest, "-o", drifted, "--check", "--format", "json")
    document = json.loads(outcome.out)
    assert (outcome.code, document["errors"]) == (1, 3)
    assert [finding["file"] for finding in document["findings"]] == [
        (drifted / path).as_posix() for _, path in EXPECTED
    ]


@pytest.mark.parametrize("format_", FORMATS)
def test_clean_check_gives_0_in_every_format(format_: str, run: Run, manifest: Path, tmp_path: Path) -> None:
    run("build", manifest, "-o", tmp_path / "out")
    outcome = run("build", manifest, "-o", tmp_path / "out", "--check", "--format", format_)
    assert outcome.code == 0
    if format_ == "sarif":
        assert checked_sarif(outcome.out.decode())["runs"][0]["results"] == []
    elif format_ == "json":
        assert json.loads(outcome.out)["findings"] == []
    else:
        assert outcome.out == b""


@pytest.mark.parametrize("format_", ["json", "sarif"])
def test_build_that_went_well_gives_a_whole_document(format_: str, run: Run, manifest: Path, tmp_path: Path) -> None:
    outcome = run("build", manifest, "-o", tmp_path / "out", "--format", format_)
    document: dict[str, Any] = json.loads(outcome.out)
    assert outcome.code == 0
    assert (document.get("findings"), document.get("errors")) == ([], 0) or document["runs"][0]["results"] == []


@pytest.mark.parametrize(
    ("text", "options", "code", "words"),
    [
        (WRONG, (), 2, "2 errors, 0 warnings"),
        (TEXT, ("--check",), 1, "errors, 0 warnings"),
    ],
)
def test_step_summary_is_written_in_a_workflow(
    text: str,
    options: tuple[str, ...],
    code: int,
    words: str,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    path = manifest_file(tmp_path, text)
    assert run("build", path, "-o", tmp_path / "out", "--format", "github", *options).code == code
    assert words in page.read_text("utf-8")


def test_remedy_of_a_stray_layer_of_others_is_not_to_build(run: Run, manifest: Path, tmp_path: Path) -> None:
    """A build never removes layers of others, so building again cannot be what helps."""
    run("build", manifest, "-o", tmp_path / "out")
    (tmp_path / "out/stray.json").write_bytes(layer_bytes())
    outcome = run("build", manifest, "-o", tmp_path / "out", "--check")
    assert outcome.code == 1
    assert "remove" in outcome.err


def test_file_name_that_is_no_text_goes_to_the_page_of_a_workflow(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = manifest_file(tmp_path, WRONG, os.fsdecode(b"a\xff\xe2\x80\xaeb_c.yaml"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "page.md"))
    outcome = run("build", manifest, "-o", tmp_path / "out", "--format", "github")
    assert outcome.code == 2
    page = (tmp_path / "page.md").read_text("utf-8")
    assert "a\\\\udcff\\\\u202eb\\_c.yaml" in page.splitlines()[0]
    assert "\u202e" not in page


@pytest.mark.parametrize("name", ["navigator-export.yaml", "layers.yaml"])
def test_manifest_of_a_usual_name_need_not_be_named(
    name: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text("sources: {a: sample-company}\nlayers:\n  - {path: a, sources: a}\n", "utf-8")
    assert run("build", "-o", "out").code == 0
    assert run("build", name, "-o", "out", "--check").code == 0


def test_manifest_has_to_be_named_where_there_is_none_or_are_two(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "there is no navigator-export.yaml or layers.yaml here" in run("build").err
    for name in ("navigator-export.yaml", "layers.yaml"):
        Path(name).touch()
    outcome = run("build")
    assert outcome.code == 2
    assert "there are navigator-export.yaml and layers.yaml here" in outcome.err


# ---- gates -----------------------------------------------------------------------------------------------------------

GATED = """
    layers: [{sources: m365, for_each: tier, path: "{tier}"}]
    gaps: [{sources: m365, select: {tier: E3}, threat: [T1566=3, T1114], path: gaps/list, fail_under: %s}]
"""


@pytest.mark.parametrize("format_", FORMATS)
def test_failed_gate_is_told_in_every_format_and_writes_nothing(run: Run, tmp_path: Path, format_: str) -> None:
    manifest = manifest_file(tmp_path, GATED % 30)
    before = tree(tmp_path)
    outcome = run("build", manifest, "--format", format_)
    assert outcome.code == 1
    assert "25.0 % of use is covered, less than 30 %" in outcome.out.decode().replace("%25", "%")
    assert tree(tmp_path) == before
    if format_ == "sarif":
        checked_sarif(outcome.out)


def test_gaps_are_held_against_the_index_of_an_earlier_build(run: Run, tmp_path: Path) -> None:
    manifest = manifest_file(tmp_path, GATED % 25)
    done = run("build", manifest, "-o", tmp_path / "out")
    assert done.code == 0
    assert "E3 vs the techniques named · M365 2025-07-18: 1 of the 2 techniques that are used are covered" in done.err
    asked = ("gaps", tmp_path / "m365.json", "--threat", "T1566=3", "--threat", "T1114")
    before = ("--no-worse-than", tmp_path / "out/index.json")
    assert run(*asked, "--tier", "E3", *before).code == 0
    worse = run(*asked, "--tier", "E3", "--min-value", "significant", "--technique", "T1078", *before)
    assert worse.code == 2
    assert "the index does not say" in worse.err
    rows = [make_row(technique="T1003")]
    mapping_file(tmp_path, rows, "m365.json")
    sunk = run(*asked, "--tier", "E3", *before)
    assert sunk.code == 1
    assert "0.0 % of use is covered, and 25.0 % was before" in sunk.err
