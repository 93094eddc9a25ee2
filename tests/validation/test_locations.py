from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from navigator_export.schemas import json_path
from navigator_export.validation.locations import around, lines_of
from tests.growth import LINEAR, growth
from tests.made_inputs import Json

Parts = tuple[str | int, ...]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
FIELDS = st.from_regex(r"[a-zA-Z_]{1,6}", fullmatch=True)


def documents(keys: st.SearchStrategy[str]) -> st.SearchStrategy[Json]:
    return st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=20)


def printed(value: Json, *, ascii_only: bool) -> tuple[str, dict[Parts, int]]:
    """Return a value as `json.dumps` writes it with an indent of 2, and the line of each path in it."""
    lines: list[str] = [""]
    where: dict[Parts, int] = {}

    def put(value: Json, parts: Parts, depth: int) -> None:
        where.setdefault(parts, len(lines))
        if not isinstance(value, list | dict) or not value:
            lines[-1] += json.dumps(value, ensure_ascii=ascii_only)
            return
        members = value.items() if isinstance(value, dict) else enumerate(value)
        lines[-1] += "{" if isinstance(value, dict) else "["
        for position, (key, member) in enumerate(members):
            if position:
                lines[-1] += ","
            lines.append("  " * (depth + 1))
            where[(*parts, key)] = len(lines)
            if isinstance(value, dict):
                lines[-1] += json.dumps(key, ensure_ascii=ascii_only) + ": "
            put(member, (*parts, key), depth + 1)
        lines.append("  " * depth + ("}" if isinstance(value, dict) else "]"))

    put(value, (), 0)
    text = "\n".join(lines)
    assert text == json.dumps(value, indent=2, ensure_ascii=ascii_only)
    return text, where


@given(documents(FIELDS), st.booleans())
def test_line_of_a_path_is_the_one_where_it_is_printed(value: Json, ascii_only: bool) -> None:
    text, where = printed(value, ascii_only=ascii_only)
    expected = {json_path(parts): line for parts, line in where.items()}
    assert lines_of(text, frozenset(expected)) == expected


@given(documents(st.text(max_size=6)), st.booleans())
def test_line_of_a_path_with_any_keys_is_the_one_where_it_is_printed(value: Json, ascii_only: bool) -> None:
    text, where = printed(value, ascii_only=ascii_only)
    expected = {json_path(parts): line for parts, line in where.items()}
    assert lines_of(text, frozenset(expected)) == expected


@given(documents(FIELDS))
def test_everything_in_one_line_is_on_line_1(value: Json) -> None:
    _, where = printed(value, ascii_only=True)
    expected = {json_path(parts): 1 for parts in where}
    assert lines_of(json.dumps(value), frozenset(expected)) == expected


@given(documents(FIELDS), st.integers(0, 400), st.sampled_from(["", "\n", '"', "{", "]", ":", ",", "\\", "\0"]))
def test_damaged_json_gives_lines_that_the_text_has(value: Json, position: int, piece: str) -> None:
    text, where = printed(value, ascii_only=True)
    damaged = text[:position] + piece + text[position + 3 :]
    paths = frozenset(map(json_path, where))
    found = lines_of(damaged, paths)
    assert found.keys() <= paths
    assert all(1 <= line <= damaged.count("\n") + 1 for line in found.values())


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ('{\n"a": 1}', "$.a", 2),
        ('{"a":\n1}', "$.a", 1),
        ('\n\n{\n\n"a": 1}', "$.a", 5),
        ('{\r\n"a": 1,\r\n"b": 2}', "$.b", 3),
        ('{"a": "\\"}{,",\n"b": [1,\n2,\n[3,\n4]]}', "$.b[2][1]", 5),
        ('{"a": {"b": 1},\n"b": 2}', "$.b", 2),
        ('[{"a": 1},\n{"a": 2}]', "$[1].a", 2),
        ('[{"a": []},\n{},\n{"a": {}}]', "$[2].a", 3),
        ('{"a": "b",\n"b": "a"}', "$.b", 2),
    ],
)
def test_line_of_a_path(text: str, path: str, line: int) -> None:
    assert lines_of(text, frozenset({path})) == {path: line}


def test_last_of_repeated_keys_is_meant() -> None:
    # It is the one that counts, and so the one that findings are about.
    assert lines_of('{"a": 1,\n"a": {"b": 2},\n"a": {\n"b": 3}}', frozenset({"$.a", "$.a.b"})) == {"$.a": 3, "$.a.b": 4}


def test_path_that_is_not_there_has_no_line() -> None:
    assert lines_of('{"a": [1]}', frozenset({"$.b", "$.a[1]", "$.a[0].b"})) == {}


@given(st.lists(st.text() | st.integers(0, 10**6), max_size=6))
def test_what_is_around_a_path_are_its_beginnings(parts: list[str | int]) -> None:
    assert around(json_path(parts)) == [json_path(parts[:end]) for end in reversed(range(len(parts) + 1))]


@pytest.mark.parametrize("text", ['"' + '\\"' * 2_000, "[" * 2_000, '{"a":' * 1_000, '"' * 4_001])
def test_time_grows_with_the_length_of_a_text_alone(text: str) -> None:
    assert growth(lambda times: lines_of(text * times, frozenset({"$.a", "$[0].b"})), 2) < LINEAR


def test_key_of_many_dots_is_one_step() -> None:
    assert around(json_path(["techniques", 0, "a." * 50_000])) == [
        json_path(["techniques", 0, "a." * 50_000]),
        "$.techniques[0]",
        "$.techniques",
        "$",
    ]
