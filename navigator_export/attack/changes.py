"""What differs between two releases of a domain."""

from __future__ import annotations

import msgspec

from navigator_export.attack.catalogue import Release, builtin, order
from navigator_export.errors import AttackError, Problem
from navigator_export.model import Domain


class Changed(msgspec.Struct, frozen=True):
    """A technique that came or went."""

    id: str
    name: str


class Replaced(msgspec.Struct, frozen=True):
    """A technique that was revoked, and what stands for it now; None where that is not known or gone too."""

    id: str
    name: str
    replacement: str | None
    replacement_name: str | None


class Renamed(msgspec.Struct, frozen=True):
    """A technique with another name."""

    id: str
    older: str
    newer: str


class Moved(msgspec.Struct, frozen=True):
    """A technique with other tactics."""

    id: str
    name: str
    lost: tuple[str, ...]
    gained: tuple[str, ...]


class Changes(msgspec.Struct, frozen=True):
    """What became of the techniques of a domain from one release to another; each tuple is sorted by id."""

    domain: Domain
    older: str
    newer: str
    added: tuple[Changed, ...]
    revoked: tuple[Replaced, ...]
    deprecated: tuple[Changed, ...]
    removed: tuple[Changed, ...]
    """Gone, and nothing that is known tells whether revoked or deprecated."""
    renamed: tuple[Renamed, ...]
    """Empty where `unnamed` is not."""
    tactics: tuple[Moved, ...]
    unnamed: tuple[str, ...]
    """Of the two releases those whose own names are not known, so that none were compared: the built-in table has the
    names of the newest release alone."""

    @property
    def count(self) -> int:
        """Return the number of changes."""
        kinds = (self.added, self.revoked, self.deprecated, self.removed, self.renamed, self.tactics)
        return sum(map(len, kinds))


def compare(older: Release, newer: Release) -> Changes:
    """Return what changed between two releases of a domain. Raises AttackError where `newer` is the older one."""
    if order(newer.version) < order(older.version):
        problem = f"{older.version} is newer than {newer.version}"
        raise AttackError("", [Problem(problem, hint="name the older release first")])
    gone = sorted(older.active.keys() - newer.active.keys())
    kinds = {technique: newer.standing(technique) for technique in gone}
    unnamed = tuple(release.version for release in (older, newer) if not _states_names(release))
    in_both = sorted(older.active.keys() & newer.active.keys())
    return Changes(
        domain=newer.domain,
        older=older.version,
        newer=newer.version,
        added=tuple(Changed(id_, newer.name(id_)) for id_ in sorted(newer.active.keys() - older.active.keys())),
        revoked=tuple(
            Replaced(id_, older.name(id_), now.replacement, newer.name(now.replacement) if now.replacement else None)
            for id_, now in kinds.items()
            if now.kind == "revoked"
        ),
        deprecated=tuple(Changed(id_, older.name(id_)) for id_, now in kinds.items() if now.kind == "deprecated"),
        removed=tuple(
            Changed(id_, older.name(id_)) for id_, now in kinds.items() if now.kind not in {"revoked", "deprecated"}
        ),
        renamed=tuple(
            Renamed(id_, older.active[id_], newer.active[id_])
            for id_ in in_both
            if not unnamed and older.active[id_] != newer.active[id_]
        ),
        tactics=tuple(moved for id_ in in_both if (moved := _moved(id_, older, newer))),
        unnamed=unnamed,
    )


def _states_names(release: Release) -> bool:
    return release.imported is not None or release.version == builtin().newest(release.domain)


def _moved(technique: str, older: Release, newer: Release) -> Moved | None:
    before, after = set(older.tactics[technique]), set(newer.tactics[technique])
    if before == after:
        return None
    return Moved(technique, newer.name(technique), tuple(sorted(before - after)), tuple(sorted(after - before)))
