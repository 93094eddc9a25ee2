from __future__ import annotations

import pytest

from navigator_export.frameworks import FRAMEWORKS, framework, identity


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
    ("one", "other"),
    [
        ("AC-03", "AC-3"),
        ("AC-2(01)", "AC-02(1)"),
        ("AC-003(010)", "AC-3 (10)"),
        ("AC-10", "ac-10 "),
        ("Action.Social", "action.social"),
    ],
)
def test_two_spellings_of_an_id_are_one_capability(one: str, other: str) -> None:
    assert identity(one) == identity(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AC-30", "AC-3"),
        ("AC-0", "AC-"),
        ("AC-3", "SC-3"),
        ("0AC-3", "AC-3"),
        ("CVE-2021-01", "CVE-2021-1"),
        ("1.10", "1.1"),
    ],
)
def test_other_ids_are_two(one: str, other: str) -> None:
    assert identity(one) != identity(other)


def test_one_published_framework_and_the_sample_have_tiers_of_their_own() -> None:
    assert [id_ for id_ in FRAMEWORKS if framework(id_).tiers] == ["larkfield", "m365"]


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
