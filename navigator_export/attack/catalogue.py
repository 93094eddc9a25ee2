"""Which techniques each ATT&CK release has: ids, names, tactics, replacements.

The built-in facts cover the releases listed in `techniques.json` (8.0 to 20.0); `make catalogue` rebuilds that file.
A release between two listed ones differs from the one below it in wording only, so far as known, and is read as that.
Releases that the user imported are listed too, and each is read from its bundle's facts alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping as Dictionary
from functools import cache, cached_property, lru_cache
from importlib import resources
from itertools import chain
from typing import Final, Literal, TypeVar

import msgspec
from msgspec.structs import replace

from navigator_export.attack import store
from navigator_export.attack.matrix import Matrix, with_others
from navigator_export.attack.platforms import spelled_at
from navigator_export.attack.store import ImportedRelease, ImportedTechnique, StoredRelease
from navigator_export.errors import AttackError, Problem
from navigator_export.model import DOMAINS, Domain

Kind = Literal["active", "revoked", "deprecated", "removed", "not yet", "other domain", "unknown"]

Value = TypeVar("Value")

LATEST: Final = "latest"
"""Name of the newest release that is known."""


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
    """Whether it has nothing in its place where it is gone."""
    platforms: tuple[str, ...] = ()
    """Platforms in the newest release that states them; empty where none does."""


class DomainTable(msgspec.Struct, frozen=True, dict=True):
    """The releases and techniques of one domain."""

    releases: tuple[str, ...]
    """Listed releases, oldest first, the imported ones included."""
    techniques: tuple[Technique, ...]
    """Of the built-in releases."""
    matrices: tuple[tuple[str, Matrix], ...]
    """Change points: a release, and the matrix from that release on; the oldest also serves for earlier ones."""
    imported: dict[str, StoredRelease] = {}
    """Imported releases by name; they take precedence over the built-in one of the same name."""

    @cached_property
    def by_id(self) -> dict[str, Technique]:
        """Return the techniques by id."""
        return {technique.id: technique for technique in self.techniques}

    def matrix(self, version: str) -> Matrix:
        """Return the matrix that serves for a release, listed or not."""
        return _at(self.matrices, order(version)) or ()

    def knows(self, technique_id: str) -> bool:
        """Return whether some release has, or had, a technique of this id."""
        return technique_id in self.by_id or any(self.statements(technique_id))

    def has(self, technique_id: str, version: str) -> bool:
        """Return whether an id is active in a listed release."""
        if version in self.imported:
            stated = self.imported[version].facts.by_id.get(technique_id)
            return stated is not None and stated.status == "active"
        technique = self.by_id.get(technique_id)
        return technique is not None and _is_active(technique, version, order(version))

    def releases_with(self, technique_id: str) -> tuple[str, ...]:
        """Return the listed releases in which an id is active, oldest first."""
        return tuple(version for version in self.releases if self.has(technique_id, version))

    def name(self, technique_id: str) -> str:
        """Return the newest name of an id; empty where none is known."""
        technique = self.by_id.get(technique_id)
        names = (stated.name for stated in self.statements(technique_id))
        return technique.name if technique and technique.name else next(names, "")

    def statements(self, technique_id: str) -> Iterator[ImportedTechnique]:
        """Yield what the imported releases state of an id, the newest first."""
        for version in reversed(self.releases):
            if version in self.imported and technique_id in self.imported[version].facts.by_id:
                yield self.imported[version].facts.by_id[technique_id]


class Standing(msgspec.Struct, frozen=True):
    """What an id is in one release of one domain."""

    kind: Kind
    since: str = ""
    """Release from which an inactive id is gone, or (`not yet`) in which it is new; empty where not known."""
    replacement: str | None = None
    """The active id that revokes it, chains followed."""
    domain: Domain | None = None
    """The domain it belongs to, where that is another one."""

    def __str__(self) -> str:
        if self.kind == "other domain":
            return f"a technique of {self.domain}"
        if self.kind == "not yet":
            return f"new in {self.since}"
        return f"{self.kind} since {self.since}" if self.since else self.kind


class Release(msgspec.Struct, frozen=True, dict=True):
    """The techniques of one domain in one ATT&CK release."""

    domain: Domain
    version: str
    """The listed release whose facts these are."""
    active: Dictionary[str, str]
    """Id to name."""
    tactics: Dictionary[str, tuple[str, ...]]
    """Id to tactics, of active techniques."""
    matrix: Matrix
    """Every tactic, in the order of the matrix's columns."""
    catalogue: Catalogue
    platforms: Dictionary[str, tuple[str, ...]] = {}
    """Id to platforms, of active techniques; where the release is built in, those of the newest that states them, by
    their names in this one."""
    imported: ImportedRelease | None = None
    """The facts of an imported release; None where the release is built in."""

    @cached_property
    def all_tactics(self) -> frozenset[str]:
        """Return the short names of the tactics."""
        return frozenset(tactic.short_name for tactic in self.matrix)

    def name(self, technique_id: str) -> str:
        """Return the name of an id, active or not; empty where none is known."""
        stated = self.imported.by_id.get(technique_id) if self.imported else None
        named = stated.name if stated else self.active.get(technique_id)
        return named or self.catalogue.domains[self.domain].name(technique_id)

    def standing(self, technique_id: str) -> Standing:
        """Return what an id is in this release."""
        if technique_id in self.active:
            return Standing("active")
        table = self.catalogue.domains[self.domain]
        if not table.knows(technique_id):
            for other in DOMAINS:
                if self.catalogue.domains[other].knows(technique_id):
                    return Standing("other domain", domain=other)
            return Standing("unknown")
        at = order(self.version)
        had = table.releases_with(technique_id)
        earlier = [version for version in had if order(version) < at]
        later = [version for version in had if order(version) > at]
        kind = self._kind_of_inactive(technique_id, arrives=bool(later) and not earlier)
        if kind == "not yet":
            return Standing(kind, since=later[0])
        since = table.releases[table.releases.index(earlier[-1]) + 1] if earlier else ""
        return Standing(kind, since=since, replacement=self._replacement(technique_id))

    def _kind_of_inactive(self, technique_id: str, *, arrives: bool) -> Kind:
        stated = self.imported.by_id.get(technique_id) if self.imported else None
        if stated:
            return stated.status
        if arrives:
            return "not yet"
        if self._successor(technique_id):
            return "revoked"
        technique = self.catalogue.domains[self.domain].by_id.get(technique_id)
        if technique and technique.deprecated:
            return "deprecated"
        statements = self.catalogue.domains[self.domain].statements(technique_id)
        return next((stated.status for stated in statements if stated.status != "active"), "removed")

    def _successor(self, technique_id: str) -> str | None:
        """Return the id that revokes an id: as the release states it, else the built-in table, else another import.

        Some bundles state that an id is revoked, but not what replaces it (Mobile T1415, T1419 and T1454).
        """
        table = self.catalogue.domains[self.domain]
        stated = self.imported.by_id.get(technique_id) if self.imported else None
        if stated and (stated.replaced_by or stated.status != "revoked"):
            return stated.replaced_by
        technique = table.by_id.get(technique_id)
        if technique and technique.replaced_by:
            return technique.replaced_by
        return next((stated.replaced_by for stated in table.statements(technique_id) if stated.replaced_by), None)

    def _replacement(self, technique_id: str) -> str | None:
        seen = {technique_id}
        successor = self._successor(technique_id)
        while successor and successor not in seen and successor not in self.active:
            seen.add(successor)
            successor = self._successor(successor)
        return successor if successor in self.active else None


class Catalogue(msgspec.Struct, frozen=True, dict=True):
    """What is known of ATT&CK."""

    domains: dict[Domain, DomainTable]

    @property
    def has_imports(self) -> bool:
        """Return whether any release was imported by the user."""
        return any(table.imported for table in self.domains.values())

    def newest(self, domain: Domain) -> str:
        """Return the newest listed release of a domain."""
        return self.domains[domain].releases[-1]

    def resolve(self, domain: Domain, version: str) -> str | None:
        """Return the listed release that serves for `version`; None where that names no known major release.

        `latest` is the newest of all, `16` the newest listed 16.x; an unlisted minor release is the nearest listed one
        below it, or the first of its major release.
        """
        if version == LATEST:
            return self.newest(domain)
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", version):
            return None
        wanted = order(version) if "." in version else (*order(version), float("inf"))
        same_major = [r for r in self.domains[domain].releases if order(r)[0] == wanted[0]]
        below = [r for r in same_major if order(r) <= wanted]
        return below[-1] if below else same_major[0] if same_major else None

    def release(self, domain: Domain, version: str) -> Release | None:
        """Return the techniques of a release; None where its major release is not known.

        Raises AttackError where the release is an imported one whose file is damaged.
        """
        listed = self.resolve(domain, version)
        return self._release(domain, listed) if listed else None

    def require(self, domain: Domain, version: str) -> Release:
        """Return the techniques of a release.

        Raises AttackError where its major release is not known, or its file is damaged.
        """
        release = self.release(domain, version)
        if release is None:
            releases = self.domains[domain].releases
            hint = f"known are {releases[0]} to {releases[-1]}; attack import and attack download add others"
            raise AttackError("", [Problem(f"ATT&CK {version} is not known for {domain}", hint=hint)])
        return release

    def known_domains(self, technique_id: str) -> tuple[Domain, ...]:
        """Return the domains that have, or had, a technique of this id."""
        return tuple(domain for domain, table in self.domains.items() if table.knows(technique_id))

    @cached_property
    def _cached(self) -> dict[tuple[Domain, str], Release]:
        return {}

    def _release(self, domain: Domain, version: str) -> Release:
        if (domain, version) not in self._cached:
            stored = self.domains[domain].imported.get(version)
            self._cached[domain, version] = self._imported(stored.facts) if stored else self._built_in(domain, version)
        return self._cached[domain, version]

    def _built_in(self, domain: Domain, version: str) -> Release:
        table = self.domains[domain]
        at = order(version)
        techniques = [t for t in table.techniques if _is_active(t, version, at)]
        tactics = {technique.id: _at(technique.tactics, at) or () for technique in techniques}
        return Release(
            domain,
            version,
            active={technique.id: technique.name for technique in techniques},
            tactics=tactics,
            matrix=with_others(table.matrix(version), chain(*tactics.values())),
            catalogue=self,
            platforms={t.id: spelled_at(t.platforms, domain, int(at[0])) for t in techniques},
        )

    def _imported(self, facts: ImportedRelease) -> Release:
        techniques = [technique for technique in facts.techniques if technique.status == "active"]
        held = set(chain(*(technique.tactics for technique in techniques)))
        known = self.domains[facts.domain].matrix(facts.version)
        return Release(
            facts.domain,
            facts.version,
            active={technique.id: technique.name for technique in techniques},
            tactics={technique.id: technique.tactics for technique in techniques},
            matrix=with_others(facts.matrix or tuple(t for t in known if t.short_name in held), held),
            catalogue=self,
            platforms={technique.id: technique.platforms for technique in techniques},
            imported=facts,
        )


@cache
def order(version: str) -> tuple[float, ...]:
    """Return the sort key of a release such as `16.1`."""
    return tuple(int(part) for part in version.split("."))


@cache
def builtin() -> Catalogue:
    """Return the catalogue of the facts that the package carries."""
    data = (resources.files(__package__) / "techniques.json").read_bytes()
    return msgspec.json.decode(data, type=Catalogue)


def known() -> Catalogue:
    """Return the built-in catalogue with the releases that the user imported laid over it.

    Raises AttackError where the folder of the imported releases cannot be listed; a damaged file in it raises the
    same when its release is first asked for.
    """
    return _with_imported(store.listing())


@lru_cache(maxsize=4)
def _with_imported(stored: tuple[StoredRelease, ...]) -> Catalogue:
    if not stored:
        return builtin()
    tables = dict(builtin().domains)
    for domain, table in tables.items():
        imported = {release.version: release for release in stored if release.domain == domain}
        releases = tuple(sorted({*table.releases, *imported}, key=order))
        tables[domain] = replace(table, releases=releases, imported=imported)
    return Catalogue(tables)


def _is_active(technique: Technique, version: str, at: tuple[float, ...]) -> bool:
    return (
        technique.first is not None
        and order(technique.first) <= at
        and (technique.last is None or at <= order(technique.last))
        and version not in technique.absent
    )


def _at(changes: tuple[tuple[str, Value], ...], at: tuple[float, ...]) -> Value | None:
    """Return what holds at a release: the latest change up to it, else the first one; None where there is none."""
    held = changes[0][1] if changes else None
    for since, value in changes:
        if order(since) <= at:
            held = value
    return held
