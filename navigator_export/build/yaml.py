"""Reads the YAML of a manifest: plain values, typed by YAML's own rules, with the line of each."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from navigator_export import strict_yaml
from navigator_export.errors import Problem

MAX_NODES: Final = 200_000
"""Most values that a document may expand to; aliases count each time they stand."""
MAX_DEPTH: Final = 50
"""Most levels of lists and objects in one another."""
_LONGEST: Final = 2**20

_BOUNDS: Final = strict_yaml.Bounds(values=MAX_NODES, depth=MAX_DEPTH, cell=_LONGEST)

_TEXT_KEYS: Final = frozenset({"attack_version", "framework_version"})
"""Keys whose value is text even where YAML reads a number: 20.0 must not become 20."""


class Document(msgspec.Struct, frozen=True):
    """A manifest as plain values, with the line of each, and what is wrong with it."""

    value: Any
    lines: dict[tuple[str | int, ...], int]
    """Line (from 1) by the path of keys and indices."""
    problems: tuple[Problem, ...]


def parse_yaml(text: str) -> Document:
    """Return the values of a manifest. Never raises; what is wrong is in the problems."""
    document = strict_yaml.parse_yaml(text, _BOUNDS, strict_yaml.typed_but(_TEXT_KEYS))
    if document.value is None:
        return Document(None, {}, document.problems or (Problem("the file is empty"),))
    value, lines = strict_yaml.with_lines(document)
    return Document(value, lines, document.problems)
