"""Moving mappings to an ATT&CK release, and setting apart those whose technique is not active in it.

The Navigator drops an inactive id without a word, so what becomes of each is decided, counted and told here.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from navigator_export.attack import Release, Standing
from navigator_export.errors import Problem, SelectionError
from navigator_export.model import Domain, Mapping, MappingSet

OnInactive = Literal["drop", "keep", "error"]
ON_INACTIVE: tuple[OnInactive, ...] = ("drop", "keep", "error")

Outcome = Literal["moved", "merged", "dropped", "kept"]


class Fate(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a technique id of the source that is not active in the layer's release."""

    technique: str
    name: str
    """The technique's newest name; empty where it is not known."""
    outcome: Outcome
    """`merged` is moved to an id that other mappings stand under too."""
    mappings: int
    standing: Standing
    target: str | None = None
    """The id that the mappings stand under now."""
    target_name: str | None = None

    def __str__(self) -> str:
        count = f"{self.mappings} mapping{'s' if self.mappings != 1 else ''}"
        id_ = f"{self.technique} {self.name}".rstrip()
        why = str(self.standing)
        if self.target:
            onto = "moved onto" if self.outcome == "merged" else "moved to"
            return f"{id_} ({why}): {count} {onto} {self.target} {self.target_name}"
        hint = ""
        if self.standing.replacement:
            hint = f"; {self.standing.replacement} replaces it, and --attack-version moves to it"
        return f"{id_} ({why}): {count} {self.outcome}{hint}"


class Retargeting(msgspec.Struct, frozen=True):
    """What a move to a release did: the mappings that came in are those that went out and those dropped."""

    domain: Domain
    from_release: str
    """Release that the sources state."""
    to_release: str
    """Release whose techniques decided; an unlisted one is read as the nearest listed one below it."""
    mappings_in: int
    mappings_out: int
    fates: tuple[Fate, ...]
    """Every id that is not active in the release, sorted by id."""

    @property
    def dropped(self) -> int:
        """Return the number of mappings left out."""
        return sum(fate.mappings for fate in self.fates if fate.outcome == "dropped")


def retarget(
    mappings: MappingSet, release: Release, *, move: bool, on_inactive: OnInactive
) -> tuple[MappingSet, Retargeting]:
    """Return the mappings at a release, with `move` with revoked ids under the id that replaces them; and an account.

    Mappings of other inactive ids are left out, stay as they are, or are refused, as `on_inactive` says.
    Raises SelectionError where they are refused, or where nothing is left.
    """
    fates = _fates(mappings, release, move=move, keep=on_inactive == "keep")
    unmoved = [fate for fate in fates.values() if not fate.target]
    if unmoved and on_inactive == "error":
        hint = "--on-inactive drop leaves them out"
        raise SelectionError(*(Problem(str(fate), "--on-inactive error", hint) for fate in unmoved))
    kept = mappings.mappings
    if fates:
        moved = (_moved(mapping, fates.get(mapping.technique)) for mapping in kept)
        kept = tuple(mapping for mapping in moved if mapping is not None)
    if not kept:
        raise SelectionError(Problem(f"no technique of the sources is active in ATT&CK {release.version}"))
    account = Retargeting(
        domain=mappings.domain,
        from_release=mappings.attack_version,
        to_release=release.version,
        mappings_in=len(mappings.mappings),
        mappings_out=len(kept),
        fates=tuple(fates.values()),
    )
    version = release.version if move else mappings.attack_version
    return msgspec.structs.replace(mappings, mappings=kept, attack_version=version), account


def _fates(mappings: MappingSet, release: Release, *, move: bool, keep: bool) -> dict[str, Fate]:
    counts: dict[str, int] = {}
    for mapping in mappings.mappings:
        if mapping.technique not in release.active:
            counts[mapping.technique] = counts.get(mapping.technique, 0) + 1
    standings = {technique: release.standing(technique) for technique in sorted(counts)}
    targets = [standing.replacement for standing in standings.values() if standing.replacement and move]
    taken = {mapping.technique for mapping in mappings.mappings}
    taken |= {target for target in targets if targets.count(target) > 1}
    fates = {}
    for technique, standing in standings.items():
        target = standing.replacement if move else None
        outcome: Outcome = "kept" if keep else "dropped"
        if target:
            outcome = "merged" if target in taken else "moved"
        fates[technique] = Fate(
            technique=technique,
            name=release.name(technique),
            outcome=outcome,
            mappings=counts[technique],
            standing=standing,
            target=target,
            target_name=release.name(target) if target else None,
        )
    return fates


def _moved(mapping: Mapping, fate: Fate | None) -> Mapping | None:
    if fate is None or fate.outcome == "kept":
        return mapping
    if fate.target is None:
        return None
    return msgspec.structs.replace(mapping, technique=fate.target, origin=mapping.technique)
