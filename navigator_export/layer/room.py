"""How much the Navigator's tooltip holds: what fits of a list of texts, first come first.

In pixels, as the Navigator 5.1.0 draws them. A tooltip scrolls, but nobody scrolls for long; where it is narrowest, its
text column takes some 17 characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from navigator_export.layer.format import Metadata

TOOLTIP: Final = 2_500 - 150
"""Of comment and metadata together: what is to be seen of a technique, without its name and score."""

_COLUMN: Final = 17
"""Characters of a line."""
LINE: Final = 14
_PADDING: Final = 6
"""Above and below an entry of metadata."""
_DIVIDER: Final = 5


@lru_cache(maxsize=8192)
def height(text: str) -> int:
    """Return how high a text is in the tooltip's column, which keeps words whole where it can."""
    lines = 0
    for line in text.split("\n"):
        lines += 1
        used = -1
        for size in map(len, line.split()):
            used += 1 + size
            if used > _COLUMN:
                lines += (used > size) + (size - 1) // _COLUMN
                used = (size - 1) % _COLUMN + 1
    return LINE * lines


def height_of(entries: Sequence[Metadata]) -> int:
    """Return how high entries of metadata are, one below the other, with a divider."""
    return sum(height(entry.value) + _PADDING for entry in entries) + _DIVIDER


def fitting(heights: Iterable[int], room: int) -> int:
    """Return how many of the parts, from the first on, fit into the room; always the first."""
    number = 0
    for own in heights:
        room -= own
        if room < 0 and number:
            break
        number += 1
    return number
