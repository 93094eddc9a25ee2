"""Fields that hold one plain value each: made what the format asks for, or left out as the Navigator drops them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final, TypeGuard

from navigator_export.upgrading.changes import Editor, Mend
from navigator_export.upgrading.concrete import Node
from navigator_export.validation import colours

NULL: Final = Mend("null", "A null is left out: the Navigator drops the field, or crashes.")
TYPE: Final = Mend(
    "wrong-type",
    'A value of another type is made what the format asks for where it says the same ("85" as a score is 85, 3 as a '
    'comment is "3", "true" is true), else left out, as the Navigator drops it.',
)
COLOUR: Final = Mend("colour", "What the Navigator does not take for a colour is left out, as it drops it.")
WORD: Final = Mend("unknown-word", "A setting that the format does not know is left out, as the Navigator ignores it.")
FIELD_MENDS: Final = (NULL, TYPE, COLOUR, WORD)

MendField = Callable[[Editor, Node, Node], None]
"""Mends the value of a field, given the object that has it."""


def text(editor: Editor, inside: Node, node: Node) -> None:
    """Mend a field that holds text: numbers and booleans become text, spelled as they are."""
    if isinstance(node.value, str):
        return
    if isinstance(node.value, bool) or is_number(node.value):
        editor.replace(node, node.spelling(), TYPE)
    else:
        drop(editor, inside, node, TYPE)


def number(editor: Editor, inside: Node, node: Node) -> None:
    """Mend a field that holds a number: text that is one becomes it."""
    if is_number(node.value):
        return
    written = _WRITTEN.fullmatch(node.value) if isinstance(node.value, str) else None
    if written and math.isfinite(float(written[2])):
        editor.respell(node, written[1] + written[2], TYPE)
    else:
        drop(editor, inside, node, TYPE)


_WRITTEN: Final = re.compile(r"\s*\+?(-?)0*([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)\s*", re.ASCII)


def flag(editor: Editor, inside: Node, node: Node) -> None:
    """Mend a field that holds true or false: the words as text, and 1 and 0, become it."""
    value = node.value
    if isinstance(value, bool):
        return
    word = value.strip().casefold() if isinstance(value, str) else value
    meant = _FLAGS.get(word) if isinstance(word, str | int | float) else None
    if meant is None:
        drop(editor, inside, node, TYPE)
    else:
        editor.replace(node, meant, TYPE)


_FLAGS: Final[dict[str | float, bool]] = {"true": True, "false": False, 1: True, 0: False}


def colour(editor: Editor, inside: Node, node: Node) -> None:
    """Mend a field that holds a colour, or nothing: what is no colour is left out."""
    if node.value != "" and not is_colour(node.value):
        drop(editor, inside, node, COLOUR)


def full_colour(editor: Editor, inside: Node, node: Node) -> None:
    """Mend a field that holds a colour: what is no colour is left out."""
    if not is_colour(node.value):
        drop(editor, inside, node, COLOUR)


def choice(*words: str) -> MendField:
    """Return what mends a field that holds one of some words: in whatever case, else it is left out."""

    def mend(editor: Editor, inside: Node, node: Node) -> None:
        if node.value in words:
            return
        word = node.value.strip().casefold() if isinstance(node.value, str) else None
        if word in words:
            editor.replace(node, word, WORD)
        else:
            drop(editor, inside, node, WORD)

    return mend


def sorting(editor: Editor, inside: Node, node: Node) -> None:
    """Mend the order of techniques: 0 to 3."""
    number(editor, inside, node)
    kept = inside.get("sorting")
    if kept is not None and kept.value not in range(4):
        drop(editor, inside, kept, WORD)


def drop(editor: Editor, inside: Node, node: Node, rule: Mend) -> None:
    """Leave a field out: because it is null, or else by a rule."""
    editor.remove(inside, node, NULL if node.value is None else rule)


def mend_fields(editor: Editor, inside: Node, kinds: dict[str, MendField]) -> None:
    """Mend the fields of an object, each as what it is to hold; others stay as they are."""
    for name, node in inside.members():
        mend = kinds.get(name)
        if mend:
            mend(editor, inside, node)


def mend_object(kinds: dict[str, MendField]) -> MendField:
    """Return what mends a field that holds an object of such fields; what is no object is left out."""

    def mend(editor: Editor, inside: Node, node: Node) -> None:
        if node.is_object:
            mend_fields(editor, node, kinds)
        else:
            drop(editor, inside, node, TYPE)

    return mend


def is_colour(value: object) -> bool:
    """Return whether the Navigator takes a value for a colour."""
    return isinstance(value, str) and colours.is_colour(value)


def is_number(value: object) -> TypeGuard[int | float]:
    """Return whether a value is a number that JSON can hold; a boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
