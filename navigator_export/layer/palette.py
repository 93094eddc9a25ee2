"""Colours: one hue that gets darker, so that steps are told apart by everyone, on screen and in grey.

The Navigator writes black on every colour, so each keeps a contrast of at least 7:1 with black (WCAG 2, AAA), and
uncoloured cells are white, so the lightest is not. A test computes all of it.
"""

from __future__ import annotations

from typing import Final

GRADIENT: Final = ("#deebf7", "#b3d1eb", "#88b7e1", "#5a9ed8")
"""From the lowest score to the highest, evenly spaced."""


def color_at(fraction: float) -> str:
    """Return the colour that the Navigator gives a score at `fraction` (0 to 1) of the gradient's range.

    It interpolates each channel linearly between neighbouring colours and clamps what lies outside.
    """
    position = min(max(fraction, 0.0), 1.0) * (len(GRADIENT) - 1)
    lower = min(int(position), len(GRADIENT) - 2)
    share = position - lower
    pairs = zip(_channels(GRADIENT[lower]), _channels(GRADIENT[lower + 1]), strict=True)
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in pairs)


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
