from __future__ import annotations

import pytest

from navigator_export.attack.platforms import READ_AS, platforms, spelled_at
from tests.made_inputs import Json
from tests.validation.made_layers import only, technique, told, versions

MAIL = technique("T1114")
CONTAINER = technique("T1609")
BEFORE = technique("T1595")


def filtered(*names: Json) -> dict[str, Json]:
    return {"platforms": list(names)}


@pytest.mark.parametrize(
    ("attack", "name"),
    [("15", "Office 365"), ("15", "Azure AD"), ("16", "Office Suite"), ("16", "Network"), ("17", "Network Devices"),
     ("17", "ESXi"), ("9", "Google Workspace"), ("8", "Azure AD")],
)  # fmt: skip
def test_platform_of_the_release_is_no_finding(attack: str, name: str) -> None:
    assert told(versions=versions(attack=attack), filters=filtered("Windows", name), techniques=MAIL) == []


@pytest.mark.parametrize(
    ("attack", "name", "hint"),
    [
        ("16", "Office 365", 'write "Office Suite", its name since ATT&CK 16'),
        ("20", "Azure AD", 'write "Identity Provider", its name since ATT&CK 16'),
        ("18", "Network", 'write "Network Devices", its name since ATT&CK 17'),
        ("14", "Office Suite", "until ATT&CK 15 it is Google Workspace and Office 365"),
        ("16", "Network Devices", "until ATT&CK 16 it is Network"),
        ("16", "Window", "nearest platforms: Windows"),
    ],
)
def test_platform_of_another_release_is_told_with_its_name_there(attack: str, name: str, hint: str) -> None:
    finding = only(versions=versions(attack=attack), filters=filtered("Windows", name), techniques=MAIL)
    assert (finding.rule, finding.path) == ("platform-unknown", "$.filters.platforms[1]")
    assert finding.hint == hint


@pytest.mark.parametrize("stated", [..., ""])
def test_platforms_of_a_layer_without_release_are_those_of_the_newest(stated: Json) -> None:
    found = told(versions=versions(attack=stated), filters=filtered("Windows", "Office 365"), techniques=MAIL)
    assert found[1:] == ["platform-unknown error $.filters.platforms[1]"]


def test_empty_matrix_is_told() -> None:
    assert only(filters=filtered("Office 365")).message.endswith("; no platform is left, so the matrix is empty")
    assert "empty" not in only(filters=filtered("Office 365", "Windows")).message


@pytest.mark.parametrize("name", ["AWS", "GCP", "Azure", "windows", "linux", "mac"])
def test_old_spelling_is_a_warning(name: str) -> None:
    finding = only(filters=filtered("Windows", "Office Suite", name), techniques=MAIL)
    assert (finding.rule, finding.severity) == ("platform-old", "warning")
    assert finding.hint == f'write "{READ_AS[name]}"'


@pytest.mark.parametrize("name", ["android", "ios"])
def test_old_spelling_of_mobile_is_a_warning(name: str) -> None:
    found = told(domain="mobile-attack", filters=filtered(name), techniques=technique("T1430"))
    assert found == ["platform-old warning $.filters.platforms[0]"]


def test_old_spelling_that_the_release_itself_had_is_read_as_what_it_has_not() -> None:
    finding = only(versions=versions(attack="8"), filters=filtered("Windows", "AWS"), techniques=MAIL)
    assert finding.message == "AWS is read as IaaS, which ATT&CK 8 does not have"


@pytest.mark.parametrize("name", ["WINDOWS", "aws", "Mac"])
def test_any_other_spelling_is_unknown(name: str) -> None:
    assert only(filters=filtered("Windows", name), techniques=MAIL).rule == "platform-unknown"


def test_techniques_that_the_filter_hides_are_told() -> None:
    finding = only(filters=filtered("Windows"), techniques=[*MAIL, *CONTAINER, *BEFORE])
    assert (finding.rule, finding.severity, finding.path) == ("platform-hides", "warning", "$.filters.platforms")
    assert finding.message == (
        "2 annotated techniques have none of these platforms and are hidden: T1609 (Containers), T1595 (PRE)"
    )


@pytest.mark.parametrize(
    ("names", "entries"),
    [
        (["Windows"], MAIL),
        (["Containers"], CONTAINER),
        (["PRE", "Windows"], [*MAIL, *BEFORE]),
        (["Windows"], [*MAIL, *technique("T1609", score=...)]),
        (["Windows"], [*MAIL, *technique("T1609", score=..., enabled=False)]),
        ([], CONTAINER),
    ],
)
def test_techniques_that_the_filter_shows_or_that_say_nothing_are_not_told(
    names: list[str], entries: list[Json]
) -> None:
    assert told(filters=filtered(*names), techniques=entries) == []


def test_old_names_count_in_a_filter() -> None:
    assert told(filters=filtered("AWS"), techniques=technique("T1580")) == [
        "platform-old warning $.filters.platforms[0]"
    ]


@pytest.mark.parametrize(("attack", "name"), [("15", "Office 365"), ("16", "Office Suite"), ("9", "Google Workspace")])
def test_techniques_have_the_platforms_of_the_layers_release(attack: str, name: str) -> None:
    assert told(versions=versions(attack=attack), filters=filtered(name), techniques=MAIL) == []


def test_techniques_of_mobile_are_hidden_too() -> None:
    found = told(domain="mobile-attack", filters=filtered("iOS"), techniques=technique("T1624.001"))
    assert found == ["platform-hides warning $.filters.platforms"]


def test_filter_that_the_navigator_drops_hides_nothing() -> None:
    assert told(filters=filtered("Containers", 5), techniques=MAIL) == ["field-type error $.filters.platforms[1]"]


def test_platforms_of_a_release_too_old_to_be_known_are_not_judged() -> None:
    found = told(versions=versions(attack="7"), filters=filtered("Toaster"), techniques=MAIL)
    assert found == ["attack-version-unchecked warning $.versions.attack"]


def test_names_of_the_newest_release_are_spelled_as_in_an_earlier_one() -> None:
    newest = ("Containers", "ESXi", "IaaS", "Identity Provider", "Network Devices", "Office Suite", "Windows")
    assert spelled_at(newest, "enterprise", 20) == newest
    assert spelled_at(newest, "enterprise", 16) == (
        "Containers", "IaaS", "Identity Provider", "Network", "Office Suite", "Windows",
    )  # fmt: skip
    assert spelled_at(newest, "enterprise", 15) == (
        "Azure AD", "Containers", "Google Workspace", "IaaS", "Network", "Office 365", "Windows",
    )  # fmt: skip
    assert spelled_at(newest, "enterprise", 8) == (
        "AWS", "Azure", "Azure AD", "GCP", "Network", "Office 365", "Windows",
    )  # fmt: skip


@pytest.mark.parametrize("major", range(8, 21))
def test_every_release_knows_its_own_spelling(major: int) -> None:
    known = platforms("enterprise", major)
    assert known is not None
    assert set(spelled_at(known, "enterprise", major)) == known


def test_sub_technique_that_the_filter_hides_is_not_called_folded_away_too() -> None:
    entries = [*MAIL, *technique("T1595.001")]
    assert told(layout=..., filters=filtered("Windows"), techniques=entries) == [
        "platform-hides warning $.filters.platforms"
    ]
    assert told(layout=..., filters=filtered("PRE", "Windows"), techniques=entries) == [
        "subtechnique-hidden warning $.techniques[1]"
    ]
