"""A layer at a glance: its coloured cells as a small SVG for the inside of a page, without any text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from navigator_export.pictures.matrix import Column, Picture

_LANE: Final = 48
"""Cells below each other; a tactic of more goes on beside them, lest one long tactic makes all others small."""
_WIDE: Final = 8
"""Of a cell, which is one high; lanes stand one apart."""
_GAP: Final = 4
"""Between tactics."""


def thumbnail_of(picture: Picture) -> str:
    """Return the markup; style gives columns, of class `k`, their colour."""
    lanes: list[tuple[int, tuple[str, ...]]] = []
    x = 0
    for column in picture.shown:
        fills = tuple(_fills(column))
        for start in range(0, len(fills), _LANE):
            lanes.append((x, fills[start : start + _LANE]))
            x += _WIDE + 1
        x += _GAP - 1
    high = max((len(fills) for _, fills in lanes), default=1)
    paths: dict[str, list[str]] = {}
    for left, fills in lanes:
        start = 0
        for fill, run in groupby(fills):
            length = len(tuple(run))
            if fill:
                paths.setdefault(fill, []).append(_run(left, start, length))
            start += length
    behind = "".join(_run(left, 0, len(fills)) for left, fills in lanes)
    drawn = "".join(f'<path fill="{fill}" d="{"".join(runs)}"/>' for fill, runs in sorted(paths.items()))
    return (
        f'<svg class="thumb" viewBox="0 0 {max(1, x - _GAP)} {high}" preserveAspectRatio="none" '
        f'aria-hidden="true"><path class="k" d="{behind}"/>{drawn}</svg>'
    )


def _fills(column: Column) -> Iterator[str]:
    """Yield the colour of every cell that shows, from top to bottom; empty where it has none."""
    for cell in column.cells:
        if not cell.hidden:
            yield cell.fill
            if cell.open:
                yield from (sub.fill for sub in cell.sub_techniques if not sub.hidden)


def _run(left: int, start: int, length: int) -> str:
    return f"M{left} {start}h{_WIDE}v{length}h-{_WIDE}z"
