from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from navigator_export.layer.format import Metadata
from navigator_export.layer.room import LINE, fitting, height, height_of


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 1),
        ("EOP-MFR-E3", 1),
        ("two words in here", 1),
        ("two words are here", 2),
        ("EOP-MFR-E3 protect significant", 3),
        ("one\n\nthree", 3),
        ("x" * 17, 1),
        ("x" * 18, 2),
        ("a " + "x" * 34, 3),
        ("x" * 17 + " a", 2),
    ],
)
def test_words_are_kept_whole_where_they_can_be(text: str, lines: int) -> None:
    assert height(text) == lines * LINE


def test_entries_have_room_around_them() -> None:
    one, two = Metadata("a", "b"), Metadata("a", "b\nc")
    assert height_of([one, two]) > height_of([two]) > height_of([one]) > LINE


@given(st.lists(st.integers(1, 50), max_size=9), st.integers(-9, 200))
def test_what_fits_is_as_much_as_there_is_room_for_and_the_first(heights: list[int], room: int) -> None:
    shown = fitting(heights, room)
    assert sum(heights[:shown]) <= room or shown <= 1
    assert shown == len(heights) or sum(heights[: shown + 1]) > room
    assert shown or not heights
