from __future__ import annotations

import pytest

from navigator_export.attack import known, store
from navigator_export.attack.profile import Profile, Relative, profile
from navigator_export.attack.store import ImportedRelease, ImportedTechnique
from navigator_export.errors import AttackError


def one(id_: str, version: str | None = None) -> Profile:
    [found] = profile(known(), id_, version)
    return found


def test_active_technique() -> None:
    shown = one("T1114.003")
    assert (shown.name, shown.domain, shown.release, shown.kind) == (
        "Email Forwarding Rule",
        "enterprise",
        "20.0",
        "active",
    )
    assert (shown.first, shown.first_is_oldest, shown.last, shown.absent) == ("8.0", True, "20.0", ())
    assert shown.tactics == ("collection",)
    assert "Windows" in shown.platforms
    assert (shown.replacement, shown.parent) == (None, Relative("T1114", "Email Collection"))


def test_revoked_technique_has_its_last_tactics_and_its_replacement() -> None:
    shown = one("T1562.001")
    assert (shown.kind, shown.since, shown.last) == ("revoked", "19.1", "18.1")
    assert shown.replacement == Relative("T1685", "Disable or Modify Tools")
    assert shown.tactics == ("defense-evasion",)
    assert one("T1562.001", "16.1").kind == "active"


def test_replacements_are_followed_to_an_active_one() -> None:
    assert one("T1415", "15.0").replacement == Relative("T1635.001", "URI Hijacking")


def test_technique_of_later_releases() -> None:
    shown = one("T1608.007", "16")
    assert (shown.release, shown.kind, shown.since, shown.tactics) == (
        "16.1",
        "not yet",
        "20.0",
        ("resource-development",),
    )
    assert not shown.first_is_oldest


def test_technique_gone_before_the_oldest_release() -> None:
    shown = one("T1043")
    assert (shown.name, shown.kind, shown.since, shown.first, shown.last) == (
        "Commonly Used Port",
        "deprecated",
        "",
        None,
        None,
    )


def test_technique_that_went_and_came_back() -> None:
    assert one("T1451").absent[0] == "11.3"
    assert one("T1451").absent[-1] == "16.1"


def test_imported_release_tells_its_own_facts() -> None:
    stated = ImportedTechnique("T1114", "E-Mail", ("impact",), ("Toaster",))
    store.save(ImportedRelease("enterprise", "15.0", True, "0" * 64, "2.0", (stated,)))
    shown = one("T1114", "15.0")
    assert (shown.name, shown.tactics, shown.platforms) == ("E-Mail", ("impact",), ("Toaster",))


def test_unknown_technique_and_release_are_told() -> None:
    with pytest.raises(AttackError, match="unknown technique T1114x; nearest ids: T1114"):
        one("T1114x")
    with pytest.raises(AttackError, match="ATT&CK 99 is not known for enterprise"):
        one("T1114", "99")
