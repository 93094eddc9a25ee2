"""Colours, by published formulas: WCAG 2 contrast, CIE lightness, Machado et al. 2009 for colour vision."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from navigator_export import Recipe, Scoring, make_layer, read
from navigator_export.layer.palette import GRADIENT, color_at
from navigator_export.layer.scoring import STRATEGIES

Linear = tuple[float, float, float]

MACHADO = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Severity 1.0, on linear RGB: Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color
Vision Deficiency", 2009."""


def linear(color: str) -> Linear:
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def luminance(color: Linear) -> float:
    red, green, blue = color
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_with_black(color: str) -> float:
    return (luminance(linear(color)) + 0.05) / 0.05


def lightness(color: Linear) -> float:
    """Return L* of CIELAB: what a colour is in grey."""
    y = luminance(color)
    return 116 * y ** (1 / 3) - 16 if y > (6 / 29) ** 3 else y * (29 / 3) ** 3


def seen(color: str, vision: str) -> Linear:
    """Return a colour as someone with that vision sees it."""
    if vision not in MACHADO:
        return linear(color)
    rgb = linear(color)
    red, green, blue = (
        min(max(sum(m * c for m, c in zip(row, rgb, strict=True)), 0.0), 1.0) for row in MACHADO[vision]
    )
    return red, green, blue


@pytest.fixture(scope="module")
def written_colors() -> set[str]:
    """Return every colour that the layers of all strategies write."""
    mappings = read("sample")
    layers = [
        make_layer(mappings, Recipe(scoring=Scoring(strategy=strategy, range=range_))).layer
        for strategy in STRATEGIES
        for range_ in (None, (0, 7), (2, 100))
    ]
    return {c for layer in layers for c in (*layer.gradient.colors, *(item.color for item in layer.legend_items))}


def test_black_text_is_readable_on_every_written_colour(written_colors: set[str]) -> None:
    assert set(GRADIENT) <= written_colors
    assert {color: contrast_with_black(color) for color in written_colors if contrast_with_black(color) < 7} == {}


@given(st.floats(0, 1))
def test_black_text_is_readable_on_every_colour_between(fraction: float) -> None:
    assert contrast_with_black(color_at(fraction)) >= 7


@pytest.mark.parametrize("vision", ["all", *MACHADO])
def test_steps_get_darker_and_are_told_apart(vision: str) -> None:
    levels = [lightness(seen(color, vision)) for color in GRADIENT]
    differences = [lighter - darker for lighter, darker in pairwise(levels)]
    assert len(differences) == 3
    assert min(differences) >= 8


@pytest.mark.parametrize("vision", ["all", *MACHADO])
def test_lightest_colour_is_told_from_the_white_of_what_is_not_mapped(vision: str) -> None:
    assert lightness(seen("#ffffff", vision)) - lightness(seen(GRADIENT[0], vision)) >= 5


@pytest.mark.parametrize("strategy", ["best", "count", "sum", "breadth"])
def test_legend_names_each_colour_of_the_gradient_once(strategy: str) -> None:
    layer = make_layer(read("sample"), Recipe(scoring=Scoring(strategy=strategy))).layer
    assert tuple(item.color for item in layer.legend_items) == layer.gradient.colors == GRADIENT


@pytest.mark.parametrize(
    ("fraction", "color"),
    [(-3, GRADIENT[0]), (0, GRADIENT[0]), (1 / 3, GRADIENT[1]), (1, GRADIENT[3]), (9, GRADIENT[3])],
)
def test_scores_beyond_the_range_take_the_colour_at_its_end(fraction: float, color: str) -> None:
    assert color_at(fraction) == color
