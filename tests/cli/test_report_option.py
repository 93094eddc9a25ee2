from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.made_inputs import make_row, mapping_file
from tests.running import Run

ROWS = [
    make_row("MAIL-E3", "T1114"),
    make_row("MAIL-E3", "T1562.001"),
    make_row("HUNT-E5", "T1562"),
    make_row("HUNT-E5", "T1562", "detect partial"),
    make_row("LOGIN-E3", "T1521.003"),
]
"""At 16.1: one technique active in 20.0 too, two revoked by T1685, one of Mobile."""

MOVE = ("--attack-version", "20.0")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return mapping_file(tmp_path, ROWS)


def test_report_as_text_is_a_line_of_totals_and_a_line_per_id(run: Run, source: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    outcome = run("export", source, *MOVE, "--report", report, "-o", tmp_path / "layer.json")
    assert outcome.code == 0
    head, *lines = report.read_text("utf-8").splitlines()
    assert head == "ATT&CK 16.1 to 20.0, enterprise: 5 mappings in, 4 out, 1 dropped"
    assert [line.split()[0] for line in lines] == ["T1521.003", "T1562", "T1562.001"]
    assert "1 mapping dropped" in lines[0]
    assert "2 mappings moved onto T1685" in lines[1]
    assert "1 mapping moved onto T1685" in lines[2]


def test_report_as_json_has_the_same_facts(run: Run, source: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    outcome = run("export", source, *MOVE, "--report", report, "-o", tmp_path / "layer.json")
    assert outcome.code == 0
    facts = json.loads(report.read_bytes())
    assert report.read_bytes().endswith(b"}\n")
    head = {key: value for key, value in facts.items() if key != "fates"}
    assert head == {
        "domain": "enterprise",
        "from_release": "16.1",
        "to_release": "20.0",
        "mappings_in": 5,
        "mappings_out": 4,
    }
    fates = {fate["technique"]: fate for fate in facts["fates"]}
    assert list(fates) == ["T1521.003", "T1562", "T1562.001"]
    assert {id_: (fate["outcome"], fate["mappings"], fate.get("target")) for id_, fate in fates.items()} == {
        "T1521.003": ("dropped", 1, None),
        "T1562": ("merged", 2, "T1685"),
        "T1562.001": ("merged", 1, "T1685"),
    }
    assert fates["T1521.003"]["standing"]["kind"] == "other domain"
    assert fates["T1521.003"]["standing"]["domain"] == "mobile"
    assert fates["T1562"]["standing"]["since"] == "19.1"
    assert fates["T1562"]["name"] == "Impair Defenses"


def test_report_is_of_the_selection_alone(run: Run, source: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    run("export", source, *MOVE, "--capability", "mail-*", "--report", report)
    facts = json.loads(report.read_bytes())
    assert [fate["technique"] for fate in facts["fates"]] == ["T1562.001"]
    assert (facts["mappings_in"], facts["mappings_out"]) == (2, 2)


def test_report_without_inactive_ids_says_so(run: Run, tmp_path: Path) -> None:
    source = mapping_file(tmp_path, ROWS[:1])
    run("export", source, "--report", tmp_path / "report.txt", "-o", tmp_path / "layer.json")
    text = (tmp_path / "report.txt").read_text("utf-8")
    assert text == "ATT&CK 16.1 to 16.1, enterprise: 1 mapping in, 1 out, 0 dropped\n"


def test_report_goes_into_a_folder_that_is_not_there_yet(run: Run, source: Path, tmp_path: Path) -> None:
    report = tmp_path / "new" / "folder" / "report.txt"
    assert run("export", source, *MOVE, "--report", report).code == 0
    assert report.read_text("utf-8").startswith("ATT&CK 16.1 to 20.0")


def test_report_leaves_the_layer_on_standard_output_as_it_is(run: Run, source: Path, tmp_path: Path) -> None:
    plain = run("export", source, *MOVE)
    reported = run("export", source, *MOVE, "--report", tmp_path / "report.txt")
    assert reported.out == plain.out


def test_export_that_fails_leaves_no_report(run: Run, source: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    assert run("export", source, "--attack-version", "33", "--report", report).code == 2
    assert run("export", source, "--on-inactive", "error", "--report", report).code == 2
    assert not report.exists()


def test_layer_that_cannot_be_written_leaves_no_report(run: Run, source: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    (tmp_path / "file").write_bytes(b"")
    assert run("export", source, *MOVE, "--report", report, "-o", tmp_path / "file" / "layer.json").code == 2
    assert not report.exists()


def test_report_never_replaces_a_source(run: Run, source: Path, tmp_path: Path) -> None:
    before = source.read_bytes()
    outcome = run("export", source, *MOVE, "--report", source, "-o", tmp_path / "layer.json")
    assert source.read_bytes() == before
    assert outcome.code == 2
    assert f"{source}: error " in outcome.err


def test_report_and_layer_cannot_share_a_file(run: Run, source: Path, tmp_path: Path) -> None:
    target = tmp_path / "layer.json"
    assert run("export", source, *MOVE, "--report", target, "-o", target).code == 2
    assert not target.exists()


def test_report_and_layer_cannot_share_standard_output(run: Run, source: Path) -> None:
    outcome = run("export", source, *MOVE, "--report", "-")
    assert outcome.code == 2
    assert outcome.out == b""


def test_report_may_go_to_standard_output_where_the_layer_does_not(run: Run, source: Path, tmp_path: Path) -> None:
    outcome = run("export", source, *MOVE, "--report", "-", "-o", tmp_path / "layer.json")
    assert outcome.code == 0
    assert outcome.out.startswith(b"ATT&CK 16.1 to 20.0, enterprise: ")
