"""Scores: how a technique's mappings become one number, and the scale that the number is read on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping as Dictionary, Sequence
from math import isfinite
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from navigator_export.errors import Problem, SelectionError
from navigator_export.model import VALUES, Mapping, Value

Number = int | float
StrategyName = Literal["best", "count", "mean", "sum", "breadth"]
Aggregate = Literal["average", "min", "max", "sum"]

DEFAULT_WEIGHTS: Final[Dictionary[Value, Number]] = MappingProxyType({v: i for i, v in enumerate(VALUES, 1)})


class Scoring(msgspec.Struct, frozen=True, omit_defaults=True):
    """How to score."""

    strategy: StrategyName | None = None
    """None for `best` where anything selected is rated, else `count`."""
    weights: tuple[Number, Number, Number] = (1, 2, 3)
    """Of minimal, partial and significant."""
    range: tuple[Number, Number] | None = None
    """Scores of the first and the last colour; None for the strategy's own."""


class ScoredTechnique(msgspec.Struct, frozen=True):
    """A technique with its score and the mappings that the score was made from."""

    technique: str
    score: Number
    mappings: tuple[Mapping, ...]


class Scale(msgspec.Struct, frozen=True):
    """What scores of one strategy mean, the same for every layer made with it."""

    strategy: StrategyName
    minimum: Number
    maximum: Number
    steps: tuple[tuple[Number, str], ...]
    """Scores that the legend names, lowest first."""
    aggregate: Aggregate
    """How the Navigator is to aggregate a technique with its sub-techniques, should the reader ask for it."""
    meaning: str

    def labelled(self) -> tuple[tuple[Number, str], ...]:
        """Return the legend: scores and their labels, the last one open where scores go on beyond it."""
        *lower, (top, label) = self.steps
        beyond = " or more" if self.strategy in ("count", "sum") else ""
        return (*((n, f"{n:g} {word}") for n, word in lower), (top, f"{top:g}{beyond} {label}"))


class _Strategy(msgspec.Struct, frozen=True):
    score: Callable[[Sequence[Mapping], Dictionary[Value, Number]], Number]
    aggregate: Aggregate
    meaning: str


def score(mappings: Iterable[Mapping], strategy: StrategyName, scoring: Scoring) -> tuple[ScoredTechnique, ...]:
    """Return each technique of the mappings with its score, sorted by technique id."""
    by_technique: dict[str, list[Mapping]] = {}
    for mapping in mappings:
        by_technique.setdefault(mapping.technique, []).append(mapping)
    weights = dict(zip(VALUES, scoring.weights, strict=True))
    formula = _STRATEGIES[strategy].score
    return tuple(
        ScoredTechnique(technique, _plain(formula(group, weights)), tuple(group))
        for technique, group in sorted(by_technique.items())
    )


def choose_strategy(mappings: Iterable[Mapping], scoring: Scoring) -> StrategyName:
    """Return the strategy that was asked for; by default `best` where anything is rated, else `count`."""
    if scoring.strategy:
        return scoring.strategy
    return "best" if any(mapping.rated for mapping in mappings) else "count"


def scale_of(strategy: StrategyName, scoring: Scoring) -> Scale:
    """Return the scale of a strategy: it follows from the strategy, never from the data, so colours compare.

    Raises SelectionError where the weights or the range make no scale.
    """
    minimal, partial, significant = scoring.weights
    if not all(map(isfinite, scoring.weights)) or not 0 <= minimal <= partial <= significant or significant == 0:
        raise SelectionError(
            Problem(
                f"the weights {_listed(scoring.weights)} do not rise from minimal to significant",
                "--weights",
                "expected numbers like minimal=10,partial=50,significant=100",
            )
        )
    rated = (
        (0, "mapped, not rated"),
        *((weight, value) for value, weight in zip(VALUES, scoring.weights, strict=True)),
    )
    ranges: dict[StrategyName, tuple[Number, Number, tuple[tuple[Number, str], ...]]] = {
        "best": (0, significant, rated),
        "mean": (0, significant, rated),
        "count": (1, 16, tuple((n, f"capabilit{'y' if n == 1 else 'ies'}") for n in (1, 6, 11, 16))),
        "sum": (
            0,
            10 * significant,
            tuple((_plain(significant * n), "in sum") for n in (0, 10 / 3, 20 / 3, 10)),
        ),
        "breadth": (0, 3, tuple((n, "of protect, detect, respond") for n in range(4))),
    }
    minimum, maximum, steps = ranges[strategy]
    if scoring.range:
        minimum, maximum = scoring.range
        if not (isfinite(minimum) and isfinite(maximum) and minimum < maximum):
            raise SelectionError(
                Problem(
                    f"the range {_listed(scoring.range)} does not rise",
                    "--range",
                    "the Navigator gives every score the last colour then; expected two numbers like 0:10",
                )
            )
        if strategy in ("count", "sum"):
            unit = steps[-1][1]
            steps = tuple((_plain(minimum + (maximum - minimum) * n / 3), unit) for n in range(4))
    found = _STRATEGIES[strategy]
    return Scale(strategy, minimum, maximum, steps, found.aggregate, found.meaning)


def _best(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:
    return max((weights[m.value] for m in mappings if m.value and m.category), default=0)


def _count(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:  # noqa: ARG001
    return len({(m.capability.framework, m.capability.id) for m in mappings})


def _mean(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:
    pairs = _pair_weights(mappings, weights)
    return sum(pairs) / len(pairs) if pairs else 0


def _sum(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:
    return sum(_pair_weights(mappings, weights))


def _breadth(mappings: Sequence[Mapping], weights: Dictionary[Value, Number]) -> Number:  # noqa: ARG001
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


def _plain(number: Number) -> Number:
    """Return a number without a needless fraction: two decimals at most, an integer where it is one."""
    rounded = round(number, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _listed(numbers: Iterable[Number]) -> str:
    return ", ".join(f"{number:g}" for number in numbers)
