"""The colours of a layer as the Navigator paints them: any that it takes, on what is behind them, and their gradient.

Its libraries are TinyColor 1.6 and tinygradient 1.1; what they make of a text or a score is made here.
"""

from __future__ import annotations

import re
from colorsys import hls_to_rgb, hsv_to_rgb
from math import floor, isfinite, sqrt
from typing import Final

import msgspec
from msgspec import UnsetType

from navigator_export.layer.format import Gradient
from navigator_export.layer.palette import color_at, contrast_with_black
from navigator_export.validation.colours import FUNCTION, is_colour, plain

WHITE: Final = "#ffffff"
BLACK: Final = "#000000"
GREY: Final = "#aaaaaa"
"""The text of a technique that is disabled."""

RGBA = tuple[float, float, float, float]
"""Red, green and blue from 0 to 255, and the opacity from 0 to 1."""


class Shades(msgspec.Struct, frozen=True):
    """The gradient of a layer: a hundred shades from the lowest score to the highest."""

    colors: tuple[str, ...]
    """At least two, from the lowest score to the highest: each `#rrggbb`."""
    low: float
    high: float

    def of(self, score: float) -> str:
        """Return the colour of a score; one outside the range takes that of its end."""
        if score >= self.high:
            return self.colors[-1]
        if score <= self.low:
            return self.colors[0]
        return color_at(self.colors, (score - self.low) / (self.high - self.low))


_PRESET: Final = ("#ff6666", "#ffe766", "#8ec843")
"""The gradient of a layer that has none, and of one whose colours are none."""

_FEWEST: Final = 2
_MOST: Final = 100


def shades_of(gradient: Gradient | UnsetType) -> Shades:
    """Return the gradient of a layer; the Navigator's own where it has none that it takes."""
    if not isinstance(gradient, Gradient):
        return Shades(_PRESET, 0, 100)
    usable = _FEWEST <= len(gradient.colors) <= _MOST and all(map(is_colour, gradient.colors))
    colors = tuple(_hex(rgba(text)) for text in gradient.colors) if usable else _PRESET
    return Shades(colors, number(gradient.min_value), number(gradient.max_value))


def painted(text: str, behind: str = WHITE) -> str:
    """Return the `#rrggbb` that a colour comes to on what is behind it; empty where the Navigator takes it for none."""
    if not is_colour(text):
        return ""
    *channels, opacity = rgba(text)
    opacity = floor(opacity * 100 + 0.5) / 100
    under = rgba(behind)
    mixed = [(floor(over + 0.5) - below) * opacity + below for over, below in zip(channels, under, strict=False)]
    return _hex((mixed[0], mixed[1], mixed[2], 1))


def ink_on(fill: str) -> str:
    """Return the one of black and white that is read better on a colour."""
    return BLACK if contrast_with_black(fill) > _EVEN else WHITE


_EVEN: Final = sqrt(21)
"""Contrast with black at which that with white is the same."""


def rgba(text: str) -> RGBA:
    """Return what a text that is a colour says: a name, hexadecimal, or `rgb()`, `hsl()` or `hsv()` as TinyColor reads.

    Raises ValueError where it is none.
    """
    word = text.strip().lower()
    if word == "transparent":
        return 0, 0, 0, 0
    if plain(word):
        return _of_hex(plain(word).removeprefix("#"))
    found = FUNCTION.search(word)
    if not found:
        raise ValueError(text)
    one, two, three, *rest = re.findall(r"[-+]?[0-9]*\.[0-9]+%?|[-+]?[0-9]+%?", found[0])
    opacity = float(rest[0].rstrip("%")) if rest else 1.0
    opacity = opacity if 0 <= opacity <= 1 else 1.0
    model = found[0][:3]
    if model == "rgb":
        red, green, blue = (_share(part, 255) * 255 for part in (one, two, three))
        return red, green, blue, opacity
    hue = floor(_share(one, 360) * 360 + 0.5) / 360
    purity, light = (floor(_share(_percent(part), 100) * 100 + 0.5) / 100 for part in (two, three))
    channels = hls_to_rgb(hue, light, purity) if model == "hsl" else hsv_to_rgb(hue, purity, light)
    return channels[0] * 255, channels[1] * 255, channels[2] * 255, opacity


def number(value: float) -> float:
    """Return a number of a layer as the Navigator holds it; one that is too large is infinite."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def shown_number(value: float) -> str:
    """Return a number as the Navigator writes it: `3`, `2.5`."""
    return str(int(value)) if isfinite(value) and value == int(value) and abs(value) < _LONG else f"{value:.15g}"


_LONG: Final = 1e15


def _percent(part: str) -> str:
    """Return a share of a colour as per cent: TinyColor takes what is at most 1 for a part of 1."""
    if part.endswith("%"):
        return part
    return f"{float(part) * 100}%" if float(part) <= 1 else f"{part}%"


def _share(part: str, most: float) -> float:
    """Return a number, or per cent, as its part of the most that it can be, 0 to 1."""
    value = float(part.rstrip("%"))
    if "." in part and value == 1 and not part.endswith("%"):
        return 1.0
    limited = min(100.0 if part.endswith("%") else most, max(0.0, value))
    return limited / (100 if part.endswith("%") else most)


def _of_hex(digits: str) -> RGBA:
    if len(digits) <= 4:  # noqa: PLR2004 - one digit a channel
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue, *opacity = bytes.fromhex(digits)
    return red, green, blue, opacity[0] / 255 if opacity else 1.0


def _hex(color: RGBA) -> str:
    return "#" + "".join(f"{floor(channel + 0.5):02x}" for channel in color[:3])
