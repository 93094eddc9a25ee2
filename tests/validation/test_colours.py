from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from navigator_export.validation.colours import is_colour, is_plain, plain


@pytest.mark.parametrize(
    "text",
    ["red", "PaleGoldenrod", " Gold ", "transparent", "#fff", "fff8", "#FF6666", "ff666600", "rgb(1,2,3)", "RGB 1 2 3",
     "rgb(10%, 20%, 30%)", "rgba(0,0,0,.5)", "hsl(0 100% 50%)", "hsla(0,1,1,1)", "hsv(0,1,1)", "hsva 0 1 1 1",
     "rgb(-1,300,2"],
)  # fmt: skip
def test_colours_of_the_navigator(text: str) -> None:
    assert is_colour(text)


@pytest.mark.parametrize(
    "text",
    ["", "#ff666", "grün", "ff", "#", "#fffff", "rgb(1,2)", "rgba(1,2,3)", "rgb[1,2,3]", "cmyk(1,1,1,1)", "#ggg"],
)
def test_other_texts_are_no_colour(text: str) -> None:
    assert not is_colour(text)
    assert plain(text) == ""


@given(st.text(st.characters(codec="ascii"), max_size=9))
def test_plain_colours_are_colours_and_plain_of_others_is_plain(text: str) -> None:
    assert not is_plain(text) or is_colour(text)
    assert not plain(text) or (is_colour(text) and is_plain(plain(text)))
