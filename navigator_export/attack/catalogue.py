"""Which techniques each ATT&CK release has: ids, names, tactics, replacements.

The built-in facts cover the releases listed in `techniques.json` (8.0 to 20.0); `make catalogue` rebuilds that file.
A release between two listed ones differs from the one below it in wording only, so far as known, and is read as that.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping as Dictionary
from functools import cache, cached_property
from importlib import resources
from typing import Literal

import msgspec

from navigator_export.model import DOMAINS, Domain

Kind = Literal["active", "revoked", "deprecated", "removed", "not yet", "other domain", "unknown"]


class Technique(msgspec.Struct, frozen=True, omit_defaults=True):
    """One technique or sub-technique over all releases."""

    id: str
    name: str = ""
    """The newest name; empty where it is not known."""
    first: str | None = None
    """First listed release that has it; None where it was gone before the first listed one."""
    last: str | None = None
    """Last listed release that has it; None where the newest has it, or where `first` is None."""
    absent: tuple[str, ...] = ()
    """Listed releases between first and last that did not have it."""
    tactics: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Change points: a release, and the tactics from that release on; the oldest also serves for earlier ones."""
    replaced_by: str | None = None
    deprecated: bool = False


class DomainTable(msgspec.Struct, frozen=True, dict=True):
    """The releases and techniques of one domain."""

    releases: tuple[str, ...]
    """Listed releases, oldest first."""
    techniques: tuple[Technique, ...]

    @cached_property
    def by_id(self) -> dict[str, Technique]:
        """Return the techniques by id."""
        return {technique.id: technique for technique in self.techniques}


class Standing(msgspec.Struct, frozen=True):
    """What an id is in one release of one domain."""

    kind: Kind
    since: str = ""
    """Release from which an inactive id is gone, or (`not yet`) in which it is new; empty where not known."""
    replacement: str | None = None
    """The active id that revokes it, chains followed."""
    domain: Domain | None = None
    """The domain it belongs to, where that is another one."""


class Release(msgspec.Struct, frozen=True, dict=True):
    """The techniques of one domain in one ATT&CK release."""

    domain: Domain
    version: str
    """The listed release whose facts these are."""
    active: Dictionary[str, str]
    """Id to name."""
    tactics: Dictionary[str, tuple[str, ...]]
    """Id to tactics, of active techniques."""
    catalogue: Catalogue

    @cached_property
    def all_tactics(self) -> frozenset[str]:
        """Return every tactic that some technique of the release has."""
        return frozenset(tactic for tactics in self.tactics.values() for tactic in tactics)

    def standing(self, technique_id: str) -> Standing:
        """Return what an id is in this release."""
        if technique_id in self.active:
            return Standing("active")
        table = self.catalogue.domains[self.domain]
        technique = table.by_id.get(technique_id)
        if technique is None:
            for other in DOMAINS:
                if technique_id in self.catalogue.domains[other].by_id:
                    return Standing("other domain", domain=other)
            return Standing("unknown")
        if technique.first and order(technique.first) > order(self.version):
            return Standing("not yet", since=technique.first)
        kind: Kind = "revoked" if technique.replaced_by else "deprecated" if technique.deprecated else "removed"
        return Standing(kind, since=self._gone_since(technique), replacement=self._replacement(technique))

    def _gone_since(self, technique: Technique) -> str:
        releases = self.catalogue.domains[self.domain].releases
        if technique.last is None:
            return ""
        return releases[bisect_right(releases, order(technique.last), key=order)]

    def _replacement(self, technique: Technique) -> str | None:
        by_id = self.catalogue.domains[self.domain].by_id
        seen = {technique.id}
        successor = technique.replaced_by
        while successor and successor not in seen and successor not in self.active:
            seen.add(successor)
            following = by_id.get(successor)
            successor = following.replaced_by if following else None
        return successor if successor in self.active else None


class Catalogue(msgspec.Struct, frozen=True, dict=True):
    """What is known of ATT&CK."""

    domains: dict[Domain, DomainTable]

    def newest(self, domain: Domain) -> str:
        """Return the newest listed release of a domain."""
        return self.domains[domain].releases[-1]

    def resolve(self, domain: Domain, version: str) -> str | None:
        """Return the listed release that serves for `version`; None where its major release is not known.

        `16` is the newest listed 16.x; an unlisted minor release is the nearest listed one below it, or the first of
        its major release.
        """
        wanted = order(version) if "." in version else (*order(version), float("inf"))
        same_major = [r for r in self.domains[domain].releases if order(r)[0] == wanted[0]]
        below = [r for r in same_major if order(r) <= wanted]
        return below[-1] if below else same_major[0] if same_major else None

    def release(self, domain: Domain, version: str) -> Release | None:
        """Return the techniques of a release; None where its major release is not known."""
        listed = self.resolve(domain, version)
        return self._release(domain, listed) if listed else None

    @cached_property
    def _cached(self) -> dict[tuple[Domain, str], Release]:
        return {}

    def _release(self, domain: Domain, version: str) -> Release:
        if (domain, version) not in self._cached:
            at = order(version)
            active = {}
            tactics = {}
            for technique in self.domains[domain].techniques:
                if not _is_active(technique, version, at):
                    continue
                active[technique.id] = technique.name
                tactics[technique.id] = _tactics_at(technique, at)
            self._cached[domain, version] = Release(domain, version, active, tactics, self)
        return self._cached[domain, version]


@cache
def order(version: str) -> tuple[float, ...]:
    """Return the sort key of a release such as `16.1`."""
    return tuple(int(part) for part in version.split("."))


@cache
def builtin() -> Catalogue:
    """Return the catalogue of the facts that the package carries."""
    data = (resources.files(__package__) / "techniques.json").read_bytes()
    return msgspec.json.decode(data, type=Catalogue)


def _is_active(technique: Technique, version: str, at: tuple[float, ...]) -> bool:
    return (
        technique.first is not None
        and order(technique.first) <= at
        and (technique.last is None or at <= order(technique.last))
        and version not in technique.absent
    )


def _tactics_at(technique: Technique, at: tuple[float, ...]) -> tuple[str, ...]:
    held = technique.tactics[0][1] if technique.tactics else ()
    for since, tactics in technique.tactics:
        if order(since) <= at:
            held = tactics
    return held
