"""Colours for scales that blend from few to many: named ones, and a user's own, checked for the black text on them.

The Navigator writes black on light colours, so each named colour keeps a contrast of at least 7:1 with black (WCAG 2,
AAA); uncoloured cells are white, so the lightest is not. All get darker, so that steps are told apart by everyone, on
screen and in grey. A test computes all of it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from math import floor
from types import MappingProxyType
from typing import Final

from navigator_export.errors import Problem, SelectionError, nearest
from navigator_export.wording import counted, quoted

Colors = tuple[str, ...]
"""From the lowest score to the highest, evenly spaced: each `#rrggbb`."""

PALETTES: Final = MappingProxyType(
    {
        "blue": ("#deebf7", "#b3d1eb", "#88b7e1", "#5a9ed8"),
        "orange": ("#f9e2c8", "#fbc18b", "#f89e5c", "#e97b4f"),
        "viridis": ("#f2ef96", "#b2df88", "#5ac8af", "#8399e0"),
        "traffic-light": ("#fbdbd9", "#ffafa9", "#d9aa2d", "#3fb058"),
    }
)
"""One hue each for what is covered and for what is exposed; yellow to blue; and red to green for those who insist."""

CATEGORY_COLORS: Final = MappingProxyType(
    {
        0: "#f2f2f2",
        1: "#5adcfc",
        2: "#ebe8b1",
        4: "#feccd3",
        3: "#7bc096",
        5: "#b89cb9",
        6: "#efb374",
        7: "#9291de",
    }
)
"""Of the sum of protect 1, detect 2 and respond 4: blue, yellow and pink, which mix as paints do, each of a
lightness of its own; 0 is none of them."""

READABLE: Final = 7
"""Contrast with black that text is easily read at (AAA)."""
LEGIBLE: Final = 4.5
"""Contrast with black that text is read at (AA)."""

_FEWEST: Final = 2
_MOST: Final = 20
"""Fewest and most colours of a scale: the Navigator has a hundred shades for all of them."""
_SHADES: Final = 100


def read_colors(text: str) -> Colors:
    """Return the colours of a palette's name, or of a list like `#fee8c8,#fdbb84,#e34a33`.

    Raises SelectionError where it is neither, or where black text is not legible on a shade of it.
    """
    named = PALETTES.get(text.strip().casefold())
    if named:
        return named
    words = [word.strip().lower() for word in text.split(",")]
    if not any(word.startswith("#") for word in words):
        hint = f"{nearest(text, PALETTES, 'scales')}; or list colours like #fee8c8,#fdbb84,#e34a33"
        raise SelectionError(Problem(f"no colour scale is called {quoted(text)}", "colors", hint))
    colors = tuple(_full(word) for word in words)
    wrong = [word for word, color in zip(words, colors, strict=True) if not color]
    if wrong:
        raise SelectionError(Problem(f"{quoted(wrong[0])} is no colour", "colors", "write each like #fdbb84"))
    if not _FEWEST <= len(colors) <= _MOST:
        hint = f"list {_FEWEST} to {_MOST}, the lowest score's first"
        raise SelectionError(Problem(f"{counted(len(colors), 'colour')} cannot make a scale", "colors", hint))
    dark = darkest(colors)
    if contrast_with_black(dark) < LEGIBLE:
        message = f"black text is not legible on {dark}: contrast {contrast_with_black(dark):.1f}, below {LEGIBLE}"
        given = min(colors, key=contrast_with_black)
        raise SelectionError(
            Problem(message, "colors", f"{_lighter(given)} in the place of {given} has {READABLE} or more")
        )
    return colors


def contrast_with_black(color: str) -> float:
    """Return the contrast of a colour with black, from 1 to 21, as WCAG 2 defines it."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - the sRGB curve
        for c in (channel / 255 for channel in _channels(color))
    )
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) / 0.05


def darkest(colors: Colors) -> str:
    """Return the shade of a scale, blends included, that black text is least readable on."""
    return min(_shades(colors), key=contrast_with_black)


def color_at(colors: Colors, fraction: float) -> str:
    """Return the colour that the Navigator gives a score at `fraction` (0 to 1) of the gradient's range.

    It has a hundred shades and rounds to one of them; what lies outside takes the one at the end.
    """
    nearest_shade = floor(min(max(fraction, 0.0), 1.0) * _SHADES + 0.5)
    return _shades(colors)[min(nearest_shade, _SHADES - 1)]


@lru_cache(maxsize=64)
def _shades(colors: Colors) -> Colors:
    """Return the hundred shades that the Navigator makes of colours: each channel blends linearly, in whole steps."""
    parts = len(colors) - 1
    steps = [floor((_SHADES - 1) / parts + 0.5)] * parts
    while sum(steps) != _SHADES - 1:
        few = sum(steps) < _SHADES - 1
        steps[steps.index(min(steps) if few else max(steps))] += 1 if few else -1
    shades = [
        _blend(low, high, i / count)
        for (low, high), count in zip(pairwise(colors), steps, strict=True)
        for i in range(count)
    ]
    return (*shades, colors[-1])


def _blend(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{floor(low + (high - low) * share + 0.5):02x}" for low, high in pairs)


def _lighter(color: str) -> str:
    """Return the colour mixed with as little white as makes black text readable on it."""
    mixed = (_blend(color, "#ffffff", n / 100) for n in range(101))
    return next(lighter for lighter in mixed if contrast_with_black(lighter) >= READABLE)


def _full(word: str) -> str:
    """Return a colour as `#rrggbb`, empty where it is none."""
    if re.fullmatch(r"#[0-9a-f]{3}", word):
        return "#" + "".join(digit * 2 for digit in word[1:])
    return word if re.fullmatch(r"#[0-9a-f]{6}", word) else ""


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
