from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

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


def test_ids_of_any_framework_match_in_any_spelling() -> None:
    capabilities = [
        Capability("C-03", "", "own"),
        Capability("action.Social", "", "veris"),
        Capability("1.10", "", "own"),
    ]
    assert matching("c-3", capabilities) == (capabilities[0],)
    assert matching("Action.social", capabilities) == (capabilities[1],)
    assert matching("1.1", capabilities) == ()


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("x", "  x\n", True),
        ("x*", "\tX y ", True),
        ("*y", "x y  ", True),
        ("x ?", "x y", True),
        ("[ab]-1", "B-1", True),
        ("[!ab]-1", "C-1", True),
        ("[!ab]-1", "A-1", False),
        ("[A-C]1", "b1", True),
        ("PR.[x]", "PR.x", True),
        ("AC-2(1)", "ac-2(1)", True),
        ("AC-2(*)", "AC-2(1)", True),
        ("AC-2[(]1)", "AC-2(1)", True),
        ("a[", "A[", True),
        ("a[*", "a[b", True),
        ("a]", "a]", True),
        ("[]", "[]", True),
        ("[]", "x", False),
        ("[*]", "*", True),
        ("[*]", "x", False),
        ("*", "", True),
        ("?", "", False),
        ("", " ", True),
        ("a+", "aa", False),
        ("a|b", "a", False),
        ("a\\*", "a*", False),
        ("x\ny", "x*y", False),
        ("x*y", "x\ny", True),
    ],
)
def test_brackets_outer_spaces_and_what_is_no_pattern(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) is fits


@given(st.text(max_size=10))
def test_every_text_is_picked_by_itself_whatever_its_case_and_outer_spaces(text: str) -> None:
    assert matches(text, text)
    assert matches(f" {text}\t", text)
    assert matches(text.casefold(), f"\n{text} ")
    assert matches("*", text)


def test_capabilities_are_picked_once_in_their_order_with_outer_spaces_ignored() -> None:
    capabilities = [*nist("SC-07", "AC-03"), Capability("AC-03", "", "own")]
    assert matching(" ac-3 ", capabilities) == matching(" AC-03 ", capabilities) == tuple(capabilities[1:])
    assert matching("*", capabilities) == tuple(capabilities)
    assert matching("AC-3", []) == ()
