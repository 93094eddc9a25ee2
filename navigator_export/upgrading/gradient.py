"""A layer's gradient: colours and a range that the Navigator can colour scores by."""

from __future__ import annotations

from typing import Final

from navigator_export.upgrading import fields
from navigator_export.upgrading.changes import Editor, Mend
from navigator_export.upgrading.concrete import Node
from navigator_export.upgrading.fields import TYPE, drop, is_colour, is_number

COLOURS: Final = Mend(
    "gradient-colours",
    "A gradient has two colours at least and none that is no colour; else the Navigator crashes, or takes its own "
    "red, yellow and green, which are written then.",
)
RANGE: Final = Mend(
    "gradient-range",
    "A gradient's range rises: a limit that is missing is the Navigator's own 0 or 100; limits the wrong way round "
    "are exchanged, with the colours turned round; of two that are equal the lower is put one lower.",
)
TOP: Final = Mend(
    "gradient-top",
    "Where a score is within half a percent below the greatest value, on which the Navigator crashes, the "
    "greatest value becomes that score.",
)
GRADIENT_MENDS: Final = (COLOURS, RANGE, TOP)

OWN_COLOURS: Final = ["#ff6666", "#ffe766", "#8ec843"]
_FEWEST: Final = 2
"""Colours of a gradient."""
_OWN_LIMITS: Final = {"minValue": 0, "maxValue": 100}


def mend_gradient(editor: Editor, layer: Node) -> None:
    """Mend the gradient of a layer whose techniques are mended."""
    gradient = layer.get("gradient")
    if gradient is None:
        return
    if not gradient.is_object:
        drop(editor, layer, gradient, TYPE)
        return
    colours = gradient.get("colors")
    if colours is None:
        editor.add(gradient, "colors", OWN_COLOURS, COLOURS)
    elif not colours.is_list or len(colours.value) < _FEWEST or not all(map(is_colour, colours.value)):
        editor.replace(colours, OWN_COLOURS, COLOURS)
    for name, limit in _OWN_LIMITS.items():
        node = gradient.get(name)
        if node is not None:
            fields.number(editor, gradient, node)
        if gradient.get(name) is None:
            editor.add(gradient, name, limit, RANGE)
    _raise_range(editor, gradient)
    _mend_top(editor, layer, gradient)


def _raise_range(editor: Editor, gradient: Node) -> None:
    low, high, colours = _parts(gradient)
    if low.value == high.value:
        editor.replace(low, high.value - 1, RANGE)
    elif low.value > high.value:
        least, greatest = high.spelling(), low.spelling()
        editor.respell(low, least, RANGE)
        editor.respell(high, greatest, RANGE)
        editor.replace(colours, colours.value[::-1], RANGE)


def _mend_top(editor: Editor, layer: Node, gradient: Node) -> None:
    low, high, _ = _parts(gradient)
    listed = layer.get("techniques")
    scores = [entry.get("score") for entry in listed.nodes()] if listed is not None else []
    numbers = [score for score in scores if score is not None and is_number(score.value)]
    for score in sorted(numbers, key=lambda node: node.value, reverse=True):
        last = low.value + (high.value - low.value) * 0.995
        if last <= score.value < high.value and low.value < score.value:
            editor.respell(high, score.spelling(), TOP)


def _parts(gradient: Node) -> tuple[Node, Node, Node]:
    found = [gradient.get(name) for name in ("minValue", "maxValue", "colors")]
    low, high, colours = (node for node in found if node is not None)
    return low, high, colours
