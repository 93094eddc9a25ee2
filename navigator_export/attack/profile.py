"""What is known of one technique, seen from one release."""

from __future__ import annotations

import msgspec

from navigator_export.attack.catalogue import Catalogue, Kind, Release, order
from navigator_export.errors import AttackError, Problem, nearest
from navigator_export.model import Domain


class Relative(msgspec.Struct, frozen=True):
    """Another technique: the parent, or the replacement."""

    id: str
    name: str


class Profile(msgspec.Struct, frozen=True):
    """One technique or sub-technique of a domain, at a release."""

    id: str
    name: str
    domain: Domain
    release: str
    kind: Kind
    """What it is in the release."""
    since: str
    """Release from which an inactive id is gone, or (`not yet`) in which it is new; empty where not known."""
    first: str | None
    """First listed release that has it; None where no listed one does."""
    first_is_oldest: bool
    """Whether `first` is the oldest listed release: it may be older still."""
    last: str | None
    """Last listed release that has it; None where none does."""
    absent: tuple[str, ...]
    """Listed releases between first and last that do not have it."""
    tactics: tuple[str, ...]
    """In the release; where it is not active there, in the last one that has it."""
    platforms: tuple[str, ...]
    """In the release where it is imported, else the newest that are known; empty where none are."""
    replacement: Relative | None
    parent: Relative | None
    """Of a sub-technique."""


def profile(catalogue: Catalogue, technique_id: str, version: str | None = None) -> tuple[Profile, ...]:
    """Return what is known of a technique in each domain that knows the id, at a release or at the newest.

    Raises AttackError where no domain knows the id, or those that do do not know the release.
    """
    domains = catalogue.known_domains(technique_id)
    if not domains:
        ids = (technique.id for table in catalogue.domains.values() for technique in table.techniques)
        problem = Problem(f"unknown technique {technique_id}", hint=nearest(technique_id, ids, "ids"))
        raise AttackError("", [problem])
    releases = (catalogue.release(domain, version or catalogue.newest(domain)) for domain in domains)
    profiles = tuple(_profile(release, technique_id) for release in releases if release)
    return profiles or (_profile(catalogue.require(domains[0], version or ""), technique_id),)


def _profile(release: Release, technique_id: str) -> Profile:
    catalogue = release.catalogue
    table = catalogue.domains[release.domain]
    had = table.releases_with(technique_id)
    standing = release.standing(technique_id)
    parent = technique_id.partition(".")[0]
    shown = release
    if standing.kind != "active" and had:
        earlier = [version for version in had if order(version) < order(release.version)]
        shown = catalogue.release(release.domain, earlier[-1] if earlier else had[0]) or release
    between = table.releases[table.releases.index(had[0]) : table.releases.index(had[-1])] if had else ()
    return Profile(
        id=technique_id,
        name=release.name(technique_id),
        domain=release.domain,
        release=release.version,
        kind=standing.kind,
        since=standing.since,
        first=had[0] if had else None,
        first_is_oldest=had[:1] == table.releases[:1],
        last=had[-1] if had else None,
        absent=tuple(version for version in between if version not in had),
        tactics=shown.tactics.get(technique_id, ()),
        platforms=shown.platforms.get(technique_id, ()),
        replacement=_relative(release, standing.replacement) if standing.replacement else None,
        parent=_relative(release, parent) if parent != technique_id else None,
    )


def _relative(release: Release, technique_id: str) -> Relative:
    return Relative(technique_id, release.name(technique_id))
