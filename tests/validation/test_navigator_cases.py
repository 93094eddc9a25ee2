"""Layer files that were loaded into the real Navigator: what it did is the measure of what validation says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from navigator_export import validate
from tests.real_inputs import shared, shared_files

CASES = [case for case in shared_files("navigator-cases/*.json") if case.id != "expected.json"]


def seen(file: Path) -> str:
    """Return what the Navigator did with a case, in one word."""
    expected = json.loads(shared("navigator-cases/expected.json").read_text("utf-8"))
    return str(expected[file.name]["class"])


@pytest.mark.parametrize("file", CASES)
def test_validation_is_as_strict_as_the_navigator(file: Path) -> None:
    severities = {finding.severity for finding in validate(file.read_bytes(), file.name)}
    match seen(file):
        case "clean":
            assert "error" not in severities
        case "notice" | "loss":
            assert severities
        case "broken":
            assert "error" in severities
        case other:
            assert other == "tolerated"


def test_every_class_has_cases() -> None:
    shared("navigator-cases/expected.json")
    assert {seen(case.values[0]) for case in CASES} == {"clean", "tolerated", "notice", "loss", "broken"}
