"""Moving mappings to an ATT&CK release, and setting apart those whose technique is not active in it.

The Navigator drops an inactive id silently, so what becomes of each is decided, counted and reported here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec

from navigator_export.attack import Release, Standing
from navigator_export.model import Domain, Mapping, MappingSet, Origin
from navigator_export.wording import counted

OnInactive = Literal["drop", "keep", "error"]
ON_INACTIVE: tuple[OnInactive, ...] = ("drop", "keep", "error")

Outcome = Literal["moved", "merged", "dropped", "kept"]


class Fate(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a technique id of the source that is not active in the layer's release."""

    technique: str
    name: str
    """The technique's name; empty where it is not known."""
    outcome: Outcome
    """`merged` is moved to an id that other mappings stand under too."""
    mappings: int
    standing: Standing
    target: str | None = None
    """The id that the mappings stand under now."""
    target_name: str | None = None

    @property
    def label(self) -> str:
        """Return the id with the name, where it is known."""
        return f"{self.technique} {self.name}".rstrip()

    def __str__(self) -> str:
        count = counted(self.mappings, "mapping")
        if self.target:
            onto = "moved onto" if self.outcome == "merged" else "moved to"
            return f"{self.label} ({self.standing}): {count} {onto} {self.target} {self.target_name}"
        hint = ""
        if self.standing.replacement:
            hint = f"; {self.standing.replacement} replaces it, and `attack_version` moves to it"
        return f"{self.label} ({self.standing}): {count} {self.outcome}{hint}"


class Retargeting(msgspec.Struct, frozen=True):
    """What a move to a release did to the selected mappings: those in are those out and those dropped."""

    domain: Domain
    from_release: str
    """Release that the sources state; several, oldest first, with a comma between."""
    to_release: str
    """Release whose techniques decided; an unlisted one is read as the nearest listed one below it."""
    mappings_in: int
    mappings_out: int
    fates: tuple[Fate, ...]
    """Every id that is not active in the release, sorted by id."""

    @property
    def dropped(self) -> int:
        """Return the number of mappings left out."""
        return self.mappings_in - self.mappings_out


def retarget(mappings: MappingSet, release: Release, *, move: bool, keep: bool) -> MappingSet:
    """Return the mappings at a release: with `move`, those of revoked ids under the id that replaces them.

    Mappings of other inactive ids are set apart in `inactive`, or with `keep` stay as they are.
    """
    found = {mapping.technique for mapping in mappings.mappings} - release.active.keys()
    replacements = {id_: release.standing(id_).replacement for id_ in found} if move else {}
    origins = {id_: Origin(id_, mappings.attack_version) for id_ in found}
    active: list[Mapping] = []
    inactive: list[Mapping] = []
    for mapping in mappings.mappings:
        replacement = replacements.get(mapping.technique)
        if replacement:
            active.append(msgspec.structs.replace(mapping, technique=replacement, origin=origins[mapping.technique]))
        elif mapping.technique in found and not keep:
            inactive.append(mapping)
        else:
            active.append(mapping)
    return msgspec.structs.replace(
        mappings,
        mappings=tuple(active),
        inactive=tuple(inactive),
        attack_version=release.version if move else mappings.attack_version,
    )


def account_for(
    mappings: Sequence[Mapping], inactive: Sequence[Mapping], release: Release, from_release: str
) -> Retargeting:
    """Return what became of retargeted mappings: those that stayed or moved, and those set apart as inactive."""
    under = {mapping.technique for mapping in mappings if not mapping.origin}
    origins: dict[str, set[str]] = {}
    moved = Counter((m.origin.technique, m.technique) for m in mappings if m.origin)
    for origin, target in moved:
        origins.setdefault(target, set()).add(origin)
    fates = [
        _fate(origin, "merged" if target in under or len(origins[target]) > 1 else "moved", count, release, target)
        for (origin, target), count in moved.items()
    ]
    kept = Counter(m.technique for m in mappings if m.technique not in release.active)
    fates += [_fate(technique, "kept", count, release) for technique, count in kept.items()]
    dropped = Counter(m.technique for m in inactive)
    fates += [_fate(technique, "dropped", count, release) for technique, count in dropped.items()]
    return Retargeting(
        domain=release.domain,
        from_release=from_release,
        to_release=release.version,
        mappings_in=len(mappings) + len(inactive),
        mappings_out=len(mappings),
        fates=tuple(sorted(fates, key=lambda fate: fate.technique)),
    )


def _fate(technique: str, outcome: Outcome, count: int, release: Release, target: str | None = None) -> Fate:
    return Fate(
        technique=technique,
        name=release.name(technique),
        outcome=outcome,
        mappings=count,
        standing=release.standing(technique),
        target=target,
        target_name=release.name(target) if target else None,
    )
