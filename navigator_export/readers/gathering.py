"""Problems that occur in many rows as one: what is wrong, how often, and where first."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from navigator_export.errors import Problem
from navigator_export.wording import listed

_SHOWN = 3
"""Further places that are named."""


def gathered(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems of rows, those alike in one column as one that counts them and names the first places.

    They come in the order of their first places. A place reads `row 7, column Score` or `$.mapping_objects[7].value`.
    """
    alike: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.message, problem.hint, _column(problem.place)), []).append(problem)
    return [_as_one(group) for group in alike.values()]


def _as_one(group: list[Problem]) -> Problem:
    first, *others = group
    if not others:
        return first
    rows = [problem.place.partition(", column ")[0] for problem in others]
    return replace(first, message=f"{first.message} ({len(group):,} times; also {listed(rows, _SHOWN)})")


def _column(place: str) -> str:
    """Return what of a place is no row: the column or field."""
    return "".join(character for character in place if not character.isdigit())
