"""Scales: what the scores of a layer mean, and how they are coloured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor
from typing import Final, Literal

import msgspec

from navigator_export.errors import Problem, SelectionError
from navigator_export.frameworks import Counting
from navigator_export.layer.format import LayerTechnique, LegendItem, Number
from navigator_export.layer.palette import LEGIBLE, READABLE, Colors, color_at, contrast_with_black, darkest

Aggregate = Literal["average", "min", "max", "sum"]
"""How a technique's score joins with those of its sub-techniques."""

LONGEST_LABEL: Final = 13
"""Characters of a legend's label that the Navigator shows."""

TOP: Final = 0.995
"""From here on, short of the whole, the Navigator asks for a shade beyond its hundred and stops."""


class Scale(msgspec.Struct, frozen=True):
    """What the scores of a layer mean and how they are coloured; the same for every layer of one kind."""

    name: str
    """Of the strategy that scores, or of what else the numbers stand for."""
    meaning: str
    minimum: Number
    """Score of the first colour."""
    maximum: Number
    """Score of the last colour."""
    colors: Colors
    """From the lowest score to the highest, evenly spaced."""
    legend: tuple[LegendItem, ...]
    aggregate: Aggregate = "max"
    """How the Navigator is to aggregate a technique with its sub-techniques, should the reader ask for it."""
    classes: tuple[tuple[Number, str], ...] = ()
    """Of scores that are codes, not amounts: each score with its colour. Empty where colours blend."""


class Class(msgspec.Struct, frozen=True):
    """One class of a categorical scale."""

    code: int
    """The score that stands for it."""
    label: str
    color: str


def categorical(name: str, meaning: str, classes: Sequence[Class]) -> Scale:
    """Return the scale of classes, whose codes are 0, 1, 2 and so on; the legend keeps their order.

    The gradient has a colour per code too, for programs that look at nothing else; the Navigator's hundred shades do
    not hit each exactly, so `painted` gives every technique its own.
    """
    by_code = sorted(classes, key=lambda one: one.code)
    if [one.code for one in by_code] != list(range(len(classes))):
        raise ValueError("the codes of classes count up from 0")
    return Scale(
        name=name,
        meaning=meaning,
        minimum=0,
        maximum=len(classes) - 1,
        colors=tuple(one.color for one in by_code),
        legend=tuple(LegendItem(one.label, one.color) for one in classes),
        classes=tuple((one.code, one.color) for one in by_code),
    )


def painted(techniques: tuple[LayerTechnique, ...], scale: Scale) -> tuple[LayerTechnique, ...]:
    """Return techniques with the colours of their classes; as they are where the scale's colours blend."""
    if not scale.classes:
        return techniques
    colors = dict(scale.classes)
    return tuple(
        msgspec.structs.replace(technique, color=colors[technique.score])
        if isinstance(technique.score, int | float) and technique.score in colors
        else technique
        for technique in techniques
    )


def legend(
    points: Sequence[tuple[Number, str]], minimum: Number, maximum: Number, colors: Colors
) -> tuple[LegendItem, ...]:
    """Return a line per point, each with the colour that its score has; of equal labels the last."""
    found = {label: color_at(colors, (number - minimum) / (maximum - minimum)) for number, label in points}
    return tuple(LegendItem(label, color) for label, color in found.items())


def numbered(words: Sequence[tuple[Number, str]]) -> tuple[tuple[Number, str], ...]:
    """Return points labelled with number and word, `2 partial`; with the words alone where one were too long."""
    labels = [f"{label_number(number)} {word}" for number, word in words]
    fit = all(len(label) <= LONGEST_LABEL for label in labels)
    return tuple((number, label if fit else word) for (number, word), label in zip(words, labels, strict=True))


def amounts(numbers: Sequence[Number], unit: Counting) -> tuple[tuple[Number, str], ...]:
    """Return points labelled as amounts that go on beyond the last: `1 control`, `8 controls`, `15+ controls`.

    Where that is too long the unit is said once, or not at all: `1 capability`, `8`, `15 or more`.
    """
    whole = [label_number(number) for number in numbers]
    more = [*whole[:-1], f"{whole[-1]}+"]
    labels = [f"{text} {unit[number != 1]}" for text, number in zip(more, numbers, strict=True)]
    if any(len(label) > LONGEST_LABEL for label in labels):
        first = labels[0] if len(labels[0]) <= LONGEST_LABEL else whole[0]
        last = f"{whole[-1]} or more"
        labels = [first, *whole[1:-1], last if len(last) <= LONGEST_LABEL else more[-1]]
    return tuple(zip(numbers, labels, strict=True))


def clear_maximum(highest: Number, others: Sequence[Number], colors: Colors) -> Number:
    """Return `highest`, or a number a little above it where one of the other scores lay just below the scale's end."""
    if not any(is_at_top(number, 0, highest) for number in others):
        return highest
    parts = len(colors) - 1
    if highest < parts:
        return highest * 1.01
    maximum = floor(highest / TOP) + 1
    while maximum % parts > 1:
        maximum += 1
    return maximum


def is_at_top(number: Number, minimum: Number, maximum: Number) -> bool:
    """Return whether the Navigator has no colour for a score: it lies just below the end of the scale."""
    return minimum + (maximum - minimum) * TOP <= number < maximum


def scale_cautions(scale: Scale) -> Iterator[str]:
    """Yield what to know of a scale that a user has set, each a sentence."""
    dark = darkest(scale.colors)
    contrast = contrast_with_black(dark)
    if contrast < READABLE and not scale.classes:
        yield (
            f"black text on {dark} has a contrast of {contrast:.1f}: legible, as it is above {LEGIBLE}, "
            f"but not easily read, which takes {READABLE}; lighter `colors` are"
        )
    parts = len(scale.colors) - 1
    ends = scale.minimum, scale.maximum
    whole = all(isinstance(end, int) for end in ends)
    span = scale.maximum - scale.minimum
    if not whole or span < parts or span % parts > 1:
        yield (
            f"MITRE's mitreattack-python does not draw a scale from {shown(ends[0])} to {shown(ends[1])} in "
            f"{len(scale.colors)} colours: with it, `scoring.range` takes whole numbers whose difference is a multiple "
            f"of {parts}"
        )


def require_rising(ends: tuple[Number, Number], largest: Number) -> None:
    """Raise SelectionError where a range does not rise, or goes beyond what numbers are good for."""
    low, high = ends
    if not (-largest <= low < high <= largest):
        raise SelectionError(
            Problem(
                f"the range {shown(low)}, {shown(high)} does not rise",
                "scoring.range",
                f"the Navigator gives every score the last colour then; expected two numbers up to {largest:,}",
            )
        )


def shown(number: Number) -> str:
    """Return a number as it is written, whole where it is whole."""
    return str(int(number)) if isinstance(number, int) or number.is_integer() else str(number)


def label_number(number: Number) -> str:
    """Return a number as a label has room for it: whole from a thousand on."""
    return shown(round(number)) if abs(number) >= 1000 else shown(number)  # noqa: PLR2004 - as said


def rounded(number: Number) -> Number:
    """Return a number without a needless fraction: two decimals, more only below 1, an integer where it is one."""
    short = round(number, 2) if abs(number) >= 1 else float(f"{number:.3g}")
    return int(short) if short == int(short) else short
