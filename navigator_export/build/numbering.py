"""Numbers for layers of a build whose names would begin alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from msgspec.structs import replace

from navigator_export.attack import Catalogue
from navigator_export.build.expansion import Plan
from navigator_export.build.sources import Sources
from navigator_export.errors import SelectionError
from navigator_export.layer.naming import beginning, title, with_number
from navigator_export.layer.sheets import room, shown_in_sheet
from navigator_export.model import Domain
from navigator_export.preparation import settle

_Place = tuple[Domain, int]
"""Domain and major ATT&CK release, which the layers that the Navigator puts in one Excel file may share."""


def numbered(plans: Sequence[Plan], sources: Sources, catalogue: Catalogue) -> tuple[Plan, ...]:
    """Return plans with a number for each whose layer's own name begins as another's of its domain and release.

    Numbers follow the order of the plans. A name that was given stays as it is.
    """
    names = [_name(plan, sources, catalogue) for plan in plans]
    alike: set[int] = set()
    while True:
        numbers = _numbers(names, alike)
        shown = [_shown(place, name, numbers.get(index)) for index, (place, name) in enumerate(names)]
        often = Counter(shown)
        # A name without a number may begin as one with a number does.
        more = {i for i, part in enumerate(shown) if often[part] > 1 and plans[i].recipe.name is None} - alike
        if not more:
            return tuple(replace(plan, number=numbers.get(index)) for index, plan in enumerate(plans))
        alike |= more


def _numbers(names: Sequence[tuple[_Place, str]], alike: set[int]) -> dict[int, int]:
    """Return a number for each of these names, counted from 1 in each place."""
    counts: Counter[_Place] = Counter()
    numbers = {}
    for index in sorted(alike):
        place, _ = names[index]
        counts[place] += 1
        numbers[index] = counts[place]
    return numbers


def _shown(place: _Place, name: str, number: int | None) -> tuple[_Place, str]:
    return place, shown_in_sheet(name if number is None else with_number(number, name), *place)


def _name(plan: Plan, sources: Sources, catalogue: Catalogue) -> tuple[_Place, str]:
    """Return where a plan's layer belongs, and the part of its name that has to differ there, or more of it."""
    prepared = sources.prepared(plan.sources, plan.recipe, catalogue)
    place = (prepared.moved.domain, int(prepared.moved.attack_version.partition(".")[0]))
    if plan.recipe.name is not None:
        return place, plan.recipe.name
    name = beginning(prepared, plan.recipe)
    if len(name) < room(*place):
        # What cannot be settled gets no layer, and its problem is told where that is made.
        with suppress(SelectionError):
            name = title(settle(prepared, plan.recipe))
    return place, name
