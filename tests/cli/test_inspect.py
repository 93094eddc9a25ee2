from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from navigator_export import TierOptions, assign_tiers, inspect, read
from tests.made_inputs import NIST, make_row, mapping_file, rated_rows, unrated_rows
from tests.results import control_characters
from tests.running import Run

ODD = [
    *rated_rows(),
    rated_rows()[0],
    make_row("MAIL-E3", "T1114", "protect significant"),
    make_row("MAIL-E3", None),
    make_row("MAIL-E3", "T1566", score_value=None),
    make_row("HUNT-E5", "T1053.001", comments="It detects.\nLicense Requirements: Suite E3 or E5"),
    make_row("HUNT-E5", "T1003", references=["no address"]),
]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return mapping_file(tmp_path, ODD)


def test_json_is_the_inspection_of_the_library(run: Run, source: Path) -> None:
    outcome = run("inspect", source, "--json")
    mappings = read(source)
    expected = inspect(mappings, assign_tiers(mappings, TierOptions()))
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == json.loads(msgspec.json.encode(expected))


def test_tables_show_what_is_there_and_what_is_odd(run: Run, source: Path) -> None:
    outcome = run("inspect", source)
    assert (outcome.code, outcome.err) == (0, "")
    text = " ".join(outcome.out.decode().split())
    for words in (
        "mappings.json",
        "Microsoft 365 (m365) 07/18/2025",
        "rows 13, of them 12 mappings",
        "MAIL-E3 Name of MAIL-E3 Mail Protection E3",
        "E5 (?)",
        "another tier",
        "Email Collection",
        "Rated in two ways",
        "partial, significant",
        "Repeated",
        "Without category or without value",
        "T1053.001 revoked T1053.002",
        "$.mapping_objects[9] no technique MAIL-E3",
        "1 reference holds no web address",
    ):
        assert words in text, words


def test_tables_leave_out_what_there_is_nothing_of(run: Run, tmp_path: Path) -> None:
    text = run("inspect", mapping_file(tmp_path, unrated_rows(), **NIST)).out.decode()
    assert "Capabilities" in text
    for title in ("Tiers", "Rated in two ways", "Repeated", "Not active", "Rows that map nothing"):
        assert title not in text


def test_tiers_can_be_assigned(run: Run, tmp_path: Path) -> None:
    file = mapping_file(tmp_path, unrated_rows(), **NIST)
    outcome = run(
        "inspect", file, "--tiers", "low,high", "--assign-tier", "AC-*=low", "--assign-tier", "SC-7=high", "--json"
    )
    facts = [(t["tier"], t["capabilities"]) for t in json.loads(outcome.out)["tiers"]]
    assert facts == [("low", 2), ("high", 3)]


def test_several_sources_are_inspected_together(run: Run, source: Path, tmp_path: Path) -> None:
    other = mapping_file(tmp_path, unrated_rows(), "nist.json", **NIST)
    inspected = json.loads(run("inspect", source, other, "--json").out)
    assert [s["name"] for s in inspected["sources"]] == ["mappings.json", "nist.json"]


def test_sample_is_inspected_without_a_file(run: Run) -> None:
    outcome = run("inspect", "sample")
    assert outcome.code == 0
    assert b"Email Collection" in outcome.out


@pytest.mark.parametrize("data", [b"", b"{", b"[]"])
def test_unusable_source_exits_2(run: Run, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.json").write_bytes(data)
    outcome = run("inspect", tmp_path / "x.json")
    assert (outcome.code, outcome.out) == (2, b"")
    assert "x.json" in outcome.err


STEERING = "\x1b[31mred\x9b2J\r\x08\x7f"


def steering_file(folder: Path, text: str) -> Path:
    rows = [
        make_row(f"A{text}", capability_description=text, capability_group=text, mapping_type=text),
        make_row(f"A{text}", comments=f"It.\nLicense Requirements: x{text}", references=[f"x{text}"]),
        make_row(f"B{text}", None),
        make_row("C", "T1114", mapping_framework_version=text, attack_version=text),
    ]
    types, groups = {text: {"name": text}}, {text: f"Group {text}"}
    return mapping_file(folder, rows, mapping_types=types, capability_groups=groups, mapping_framework=f"x{text}")


def test_control_characters_of_a_source_never_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    outcome = run("inspect", steering_file(tmp_path, STEERING))
    assert outcome.code == 0
    assert control_characters(outcome.out.decode() + outcome.err) == set()


@pytest.mark.parametrize("text", [STEERING, "\x7f", "\x9b", "\u2028", "\\x1b", "[bold]x[/bold]"])
def test_json_stays_json_and_harmless_whatever_is_in_the_source(run: Run, tmp_path: Path, text: str) -> None:
    outcome = run("inspect", steering_file(tmp_path, text), "--json")
    ids = {capability["id"] for capability in json.loads(outcome.out)["capabilities"]}
    assert len(ids) == 3
    assert f"A{text}".strip() in ids or control_characters(text)
    assert control_characters(outcome.out.decode()) == set()


def test_markup_is_shown_as_it_is(run: Run, tmp_path: Path) -> None:
    file = mapping_file(tmp_path, [make_row("[bold]A[/bold]", capability_description="[link=x]y")])
    text = run("inspect", file).out.decode()
    assert "[bold]A[/bold]" in text
    assert "[link=x]y" in text


def test_tactics_are_shown_by_name_in_the_order_of_the_matrix(run: Run) -> None:
    text = run("inspect", "sample").out.decode()
    assert text.index("Reconnaissance") < text.index("Command and Control") < text.index("Exfiltration")
    assert "command-and-control" not in text
