from __future__ import annotations

import pytest

from navigator_export.frameworks import FRAMEWORKS, framework


@pytest.mark.parametrize(
    ("licence", "tier"),
    [
        ("Microsoft 365 E3 and E5", "E3"),
        ("Microsoft 365 E5", "E5"),
        ("Microsoft Entra ID P2", "E5"),
        ("Defender for Office 365 plan 1 and plan 2", "E3"),
        ("included in all versions of the suite", "E3"),
        ("a contract", None),
    ],
)
def test_licence_words_name_their_lowest_tier(licence: str, tier: str | None) -> None:
    scheme = framework("m365").tiers
    assert scheme is not None
    assert scheme.lowest_named(licence) == tier


@pytest.mark.parametrize(("id_", "name"), [("intel-vpro", "Intel vPro"), ("M365", "Microsoft 365"), ("own", "own")])
def test_frameworks_have_a_name_or_go_by_their_id(id_: str, name: str) -> None:
    assert framework(id_).name == name


@pytest.mark.parametrize(
    ("one", "other"), [("AC-03", "AC-3"), ("AC-2(01)", "AC-02(1)"), ("AC-003(010)", "AC-3(10)"), ("AC-10", "AC-10")]
)
def test_two_spellings_of_a_nist_id_are_one_capability(one: str, other: str) -> None:
    identity = framework("nist_800_53").identity
    assert identity(one) == identity(other)


@pytest.mark.parametrize(("one", "other"), [("AC-30", "AC-3"), ("AC-0", "AC-"), ("AC-3", "SC-3"), ("0AC-3", "AC-3")])
def test_other_nist_ids_are_two(one: str, other: str) -> None:
    identity = framework("NIST-800-53").identity
    assert identity(one) != identity(other)


def test_ids_of_other_frameworks_are_themselves() -> None:
    for id_ in FRAMEWORKS.keys() - {"nist_800_53"} | {"own"}:
        assert framework(id_).identity("AC-03") == "AC-03"
    assert [id_ for id_ in FRAMEWORKS if framework(id_).tiers] == ["m365"]


@pytest.mark.parametrize(
    ("licence", "tier"),
    [
        ("Business free", "E3"),
        ("all Microsoft Entra ID licences", "E3"),
        ("All Microsoft Entra ID licenses", "E3"),
        ("p1", "E3"),
        ("PLAN 2", "E5"),
        ("ME3 E55 AP2 plan 12 freedom", None),
        ("", None),
    ],
)
def test_licence_words_are_whole_words_whatever_their_case(licence: str, tier: str | None) -> None:
    scheme = framework("m365").tiers
    assert scheme is not None
    assert scheme.lowest_named(licence) == tier
