"""Scores: how a technique's mappings become one number, and the scale that the number is read on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping as Dictionary, Sequence
from math import floor, log10
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from navigator_export.errors import Problem, SelectionError
from navigator_export.frameworks import framework
from navigator_export.layer.format import LegendItem, Number
from navigator_export.layer.palette import GRADIENT, color_at
from navigator_export.model import VALUES, Mapping, Value
from navigator_export.wording import counted

Aggregate = Literal["average", "min", "max", "sum"]
"""How a technique's score joins with those of its sub-techniques."""

StrategyName = Literal["best", "count", "mean", "sum", "breadth"]

Weights = tuple[Number, Number, Number]
"""What minimal, partial and significant count."""

LARGEST: Final = 1_000_000_000
"""Largest weight and end of a range: far above any use, far below what JSON readers disagree on."""


UNRATED: Final = "mapped, not rated"
"""What the legend says of the score 0."""


class Scoring(msgspec.Struct, frozen=True, omit_defaults=True):
    """How to score."""

    strategy: StrategyName | None = None
    """None for `best` where anything selected is rated, else `count`."""
    weights: Weights = (1, 2, 3)
    """Of minimal, partial and significant."""
    range: tuple[Number, Number] | None = None
    """Scores of the first and the last colour; None for the strategy's own."""


class ScoredTechnique(msgspec.Struct, frozen=True):
    """A technique with its score and the mappings that the score was made from."""

    technique: str
    score: Number
    mappings: tuple[Mapping, ...]


class Scale(msgspec.Struct, frozen=True):
    """What the scores of a layer mean and how they are coloured; the same for every layer of one kind."""

    name: str
    """Of the strategy that scores, or of what else the numbers stand for."""
    meaning: str
    minimum: Number
    """Score of the first colour."""
    maximum: Number
    """Score of the last colour."""
    colors: tuple[str, ...]
    """From the lowest score to the highest, evenly spaced."""
    legend: tuple[LegendItem, ...]
    aggregate: Aggregate
    """How the Navigator is to aggregate a technique with its sub-techniques, should the reader ask for it."""


class _Strategy(msgspec.Struct, frozen=True):
    score: Callable[[Sequence[Mapping], Dictionary[Value, Number]], Number]
    aggregate: Aggregate
    meaning: str


def score(
    mappings: Iterable[Mapping], strategy: StrategyName, scale: Scale, weights: Weights
) -> tuple[ScoredTechnique, ...]:
    """Return each technique of the mappings with its score, sorted by technique id.

    `scale` is the strategy's, and `weights` are those that it was made with: see `scale_of`.
    """
    by_technique: dict[str, list[Mapping]] = {}
    for mapping in mappings:
        by_technique.setdefault(mapping.technique, []).append(mapping)
    by_value = dict(zip(VALUES, weights, strict=True))
    formula = _STRATEGIES[strategy].score
    return tuple(
        ScoredTechnique(technique, _clear_of_top(_rounded(formula(group, by_value)), strategy, scale), tuple(group))
        for technique, group in sorted(by_technique.items())
    )


def choose_strategy(mappings: Iterable[Mapping], scoring: Scoring) -> StrategyName:
    """Return the strategy that was asked for; by default `best` where anything is rated, else `count`."""
    if scoring.strategy:
        return scoring.strategy
    return "best" if any(mapping.rated for mapping in mappings) else "count"


def cautions(mappings: Sequence[Mapping], strategy: StrategyName) -> tuple[str, ...]:
    """Return what to know before scores are read as ratings, each a sentence; none where all are rated, or counted."""
    if strategy == "count":
        return ()
    rated = [m for m in mappings if (m.category if strategy == "breadth" else m.rated)]
    counting = "`scoring.strategy` count shows how many capabilities there are"
    if not rated:
        return (f"nothing selected is rated, so every score is 0; {counting}",)
    techniques = {m.technique for m in mappings}
    zeros = len(techniques - {m.technique for m in rated})
    frameworks = dict.fromkeys(m.capability.framework for m in mappings)
    unrated = [framework(id_).name for id_ in frameworks if id_ not in {m.capability.framework for m in rated}]
    said = []
    if unrated:
        verbs = ("is", "changes") if len(unrated) == 1 else ("are", "change")
        said.append(
            f"{' and '.join(unrated)} {verbs[0]} not rated, unlike the rest, and {verbs[1]} no score; {counting}"
        )
    if zeros:
        alone = counted(zeros, "technique has", "techniques have")
        said.append(f"{alone} unrated mappings alone, of {len(techniques)} in all: the score 0 stands for {UNRATED!r}")
    return tuple(said)


def scale_of(strategy: StrategyName, scoring: Scoring) -> Scale:
    """Return the scale of a strategy: it follows from the strategy, never from the data, so colours compare.

    Raises SelectionError where the weights or the range make no scale.
    """
    minimal, partial, significant = scoring.weights
    if not (_are_usable(scoring.weights) and 0 <= minimal <= partial <= significant > 0):
        raise SelectionError(
            Problem(
                f"the weights {_listed(scoring.weights)} do not rise from minimal to significant",
                "scoring.weights",
                f"expected numbers up to {LARGEST:,} like minimal=10,partial=50,significant=100",
            )
        )
    rated = (
        (0, UNRATED),
        *((weight, value) for value, weight in zip(VALUES, scoring.weights, strict=True)),
    )
    thirds = tuple(_rounded(significant * 10 * n / 3) for n in range(4))
    ranges: dict[StrategyName, tuple[Number, Number, tuple[tuple[Number, str], ...]]] = {
        "best": (0, significant, rated),
        "mean": (0, significant, rated),
        "count": (1, 16, tuple((n, _capabilities(n)) for n in (1, 6, 11, 16))),
        "sum": (0, thirds[-1], tuple((n, "in sum" if n else UNRATED) for n in thirds)),
        "breadth": (0, 3, tuple((n, "of protect, detect, respond" if n else UNRATED) for n in range(4))),
    }
    minimum, maximum, steps = ranges[strategy]
    if scoring.range:
        minimum, maximum = scoring.range
        if not (_are_usable(scoring.range) and minimum < maximum):
            raise SelectionError(
                Problem(
                    f"the range {_listed(scoring.range)} does not rise",
                    "scoring.range",
                    f"the Navigator gives every score the last colour then; expected two numbers up to {LARGEST:,}",
                )
            )
        if strategy in _OPEN:
            points = [_rounded(minimum + (maximum - minimum) * n / 3) for n in range(4)]
            steps = tuple((n, _capabilities(n) if strategy == "count" else "in sum" if n else UNRATED) for n in points)
    found = _STRATEGIES[strategy]
    return Scale(
        name=strategy,
        meaning=found.meaning,
        minimum=minimum,
        maximum=maximum,
        colors=GRADIENT,
        legend=tuple(_legend(steps, minimum, maximum, is_open=strategy in _OPEN)),
        aggregate=found.aggregate,
    )


def _legend(
    steps: Sequence[tuple[Number, str]], minimum: Number, maximum: Number, *, is_open: bool
) -> Iterator[LegendItem]:
    """Yield a line per step; the last says so where scores go on beyond it."""
    for number, label in steps:
        beyond = " or more" if is_open and number == steps[-1][0] else ""
        color = color_at((number - minimum) / (maximum - minimum))
        yield LegendItem(f"{shown(number)}{beyond} {label}", color)


def _best(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:
    return max((weights[m.value] for m in mappings if m.value and m.category), default=0)


def _count(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:
    return len({(m.capability.framework, m.capability.id) for m in mappings})


def _mean(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:
    pairs = _pair_weights(mappings, weights)
    return sum(pairs) / len(pairs) if pairs else 0


def _sum(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:
    return sum(_pair_weights(mappings, weights))


def _breadth(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:
    return len({m.category for m in mappings if m.category})


def _pair_weights(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> list[Number]:
    """Return one weight per distinct (capability, category): however often it is rated, its best value."""
    pairs: dict[tuple[str, str, str], Number] = {}
    for m in mappings:
        if m.value and m.category:
            key = (m.capability.framework, m.capability.id, m.category)
            pairs[key] = max(pairs.get(key, 0), weights[m.value])
    return sorted(pairs.values())


_STRATEGIES: Final[Dictionary[StrategyName, _Strategy]] = MappingProxyType(
    {
        "best": _Strategy(_best, "max", "the highest value of any selected mapping"),
        "count": _Strategy(_count, "max", "the number of distinct capabilities"),
        "mean": _Strategy(_mean, "average", "the mean value over distinct pairs of capability and category"),
        "sum": _Strategy(_sum, "sum", "the sum of values over distinct pairs of capability and category"),
        "breadth": _Strategy(_breadth, "max", "how many of protect, detect and respond are there"),
    }
)

STRATEGIES: Final = tuple(_STRATEGIES)

_OPEN: Final = frozenset({"count", "sum"})
"""Strategies whose scores go on beyond the last colour."""


def _capabilities(number: Number) -> str:
    return "capability" if number == 1 else "capabilities"


def _clear_of_top(number: Number, strategy: StrategyName, scale: Scale) -> Number:
    """Return a mean or sum just below the top of the scale as the next lower number that has a colour.

    The Navigator has a hundred colours and crashes on scores from 99.5 % of the range up to, but without, its end.
    """
    edge = scale.minimum + (scale.maximum - scale.minimum) * 0.995
    if strategy not in ("mean", "sum") or not edge <= number < scale.maximum:
        return number
    step = 10.0 ** floor(log10(scale.maximum - scale.minimum) - 2)
    return _rounded(floor((edge - step / 10) / step) * step)


def shown(number: Number) -> str:
    """Return a number as it is written, whole where it is whole."""
    return str(int(number)) if isinstance(number, int) or number.is_integer() else str(number)


def _rounded(number: Number) -> Number:
    """Return a number without a needless fraction: two decimals, more only below 1, an integer where it is one."""
    rounded = round(number, 2) if abs(number) >= 1 else float(f"{number:.3g}")
    return int(rounded) if rounded == int(rounded) else rounded


def _listed(numbers: Iterable[Number]) -> str:
    return ", ".join(map(shown, numbers))


def _are_usable(numbers: Iterable[Number]) -> bool:
    return all(-LARGEST <= number <= LARGEST for number in numbers)
