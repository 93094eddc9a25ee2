from __future__ import annotations

import pytest

from navigator_export.errors import OutputError, Problem, SelectionError, SourceError, nearest, reason


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (Problem("is empty"), "a.json: error is empty"),
        (Problem("is empty", "$.x"), "a.json::$.x: error is empty"),
        (Problem("is empty", "$.x", "fill it"), "a.json::$.x: error is empty; fill it"),
    ],
)
def test_line_names_file_place_message_and_hint(problem: Problem, line: str) -> None:
    assert SourceError("a.json", [problem]).lines() == [line]
    assert str(OutputError("a.json", [problem])) == line


@pytest.mark.parametrize(
    ("problem", "line"),
    [(Problem("no such tier"), "error no such tier"), (Problem("no such", "--tier"), "--tier: error no such")],
)
def test_line_without_file_starts_with_the_place(problem: Problem, line: str) -> None:
    assert SelectionError(problem).lines() == [line]


def test_lines_are_limited_and_the_rest_is_counted() -> None:
    lines = SourceError("a.json", [Problem(f"no {i}") for i in range(30)]).lines()
    assert len(lines) == 21
    assert lines[0] == "a.json: error no 0"
    assert lines[-1] == "a.json: and 10 more"


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("MAIL-E4", ["MAIL-E3", "HUNT-E5", "zzz"], "nearest ids: MAIL-E3"),
        ("mail-e3", ["MAIL-E3", "zzz"], "nearest ids: MAIL-E3"),
        ("qqq", ["b", "a", "a"], "known ids: a, b"),
        ("qqq", "abcdefghij", "known ids: a, b, c, d, e, f, g, h …"),
        ("qqq", [], "there is no ids at all"),
    ],
)
def test_hint_names_the_nearest_words_or_the_known_ones(word: str, known: list[str], hint: str) -> None:
    assert nearest(word, known, "ids") == hint


def test_reason_is_in_words_without_number_or_file() -> None:
    assert reason(FileNotFoundError(2, "No such file or directory", "/a/b")) == "no such file or directory"
    assert reason(ValueError("Embedded null byte")) == "embedded null byte"
