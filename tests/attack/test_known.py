"""The built-in catalogue with imported releases laid over it."""

from __future__ import annotations

from typing import Any

import pytest

from navigator_export.attack import Release, Standing, builtin, known, store
from navigator_export.attack.store import ImportedRelease, ImportedTechnique
from navigator_export.errors import AttackError
from navigator_export.model import Domain


def save(version: str, *techniques: ImportedTechnique, domain: Domain = "enterprise") -> None:
    store.save(
        ImportedRelease(
            domain=domain, version=version, official=False, sha256="0" * 64, stix="2.1", techniques=techniques
        )
    )


def active(id_: str, *tactics: str, **fields: Any) -> ImportedTechnique:
    return ImportedTechnique(id_, f"Imported {id_}", tactics or ("collection",), **fields)


def revoked(id_: str, replaced_by: str | None) -> ImportedTechnique:
    return ImportedTechnique(id_, f"Imported {id_}", status="revoked", replaced_by=replaced_by)


def deprecated(id_: str) -> ImportedTechnique:
    return ImportedTechnique(id_, f"Imported {id_}", status="deprecated")


def at(version: str, domain: Domain = "enterprise") -> Release:
    return known().require(domain, version)


def test_without_imports_it_is_the_built_in_one() -> None:
    assert known() is builtin()


def test_import_is_seen_at_once_and_read_once() -> None:
    assert known().resolve("enterprise", "21") is None
    save("21.0", active("T9001"))
    assert known().newest("enterprise") == "21.0"
    assert known() is known()
    assert dict(at("21.0").active) == {"T9001": "Imported T9001"}
    save("21.0", active("T9002"))
    assert dict(at("21.0").active) == {"T9002": "Imported T9002"}


def test_imported_release_takes_precedence_for_exactly_itself() -> None:
    save("16.1", active("T9001", "stealth", platforms=("ESXi",)))
    release = at("16.1")
    assert release.version == "16.1"
    assert release.imported is not None
    assert (dict(release.tactics), dict(release.platforms)) == ({"T9001": ("stealth",)}, {"T9001": ("ESXi",)})
    assert at("16.0").imported is None
    assert at("16.0").active == builtin().require("enterprise", "16.0").active
    assert at("16.1", "mobile").imported is None


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("17", "17.1"),
        ("17.0", "17.0"),
        ("17.1", "17.1"),
        ("17.9", "17.1"),
        ("21", "21.0"),
        ("16", "16.1"),
        ("7", "7.2"),
    ],
)
def test_releases_resolve_to_the_nearest_listed_one(asked: str, served: str) -> None:
    for version in ("17.1", "21.0", "7.2"):
        save(version, active("T9001"))
    assert at(asked).version == served


@pytest.mark.parametrize(
    ("asked", "served"),
    [("17.1", "17.0"), ("18.0", "18.1"), ("18.2", "18.1"), ("19.0", "19.1"), ("19.2", "19.1"), ("11.9", "11.2")],
)
def test_unlisted_minor_release_is_the_nearest_listed_one_of_its_major_release(asked: str, served: str) -> None:
    assert builtin().resolve("enterprise", asked) == served
    assert builtin().require("enterprise", asked).active == builtin().require("enterprise", served).active


@pytest.mark.parametrize("name", ["", ".", "abc", "16.x", "-1", "16.1.2", "١٦", "16 ", "9" * 5000])
def test_what_names_no_release_resolves_to_none(name: str) -> None:
    assert known().resolve("enterprise", name) is None


def test_listed_releases_stay_in_order() -> None:
    for version in ("21.0", "7.2", "18.0", "9.10"):
        save(version, active("T9001"))
    releases = known().domains["enterprise"].releases
    assert [releases[0], releases[-1]] == ["7.2", "21.0"]
    assert [release for release in releases if release.startswith(("9.", "18."))] == ["9.0", "9.10", "18.0", "18.1"]


def test_standing_in_an_imported_release_is_what_it_states() -> None:
    save("21.0", active("T9002"), revoked("T1114", "T9001"), revoked("T9001", "T9002"), deprecated("T1001"))
    release = at("21.0")
    assert release.standing("T9002") == Standing("active")
    assert release.standing("T1114") == Standing("revoked", since="21.0", replacement="T9002")
    assert release.standing("T1001") == Standing("deprecated", since="21.0")
    assert release.standing("T1003") == Standing("removed", since="21.0")
    assert release.standing("T1400") == Standing("other domain", domain="mobile")
    assert release.standing("T8888") == Standing("unknown")


def test_built_in_release_knows_what_imports_know() -> None:
    save("21.0", active("T9001"))
    save("21.0", active("T9400"), domain="mobile")
    assert at("20.0").standing("T9001") == Standing("not yet", since="21.0")
    assert at("20.0").standing("T9400") == Standing("other domain", domain="mobile")


def test_import_tells_since_when_an_id_is_gone() -> None:
    assert at("20.0").standing("T1562") == Standing("revoked", since="19.1", replacement="T1685")
    save("19.0", active("T1685"), revoked("T1562", "T1685"))
    assert at("20.0").standing("T1562") == Standing("revoked", since="19.0", replacement="T1685")


def test_import_tells_a_replacement_that_the_table_does_not_know() -> None:
    table = builtin().domains["ics"]
    [gone, *_] = [t.id for t in table.techniques if t.last and not t.replaced_by and not t.deprecated]
    there = next(iter(at("20.0", "ics").active))
    assert at("20.0", "ics").standing(gone).kind == "removed"
    save("19.2", active(there), revoked(gone, there), domain="ics")
    assert at("20.0", "ics").standing(gone).kind == "revoked"
    assert at("20.0", "ics").standing(gone).replacement == there


def test_table_tells_a_replacement_that_an_import_does_not_state() -> None:
    save("10.1", active("T1426"), revoked("T1419", None), domain="mobile")
    assert at("10.1", "mobile").standing("T1419") == Standing("revoked", replacement="T1426")


def test_replacements_that_go_round_end() -> None:
    save("21.0", active("T9001"), revoked("T9002", "T9003"), revoked("T9003", "T9002"))
    assert at("21.0").standing("T9002") == Standing("revoked")


def test_release_before_the_built_in_ones() -> None:
    save("7.2", active("T1086"), active("T1114"))
    assert at("7.2").standing("T1059.001") == Standing("not yet", since="8.0")
    assert at("8.0").standing("T1086") == Standing("revoked", since="8.0", replacement="T1059.001")


def test_names_are_those_of_the_release() -> None:
    save("15.0", active("T1114"), deprecated("T9001"))
    assert at("15.0").name("T1114") == "Imported T1114"
    assert at("15.0").name("T9001") == at("20.0").name("T9001") == "Imported T9001"
    assert at("15.0").name("T1001") == "Data Obfuscation"
    assert at("20.0").name("T1114") == "Email Collection"
    assert at("20.0").name("T8888") == ""


def test_damaged_file_matters_where_it_is_needed_alone() -> None:
    save("16.1", active("T9001"))
    (store.folder() / "enterprise-16.1.json").write_bytes(b"{")
    assert at("14.1").standing("T1114").kind == "active"
    with pytest.raises(AttackError, match=r"enterprise-16\.1\.json: error is damaged"):
        at("16.1")


def test_ids_that_went_and_came_back() -> None:
    """Mobile T1451 is back in 17.0, T1476 in 20.0."""
    assert at("16.1", "mobile").standing("T1451") == Standing("deprecated", since="11.3")
    assert at("19.1", "mobile").standing("T1476") == Standing("deprecated", since="11.3")
    assert at("20.0", "mobile").standing("T1476") == Standing("active")
    assert at("10.1", "mobile").standing("T1451") == Standing("active")


def test_unknown_release_is_told() -> None:
    with pytest.raises(AttackError, match=r"ATT&CK 99 is not known for ics; known are 8\.0 to 20\.0"):
        known().require("ics", "99")
