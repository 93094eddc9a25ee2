"""Reads lists of plain rows in JSON and YAML: objects whose keys are the columns of a list.

The list is the document, or the one list of objects in it. What is nested has its keys with dots between
(`threat.technique.id`), and several values stand in one cell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import msgspec
from msgspec.structs import replace

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.lists.columns import WIDEST
from navigator_export.readers.lists.listing import read_list
from navigator_export.readers.options import Limits, ReadOptions, beyond
from navigator_export.readers.origin import Origin
from navigator_export.readers.other_files import other_json
from navigator_export.readers.table import Table
from navigator_export.readers.text import find_encoding
from navigator_export.readers.yaml_fields import yaml_value
from navigator_export.strict_yaml import Items
from navigator_export.wording import quoted, shortened


class _Records(msgspec.Struct, frozen=True):
    """The objects of a list, each with the number that people know it by."""

    items: tuple[tuple[int, Any], ...]
    unit: str
    """What the numbers count."""
    name: str = ""
    """Key of the list; empty where it is the document."""
    others: tuple[str, ...] = ()
    """Keys beside the list."""


def read_records(data: bytes, origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the tables of a list of objects, as of any list.

    Raises SourceError where it is neither JSON nor YAML, holds no such list, or goes beyond the limits.
    """
    encoding = find_encoding(data, origin.file, options)
    text = data.decode(encoding.codec)
    limits = options.limits
    records = (
        _json_records(text, origin.file)
        if text.lstrip()[:1] in ("[", "{")
        else _yaml_records(text, origin.file, limits)
    )
    if len(records.items) > limits.rows:
        raise SourceError(origin.file, [beyond(limits, "rows", records.name)])
    origin = replace(
        origin,
        unit=records.unit,
        reading=(
            ("encoding", encoding.name),
            *((("list", records.name),) if records.name else ()),
            *((("not read", ", ".join(map(shortened, records.others))),) if records.others else ()),
        ),
        remarks=(encoding.remark,) if encoding.remark else (),
    )
    return read_list(_rows(records, origin, limits), origin, options)


def _json_records(text: str, file: str) -> _Records:
    try:
        # Numbers stay as they are written: 3.10 is no 3.1.
        document = json.loads(text, object_pairs_hook=_once, parse_int=str, parse_float=str)
    except RecursionError:
        raise SourceError(file, [Problem("the JSON is nested too deeply")]) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        message = f"this is not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise SourceError(file, [Problem(message, place, "expected a list of objects")]) from None
    except _RepeatedKeyError as error:
        raise SourceError(file, [Problem(f"duplicate key {quoted(error.key)}", "", "keep one")]) from None
    if problem := other_json(document):
        raise SourceError(file, [problem])
    name, items, others = _list_in(document, file)
    return _Records(tuple(enumerate(items, 1)), "item", name, others)


def _yaml_records(text: str, file: str, limits: Limits) -> _Records:
    name, items, others = _list_in(yaml_value(text, file, limits), file)
    lines = items.lines if isinstance(items, Items) else range(1, len(items) + 1)
    return _Records(tuple(zip(lines, items, strict=True)), "line", name, others)


class _RepeatedKeyError(ValueError):
    def __init__(self, key: str) -> None:
        self.key = key


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise _RepeatedKeyError(key)
        made[key] = value
    return made


def _list_in(document: Any, file: str) -> tuple[str, Sequence[Any], tuple[str, ...]]:
    """Return the name of the list in a document, the list, and the keys beside it."""
    if isinstance(document, list):
        return "", document, ()
    lists = [key for key, value in document.items() if _is_list(value)] if isinstance(document, dict) else []
    if len(lists) != 1:
        found = f"its lists are {', '.join(map(quoted, lists[:5]))}" if lists else "expected a list of objects"
        raise SourceError(file, [Problem("it is not told which list holds the mappings", "", found)])
    return lists[0], document[lists[0]], tuple(key for key in document if key != lists[0])


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _rows(records: _Records, origin: Origin, limits: Limits) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the header, which is all keys, and the cells of each object."""
    cells: list[tuple[int, dict[str, str]]] = []
    problems = []
    for number, item in records.items:
        if isinstance(item, dict):
            cells.append((number, _cells(item, origin, number, limits)))
        else:
            problems.append(Problem("expected an object of columns and values", origin.row(number)))
    header = list(dict.fromkeys(chain.from_iterable(own for _, own in cells)))
    if len(header) > WIDEST:
        problems.append(Problem(f"more than {WIDEST:,} columns", records.name))
    if problems:
        raise SourceError(origin.file, problems)
    if cells:
        yield cells[0][0], header
    for number, own in cells:
        yield number, [own.get(column, "") for column in header]


def _cells(item: dict[str, Any], origin: Origin, number: int, limits: Limits) -> dict[str, str]:
    """Return what an object says by column; several values of one column stand in lines of their own."""
    texts: dict[str, list[str]] = {}
    left: list[tuple[str, Any, int]] = [("", item, 0)]
    while left:
        name, value, depth = left.pop()
        if depth > limits.depth:
            hint = "`reading.limits.depth` allows more"
            raise SourceError(
                origin.file, [Problem(f"nested deeper than {limits.depth} levels", origin.row(number), hint)]
            )
        if isinstance(value, dict):
            left += [(f"{name}.{key}" if name else key, inner, depth + 1) for key, inner in reversed(value.items())]
        elif isinstance(value, list):
            left += [(name, inner, depth + 1) for inner in reversed(value)]
        else:
            texts.setdefault(name, []).append(_text(value))
    return {name: "\n".join(filter(None, said)) for name, said in texts.items()}


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
