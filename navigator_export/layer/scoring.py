"""Scores: how a technique's mappings become one number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping as Dictionary, Sequence
from math import floor, log10
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from navigator_export.errors import Problem, SelectionError
from navigator_export.layer.format import Number
from navigator_export.layer.scales import TOP, Aggregate, Scale, is_at_top, rounded, shown
from navigator_export.model import CATEGORIES, VALUES, Category, Mapping, Value
from navigator_export.wording import counted

StrategyName = Literal["best", "count", "mean", "sum", "breadth", "category"]

Weights = tuple[Number, Number, Number]
"""What minimal, partial and significant count."""

LARGEST: Final = 1_000_000_000
"""Largest weight and end of a range: far above any use, far below what JSON readers disagree on."""


class Scoring(msgspec.Struct, frozen=True, omit_defaults=True):
    """How to score."""

    strategy: StrategyName | None = None
    """None for `best` where anything selected is rated, else `count`."""
    weights: Weights = (1, 2, 3)
    """Of minimal, partial and significant."""
    range: tuple[Number, Number] | None = None
    """Scores of the first and the last colour; None for the strategy's own."""


class ScoredTechnique(msgspec.Struct, frozen=True, gc=False):
    """A technique with its score and the mappings that the score was made from."""

    technique: str
    score: Number
    mappings: tuple[Mapping, ...]


class Strategy(msgspec.Struct, frozen=True):
    """One way to score."""

    score: Callable[[Sequence[Mapping], Dictionary[Value, Number]], Number]
    aggregate: Aggregate
    meaning: str


def score(mappings: Iterable[Mapping], strategy: StrategyName, weights: Weights) -> tuple[ScoredTechnique, ...]:
    """Return each technique of the mappings with its score, sorted by technique id."""
    by_value = dict(zip(VALUES, weights, strict=True))
    formula = STRATEGIES[strategy].score
    return tuple(
        ScoredTechnique(technique, rounded(formula(group, by_value)), tuple(group))
        for technique, group in sorted(by_technique(mappings).items())
    )


def by_technique(mappings: Iterable[Mapping]) -> dict[str, list[Mapping]]:
    """Return the mappings of each technique."""
    groups: dict[str, list[Mapping]] = {}
    for mapping in mappings:
        groups.setdefault(mapping.technique, []).append(mapping)
    return groups


def choose_strategy(mappings: Iterable[Mapping], scoring: Scoring) -> StrategyName:
    """Return the strategy that was asked for; by default `best` where anything is rated, else `count`."""
    if scoring.strategy:
        return scoring.strategy
    return "best" if any(mapping.rated for mapping in mappings) else "count"


def clear_of_top(
    scored: Sequence[ScoredTechnique], strategy: StrategyName, scale: Scale
) -> tuple[tuple[ScoredTechnique, ...], tuple[str, ...]]:
    """Return the techniques with scores that the Navigator has a colour for, and what to know of those that moved.

    A mean or a sum that lies just below the end of the scale becomes the next lower number that has a colour. Other
    scores are what they are: SelectionError says how to make room for them.
    """
    at_top = [one for one in scored if is_at_top(one.score, scale.minimum, scale.maximum)]
    if not at_top:
        return tuple(scored), ()
    edge = scale.minimum + (scale.maximum - scale.minimum) * TOP
    where = f"between {shown(rounded(edge))} and {shown(scale.maximum)}, where the Navigator has no colour"
    lie = counted(len(at_top), "score lies", "scores lie")
    if strategy not in ("mean", "sum"):
        highest = max(one.score for one in scored)
        end = floor(scale.minimum + (highest - scale.minimum) / TOP) + 1
        hint = f"end `scoring.range` at {end}, or set `scoring.weights` further apart"
        raise SelectionError(Problem(f"{lie} {where} and stops", "scoring.range", hint))
    step = 10.0 ** floor(log10(scale.maximum - scale.minimum) - 2)
    lower = rounded(floor((edge - step / 10) / step) * step)
    moved = tuple(
        msgspec.structs.replace(one, score=lower) if is_at_top(one.score, scale.minimum, scale.maximum) else one
        for one in scored
    )
    return moved, (f"{lie} {where}: shown as {shown(lower)}; another `scoring.range` keeps them",)


def _best(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:
    return max((weights[m.value] for m in mappings if m.value and m.category), default=0)


def _count(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:
    return len({m.capability for m in mappings})


def _mean(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:
    pairs = _pair_weights(mappings, weights)
    return sum(pairs) / len(pairs) if pairs else 0


def _sum(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:
    return sum(_pair_weights(mappings, weights))


def _breadth(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:
    return len({m.category for m in mappings if m.category})


def _category(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:
    there = {m.category for m in mappings}
    return sum(code for category, code in CATEGORY_CODES.items() if category in there)


CATEGORY_CODES: Final[Dictionary[Category, int]] = MappingProxyType(
    {category: 1 << place for place, category in enumerate(CATEGORIES)}
)
"""Each category's part of a `category` score: sums tell which are there, and the Navigator's `a | b` joins layers."""


def _pair_weights(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> list[Number]:
    """Return one weight per distinct (capability, category): however often it is rated, its best value."""
    pairs: dict[tuple[str, str, str], Number] = {}
    for m in mappings:
        if m.value and m.category:
            key = (m.capability.framework, m.capability.id, m.category)
            pairs[key] = max(pairs.get(key, 0), weights[m.value])
    return sorted(pairs.values())


STRATEGIES: Final[Dictionary[StrategyName, Strategy]] = MappingProxyType(
    {
        "best": Strategy(_best, "max", "the highest value of any selected mapping"),
        "count": Strategy(_count, "max", "the number of distinct capabilities"),
        "mean": Strategy(_mean, "average", "the mean value over distinct pairs of capability and category"),
        "sum": Strategy(_sum, "sum", "the sum of values over distinct pairs of capability and category"),
        "breadth": Strategy(_breadth, "max", "how many of protect, detect and respond are there"),
        "category": Strategy(
            _category,
            "max",
            "a code for the categories that are there: "
            + " + ".join(f"{category} {code}" for category, code in CATEGORY_CODES.items()),
        ),
    }
)
