"""Moving mappings to an ATT&CK release, and setting apart those whose technique is not active in it.

The Navigator drops an inactive id without a word, so what becomes of each is decided, counted and told here.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from navigator_export.attack import Release, Standing
from navigator_export.model import Mapping, MappingSet

OnInactive = Literal["drop", "keep", "error"]
ON_INACTIVE: tuple[OnInactive, ...] = ("drop", "keep", "error")

Outcome = Literal["moved", "merged", "dropped", "kept"]


class Fate(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a technique id of the source that is not active in the layer's release."""

    technique: str
    outcome: Outcome
    """`merged` is moved to an id that the source maps too."""
    mappings: int
    standing: Standing
    target: str | None = None
    """The id that the mappings stand under now."""

    def __str__(self) -> str:
        count = f"{self.mappings} mapping{'s' if self.mappings != 1 else ''}"
        why: str = self.standing.kind
        if self.standing.since:
            why += f" {'until' if why == 'not yet' else 'since'} {self.standing.since}"
        if self.standing.domain:
            why = f"a technique of {self.standing.domain}"
        if self.target:
            return f"{self.technique} ({why}): {count} {self.outcome} to {self.target}"
        hint = f"; {self.standing.replacement} replaces it" if self.standing.replacement else ""
        return f"{self.technique} ({why}): {count} {self.outcome}{hint}"


class Retargeted(msgspec.Struct, frozen=True):
    """A mapping set at a release, and what became of each id that is not active in it."""

    mappings: MappingSet
    fates: tuple[Fate, ...]


def retarget(mappings: MappingSet, release: Release, *, move: bool, keep: bool) -> Retargeted:
    """Return the mappings at a release: with `move`, revoked ids under the id that replaces them.

    Mappings of other inactive ids are left out, or with `keep` stay as they are.
    """
    counts: dict[str, int] = {}
    for mapping in mappings.mappings:
        if mapping.technique not in release.active:
            counts[mapping.technique] = counts.get(mapping.technique, 0) + 1
    version = release.version if move else mappings.attack_version
    if not counts:
        return Retargeted(msgspec.structs.replace(mappings, attack_version=version), ())
    mapped = {mapping.technique for mapping in mappings.mappings}
    fates = {}
    for technique, count in sorted(counts.items()):
        standing = release.standing(technique)
        target = standing.replacement if move else None
        outcome: Outcome = "kept" if keep else "dropped"
        if target:
            outcome = "merged" if target in mapped else "moved"
        fates[technique] = Fate(technique, outcome, count, standing, target)
    kept = (_moved(mapping, fates.get(mapping.technique)) for mapping in mappings.mappings)
    return Retargeted(
        msgspec.structs.replace(mappings, mappings=tuple(m for m in kept if m is not None), attack_version=version),
        tuple(fates.values()),
    )


def _moved(mapping: Mapping, fate: Fate | None) -> Mapping | None:
    if fate is None or fate.outcome == "kept":
        return mapping
    if fate.target is None:
        return None
    return msgspec.structs.replace(mapping, technique=fate.target, origin=mapping.technique)
