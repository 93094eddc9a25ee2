from __future__ import annotations

import pytest

from tests.made_inputs import Json
from tests.validation.made_layers import only, technique, told, versions

PLACE = "$.versions.attack"


@pytest.mark.parametrize("attack", ["4", "5.2", "7", "v6", "7.0"])
@pytest.mark.parametrize("domain", ["enterprise-attack", "mobile-attack", "mitre-enterprise"])
def test_release_that_is_not_built_in_is_said_to_be_unchecked(attack: str, domain: str) -> None:
    found = told(domain=domain, versions=versions(attack=attack), techniques=technique("T1562.001", tactic="x"))
    assert f"attack-version-unchecked warning {PLACE}" in found


def test_ids_of_no_release_are_told_all_the_same() -> None:
    entries = [*technique("T9999"), *technique("T1086"), *technique("T1685"), *technique("T1430")]
    assert told(versions=versions(attack="7"), techniques=entries) == [
        f"attack-version-unchecked warning {PLACE}",
        "technique-unknown error $.techniques[0].techniqueID",
        "technique-other-domain error $.techniques[3].techniqueID",
    ]


def test_entries_of_an_unchecked_release_are_told_where_they_replace_each_other_or_are_folded() -> None:
    entries = [*technique(tactic="collection"), *technique(score=2), *technique("T1114.003")]
    assert told(versions=versions(attack="7"), layout=..., techniques=entries)[1:] == [
        "technique-duplicate error $.techniques[1]",
        "subtechnique-hidden warning $.techniques[2]",
    ]
    opened = [*technique(showSubtechniques=True), *technique("T1114.003", tactic="collection")]
    assert len(told(versions=versions(attack="7"), layout=..., techniques=opened)) == 1


@pytest.mark.parametrize("attack", ["3", "21", "99", "latest", "016", "0"])
def test_release_that_the_navigator_has_not_is_refused(attack: str) -> None:
    assert told(versions=versions(attack=attack)) == [f"attack-version-unknown error {PLACE}"]


def test_ics_begins_with_8() -> None:
    fields: dict[str, Json] = {"domain": "ics-attack", "techniques": technique("T0800")}
    assert told(versions=versions(attack="8"), **fields) == []
    assert told(versions=versions(attack="7"), **fields) == [f"attack-version-unknown error {PLACE}"]


@pytest.mark.parametrize("attack", [16, 16.1, None, True, [], {}])
def test_release_that_is_no_text_is_not_read(attack: Json) -> None:
    found = told(versions=versions(attack=attack), techniques=technique("T1562.001"))
    assert found == [f"attack-version-missing error {PLACE}", "technique-revoked error $.techniques[0].techniqueID"]


def test_what_to_write_is_said() -> None:
    assert only(versions=versions(attack=16)).hint == 'write "16"'
    assert "opened and checked as the newest, 20.0" in only(versions=versions(attack=...)).message
