"""Counts per tactic: how many techniques of a tactic, or of what is asked of it, some coverage answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

import msgspec

from navigator_export.attack import Release


class TacticCount(msgspec.Struct, frozen=True):
    """How many techniques of a tactic are in each of some sets; a technique of several tactics counts in each."""

    tactic: str
    """Short name, `initial-access`."""
    name: str
    counts: tuple[int, ...]
    """In the order of the sets."""
    of: int
    """Techniques and sub-techniques that are asked about."""


def count_by_tactic(
    release: Release, sets: Collection[Collection[str]], among: Collection[str] | None = None
) -> tuple[TacticCount, ...]:
    """Return the counts of each tactic in the order of the matrix.

    `among` are the techniques that are asked about; None for all that are active in the release.
    """
    asked = set(release.active if among is None else among)
    of = _tally(release, asked)
    found = [_tally(release, asked.intersection(one)) for one in sets]
    rows = ((tactic, tuple(one[tactic.short_name] for one in found)) for tactic in release.matrix)
    return tuple(TacticCount(tactic.short_name, tactic.name, counts, of[tactic.short_name]) for tactic, counts in rows)


def _tally(release: Release, techniques: Iterable[str]) -> Counter[str]:
    return Counter(tactic for id_ in techniques for tactic in release.tactics.get(id_, ()))
