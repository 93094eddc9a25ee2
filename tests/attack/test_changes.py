from __future__ import annotations

import pytest

from navigator_export.attack import known, store
from navigator_export.attack.changes import Changed, Moved, Renamed, Replaced, compare
from navigator_export.attack.store import ImportedRelease, ImportedTechnique
from navigator_export.errors import AttackError


def save(version: str, *techniques: ImportedTechnique) -> None:
    store.save(ImportedRelease("enterprise", version, False, "0" * 64, "2.1", techniques))


def test_imported_releases_are_compared_in_every_respect() -> None:
    save(
        "21.0",
        ImportedTechnique("T9001", "stays", ("collection",)),
        ImportedTechnique("T9002", "renamed", ("collection",)),
        ImportedTechnique("T9003", "moved", ("collection", "impact")),
        ImportedTechnique("T9004", "revoked", ("collection",)),
        ImportedTechnique("T9005", "deprecated", ("collection",)),
        ImportedTechnique("T9006", "lost", ("collection",)),
        ImportedTechnique("T9008", "back again", status="deprecated"),
    )
    save(
        "22.0",
        ImportedTechnique("T9001", "stays", ("collection",)),
        ImportedTechnique("T9002", "other name", ("collection",)),
        ImportedTechnique("T9003", "moved", ("impact", "stealth")),
        ImportedTechnique("T9004", "revoked", status="revoked", replaced_by="T9007"),
        ImportedTechnique("T9005", "deprecated", status="deprecated"),
        ImportedTechnique("T9007", "new", ("collection",)),
        ImportedTechnique("T9008", "back again", ("collection",)),
    )
    changes = compare(known().require("enterprise", "21.0"), known().require("enterprise", "22.0"))
    assert (changes.domain, changes.older, changes.newer, changes.unnamed) == ("enterprise", "21.0", "22.0", ())
    assert changes.added == (Changed("T9007", "new"), Changed("T9008", "back again"))
    assert changes.revoked == (Replaced("T9004", "revoked", "T9007", "new"),)
    assert changes.deprecated == (Changed("T9005", "deprecated"),)
    assert changes.removed == (Changed("T9006", "lost"),)
    assert changes.renamed == (Renamed("T9002", "renamed", "other name"),)
    assert changes.tactics == (Moved("T9003", "moved", ("collection",), ("stealth",)),)
    assert changes.count == 7


def test_enterprise_19_split_defense_evasion() -> None:
    older, newer = (known().require("enterprise", version) for version in ("18.1", "19.1"))
    changes = compare(older, newer)
    assert "defense-evasion" not in newer.all_tactics
    assert {"stealth", "defense-impairment"} <= newer.all_tactics - older.all_tactics
    assert {m.id for m in changes.tactics if "defense-evasion" in m.lost} == {
        id_ for id_, tactics in older.tactics.items() if "defense-evasion" in tactics and id_ in newer.active
    }
    assert Replaced("T1562", "Impair Defenses", "T1685", "Disable or Modify Tools") in changes.revoked


@pytest.mark.parametrize("domain", ["enterprise", "mobile", "ics"])
def test_counts_add_up(domain: str) -> None:
    older, newer = (known().require(domain, version) for version in ("8.0", "20.0"))
    changes = compare(older, newer)
    gone = len(changes.revoked) + len(changes.deprecated) + len(changes.removed)
    assert len(older.active) - gone + len(changes.added) == len(newer.active)


def test_names_are_compared_only_where_both_releases_have_their_own() -> None:
    built_in = known().require("enterprise", "16.1")
    assert compare(built_in, known().require("enterprise", "20.0")).unnamed == ("16.1",)
    assert compare(built_in, known().require("enterprise", "18.1")).unnamed == ("16.1", "18.1")
    save("16.1", ImportedTechnique("T1114", "E-Mail", ("collection",)))
    changes = compare(known().require("enterprise", "16.1"), known().require("enterprise", "20.0"))
    assert (changes.unnamed, changes.renamed) == ((), (Renamed("T1114", "E-Mail", "Email Collection"),))


def test_release_does_not_differ_from_itself() -> None:
    release = known().require("mobile", "20.0")
    assert compare(release, release).count == 0


def test_older_release_comes_first() -> None:
    with pytest.raises(AttackError, match=r"20\.0 is newer than 16\.1; name the older release first"):
        compare(known().require("enterprise", "20.0"), known().require("enterprise", "16.1"))
