from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, strategies as st

from navigator_export.wording import LINE, counted, listed, quoted, shortened
from tests.results import control_characters


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, "mapping"), "0 mappings"),
        ((1, "mapping"), "1 mapping"),
        ((2, "mapping"), "2 mappings"),
        ((1, "capability", "capabilities"), "1 capability"),
        ((12345, "capability", "capabilities"), "12,345 capabilities"),
    ],
)
def test_counted(arguments: tuple[int, str], words: str) -> None:
    assert counted(*arguments) == words


@pytest.mark.parametrize(
    ("words", "most", "text"),
    [
        ([], 2, ""),
        (["a", "b"], 2, "a, b"),
        (("a", "b", "c"), 2, "a, b and 1 more"),
        (["a"] * 1235, 1, "a and 1,234 more"),
    ],
)
def test_listed(words: Sequence[str], most: int, text: str) -> None:
    assert listed(words, most) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "None"),
        ("", "''"),
        ("it's", '"it\'s"'),
        ("a\x1b\n", r"'a\x1b\n'"),
        ("x" * LINE, f"'{'x' * LINE}'"),
        ("x" * LINE + "y", f"'{'x' * LINE}'…"),
    ],
)
def test_quoted(text: str | None, words: str) -> None:
    assert quoted(text) == words


@given(st.text())
def test_quoted_is_one_short_line_without_control_characters(text: str) -> None:
    made = quoted(text)
    assert control_characters(made) == set()
    assert "\n" not in made
    assert len(made) <= LINE * 10 + 3


@pytest.mark.parametrize(
    ("text", "longest", "words"),
    [
        ("", LINE, ""),
        ("  two\n\twords ", LINE, "two words"),
        ("x" * LINE, LINE, "x" * LINE),
        ("x" * LINE + "y", LINE, "x" * LINE + "…"),
        ("four", 4, "four"),
        ("fives", 4, "five…"),
        ("a  b  c", 5, "a b c"),
    ],
)
def test_shortened(text: str, longest: int, words: str) -> None:
    assert shortened(text, longest) == words


def test_shortened_cuts_at_a_line_unless_told_otherwise() -> None:
    assert shortened("x" * 100) == "x" * 60 + "…"
