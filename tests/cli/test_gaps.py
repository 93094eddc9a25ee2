from __future__ import annotations

import json
from pathlib import Path

import pytest

from navigator_export.cli.commands import COMMANDS
from navigator_export.validation import validate
from tests.build.manifests import listing
from tests.made_inputs import NIST, layer_bytes, make_row, mapping_file, rated_rows, unrated_rows
from tests.running import Run

THREAT = ("--threat", "T1566=3", "--threat", "T1114", "--threat", "T1003")


@pytest.fixture(autouse=True)
def no_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def source(tmp_path: Path) -> str:
    return str(mapping_file(tmp_path, rated_rows(), "own.json"))


def test_shares_and_what_would_close_the_gaps(run: Run, source: str) -> None:
    done = run("gaps", source, "--tier", "E3", *THREAT)
    said = done.out.decode()
    assert done.code == 0
    assert "1 of the 3 techniques that are used are covered (33.3 %)" in said
    assert "20.0 % of 5 uses" in said
    assert "E5: HUNT-E5 detect partial" in said


def test_other_sources_may_close_gaps(run: Run, source: str, tmp_path: Path) -> None:
    other = mapping_file(tmp_path, [make_row("AC-1", "T1003", "")], "nist.json", **NIST)
    found = json.loads(run("gaps", source, *THREAT, "--offer", str(other), "--format", "json").out)
    closers = {gap["technique"]: [closer["means"]["id"] for closer in gap["closers"]] for gap in found["techniques"]}
    assert closers["T1003"] == ["AC-1"]


def test_layer_is_written_beside_the_answer(run: Run, source: str, tmp_path: Path) -> None:
    done = run("gaps", source, "--tier", "E3", *THREAT, "-o", tmp_path / "gaps.json")
    text = (tmp_path / "gaps.json").read_bytes()
    layer = json.loads(text)
    assert done.code == 0
    assert validate(text) == ()
    assert layer["name"] == "E3 vs the techniques named · M365 2025-07-18"
    assert {entry["techniqueID"]: entry["score"] for entry in layer["techniques"]} == {
        "T1003": 2,
        "T1114": 0,
        "T1566": 2,
    }
    stated = {entry["name"]: entry["value"] for entry in layer["metadata"] if "name" in entry}
    assert stated["source"] == "own.json"
    assert stated["command"] == (
        "navigator-export gaps own.json --threat=T1566=3 --threat=T1114 --threat=T1003 --tier=E3"
    )


def test_anybodys_layer_is_coverage(run: Run, tmp_path: Path) -> None:
    layer = tmp_path / "layer.json"
    layer.write_bytes(layer_bytes(techniques=[{"techniqueID": "T1566", "score": 5}]))
    found = json.loads(run("gaps", layer, *THREAT, "--format", "json").out)
    assert found["shares"]["by_use"] == pytest.approx(0.6)


# ---- gates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gate", "code", "said"),
    [
        (("--fail-under", "20"), 0, ""),
        (("--fail-under", "20.1"), 1, "error 20.0 % of use is covered, less than 20.1 %"),
        (("--fail-on", "T1114"), 0, ""),
        (("--fail-on", "t1114, T1566"), 1, "error not covered: T1566"),
    ],
)
def test_gates(run: Run, source: str, gate: tuple[str, ...], code: int, said: str) -> None:
    done = run("gaps", source, "--tier", "E3", *THREAT, *gate)
    assert (done.code, done.err.strip()) == (code, said)


def test_less_than_before_fails_and_says_what_sank(run: Run, source: str, tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    before.write_bytes(run("gaps", source, "--tier", "E5", *THREAT, "--format", "json").out)
    assert run("gaps", source, "--tier", "E5", *THREAT, "--no-worse-than", before).code == 0
    done = run("gaps", source, "--tier", "E3", *THREAT, "--no-worse-than", before)
    assert done.code == 1
    assert "20.0 % of use is covered, and 80.0 % was before" in done.err
    assert "covered before, and not now: T1566" in done.err


def test_workflow_gets_annotations_and_a_summary(
    run: Run, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    done = run("gaps", source, "--tier", "E3", *THREAT, "--fail-under", "50", "--format", "markdown")
    assert done.code == 1
    assert done.err.strip() == "::error title=gaps::20.0 %25 of use is covered, less than 50 %25"
    assert page.read_text("utf-8").count("**Failed:**") == 1
    assert "| uncovered | T1566 |" in page.read_text("utf-8")


# ---- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--threat", "Midnight Blizard"], "--threat: error 'Midnight Blizard' is no group, campaign or software"),
        (["--threat", ""], "no threat is named"),
        (["--threat", "APT29", "--threat", "T1114"], "do not go together"),
        (["--threat", "T1409"], "holds no technique that is active"),
        (["--threat", "APT29", "--attack-version", "99"], "ATT&CK 99 is not known"),
        (["--threat", "APT29", "--tier", "E9"], "there is no tier 'E9'"),
        (["--threat", "APT29", "--technique", "T1003"], "matches nothing"),
        (["--threat", "APT29", "--fail-on", "T99"], "no technique ids: 'T99'"),
        (["--threat", "APT29", "--no-worse-than", "none.json"], "there is no such file"),
        (["--threat", "APT29", "-o", "-"], "name a file for the layer"),
        ([], "Missing option '--threat'"),
    ],
)
def test_what_cannot_be_answered_is_told_and_nothing_is_written(
    run: Run, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = listing(tmp_path)
    done = run("gaps", source, "-o", "new.json", *arguments)
    assert (done.code, done.out) == (2, b"")
    assert message in done.err
    assert "Traceback" not in done.err
    assert listing(tmp_path) == before


def test_threats_of_another_domain(run: Run, tmp_path: Path) -> None:
    mobile = mapping_file(tmp_path, [make_row(technique="T1409")], technology_domain="mobile")
    done = run("gaps", mobile, "--threat", "APT29")
    assert done.code == 2
    assert "no groups, campaigns and software of mobile are known" in done.err


def test_layer_without_scores_and_of_an_unknown_release(run: Run, tmp_path: Path) -> None:
    layer = tmp_path / "layer.json"
    layer.write_bytes(layer_bytes(techniques=[{"techniqueID": "T1566", "color": "#ff0000"}]))
    assert "no technique of the layer has a score" in run("gaps", layer, *THREAT).err
    layer.write_bytes(layer_bytes(versions={"attack": "99", "layer": "4.5"}))
    done = run("gaps", layer, *THREAT)
    assert done.code == 2
    assert "'99' is not known" in done.err


def test_what_was_used_against_others_is_no_coverage(run: Run, tmp_path: Path) -> None:
    kev = mapping_file(tmp_path, unrated_rows(), **NIST | {"mapping_framework": "kev"})
    done = run("gaps", kev, *THREAT)
    assert done.code == 2
    assert "nothing that works against it" in done.err


def test_earlier_answer_about_something_else(run: Run, source: str, tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    before.write_bytes(run("gaps", source, "--threat", "APT29", "--format", "json").out)
    done = run("gaps", source, *THREAT, "--no-worse-than", before)
    assert (done.code, done.out) == (2, b"")
    assert "is about 'APT29 (G0016)'" in done.err
    done = run("gaps", source, *THREAT, "--no-worse-than", source)
    assert "is no earlier answer" in done.err


def test_commands_are_listed() -> None:
    assert {"compare", "gaps", "plan", "threat"} <= COMMANDS.keys()
