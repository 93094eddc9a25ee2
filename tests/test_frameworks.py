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


def test_two_published_frameworks_and_the_sample_have_tiers_of_their_own() -> None:
    assert [id_ for id_ in FRAMEWORKS if framework(id_).tiers] == ["cis_controls", "larkfield", "m365"]


def test_safeguards_of_cis_are_each_in_one_implementation_group() -> None:
    scheme = FRAMEWORKS["cis_controls"].tiers
    assert scheme is not None
    controls = (5, 7, 14, 12, 6, 8, 7, 12, 7, 7, 5, 8, 11, 9, 7, 14, 9, 5)
    safeguards = [f"{control}.{n + 1}" for control, count in enumerate(controls, 1) for n in range(count)]
    assert len(safeguards) == 153
    groups = [scheme.tier_of(safeguard) for safeguard in safeguards]
    assert [groups.count(group) for group in ("IG1", "IG2", "IG3")] == [56, 74, 23]


@pytest.mark.parametrize(
    ("capability", "group"),
    [("1.1", "IG1"), ("CIS 4.12", "IG3"), ("cis-4.12", "IG3"), ("14.09", "IG2"), ("19.1", None), ("8.1.2", None)],
)
def test_implementation_group_of_a_safeguard_is_told_by_its_number(capability: str, group: str | None) -> None:
    scheme = FRAMEWORKS["cis_controls"].tiers
    assert scheme is not None
    assert scheme.tier_of(capability) == group


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
