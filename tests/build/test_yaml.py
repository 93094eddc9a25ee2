from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given, strategies as st

from navigator_export.build.yaml import MAX_DEPTH, MAX_NODES, parse_yaml
from tests.made_inputs import Json

PLAIN = """\
# a comment
sources:
  m365: m365.json   # another
  both:
    - a.json
    - b.json

layers:
  - path: x.json
    select: {tier: E3,
             group: mail}
  - {}
"""


def test_values_and_their_lines() -> None:
    document = parse_yaml(PLAIN)
    assert document.problems == ()
    assert document.value == {
        "sources": {"m365": "m365.json", "both": ["a.json", "b.json"]},
        "layers": [{"path": "x.json", "select": {"tier": "E3", "group": "mail"}}, {}],
    }
    assert document.lines == {
        (): 2,
        ("sources",): 2,
        ("sources", "m365"): 3,
        ("sources", "both"): 4,
        ("sources", "both", 0): 5,
        ("sources", "both", 1): 6,
        ("layers",): 8,
        ("layers", 0): 9,
        ("layers", 0, "path"): 9,
        ("layers", 0, "select"): 10,
        ("layers", 0, "select", "tier"): 10,
        ("layers", 0, "select", "group"): 11,
        ("layers", 1): 12,
    }


# YAML has no escapes for what lies beyond the basic plane, as JSON spells it, and folds these line ends like others.
TEXTS = st.text(st.characters(max_codepoint=0xD7FF, exclude_characters="\x85\u2028\u2029"))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_what_yaml_writes_is_read_as_it_was(value: Json) -> None:
    document = parse_yaml(yaml.safe_dump(value, allow_unicode=True, sort_keys=False))
    if value is not None:
        assert document.problems == ()
    assert json.dumps(document.value) == json.dumps(value)


@given(st.text())
def test_any_text_is_read_or_told(text: str) -> None:
    document = parse_yaml(text)
    assert document.value is not None or document.problems


@given(st.text(alphabet="-:?[]{}&*!|>'\"%@`# \t\nab01~,<"))
def test_any_text_of_yaml_signs_is_read_or_told(text: str) -> None:
    document = parse_yaml(text)
    assert document.value is not None or document.problems


# ---- releases and other scalars --------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["20.0", "16.1", "8.0", "20", "017", '"20.0"', "'20.0'", "latest", "own"])
def test_release_is_text_as_it_is_written(written: str) -> None:
    for text in (f"attack_version: {written}", f"defaults:\n  attack_version: {written}"):
        value = parse_yaml(text).value
        assert (value.get("defaults") or value)["attack_version"] == written.strip("'\"")


@pytest.mark.parametrize(("written", "value"), [("1", 1), ("1.5", 1.5), ("true", True), ("no", False), ("~", None)])
def test_other_scalars_are_what_yaml_says(written: str, value: Json) -> None:
    assert parse_yaml(f"a: {written}").value == {"a": value}


@pytest.mark.parametrize("written", ["2024-01-01", "2024-01-01 10:00:00"])
def test_date_is_taken_as_text(written: str) -> None:
    document = parse_yaml(f"b: 1\na: {written}")
    assert document.problems == ()
    assert document.value == {"b": 1, "a": written}


@pytest.mark.parametrize("written", ["!!binary aGk=", "!foo x", "!!python/name:os.x ''"])
def test_tagged_scalar_is_told(written: str) -> None:
    document = parse_yaml(f"b: 1\na: {written}")
    assert ["line 2" in problem.place for problem in document.problems] == [True]


@pytest.mark.parametrize("tagged", ["!foo {b: 1}", "!!python/object:os.x {}", "!!set {b, c}", "!!omap [b: 1]"])
def test_tagged_collection_is_told(tagged: str) -> None:
    assert any("line 2" in problem.place for problem in parse_yaml(f"b: 1\na: {tagged}").problems)


# ---- what is refused -------------------------------------------------------------------------------------------------


def told(text: str) -> list[tuple[str, str]]:
    document = parse_yaml(text)
    assert document.problems
    return [(problem.place, str(problem)) for problem in document.problems]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "---\n...\n"])
def test_empty_file_is_told(text: str) -> None:
    [(_, message)] = told(text)
    assert "empty" in message


@pytest.mark.parametrize("text", ["~", "null", "--- null\n", "---\n~\n..."])
def test_file_of_nothing_is_told(text: str) -> None:
    assert told(text)


def test_broken_yaml_is_told_with_its_place() -> None:
    [(place, message)] = told("a: 1\nb: [1, 2\nc: 3\n")
    assert place.startswith("line 3")
    assert message.startswith("this is not valid YAML: ")


def test_tabs_are_told_with_what_to_do() -> None:
    [(place, message)] = told("a:\n\tb: 1\n")
    assert place.startswith("line 2")
    assert "tabs" in message


def test_second_document_is_told() -> None:
    [(place, message)] = told("a: 1\n---\nb: 2\n")
    assert place.startswith("line 2")
    assert "another document" in message


def test_every_repeated_key_is_told_with_both_lines() -> None:
    found = told("a: 1\nb: {c: 1,\n  c: 2}\na: 3\n")
    assert found == [
        ("line 3", "duplicate key 'c' (first on line 2); keep one"),
        ("line 4", "duplicate key 'a' (first on line 1); keep one"),
    ]


@pytest.mark.parametrize("text", ["a: 1\n? [b, c]\n: 2\n", "a: 1\n? {b: c}\n: 2\n"])
def test_key_that_is_no_text_is_told(text: str) -> None:
    assert told(text) == [("line 2", "a key must be text")]


def bomb(levels: int, width: int = 10) -> str:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines)


def test_aliases_that_explode_are_told() -> None:
    [(_, message)] = told(bomb(9))
    assert f"{MAX_NODES:,}" in message
    assert "aliases" in message


def test_aliases_in_measure_are_read() -> None:
    document = parse_yaml("a: &x [1, {b: 2}]\nc: *x\nd: [*x, *x]\n")
    assert document.problems == ()
    assert document.value["d"] == [[1, {"b": 2}]] * 2


@pytest.mark.parametrize("text", ["&a [*a]", "&a {b: *a}", "x: &a\n  y: [1, *a]\n"])
def test_alias_that_holds_itself_is_told(text: str) -> None:
    assert told(text)


@pytest.mark.parametrize("levels", [MAX_DEPTH + 2, 1000, 100_000])
@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_deep_nesting_is_told(levels: int, opening: str) -> None:
    closing = {"[": "]", "{a: ": "}"}[opening]
    assert told(opening * levels + closing * levels)


def test_undefined_alias_is_told_with_its_line() -> None:
    [(place, _)] = told("a: 1\nb: *nothing\n")
    assert place.startswith("line 2")


@pytest.mark.parametrize("text", ["a: \0", "a: \x1b[31m", "a: \ud800"])
def test_characters_that_yaml_does_not_have_are_told(text: str) -> None:
    [(_, message)] = told(text)
    assert message.startswith("this is not valid YAML: ")
