from __future__ import annotations

import json
from pathlib import Path

import pytest

from navigator_export.validation import RULES
from tests.made_inputs import layer_bytes, make_layer_json
from tests.results import control_characters
from tests.running import Run


def write(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write(tmp_path, "good.json", layer_bytes())


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    return write(tmp_path, "bad.json", layer_bytes(name="bad", domain="x", extra=1))


@pytest.fixture
def warned(tmp_path: Path) -> Path:
    return write(tmp_path, "warned.json", layer_bytes(name="warned", extra=1))


def test_clean_file_exits_0(run: Run, good: Path) -> None:
    outcome = run("validate", good)
    assert (outcome.code, outcome.out) == (0, b"")
    assert "0 errors, 0 warnings" in outcome.err


def test_errors_exit_1_and_are_listed(run: Run, bad: Path) -> None:
    outcome = run("validate", bad)
    assert outcome.code == 1
    warning, error = outcome.out.decode().splitlines()
    assert error.startswith(f"{bad}::$.domain: error ")
    assert warning.startswith(f"{bad}::$.extra: warning ")
    assert "1 error, 1 warning" in outcome.err


def test_warnings_alone_exit_0(run: Run, warned: Path) -> None:
    outcome = run("validate", warned)
    assert outcome.code == 0
    assert b"[unknown-field]" in outcome.out


def test_every_file_is_checked_though_one_is_bad_and_one_is_missing(
    run: Run, good: Path, bad: Path, warned: Path, tmp_path: Path
) -> None:
    outcome = run("validate", bad, tmp_path / "none.json", good, warned)
    assert outcome.code == 2
    assert outcome.out.count(b"bad.json::") == 2
    assert outcome.out.count(b"warned.json::") == 1
    assert "none.json: error there is no such file" in outcome.err


def test_dash_is_standard_input(run: Run) -> None:
    outcome = run("validate", "-", stdin=layer_bytes(name=""))
    assert outcome.code == 1
    assert outcome.out.startswith(b"standard input::$.name: error ")


def test_json_holds_every_finding(run: Run, bad: Path, good: Path) -> None:
    outcome = run("validate", "--format", "json", bad, good)
    assert outcome.code == 1
    findings = json.loads(outcome.out)["findings"]
    assert [(f["rule"], f["severity"], f["path"]) for f in findings] == [
        ("unknown-field", "warning", "$.extra"),
        ("custom-matrix", "error", "$.domain"),
    ]
    assert {f["file"] for f in findings} == {str(bad)}


def test_json_of_clean_files_is_an_empty_list(run: Run, good: Path) -> None:
    assert json.loads(run("validate", "--format", "json", good).out)["findings"] == []


def test_rules_are_listed_in_text_and_json(run: Run) -> None:
    lines = run("validate", "--rules").out.decode().splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in RULES]
    listed = json.loads(run("validate", "--rules", "--format", "json").out)
    assert [(rule["id"], rule["severity"], rule["doc"]) for rule in listed] == [
        (rule.id, rule.severity, rule.doc) for rule in RULES
    ]


def test_layers_that_cannot_be_combined_are_told(run: Run, good: Path, tmp_path: Path) -> None:
    versions = {"attack": "15", "navigator": "5.1.0", "layer": "4.5"}
    other = write(tmp_path, "other.json", layer_bytes(versions=versions))
    assert b"[mixed-releases]" in run("validate", good, other).out


def test_techniques_can_be_checked_at_another_release(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "x.json", layer_bytes(techniques=[{"techniqueID": "T1562"}]))
    assert run("validate", file).code == 0
    assert run("validate", file, "--against", "20.0").code == 1


@pytest.mark.parametrize("release", ["abc", "999", "16.x"])
def test_release_that_there_is_not_exits_2(run: Run, good: Path, release: str) -> None:
    outcome = run("validate", good, "--against", release)
    assert outcome.code == 2
    assert "rror" in outcome.err


STEERING = "\x1b[31mred\x9b2J\r\x08\x7f"


@pytest.mark.parametrize(
    "fields",
    [
        {"domain": STEERING},
        {STEERING: 1},
        {"versions": {"attack": STEERING, "layer": STEERING}},
        {"techniques": [{"techniqueID": STEERING, "tactic": STEERING}, {"techniqueID": "T1114", "tactic": STEERING}]},
        {"filters": {"platforms": [STEERING]}},
        {"links": [{"label": "x", "url": STEERING}]},
    ],
)
def test_control_characters_of_a_layer_never_reach_the_terminal(
    run: Run, tmp_path: Path, fields: dict[str, object]
) -> None:
    file = write(tmp_path, "x.json", json.dumps(make_layer_json(**fields)).encode())
    outcome = run("validate", file)
    assert outcome.out
    assert control_characters(outcome.out.decode() + outcome.err) == set()


@pytest.mark.parametrize("text", [STEERING, "\x7f", "\x9b", "\ud800", "\u2028"])
def test_json_stays_json_whatever_is_in_the_layer(run: Run, tmp_path: Path, text: str) -> None:
    file = write(tmp_path, "x.json", json.dumps(make_layer_json(domain=text, **{text: 1})).encode())
    outcome = run("validate", "--format", "json", file)
    assert len(json.loads(outcome.out)["findings"]) == 2
