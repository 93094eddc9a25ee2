from __future__ import annotations

import pytest

from navigator_export.pictures.colours import ink_on, painted, shown_number


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("#ABCDEF", "#abcdef"),
        ("abc", "#aabbcc"),
        ("#fff8", "#ffffff"),
        ("#11223380", "#889199"),
        ("RebeccaPurple", "#663399"),
        ("transparent", "#ffffff"),
        ("rgb(10,200,30)", "#0ac81e"),
        ("rgb 20% 40% 60%", "#336699"),
        ("rgba(10, 20, 30, .4)", "#9da1a5"),
        ("hsl(200, 60%, 40%)", "#297aa3"),
        ("hsv 120 .5 0.7", "#59b359"),
        ("#ff666", ""),
        ("bogus", ""),
        ("", ""),
    ],
)
def test_colour_is_painted_as_the_navigator_paints_it(text: str, color: str) -> None:
    assert painted(text) == color


def test_transparent_colours_let_through_what_is_behind() -> None:
    assert painted("#ff000080", "#000000") == "#800000"


def test_ink_is_the_one_that_is_read_better() -> None:
    assert [ink_on(color) for color in ("#ffffff", "#5a9ed8", "#000080", "#767676")] == [
        "#000000",
        "#000000",
        "#ffffff",
        "#000000",
    ]


def test_numbers_are_written_as_the_navigator_writes_them() -> None:
    assert [shown_number(n) for n in (3.0, 2.5, 0.0, -1, 1e20)] == ["3", "2.5", "0", "-1", "1e+20"]
