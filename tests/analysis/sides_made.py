"""Small coverages and uses to analyse."""

from __future__ import annotations

from collections.abc import Iterable

from navigator_export.analysis.coverage import Coverage, coverage_of
from navigator_export.analysis.use import ThreatUse, use_of_list
from navigator_export.attack import Release, builtin
from navigator_export.layer.format import Number
from navigator_export.preparation import prepare
from navigator_export.recipe import Recipe
from navigator_export.selection import Selection
from tests.made_inputs import Json, mapping_set

RELEASE = "16.1"


def release() -> Release:
    """Return the release that all of these are at."""
    return builtin().require("enterprise", RELEASE)


def made_coverage(rows: Iterable[dict[str, Json]], *, recipe: Recipe | None = None, **metadata: Json) -> Coverage:
    """Return what rows cover; M365 at ATT&CK 16.1 unless told otherwise."""
    recipe = recipe or Recipe()
    return coverage_of(prepare([mapping_set(rows, **metadata)], recipe, builtin()), recipe)


def at_tier(tier: str) -> Recipe:
    """Return a recipe that selects a tier."""
    return Recipe(selection=Selection(tier=tier))


def made_use(**weights: Number) -> ThreatUse:
    """Return the use of techniques, `T1114_003` for T1114.003, by weight."""
    return use_of_list([(id_.replace("_", "."), weight) for id_, weight in weights.items()], "a list", release())
