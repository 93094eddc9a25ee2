"""From YAML to plain values, where a file may mean harm: texts, lists and objects only, each key once, bounded.

Values are built from the parser's events, so that no tag makes an object, nothing is built that is over a limit, and
`16.10` stays a text instead of becoming 16.1. Aliases are refused: they let 1 kB stand for gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.options import Limits

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_COLLECTION_TAGS: Final = frozenset({None, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})
_PLAIN_TAGS: Final = frozenset({"!", "tag:yaml.org,2002:str"})

_DIRECTIVES: Final = 100
"""Lines that may be directives: libyaml compares each of them with all before it."""

LINE: Final = "\0line"
"""Key under which every object keeps the number of the line that it begins in; no YAML text can hold its name."""


def yaml_value(text: str, file: str, limits: Limits) -> Any:
    """Return the one document in a YAML text: str, None, list, and dict with the line it begins in under `LINE`.

    Raises SourceError with the line where the text is no YAML, has a key twice, an alias or a foreign tag, several
    documents, or goes beyond the limits.
    """
    if text.count("\n%") > _DIRECTIVES:
        raise SourceError(file, [Problem(f"more than {_DIRECTIVES} lines begin with %", hint="leave directives out")])
    try:
        return _Builder(yaml.parse(text, Loader=_LOADER), limits).document()
    except _RefusedError as refused:
        raise SourceError(file, [refused.problem]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join((error.problem or error.context or "it cannot be parsed").split())
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise SourceError(file, [Problem(f"this is no YAML: {words}", place)]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        words = " ".join(str(error).split())[:200]
        raise SourceError(file, [Problem(f"this is no YAML: {words}")]) from None


def line_of(value: Any, otherwise: int = 1) -> int:
    """Return the line that an object begins in; `otherwise` for any other value."""
    line = value.get(LINE, otherwise) if isinstance(value, dict) else otherwise
    return line if isinstance(line, int) else otherwise


class _RefusedError(Exception):
    def __init__(self, message: str, event: Any, hint: str = "") -> None:
        mark = event.start_mark
        self.problem = Problem(message, f"line {mark.line + 1}, column {mark.column + 1}" if mark else "", hint)


class _Builder:
    def __init__(self, events: Iterator[Any], limits: Limits) -> None:
        self._events = events
        self._limits = limits
        self._count = 0

    def document(self) -> Any:
        value = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _RefusedError("there are several documents in one file", event, "keep one")
                value = self._value(next(self._events), 1)
        return value

    def _value(self, event: Any, depth: int) -> Any:
        self._count += 1
        limits = self._limits
        if self._count > limits.values:
            raise _RefusedError(f"more than {limits.values} values", event, "--limit values=… allows more")
        if depth > limits.depth:
            raise _RefusedError(f"nested deeper than {limits.depth} levels", event, "--limit depth=… allows more")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.AliasEvent):
            raise _RefusedError(
                f"the alias *{str(event.anchor)[:60]} is not read", event, "write out what it stands for"
            )
        if event.tag not in _COLLECTION_TAGS:
            raise _RefusedError(f"the tag {str(event.tag)[:60]} is not read", event, "leave it out")
        return self._list(depth) if isinstance(event, yaml.SequenceStartEvent) else self._object(event, depth)

    def _scalar(self, event: Any) -> str | None:
        if event.tag is not None and event.tag not in _PLAIN_TAGS:
            raise _RefusedError(f"the tag {event.tag[:60]} is not read", event, "leave it out")
        text: str = event.value
        if len(text) > self._limits.cell:
            raise _RefusedError(
                f"a text has more than {self._limits.cell} characters", event, "--limit cell=… allows more"
            )
        return None if text in _NULLS and event.implicit[0] and event.tag is None else text

    def _list(self, depth: int) -> list[Any]:
        values = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            values.append(self._value(event, depth + 1))
        return values

    def _object(self, start: Any, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {LINE: start.start_mark.line + 1}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._value(event, depth + 1)
            if not isinstance(key, str):
                raise _RefusedError("a key is no text", event)
            if key in values:
                raise _RefusedError(f"the key {key[:60]!r} stands twice in one object", event, "keep one")
            values[key] = self._value(next(self._events), depth + 1)
        return values
