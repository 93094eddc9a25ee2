"""YAML as plain values with lines: bounds are exact, and aliases count as all that they stand for."""

from __future__ import annotations

import msgspec
import pytest

from navigator_export.strict_yaml import (
    Bounds,
    Document,
    Object,
    as_text,
    line_of,
    parse_documents,
    parse_yaml,
    typed_but,
    with_lines,
)

WIDE = Bounds(values=1000, depth=20, cell=100, setting="reading.limits")


def parsed(text: str, **bounds: int) -> Document:
    given = {"values": 1000, "depth": 20, "cell": 100} | bounds
    return parse_yaml(text, Bounds(**given, setting="reading.limits"))


def told(text: str, **bounds: int) -> list[str]:
    return [f"{problem.place}: {problem}" for problem in parsed(text, **bounds).problems]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a", 1),
        ("[a, b]", 3),
        ("{a: b}", 3),
        ("[&x a, *x]", 3),
        ("[&x [a, b], *x]", 7),
        ("[&x [a], &y [*x, *x], *y]", 13),
        ("{&x a: b, c: *x}", 5),
    ],
)
def test_values_are_counted_with_all_that_aliases_stand_for(text: str, values: int) -> None:
    assert parsed(text, values=values).problems == ()
    [message] = told(text, values=values - 1)
    assert f"more than {values - 1} values" in message
    assert message.endswith("`reading.limits.values` allows more")


@pytest.mark.parametrize(("text", "depth"), [("a", 1), ("[[a]]", 3), ("{a: {b: c}}", 3), ("[&x [a], [[*x]]]", 5)])
def test_depth_is_that_of_the_deepest_value_with_what_aliases_stand_for(text: str, depth: int) -> None:
    assert parsed(text, depth=depth).problems == ()
    assert told(text, depth=depth - 1) == [
        f"line 1: nested deeper than {depth - 1} levels; `reading.limits.depth` allows more"
    ]


@pytest.mark.parametrize("text", ["@", "{a: @}", "[@]", "@: a"])
def test_longest_text_is_read_and_one_more_character_is_refused(text: str) -> None:
    assert parsed(text.replace("@", "x" * 20), cell=20).problems == ()
    [message] = told(text.replace("@", "x" * 21), cell=20)
    assert "a text has more than 20 characters; `reading.limits.cell` allows more" in message


def test_fixed_bounds_give_no_advice_to_change_them() -> None:
    document = parse_yaml("[a, b]", Bounds(values=2, depth=5, cell=5))
    assert [problem.hint for problem in document.problems] == [""]


def test_aliases_are_what_they_name() -> None:
    value = parsed("a: &x {b: [c]}\nd: *x\ne: [*x]\n").value
    assert value == {"a": {"b": ["c"]}, "d": {"b": ["c"]}, "e": [{"b": ["c"]}]}


def test_anchor_may_be_set_anew() -> None:
    assert parsed("[&x a, *x, &x b, *x]").value == ["a", "a", "b", "b"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x [*x]", "line 1: the alias *x refers to itself; write out what it stands for"),
        ("a: 1\nb: *x", "line 2: the alias *x names nothing above it; mark something with &x"),
        ("a: &x {}\nb:\n  <<: *x", "line 3: the merge key << is not read; write out what it stands for"),
        ("a: 1\nb: 2\na: 3", "line 3: duplicate key 'a' (first on line 1); keep one"),
        ("a: 1\n? [b]\n: 2", "line 2: a key must be text"),
        ("a: !x 1", "line 1: the tag !x is not known here; leave it out"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, message: str) -> None:
    assert message in told(text)


def test_bomb_is_refused_by_count() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    [message] = told("\n".join(lines))
    assert "more than 1,000 values" in message


@pytest.mark.parametrize(("written", "value"), [("16.10", "16.10"), ("yes", "yes"), ("~", None), ('""', "")])
def test_sources_hold_texts(written: str, value: str | None) -> None:
    assert parse_yaml(f"a: {written}", WIDE, as_text).value == {"a": value}


@pytest.mark.parametrize(
    ("written", "value"), [("16.10", 16.1), ("true", True), ("5", 5), ("2024-01-01", "2024-01-01")]
)
def test_typed_values_but_for_keys_of_text(written: str, value: object) -> None:
    found = parse_yaml(f"a: {written}\nrelease: {written}", WIDE, typed_but(frozenset({"release"}))).value
    assert found == {"a": value, "release": written}


def test_lines_of_objects_and_of_every_path() -> None:
    document = parsed("# said\na:\n  b: [c,\n   {d: e}]\n")
    assert line_of(document.value["a"]) == 3
    assert line_of("x", 7) == 7
    value, lines = with_lines(document)
    assert type(value["a"]) is dict
    assert lines == {
        (): 2,
        ("a",): 2,
        ("a", "b"): 3,
        ("a", "b", 0): 3,
        ("a", "b", 1): 4,
        ("a", "b", 1, "d"): 4,
    }


def test_values_with_lines_are_not_shared() -> None:
    value, _ = with_lines(parsed("[&x {a: b}, *x]"))
    value[0]["a"] = "c"
    assert value[1] == {"a": "b"}


def test_objects_begin_empty() -> None:
    assert (Object(3), Object(3).line, Object().lines) == ({}, 3, {})


def test_documents_are_read_one_by_one() -> None:
    documents = parse_documents("a: &x 1\nb: *x\n---\n- 2\n---\n", WIDE)
    assert [document.value for document in documents] == [{"a": "1", "b": "1"}, ["2"], None]
    assert [document.line for document in documents] == [1, 4, 6]
    assert all(document.problems == () for document in documents)


def test_names_of_one_document_are_none_of_the_next() -> None:
    [document] = parse_documents("a: &x 1\n---\nb: *x\n", WIDE)
    assert [problem.message for problem in document.problems] == ["the alias *x names nothing above it"]


def test_bounds_are_for_all_documents_together() -> None:
    [document] = parse_documents("---\na: 1\n" * 100, msgspec.structs.replace(WIDE, values=50))
    assert "more than 50 values" in document.problems[0].message


def test_text_without_a_document_is_nothing() -> None:
    [document] = parse_documents("", WIDE)
    assert (document.value, document.problems) == (None, ())
