from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from navigator_export.upgrading.concrete import Node, Tree, UnreadableError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
STYLES = st.sampled_from(
    [
        {},
        {"indent": 2},
        {"indent": 4},
        {"indent": "\t"},
        {"separators": (",", ":")},
        {"indent": 1, "ensure_ascii": False},
    ]
)


def every(node: Node) -> list[Node]:
    return [node, *(inner for part in node.nodes() for inner in every(part))]


@given(VALUES, STYLES)
def test_text_that_is_not_edited_comes_back_to_the_letter(value: Any, style: dict[str, Any]) -> None:
    text = json.dumps(value, **style)
    tree = Tree(f" {text}\r\n")
    assert (tree.text(), tree.root.value) == (f" {text}\r\n", value)
    for node in every(tree.root):
        if node.items is not None:
            node.touch()
    assert tree.text() == f" {text}\r\n"


@given(st.dictionaries(st.text(max_size=4), VALUES, min_size=1, max_size=4), VALUES, STYLES)
def test_value_that_is_added_is_read_back(value: dict[str, Any], new: Any, style: dict[str, Any]) -> None:
    tree = Tree(json.dumps(value, **style))
    tree.add(tree.root, new, "a new key")
    assert json.loads(tree.text()) == {**value, "a new key": new}


@given(st.lists(VALUES, min_size=1, max_size=5), st.data(), STYLES)
def test_value_that_is_cut_leaves_the_text_as_if_it_had_never_been(
    values: list[Any], data: st.DataObject, style: dict[str, Any]
) -> None:
    at = data.draw(st.integers(0, len(values) - 1))
    tree = Tree(json.dumps(values, **style))
    tree.root.cut(tree.root.nodes()[at])
    assert tree.text() == json.dumps(values[:at] + values[at + 1 :], **style)


@pytest.mark.parametrize("style", [{}, {"indent": 2}, {"indent": "\t"}, {"separators": (",", ":")}])
def test_object_that_is_added_has_the_style_of_the_text(style: dict[str, Any]) -> None:
    before: dict[str, Any] = {"a": 1, "b": [{"c": 2}, {"c": 3}]}
    new = {"d": [1, {"e": "f"}]}
    tree = Tree(json.dumps(before, **style))
    tree.add(tree.root, new, "g", at=1)
    assert tree.text() == json.dumps({"a": 1, "g": new, "b": before["b"]}, **style)


def test_value_of_a_flat_object_is_added_flat() -> None:
    tree = Tree('{\n  "a": [\n    {"b": 1}\n  ]\n}')
    tree.add(tree.root.nodes()[0].nodes()[0], {"d": 2}, "c")
    assert tree.text() == '{\n  "a": [\n    {"b": 1, "c": {"d": 2}}\n  ]\n}'


def test_line_ends_of_the_text_are_those_of_what_is_added() -> None:
    tree = Tree('{\r\n  "a": 1\r\n}')
    tree.add(tree.root, [2], "b")
    assert tree.text() == '{\r\n  "a": 1,\r\n  "b": [\r\n    2\r\n  ]\r\n}'


@pytest.mark.parametrize(
    ("text", "meant", "oddity"),
    [
        ('{"a": [1, 2,], }', '{"a": [1, 2] }', "trailing-comma"),
        ('{"a": "b\n\tc"}', '{"a": "b\\n\\tc"}', "control-character"),
        ('{"a": 1, "a": 2}', '{"a": 2}', "duplicate-key"),
    ],
)
def test_what_is_meant_as_json_is_written_as_json(text: str, meant: str, oddity: str) -> None:
    tree = Tree(text)
    assert tree.text() == meant
    assert {kind for kind, _, _ in tree.oddities} == {oddity}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[",
        "[1",
        '{"a"}',
        '{"a":}',
        "[,]",
        "[1 2]",
        '"a',
        "01",
        "nul",
        "{} x",
        '"\\x"',
        "[1]]",
        "[" * 5000,
        "+1",
    ],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        Tree(text)


def test_path_is_that_of_the_text_as_it_was() -> None:
    tree = Tree('{"a b": [1, {"c": 2}]}')
    listed = tree.root.nodes()[0]
    listed.cut(listed.nodes()[0])
    assert [node.path for node in every(tree.root)] == ["$", "$['a b']", "$['a b'][1]", "$['a b'][1].c"]


def test_key_that_changes_changes_nothing_else() -> None:
    tree = Tree('{"a" :1.0,\n"b": 2}')
    tree.rename(tree.root, tree.root.nodes()[0], "c")
    assert tree.text() == '{"c" :1.0,\n"b": 2}'
