"""What changed from one coverage to another, technique by technique."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from navigator_export.analysis.coverage import Coverage, Covered
from navigator_export.analysis.means import Means
from navigator_export.analysis.tactics import TacticCount, count_by_tactic
from navigator_export.attack import Catalogue
from navigator_export.errors import Problem, SelectionError
from navigator_export.layer.format import Number

Change = Literal["gained", "better", "same", "worse", "lost"]
CHANGES: Final[tuple[Change, ...]] = ("gained", "better", "worse", "lost", "same")
"""The most important first."""


class Difference(msgspec.Struct, frozen=True):
    """What became of one technique."""

    technique: str
    name: str
    tactics: tuple[str, ...]
    change: Change
    old: Number | None
    """The old value; None where it was not covered."""
    new: Number | None
    by: tuple[Means, ...]
    """The capabilities that make the difference: those of the side that covers more."""


class Comparison(msgspec.Struct, frozen=True):
    """Two coverages at one release."""

    old: Coverage
    new: Coverage
    presence_only: str
    """Why only the presence of coverage is compared, and no values; empty where values are."""
    differences: tuple[Difference, ...]
    """Of every technique that either side covers; the most important first, then by id."""
    tactics: tuple[TacticCount, ...]
    """Covered before, and after, of all in the tactic."""
    total: TacticCount
    """The same of the whole matrix, each technique once."""

    @property
    def counts(self) -> dict[Change, int]:
        """Return the number of techniques by what became of them."""
        found = Counter(difference.change for difference in self.differences)
        return {change: found[change] for change in CHANGES}

    @property
    def differs(self) -> bool:
        """Return whether anything changed."""
        return any(difference.change != "same" for difference in self.differences)


def compare(old: Coverage, new: Coverage, catalogue: Catalogue) -> Comparison:
    """Return what changed from one coverage to another of the same domain and release.

    Raises SelectionError where they are of different domains or releases, or neither covers anything.
    """
    if old.domain != new.domain:
        hint = "compare what is of one domain"
        raise SelectionError(Problem(f"{old.name!r} is of {old.domain}, {new.name!r} of {new.domain}", "", hint))
    if old.attack_version != new.attack_version:
        message = f"{old.name!r} is at ATT&CK {old.attack_version}, {new.name!r} at {new.attack_version}"
        raise SelectionError(Problem(message, "attack_version", "`attack_version` moves both to one release"))
    release = catalogue.require(new.domain, new.attack_version)
    why = _presence_only(old, new)
    differences = []
    for technique in old.techniques.keys() | new.techniques.keys():
        before, after = old.techniques.get(technique), new.techniques.get(technique)
        change = _change(before, after, values=not why)
        by = _responsible(before, after) if change in ("gained", "better") else _responsible(after, before)
        differences.append(
            Difference(
                technique=technique,
                name=release.name(technique),
                tactics=release.tactics.get(technique, ()),
                change=change,
                old=before.value if before else None,
                new=after.value if after else None,
                by=() if change == "same" else by,
            )
        )
    sides = (old.techniques.keys(), new.techniques.keys())
    return Comparison(
        old=old,
        new=new,
        presence_only=why,
        differences=tuple(sorted(differences, key=_importance)),
        tactics=count_by_tactic(release, sides),
        total=TacticCount("", "all", tuple(map(len, sides)), len(release.active)),
    )


def _importance(difference: Difference) -> tuple[int, Number, str]:
    """Return the sort key of a difference: what changed most first."""
    size = abs((difference.new or 0) - (difference.old or 0))
    return CHANGES.index(difference.change), -size, difference.technique


def _presence_only(old: Coverage, new: Coverage) -> str:
    """Return why the values of two coverages do not compare; empty where they do."""
    if old.measure.rated != new.measure.rated:
        unrated = new if old.measure.rated else old
        return f"{unrated.name} is not rated, so only whether a technique is covered is compared"
    if old.measure.kind != new.measure.kind:
        return "the two are scored differently, so only whether a technique is covered is compared"
    if old.measure.name == "category":
        return "categories have no order, so only whether a technique is covered is compared"
    return ""


def _change(before: Covered | None, after: Covered | None, *, values: bool) -> Change:
    if before is None or after is None:
        return "gained" if before is None else "lost"
    if not values or before.value == after.value:
        return "same"
    return "better" if after.value > before.value else "worse"


def _responsible(less: Covered | None, more: Covered | None) -> tuple[Means, ...]:
    """Return the capabilities of the side that covers more which the other side lacks, or has rated otherwise."""
    known: Iterable[Means] = less.means if less else ()
    have = {(means.framework, means.id, means.ratings) for means in known}
    gained = more.means if more else ()
    return tuple(means for means in gained if (means.framework, means.id, means.ratings) not in have)
