"""Colours, by published formulas: WCAG 2 contrast, CIE lightness, Machado et al. 2009 for colour vision."""

from __future__ import annotations

import math
import re
from itertools import combinations, pairwise, product

import pytest
from hypothesis import given, strategies as st

from navigator_export import Recipe, make_layer
from navigator_export.errors import SelectionError
from navigator_export.layer.palette import CATEGORY_COLORS, PALETTES, color_at, contrast_with_black, read_colors
from tests.made_inputs import make_row, mapping_set

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


def contrast_of(color: str) -> float:
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


def lab(color: Linear) -> Linear:
    """Return L*, a* and b* of CIELAB."""
    red, green, blue = color
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: str, other: str, vision: str) -> float:
    """Return the CIE 1976 difference of two colours as someone with that vision sees it; 2 is just noticeable."""
    return math.dist(lab(seen(one, vision)), lab(seen(other, vision)))


VISIONS = ["all", *MACHADO]
NAMES = list(PALETTES)


# ---- named scales ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_black_text_is_readable_on_every_shade(name: str) -> None:
    shades = {color_at(PALETTES[name], n / 100) for n in range(101)}
    assert len(shades) > 50
    assert {shade: contrast_with_black(shade) for shade in shades if contrast_of(shade) < 7} == {}


@given(st.integers(0, 0xFFFFFF))
def test_contrast_is_that_of_wcag(number: int) -> None:
    color = f"#{number:06x}"
    assert contrast_with_black(color) == pytest.approx(contrast_of(color))


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize(("name", "least"), [("blue", 8), ("orange", 7.5), ("viridis", 7), ("traffic-light", 3)])
def test_steps_get_darker_and_are_told_apart(name: str, least: float, vision: str) -> None:
    colors = PALETTES[name]
    levels = [lightness(seen(color, vision)) for color in colors]
    assert min(lighter - darker for lighter, darker in pairwise(levels)) >= least
    assert min(difference(one, other, vision) for one, other in combinations(colors, 2)) >= 7.5


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("name", NAMES)
def test_lightest_colour_is_told_from_the_white_of_what_is_not_mapped(name: str, vision: str) -> None:
    assert difference("#ffffff", PALETTES[name][0], vision) >= 8


@pytest.mark.parametrize("vision", VISIONS)
def test_what_covers_and_what_exposes_look_different(vision: str) -> None:
    pairs = product(PALETTES["blue"], PALETTES["orange"])
    assert min(difference(one, other, vision) for one, other in pairs) >= 10


# ---- categories ------------------------------------------------------------------------------------------------------

COMBINATIONS = [color for code, color in CATEGORY_COLORS.items() if code]


def test_every_set_of_categories_has_a_colour_that_black_text_is_readable_on() -> None:
    assert sorted(CATEGORY_COLORS) == list(range(8))
    assert min(map(contrast_of, CATEGORY_COLORS.values())) >= 7


@pytest.mark.parametrize("vision", VISIONS)
def test_sets_of_categories_are_told_apart_and_from_white(vision: str) -> None:
    pairs = combinations([*COMBINATIONS, "#ffffff"], 2)
    assert min(difference(one, other, vision) for one, other in pairs) >= 12


@pytest.mark.parametrize("vision", VISIONS)
def test_not_rated_is_told_from_white_and_from_every_set(vision: str) -> None:
    assert min(difference(CATEGORY_COLORS[0], color, vision) for color in [*COMBINATIONS, "#ffffff"]) >= 4


def test_sets_of_categories_are_told_apart_in_grey_by_steps() -> None:
    levels = sorted(lightness(linear(color)) for color in [*CATEGORY_COLORS.values(), "#ffffff"])
    assert min(darker - lighter for lighter, darker in pairwise(levels)) >= 4


# ---- shades ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("colors", "fraction", "color"),
    [
        (("#000000", "#636363"), 0.5, "#323232"),  # the 50th of 0 to 99
        (("#000000", "#636363"), 0.004, "#000000"),
        (("#000000", "#636363"), 0.005, "#010101"),
        (("#000000", "#636363"), 0.99, "#636363"),
        (("#000000", "#636363"), 0.997, "#636363"),
        (("#000000", "#212121", "#424242", "#636363"), 1 / 3, "#212121"),
        (("#000000", "#212121", "#424242", "#636363"), 2 / 3, "#434343"),
    ],
)
def test_colour_is_the_one_of_the_hundred_shades_of_the_navigator(
    colors: tuple[str, ...], fraction: float, color: str
) -> None:
    assert color_at(colors, fraction) == color


@pytest.mark.parametrize("fraction", [-math.inf, -3, 0])
def test_scores_below_the_range_take_its_first_colour(fraction: float) -> None:
    assert color_at(PALETTES["blue"], fraction) == PALETTES["blue"][0]


@pytest.mark.parametrize("fraction", [1, 9, math.inf])
def test_scores_above_the_range_take_its_last_colour(fraction: float) -> None:
    assert color_at(PALETTES["blue"], fraction) == PALETTES["blue"][-1]


@given(st.lists(st.sampled_from(["#ffffff", "#fee8c8", "#5a9ed8"]), min_size=2, max_size=20), st.floats(0, 1))
def test_every_fraction_has_a_colour(colors: list[str], fraction: float) -> None:
    assert re.fullmatch("#[0-9a-f]{6}", color_at(tuple(colors), fraction))
    assert color_at(tuple(colors), 0) == colors[0]
    assert color_at(tuple(colors), 1) == colors[-1]


# ---- what a user names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_taken_in_any_case(name: str) -> None:
    assert read_colors(f" {name.upper()} ") == PALETTES[name]


@pytest.mark.parametrize(
    ("text", "colors"),
    [
        ("#fee8c8,#fdbb84,#F49A60", ("#fee8c8", "#fdbb84", "#f49a60")),
        (" #fff , #9cf ", ("#ffffff", "#99ccff")),
        ("#ffffff,#8f8f8f", ("#ffffff", "#8f8f8f")),  # 6.5:1, legible
    ],
)
def test_a_list_is_taken(text: str, colors: tuple[str, ...]) -> None:
    assert read_colors(text) == colors


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("viridus", "nearest scales: viridis"),
        ("", "no colour scale"),
        ("red,green", "no colour scale"),
        ("#ffffff", "1 colour cannot make a scale"),
        ("#ffffff" + ",#eeeeee" * 20, "21 colours cannot make a scale"),
        ("#ffffff,green", "'green' is no colour"),
        ("#ffffff,#12345g", "'#12345g' is no colour"),
        ("#ffffff,", "'' is no colour"),
        ("#ffffff80,#eeeeee80", "'#ffffff80' is no colour"),
    ],
)
def test_anything_else_is_refused_in_words(text: str, told: str) -> None:
    with pytest.raises(SelectionError, match=re.escape(told)) as caught:
        read_colors(text)
    assert [problem.place for problem in caught.value.problems] == ["colors"]


def test_colours_that_hide_black_text_are_refused_with_the_nearest_lighter_one() -> None:
    with pytest.raises(SelectionError, match=r"#123456: contrast 1\.\d, below 4\.5") as caught:
        read_colors("#fee8c8,#123456")
    [problem] = caught.value.problems
    better = problem.hint.split()[0]
    assert 7 <= contrast_of(better) < 7.5


@pytest.mark.parametrize(
    ("colors", "told"),
    [
        ("#ffffff,#8f8f8f", "black text on #8f8f8f has a contrast of 6.5"),
        (
            "#ff6060,#00c000",
            "black text on #a2833d has a contrast of 5.9",
        ),  # between red and green lies a brown that is darker than both
        ("#fee8c8,#fdbb84", None),
        ("viridis", None),
    ],
)
def test_colours_that_are_legible_but_not_easily_read_are_warned_of(colors: str, told: str | None) -> None:
    rows = [make_row("A", "T1114", "protect significant")]
    warnings = make_layer(mapping_set(rows), Recipe(colors=colors)).warnings
    assert [warning.startswith(told or "?") for warning in warnings] == ([True] if told else [])
