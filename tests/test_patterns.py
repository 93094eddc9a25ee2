from __future__ import annotations

import pytest

from navigator_export.model import Capability
from navigator_export.patterns import matches, matching


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("DEF-AIR-E5", "DEF-AIR-E5"),
        ("def-air-e5", "DEF-AIR-E5"),
        ("  DEF-AIR-E5 ", "DEF-AIR-E5"),
        ("DEF-*", "DEF-AIR-E5"),
        ("*-e5", "DEF-AIR-E5"),
        ("DEF-???-E5", "DEF-AIR-E5"),
        ("AC-[34]", "AC-4"),
        ("PR.[x]", "PR.[x]"),
        ("a.b", "A.B"),
        ("*.Abuse of *", "action.hacking.variety.Abuse of functionality"),
        ("STRASSE", "straße"),
    ],
)
def test_pattern_matches(pattern: str, text: str) -> None:
    assert matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("DEF", "DEF-AIR-E5"), ("DEF-?", "DEF-AIR-E5"), ("a.b", "axb"), ("", "x"), ("AC-[34]", "AC-5")],
)
def test_pattern_does_not_match(pattern: str, text: str) -> None:
    assert not matches(pattern, text)


def nist(*ids: str) -> list[Capability]:
    return [Capability(id_, "", "nist_800_53") for id_ in ids]


@pytest.mark.parametrize(
    ("pattern", "picked"),
    [
        ("AC-3", ["AC-03"]),
        ("AC-03", ["AC-03"]),
        ("ac-003", ["AC-03"]),
        ("AC-*", ["AC-03", "AC-16", "AC-2(01)"]),
        ("AC-02(1)", ["AC-2(01)"]),
        ("AC-1", []),
        ("AC-0*", ["AC-03"]),
        ("AC-0?", ["AC-03"]),
        ("AC-0[1-4]", ["AC-03"]),
    ],
)
def test_nist_ids_match_with_and_without_padding(pattern: str, picked: list[str]) -> None:
    assert [c.id for c in matching(pattern, nist("AC-03", "AC-16", "AC-2(01)", "SC-08"))] == picked


def test_other_frameworks_mind_padding() -> None:
    capabilities = [Capability("AC-03", "", "own"), Capability("AC-3", "", "own")]
    assert matching("AC-3", capabilities) == (capabilities[1],)
