from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from navigator_export.validation import validate
from tests.made_inputs import layer_bytes, make_row, mapping_file
from tests.running import Run, run_process

ROWS = [
    *(make_row("A-E3", id_, "protect partial") for id_ in ("T1114", "T1566", "T1078")),
    *(make_row("B-E3", id_, "protect partial") for id_ in ("T1114", "T1566", "T1059")),
    *(make_row("C-E5", id_, "protect partial") for id_ in ("T1078", "T1003")),
]
THREAT = [word for id_ in ("T1114", "T1566", "T1078", "T1059", "T1003", "T1021") for word in ("--threat", id_)]


@pytest.fixture
def source(tmp_path: Path) -> str:
    return str(mapping_file(tmp_path, ROWS))


def steps(run: Run, *arguments: object) -> list[str]:
    found = json.loads(run("plan", *arguments, *THREAT, "--format", "json").out)
    return [step["means"]["id"] for step in found["steps"]]


def test_fewest_capabilities(run: Run, source: str) -> None:
    assert sorted(steps(run, source)) == ["B-E3", "C-E5"]
    assert steps(run, source, "--budget", "1", "--capability", "C-E5") == ["C-E5"]
    assert len(steps(run, source, "--target", "50")) == 1


def test_what_is_there_is_not_bought(run: Run, source: str) -> None:
    assert steps(run, source, "--have", "B-E3") == ["C-E5"]
    assert steps(run, source, "--have", "tier=E3") == ["C-E5"]


def test_costs_decide(run: Run, source: str, tmp_path: Path) -> None:
    costs = tmp_path / "costs.csv"
    costs.write_text("capability,cost\nA-E3,1\nB-E3,9\nC-E5,1\n")
    assert sorted(steps(run, source, "--costs", costs, "--target", "66")) == ["A-E3", "C-E5"]


def test_layer_tells_steps_and_what_stays_open(run: Run, source: str, tmp_path: Path) -> None:
    assert run("plan", source, *THREAT, "--have", "A-E3", "-o", tmp_path / "plan.json").code == 0
    text = (tmp_path / "plan.json").read_bytes()
    layer = json.loads(text)
    assert validate(text) == ()
    by_id = {entry["techniqueID"]: entry for entry in layer["techniques"]}
    assert by_id["T1114"]["score"] == 0
    assert {by_id[id_]["score"] for id_ in ("T1059", "T1003")} == {1, 2}
    assert "score" not in by_id["T1021"]
    assert by_id["T1021"]["color"] == layer["legendItems"][-1]["color"]


def test_standard_output_is_json_alone(source: str) -> None:
    done = run_process("plan", source, *THREAT, "--format", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["proven"] is True
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--target", "90"], "--target: error a share of 90 %"),
        (["--target", "90"], "together cover 83.3 %"),
        (["--target", "101"], "--target"),
        (["--target", "5", "--budget", "1"], "do not go together"),
        (["--have", "Z-E9"], "there is no capability 'Z-E9'"),
        (["--have", "licence=E3"], "'licence' is no selection"),
        (["--costs", "none.csv"], "there is no such file"),
    ],
)
def test_what_cannot_be_planned_is_told(
    run: Run, source: str, tmp_path: Path, arguments: list[str], message: str
) -> None:
    done = run("plan", source, *THREAT, *arguments, "-o", tmp_path / "new.json")
    assert (done.code, done.out) == (2, b"")
    assert message in done.err
    assert not (tmp_path / "new.json").exists()


def test_costs_that_are_none_have_their_line(run: Run, source: str, tmp_path: Path) -> None:
    costs = tmp_path / "costs.csv"
    costs.write_text("A-E3,1\nB-E3,cheap\nC-E5,-1\n")
    done = run("plan", source, *THREAT, "--costs", costs)
    assert done.code == 2
    assert "line 2: error no cost" in done.err
    assert "line 3: error no cost" in done.err


def test_layer_tells_nothing_to_choose_from(run: Run, tmp_path: Path) -> None:
    layer = tmp_path / "layer.json"
    layer.write_bytes(layer_bytes())
    assert "does not tell which capabilities" in run("plan", layer, *THREAT).err


def test_without_the_solver_one_line_says_how_to_get_it(run: Run, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    outcome = run("plan", source, *THREAT)
    assert outcome.code == 2
    assert len(outcome.err.splitlines()) == 1
    assert "pip install 'highspy>=1.9'" in outcome.err
