"""Which scale each strategy's scores are read on: it follows from the whole mapping set, never from a selection."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import Final, Literal

import msgspec

from navigator_export.errors import Problem, SelectionError
from navigator_export.frameworks import Counting, framework
from navigator_export.layer.format import Number
from navigator_export.layer.palette import CATEGORY_COLORS, PALETTES, Colors, read_colors
from navigator_export.layer.scales import (
    Class,
    Scale,
    amounts,
    categorical,
    clear_maximum,
    legend,
    numbered,
    require_rising,
    rounded,
    shown,
)
from navigator_export.layer.scoring import LARGEST, STRATEGIES, Scoring, StrategyName, Weights, score
from navigator_export.model import VALUES, Mapping, MappingSet

NOT_RATED: Final = "not rated"
"""What the legend says of the score 0."""

_STEPS: Final = 3
"""From the first of four colours to the last."""

_WIDEST_COUNT: Final = 66
"""Widest step of a count: a span of 200 or more has whole numbers just below its end, where there is no colour."""

_CATEGORY_LABELS: Final = (
    (1, "protect"),
    (2, "detect"),
    (4, "respond"),
    (3, "prot+detect"),
    (5, "prot+respond"),
    (6, "det+respond"),
    (7, "all three"),
    (0, NOT_RATED),
)


class Reach:
    """How far the scores of a whole mapping set go: the same for every selection of it, so that layers compare."""

    def __init__(self, mappings: MappingSet) -> None:
        self._mappings = mappings.mappings
        self._steps: dict[tuple[StrategyName, Weights], Number] = {}

    def step(self, strategy: StrategyName, weights: Weights, first: Number) -> Number:
        """Return the distance of two colours of a scale without an end, whose last colour a tenth of techniques has."""
        key = (strategy, weights)
        if key not in self._steps:
            self._steps[key] = self._step(strategy, weights, first)
        return self._steps[key]

    def _step(self, strategy: StrategyName, weights: Weights, first: Number) -> Number:
        scores = sorted(one.score for one in score(self._mappings, strategy, weights))
        high = scores[len(scores) * 9 // 10] if scores else first
        distance = (high - first) / _STEPS
        if 0 < distance < 1 and not isinstance(high, int):
            return rounded(distance)
        whole = max(1, ceil(distance))
        return min(whole, _WIDEST_COUNT) if strategy == "count" else whole


class Kind(msgspec.Struct, frozen=True):
    """What the mappings of a layer are, which its scale's words and colours follow."""

    unit: Counting
    """The words for one and for several capabilities."""
    shows: Literal["coverage", "exposure", "both"]

    @property
    def colors(self) -> Colors:
        """Return the colours: what covers and what exposes never look alike, nor like both."""
        return PALETTES[{"coverage": "blue", "exposure": "orange", "both": "viridis"}[self.shows]]


def kind_of(mappings: Iterable[Mapping]) -> Kind:
    """Return what the mappings of a selection are."""
    frameworks = [framework(id_) for id_ in sorted({mapping.capability.framework for mapping in mappings})]
    units = {one.brief or one.capability for one in frameworks}
    shows = {one.shows for one in frameworks}
    return Kind(
        unit=units.pop() if len(units) == 1 else ("capability", "capabilities"),
        shows=shows.pop() if len(shows) == 1 else "both",
    )


def scale_of(strategy: StrategyName, scoring: Scoring, reach: Reach, kind: Kind, colors: str | None = None) -> Scale:
    """Return the scale of a strategy: its numbers follow from the settings and the whole set.

    Raises SelectionError where the weights, the range or the colours make no scale.
    """
    _require_weights(scoring.weights)
    if scoring.range:
        require_rising(scoring.range, LARGEST)
    if strategy == "category":
        _require_plain(scoring, colors)
        return _of_categories()
    shades = kind.colors if colors is None else read_colors(colors)
    if shades == PALETTES["traffic-light"] and kind.shows == "exposure":
        shades = shades[::-1]
    found = STRATEGIES[strategy]
    minimum, maximum, points = _points(strategy, scoring, reach, kind, shades)
    return Scale(
        name=strategy,
        meaning=found.meaning,
        minimum=minimum,
        maximum=maximum,
        colors=shades,
        legend=legend(points, minimum, maximum, shades),
        aggregate=found.aggregate,
    )


def _points(
    strategy: StrategyName, scoring: Scoring, reach: Reach, kind: Kind, colors: Colors
) -> tuple[Number, Number, tuple[tuple[Number, str], ...]]:
    """Return both ends of a strategy's scale and the points that the legend names."""
    if strategy in ("count", "sum"):
        first = 1 if strategy == "count" else 0
        step = 1 if scoring.range else reach.step(strategy, scoring.weights, first)
        low, high = _whole(scoring.range) if scoring.range else (first, rounded(first + _STEPS * step))
        numbers = tuple(rounded(low + (high - low) * n / _STEPS) for n in range(_STEPS + 1))
        unit = kind.unit if strategy == "count" else ("in sum", "in sum")
        points = amounts(numbers, unit)
        if strategy == "sum" and numbers[0] == 0:
            points = ((0, f"0 {NOT_RATED}"), *points[1:])
        return low, high, points
    words: tuple[tuple[Number, str], ...]
    if strategy == "breadth":
        words = ((0, NOT_RATED), (1, "category"), (2, "categories"), (3, "categories"))
        low, high = _whole(scoring.range) if scoring.range else (0, 3)
    else:
        words = ((0, NOT_RATED), *((weight, value) for value, weight in zip(VALUES, scoring.weights, strict=True)))
        highest = _whole((0, scoring.weights[-1]))[1]
        low, high = _whole(scoring.range) if scoring.range else (0, clear_maximum(highest, scoring.weights, colors))
    return low, high, numbered(words)


def _of_categories() -> Scale:
    classes = [Class(code, label, CATEGORY_COLORS[code]) for code, label in _CATEGORY_LABELS]
    return categorical("category", STRATEGIES["category"].meaning, classes)


def _require_plain(scoring: Scoring, colors: str | None) -> None:
    """Raise SelectionError where categories are to be treated as amounts."""
    given = (("scoring.range", scoring.range), ("colors", colors))
    problems = [
        Problem("categories are no amounts: each has a colour of its own", place, "leave it out with this score")
        for place, value in given
        if value is not None
    ]
    if problems:
        raise SelectionError(*problems)


def _require_weights(weights: Weights) -> None:
    minimal, partial, significant = weights
    usable = all(-LARGEST <= weight <= LARGEST for weight in weights)
    if not (usable and 0 <= minimal <= partial <= significant > 0):
        raise SelectionError(
            Problem(
                f"the weights {', '.join(map(shown, weights))} do not rise from minimal to significant",
                "scoring.weights",
                f"expected numbers up to {LARGEST:,} like minimal=10,partial=50,significant=100",
            )
        )


def _whole(ends: tuple[Number, Number]) -> tuple[Number, Number]:
    """Return numbers as whole ones where they are: some programs refuse 3.0."""
    low, high = (int(end) if isinstance(end, int) or end.is_integer() else end for end in ends)
    return low, high
