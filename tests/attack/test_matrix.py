"""The order, names and ids of tactics, of every built-in release and of imported ones."""

from __future__ import annotations

from typing import Any

import pytest

from navigator_export.attack import Release, Tactic, builtin, known, store
from navigator_export.attack.stix import read_bundle
from navigator_export.attack.store import ImportedRelease, ImportedTechnique
from navigator_export.model import DOMAINS, Domain
from tests.attack.bundles import bundle, matrix, tactic, technique

EVERY_RELEASE = [
    builtin().require(domain, version) for domain in DOMAINS for version in builtin().domains[domain].releases
]


def short_names(release: Release) -> list[str]:
    return [column.short_name for column in release.matrix]


@pytest.mark.parametrize("release", EVERY_RELEASE, ids=lambda release: f"{release.domain} {release.version}")
def test_every_tactic_of_a_technique_is_a_column_with_an_id_of_its_own(release: Release) -> None:
    assert {name for tactics in release.tactics.values() for name in tactics} == set(short_names(release))
    assert len(set(short_names(release))) == len(release.matrix)
    ids = {column.id for column in release.matrix}
    assert len(ids) == len(release.matrix)
    assert all(len(id_) == 6 and id_.startswith("TA0") for id_ in ids)


@pytest.mark.parametrize("release", EVERY_RELEASE, ids=lambda release: f"{release.domain} {release.version}")
def test_every_active_technique_has_a_tactic(release: Release) -> None:
    assert [id_ for id_ in release.active if not release.tactics[id_]] == []


BEFORE = ["initial-access", "execution", "persistence", "privilege-escalation"]
AFTER = ["credential-access", "discovery", "lateral-movement", "collection", "command-and-control", "exfiltration"]
PREPARATION = ["reconnaissance", "resource-development"]


@pytest.mark.parametrize(
    ("domain", "version", "expected"),
    [
        ("enterprise", "8.0", [*PREPARATION, *BEFORE, "defense-evasion", *AFTER, "impact"]),
        ("enterprise", "18.1", [*PREPARATION, *BEFORE, "defense-evasion", *AFTER, "impact"]),
        ("enterprise", "19.1", [*PREPARATION, *BEFORE, "stealth", "defense-impairment", *AFTER, "impact"]),
        ("enterprise", "20.0", [*PREPARATION, *BEFORE, "stealth", "defense-impairment", *AFTER, "impact"]),
        (
            "mobile",
            "10.1",
            [*BEFORE, "defense-evasion", *AFTER, "impact", "network-effects", "remote-service-effects"],
        ),
        ("mobile", "11.3", [*BEFORE, "defense-evasion", *AFTER, "impact"]),
        ("mobile", "20.0", [*BEFORE, "defense-evasion", *AFTER, "impact"]),
    ],
)
def test_columns_are_in_the_order_of_the_release(domain: Domain, version: str, expected: list[str]) -> None:
    assert short_names(builtin().require(domain, version)) == expected


@pytest.mark.parametrize(
    ("version", "marked", "escalation"),
    [
        ("8.0", "-ics", None),
        ("9.0", "-ics", "privilege-escalation-ics"),
        ("11.2", "-ics", "privilege-escalation"),
        ("13.0", "", "privilege-escalation"),
        ("20.0", "", "privilege-escalation"),
    ],
)
def test_ics_columns_keep_their_order_while_their_short_names_change(
    version: str, marked: str, escalation: str | None
) -> None:
    before = [f"{name}{marked}" for name in ("initial-access", "execution", "persistence")]
    middle = ("evasion", "discovery", "lateral-movement", "collection", "command-and-control")
    after = [*(f"{name}{marked}" for name in middle), "inhibit-response-function", "impair-process-control"]
    release = builtin().require("ics", version)
    assert short_names(release) == [*before, *filter(None, [escalation]), *after, f"impact{marked}"]
    assert {"Command and Control", "Inhibit Response Function", "Impact"} <= {t.name for t in release.matrix}


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("18.1", Tactic("defense-evasion", "Defense Evasion", "TA0005")),
        ("19.1", Tactic("stealth", "Stealth", "TA0005")),
    ],
)
def test_stealth_has_the_id_of_defense_evasion(version: str, expected: Tactic) -> None:
    assert expected in builtin().require("enterprise", version).matrix


# ---- imported releases -----------------------------------------------------------------------------------------------

LATE = tactic("impact", "Late Impact", "TA0040")
EARLY = tactic("collection", "Early Collection", "TA0009")
ONE = technique("T1114", tactics=("collection", "impact"))


def imported(*objects: Any) -> list[tuple[str, str, str]]:
    release = read_bundle("b", bundle(*objects), "21.0")
    store.save(release)
    return [(t.short_name, t.name, t.id) for t in known().require("enterprise", "21.0").matrix]


def test_import_keeps_order_names_and_ids_that_the_bundle_states() -> None:
    expected = [("impact", "Late Impact", "TA0040"), ("collection", "Early Collection", "TA0009")]
    assert imported(ONE, EARLY, LATE, matrix(LATE, EARLY)) == expected


def test_matrices_of_a_bundle_follow_one_another_without_those_that_are_gone() -> None:
    gone = matrix(tactic("old", "Old", "TA0001"), x_mitre_deprecated=True)
    revoked = matrix(tactic("older", "Older", "TA0002"), revoked=True)
    assert [name for name, *_ in imported(ONE, EARLY, LATE, gone, revoked, matrix(LATE), matrix(EARLY, LATE))] == [
        "impact",
        "collection",
    ]


def test_column_without_techniques_stays_where_the_bundle_states_it() -> None:
    empty = tactic("stealth", "Stealth", "TA0005")
    assert [name for name, *_ in imported(ONE, EARLY, LATE, empty, matrix(EARLY, empty, LATE))][1] == "stealth"


def test_tactic_that_no_matrix_states_comes_last() -> None:
    columns = imported(ONE, technique("T1001", tactics=("a-new-one",)), LATE, EARLY, matrix(EARLY, LATE))
    assert columns[-1] == ("a-new-one", "A New One", "")


@pytest.mark.parametrize("objects", [[], [matrix(LATE, EARLY)]], ids=["no matrix", "no tactics"])
def test_without_a_matrix_the_built_in_order_serves(objects: list[Any]) -> None:
    assert imported(ONE, technique("T1001", tactics=("a-new-one",)), *objects) == [
        ("collection", "Collection", "TA0009"),
        ("impact", "Impact", "TA0040"),
        ("a-new-one", "A New One", ""),
    ]


def test_file_without_a_matrix_takes_that_of_the_nearest_release() -> None:
    techniques = (ImportedTechnique("T1562", "Impair Defenses", ("stealth", "defense-impairment", "execution")),)
    store.save(ImportedRelease("enterprise", "19.0", False, "0" * 64, "2.1", techniques, format=1))
    assert short_names(known().require("enterprise", "19.0")) == ["execution", "stealth", "defense-impairment"]
