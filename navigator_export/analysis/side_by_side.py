"""More than two coverages side by side: what each tier, group, framework or category of a set covers."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from navigator_export.analysis.coverage import Coverage, coverage_of
from navigator_export.analysis.sides import narrowed
from navigator_export.analysis.tactics import TacticCount, count_by_tactic
from navigator_export.errors import NothingSelectedError, Problem, SelectionError
from navigator_export.frameworks import framework
from navigator_export.model import CATEGORIES
from navigator_export.patterns import literally
from navigator_export.preparation import Prepared
from navigator_export.recipe import Recipe
from navigator_export.selection import select

By = Literal["tier", "group", "framework", "category"]
BYS: Final[tuple[By, ...]] = ("tier", "group", "framework", "category")


class SideBySide(msgspec.Struct, frozen=True):
    """What each value of an aspect covers."""

    by: By
    labels: tuple[str, ...]
    """Of the values, in the order of their coverages."""
    coverages: tuple[Coverage, ...]
    whole: Coverage
    """What all of it covers together."""
    tactics: tuple[TacticCount, ...]
    """Techniques of the tactic that each value covers, then all together, of all in the tactic."""
    total: TacticCount


def side_by_side(prepared: Prepared, recipe: Recipe, by: By) -> SideBySide:
    """Return what each value of an aspect covers, within what a recipe selects; a tier with the lower ones.

    Raises SelectionError where there are no values, or as `settle` does.
    """
    whole = coverage_of(prepared, recipe)
    labels, coverages = [], []
    for value, label in _values(prepared, recipe, by).items():
        pattern = value if by in ("tier", "category") else literally(value)
        try:
            coverages.append(coverage_of(prepared, narrowed(recipe, [(by, pattern)])))
        except NothingSelectedError:
            continue  # what it has is on inactive techniques alone
        labels.append(label)
    if not coverages:
        raise SelectionError(Problem(f"there is no {by} in what is selected", "by", "compare by something else"))
    sets = [coverage.techniques.keys() for coverage in (*coverages, whole)]
    return SideBySide(
        by=by,
        labels=tuple(labels),
        coverages=tuple(coverages),
        whole=whole,
        tactics=count_by_tactic(prepared.release, sets),
        total=TacticCount("", "all", tuple(map(len, sets)), len(prepared.release.active)),
    )


def _values(prepared: Prepared, recipe: Recipe, by: By) -> dict[str, str]:
    """Return the values that an aspect has in what a recipe selects, each with its label."""
    selected = select(prepared.moved, recipe.selection, prepared.tiers).mappings
    match by:
        case "tier":
            present = {prepared.tiers.of(mapping.capability) for mapping in selected}
            return {tier: tier for tier in prepared.tiers.names if tier in present}
        case "category":
            stated = {mapping.category for mapping in selected}
            return {category: category for category in CATEGORIES if category in stated}
        case "framework":
            ids = sorted({mapping.capability.framework for mapping in selected})
            return {id_: framework(id_).name for id_ in ids}
    return dict(sorted({(term.id, term.name or term.id) for mapping in selected for term in mapping.groups}))
