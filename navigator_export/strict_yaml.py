"""Reads YAML into plain values, where a file may mean harm: each key once, no tags that make objects, bounded.

Values are built from the parser's events, so nothing is built that is over a bound. An alias counts as all that it
stands for each time it stands, so that 1 kB cannot stand for gigabytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
import yaml

from navigator_export.errors import Problem
from navigator_export.wording import counted, quoted, shortened

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE: Final = "tag:yaml.org,2002:"
_COLLECTION_TAGS: Final = frozenset({None, f"{_CORE}map", f"{_CORE}seq"})
_TEXT_TAGS: Final = frozenset({None, "!", f"{_CORE}str"})
_TYPED_TAGS: Final = frozenset(f"{_CORE}{name}" for name in ("int", "float", "bool", "null", "timestamp"))
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_MERGE: Final = "<<"

_DIRECTIVES: Final = 100
"""Lines that may be directives: libyaml compares each of them with all before it."""


class Bounds(msgspec.Struct, frozen=True):
    """How much a document may hold."""

    values: int
    """Lists, objects, keys and scalars; what an alias stands for counts each time."""
    depth: int
    """Levels of lists and objects in one another."""
    cell: int
    """Characters of a text."""
    setting: str = ""
    """Path of the setting that holds these bounds, for hints; empty where they are fixed."""

    def hint(self, name: str) -> str:
        """Return what to do where a bound is passed."""
        return f"`{self.setting}.{name}` allows more" if self.setting else ""


class Object(dict[str, Any]):
    """An object, with the line (from 1) that it begins in and the line of each key."""

    def __init__(self, line: int = 1) -> None:
        """Begin empty."""
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Items(list[Any]):
    """A list, with the line (from 1) of each item."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self.lines: list[int] = []


class Document(msgspec.Struct, frozen=True):
    """A document's value, and what is wrong with it."""

    value: Any
    """Object, Items, or a scalar; None where there is nothing, or nothing can be made of it."""
    line: int
    """Line that the value begins in."""
    problems: tuple[Problem, ...]


class Scalar(msgspec.Struct, frozen=True):
    """A scalar as it is written."""

    text: str
    plain: bool
    """Whether it stands without quotation marks."""
    tag: str | None
    key: str
    """The key that it is the value of; empty elsewhere."""


Typing = Callable[[Scalar], Any]
"""Gives the value of a scalar; raises ValueError with what is wrong with it."""


def as_text(scalar: Scalar) -> str | None:
    """Return a scalar as the text that it is, `16.10` too, and nothing for null."""
    if scalar.tag not in _TEXT_TAGS:
        raise ValueError(_unknown_tag(scalar.tag))
    return None if scalar.plain and scalar.tag is None and scalar.text in _NULLS else scalar.text


def typed_but(text_keys: frozenset[str]) -> Typing:
    """Return a typing by YAML's own rules, under which some keys hold text whatever they look like."""
    resolver: Any = yaml.SafeLoader("")

    def typed(scalar: Scalar) -> Any:
        tag = scalar.tag
        if tag is not None and tag not in _TEXT_TAGS | _TYPED_TAGS:
            raise ValueError(_unknown_tag(tag))
        if tag in (None, "!"):
            tag = resolver.resolve(yaml.ScalarNode, scalar.text, (scalar.plain and tag is None, True))
        if tag == f"{_CORE}null":
            return None
        if tag not in _TYPED_TAGS or scalar.key in text_keys or tag.endswith(":timestamp"):
            return scalar.text
        try:
            return resolver.construct_object(yaml.ScalarNode(tag, scalar.text))
        except (yaml.YAMLError, ValueError, KeyError):
            raise ValueError(f"cannot read {quoted(scalar.text)} as {tag.removeprefix(_CORE)}") from None

    return typed


def parse_yaml(text: str, bounds: Bounds, typing: Typing = as_text) -> Document:
    """Return the one document in a YAML text. Never raises; what is wrong is in the problems.

    A text that is no YAML or beyond its bounds has one problem and no value; else every repeated key, key that is no
    text, and tag is told, and the rest of the document stands.
    """
    found, problems = _parse(text, bounds, typing, 1)
    value, line = found[0] if found else (None, 1)
    return Document(value, line, problems)


def parse_documents(text: str, bounds: Bounds, typing: Typing = as_text) -> tuple[Document, ...]:
    """Return all documents in a YAML text; the bounds are for all together. Never raises, as `parse_yaml`."""
    found, problems = _parse(text, bounds, typing, None)
    documents = [Document(value, line, ()) for value, line in found] or [Document(None, 1, ())]
    return (Document(documents[0].value, documents[0].line, problems), *documents[1:])


def _parse(
    text: str, bounds: Bounds, typing: Typing, most: int | None
) -> tuple[list[tuple[Any, int]], tuple[Problem, ...]]:
    """Return the documents, each with its line, and what is wrong with them all."""
    if text.count("\n%") > _DIRECTIVES:
        return [], (Problem(f"more than {_DIRECTIVES} lines begin with %", hint="leave directives out"),)
    builder = _Builder(yaml.parse(text, Loader=_LOADER), bounds, typing)
    try:
        found = builder.documents(most)
    except _RefusedError as refused:
        return [], (refused.problem,)
    except yaml.MarkedYAMLError as error:
        return [], (_no_yaml(error, text),)
    except RecursionError:
        return [], (Problem("nested too deeply", hint="is it a list or an object without end?"),)
    except (yaml.YAMLError, ValueError) as error:
        words = shortened(str(error) or type(error).__name__, 200)
        return [], (Problem(f"this is not valid YAML: {words}"),)
    return found, builder.problems


def line_of(value: Any, otherwise: int = 1) -> int:
    """Return the line that an object begins in; `otherwise` for any other value."""
    return value.line if isinstance(value, Object) else otherwise


def with_lines(document: Document) -> tuple[Any, dict[tuple[str | int, ...], int]]:
    """Return a document's value as dicts and lists, none of them shared, and the line of each value by its path."""
    lines: dict[tuple[str | int, ...], int] = {}

    def walk(value: Any, line: int, path: tuple[str | int, ...]) -> Any:
        lines[path] = line
        if isinstance(value, Object):
            return {key: walk(inner, value.lines[key], (*path, key)) for key, inner in value.items()}
        if isinstance(value, Items):
            return [walk(inner, value.lines[i], (*path, i)) for i, inner in enumerate(value)]
        return value

    return walk(document.value, document.line, ()), lines


def _unknown_tag(tag: str | None) -> str:
    return f"the tag {shortened((tag or '').replace(_CORE, '!!'))} is not known here; leave it out"


def _no_yaml(error: yaml.MarkedYAMLError, text: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    words = shortened(error.problem or error.context or "it cannot be parsed", 200)
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    indent = _indent(text, mark.line) if mark else ""
    return Problem(f"this is not valid YAML: {words}", place, "indent with spaces, not tabs" if "\t" in indent else "")


def _indent(text: str, line: int) -> str:
    lines = text.split("\n", line + 1)
    return lines[line][: len(lines[line]) - len(lines[line].lstrip())] if line < len(lines) else ""


class _RefusedError(Exception):
    def __init__(self, message: str, event: Any, hint: str = "") -> None:
        mark = event.start_mark
        self.problem = Problem(message, f"line {mark.line + 1}" if mark else "", hint)


class _Built(msgspec.Struct, frozen=True):
    """What an anchor names."""

    value: Any
    size: int
    height: int


class _Builder:
    """Builds a value from events, and gathers what is wrong without being fatal."""

    def __init__(self, events: Iterator[Any], bounds: Bounds, typing: Typing) -> None:
        self._events = events
        self._bounds = bounds
        self._typing = typing
        self._problems: list[Problem] = []
        self._count = 0
        self._deepest = 0
        self._anchors: dict[str, _Built | None] = {}
        """None for one whose value is not yet complete."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(self._problems)

    def documents(self, most: int | None) -> list[tuple[Any, int]]:
        """Return the documents' values, at most so many, each with the line that it begins in."""
        found: list[tuple[Any, int]] = []
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if len(found) == most:
                    raise _RefusedError("another document begins here", event, "keep one")
                self._anchors = {}
                first = next(self._events)
                found.append((self._value(first, 1), _line(first)))
        return found

    def _value(self, event: Any, depth: int, key: str = "") -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        before = self._count
        self._take(1, depth, event)
        anchor = event.anchor
        if anchor is None:
            return self._unnamed(event, depth, key)
        outer, self._deepest = self._deepest, depth
        self._anchors[anchor] = None
        value = self._unnamed(event, depth, key)
        self._anchors[anchor] = _Built(value, self._count - before, self._deepest - depth)
        self._deepest = max(outer, self._deepest)
        return value

    def _unnamed(self, event: Any, depth: int, key: str) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, key)
        if event.tag not in _COLLECTION_TAGS:
            self._problem(_unknown_tag(event.tag), event)
        return self._list(depth) if isinstance(event, yaml.SequenceStartEvent) else self._object(event, depth)

    def _take(self, values: int, depth: int, event: Any) -> None:
        bounds = self._bounds
        self._count += values
        self._deepest = max(self._deepest, depth)
        if self._count > bounds.values:
            raise _RefusedError(
                f"more than {counted(bounds.values, 'value')}, with all that aliases stand for",
                event,
                bounds.hint("values"),
            )
        if depth > bounds.depth:
            raise _RefusedError(f"nested deeper than {counted(bounds.depth, 'level')}", event, bounds.hint("depth"))

    def _alias(self, event: Any, depth: int) -> Any:
        name = shortened(event.anchor)
        if event.anchor not in self._anchors:
            raise _RefusedError(f"the alias *{name} names nothing above it", event, f"mark something with &{name}")
        named = self._anchors[event.anchor]
        if named is None:
            raise _RefusedError(f"the alias *{name} refers to itself", event, "write out what it stands for")
        self._take(named.size, depth + named.height, event)
        return named.value

    def _scalar(self, event: Any, key: str) -> Any:
        text: str = event.value
        if len(text) > self._bounds.cell:
            raise _RefusedError(
                f"a text has more than {counted(self._bounds.cell, 'character')}", event, self._bounds.hint("cell")
            )
        try:
            return self._typing(Scalar(text, event.implicit[0], event.tag, key))
        except ValueError as error:
            self._problem(str(error), event)
            return None

    def _list(self, depth: int) -> Items:
        values = Items()
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            values.lines.append(_line(event))
            values.append(self._value(event, depth + 1))
        return values

    def _object(self, start: Any, depth: int) -> Object:
        values = Object(_line(start))
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, depth + 1)
            value = self._value(next(self._events), depth + 1, key or "")
            if key is None:
                continue
            if key in values:
                self._problem(f"duplicate key {quoted(key)} (first on line {values.lines[key]}); keep one", event)
                continue
            values[key] = value
            values.lines[key] = _line(event)
        return values

    def _key(self, event: Any, depth: int) -> str | None:
        """Return a key; None, with a problem, for what cannot be one."""
        value = self._value(event, depth)
        text = event.value if isinstance(event, yaml.ScalarEvent) else value if isinstance(value, str) else None
        if text is None:
            self._problem("a key must be text", event)
        elif text == _MERGE:
            self._problem("the merge key << is not read; write out what it stands for", event)
            return None
        return text

    def _problem(self, message: str, event: Any) -> None:
        self._problems.append(Problem(message, f"line {_line(event)}"))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
