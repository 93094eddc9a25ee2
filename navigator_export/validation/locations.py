"""Where in a JSON text the thing at a JSON path stands, for annotations on lines."""

from __future__ import annotations

import json
import re
from typing import Final

from navigator_export.schemas import json_path

TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
"""One mark, text, number or word of JSON; a text without an end takes the rest, so that nothing is read twice."""

_PART: Final = re.compile(r"""\.[^.\[]+|\[(?:[0-9]+|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\]""")
"""One step of a JSON path as `json_path` writes it."""


def around(path: str) -> list[str]:
    """Return a JSON path and the path of each thing that it is in, the nearest first."""
    return [path[: part.end()] for part in reversed(list(_PART.finditer(path)))] + ["$"]


def lines_of(text: str, paths: frozenset[str]) -> dict[str, int]:
    """Return the line (from 1) of each of the JSON paths that stands in a JSON text; broken JSON gives what it can."""
    if paths <= {"$"}:
        return dict.fromkeys(paths, 1)
    walk = _Walk(paths)
    line, position = 1, 0
    for token in TOKEN.finditer(text):
        line += text.count("\n", position, token.start())
        position = token.start()
        walk.take(token[0], line)
    return walk.found


class _Walk:
    """Follows the tokens of a JSON text through its objects and lists."""

    def __init__(self, paths: frozenset[str]) -> None:
        self.found = {"$": 1} if "$" in paths else {}
        self._paths = paths
        self._deepest = max(len(around(path)) - 1 for path in paths)
        """Steps of the longest of the paths."""
        self._open: list[str | int] = []
        """For each open object its latest key, for each open list its latest index."""
        self._awaits_key = False

    def take(self, mark: str, line: int) -> None:
        if mark in "}]":
            self._awaits_key = False
            if self._open:
                self._open.pop()
        elif mark == ",":
            self._next()
        elif self._awaits_key:
            self._open[-1] = _text(mark)
            self._awaits_key = False
            self._note(line)
        elif mark != ":":
            self._value(mark, line)

    def _next(self) -> None:
        if self._open and isinstance(self._open[-1], int):
            self._open[-1] += 1
        else:
            self._awaits_key = bool(self._open)

    def _value(self, mark: str, line: int) -> None:
        if self._open and isinstance(self._open[-1], int):
            self._note(line)
        if mark == "{":
            self._open.append("")
            self._awaits_key = True
        elif mark == "[":
            self._open.append(0)

    def _note(self, line: int) -> None:
        if len(self._open) > self._deepest:
            return
        path = json_path(self._open)
        if path in self._paths:
            self.found[path] = line  # of repeated keys the last one counts


def _text(mark: str) -> str:
    try:
        return str(json.loads(mark, strict=False))
    except ValueError:
        return mark
