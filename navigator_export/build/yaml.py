"""Reads YAML into plain values with the line of each, strictly: no duplicate keys, no exploding aliases, no tags."""

from __future__ import annotations

from typing import Any

import msgspec
import yaml

from navigator_export.errors import Problem

MAX_NODES = 200_000
"""Most values that a document may expand to; aliases count each time they stand."""
MAX_DEPTH = 50

_TEXT_KEYS = frozenset({"attack_version", "framework_version"})
"""Keys whose value is text even where YAML reads a number: 20.0 must not become 20."""


_CORE = "tag:yaml.org,2002:"
_TAGS = frozenset({"map", "seq", "str", "int", "float", "bool", "null", "timestamp"})
"""Kinds of values that a manifest can hold."""


class Document(msgspec.Struct, frozen=True):
    """A YAML document as plain values, with the line of each, and what is wrong with it."""

    value: Any
    lines: dict[tuple[str | int, ...], int]
    """Line (from 1) by the path of keys and indices."""
    problems: tuple[Problem, ...]


def parse_yaml(text: str) -> Document:
    """Return the values of a YAML document. Never raises; what is wrong is in the problems."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        hint = "indent with spaces, not tabs" if mark and "\t" in (mark.get_snippet() or "") else ""
        return Document(None, {}, (Problem(f"this is no YAML: {error.problem or error.context}", place, hint),))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        words = str(error).splitlines()[0] if str(error) else type(error).__name__
        return Document(None, {}, (Problem(f"this is no YAML: {words}"),))
    if node is None:
        return Document(None, {}, (Problem("the file is empty"),))
    converter = _Converter()
    try:
        value = converter.value(node, ())
    except _TooLarge as error:
        return Document(None, {}, (Problem(str(error), f"line {node.start_mark.line + 1}"),))
    if value is None and not converter.problems:
        return Document(None, {}, (Problem("the file is empty"),))
    return Document(value, converter.lines, tuple(converter.problems))


class _TooLarge(Exception):  # noqa: N818 - it never leaves this module
    pass


class _Converter:
    def __init__(self) -> None:
        self.lines: dict[tuple[str | int, ...], int] = {}
        self.problems: list[Problem] = []
        self._scalars = yaml.SafeLoader("")
        self._count = 0

    def value(self, node: yaml.Node, path: tuple[str | int, ...]) -> Any:
        self._count += 1
        if self._count > MAX_NODES:
            raise _TooLarge(f"the document expands to more than {MAX_NODES} values; are aliases nested?")
        if len(path) > MAX_DEPTH:
            raise _TooLarge(f"the document is nested more than {MAX_DEPTH} deep")
        line = node.start_mark.line + 1
        self.lines[path] = line
        if node.tag.removeprefix(_CORE) not in _TAGS:
            shown = node.tag.replace(_CORE, "!!")
            self.problems.append(Problem(f"the tag {shown[:40]} is not known here", f"line {line}", "leave it out"))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        if path and path[-1] in _TEXT_KEYS and node.tag.endswith((":float", ":int")):
            return node.value
        try:
            read = self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError):
            self.problems.append(Problem(f"cannot read {node.value[:40]!r} as {node.tag}", f"line {line}"))
            return None
        # YAML reads dates too; to a manifest they are text.
        return read if read is None or isinstance(read, str | int | float) else node.value

    def _mapping(self, node: yaml.MappingNode, path: tuple[str | int, ...]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem("a key must be text", f"line {line}"))
                continue
            key = str(key_node.value)
            if key in made:
                first = self.lines[(*path, key)]
                self.problems.append(Problem(f"the key {key!r} stands on line {first} already", f"line {line}"))
                continue
            made[key] = self.value(value_node, (*path, key))
            self.lines[(*path, key)] = line
        return made
