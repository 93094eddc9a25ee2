from __future__ import annotations

import pickle

import pytest

from navigator_export import validate
from navigator_export.errors import (
    AttackError,
    LayerError,
    NothingSelectedError,
    OutputError,
    Problem,
    ProblemsError,
    SelectionError,
    SourceError,
    nearest,
    reason,
)


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
        ("qqq", "abcdefghij", "known ids: a, b, c, d, e, f, g, h and 2 more"),
        ("qqq", [], "there are no ids"),
    ],
)
def test_hint_names_the_nearest_words_or_the_known_ones(word: str, known: list[str], hint: str) -> None:
    assert nearest(word, known, "ids") == hint


def test_reason_is_in_words_without_number_or_file() -> None:
    assert reason(FileNotFoundError(2, "No such file or directory", "/a/b")) == "no such file or directory"
    assert reason(ValueError("Embedded null byte")) == "embedded null byte"


def test_hint_names_five_near_words_at_most() -> None:
    known = [f"MAIL-{letter}" for letter in "ABCDEFG"]
    words = nearest("MAIL-", known, "ids").removeprefix("nearest ids: ").split(", ")
    assert len(words) == 5
    assert set(words) < set(known)


def test_hint_names_words_that_are_half_alike() -> None:
    assert nearest("abxx", ["abyy", "zzzz"], "ids") == "nearest ids: abyy"
    assert nearest("axxx", ["ayyy"], "ids") == "known ids: ayyy"


def test_hint_names_eight_known_words_without_an_ellipsis() -> None:
    assert nearest("qqq", "abcdefgh", "ids") == "known ids: a, b, c, d, e, f, g, h"


def test_reason_without_words_is_the_name_of_the_error() -> None:
    assert reason(ValueError()).casefold() == "valueerror"


PROBLEMS = (Problem("is empty", "$.x", "fill it"), Problem("is odd"))


@pytest.mark.parametrize(
    "error",
    [
        SourceError("a.json", PROBLEMS),
        OutputError("a.json", PROBLEMS),
        AttackError("a.json", PROBLEMS),
        SelectionError(*PROBLEMS),
        NothingSelectedError(*PROBLEMS),
    ],
)
def test_errors_survive_the_way_between_processes(error: ProblemsError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (again.file, again.problems, str(again)) == (error.file, PROBLEMS, str(error))
    assert str(error) == "\n".join(error.lines())


def test_layer_errors_survive_the_way_between_processes() -> None:
    error = LayerError(validate(b"{}"))
    again = pickle.loads(pickle.dumps(error))
    assert again.findings == error.findings != ()
    assert str(again) == str(error) == "\n".join(map(str, error.findings))


# ---- settings by other names -----------------------------------------------------------------------------------------

NAMES = {"selection.tier": "--tier", "reading.limits.cell": "--limit cell=…", "name": "--name"}


@pytest.mark.parametrize(
    ("problem", "spelled"),
    [
        (Problem("x", "selection.tier"), Problem("x", "--tier")),
        (Problem("x", "selection.tier E9"), Problem("x", "--tier E9")),
        (Problem("x", "selection.tiers"), Problem("x", "selection.tiers")),
        (Problem("x", "row selection.tier"), Problem("x", "row selection.tier")),
        (Problem("selection.tier `selection.tier`"), Problem("selection.tier --tier")),
        (Problem("x", "", "`reading.limits.cell` and `name` do"), Problem("x", "", "--limit cell=… and --name do")),
        (Problem("`own` and `Name` and `selection.tier.x`"), Problem("`own` and `Name` and `selection.tier.x`")),
        (Problem("x", "$.a b", "y"), Problem("x", "$.a b", "y")),
    ],
)
def test_problem_is_spelled_with_the_names_of_settings(problem: Problem, spelled: Problem) -> None:
    assert problem.spelled(NAMES) == spelled
    assert problem.spelled({}) == problem


def test_lines_call_settings_by_the_names_given() -> None:
    error = SelectionError(Problem("no such tier", "selection.tier", "see `name`"))
    assert error.lines(names=NAMES) == ["--tier: error no such tier; see --name"]
    assert error.lines() == ["selection.tier: error no such tier; see `name`"]
