"""Where a list begins: its header, below a title, in one row or two, or none where columns are named by letters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import msgspec

from navigator_export.errors import Problem
from navigator_export.readers.lists.columns import CAPABILITY, FIELDS, MARKS, TECHNIQUE, Columns, match_columns, plain
from navigator_export.readers.lists.technique_ids import technique_ids
from navigator_export.readers.options import ReadOptions
from navigator_export.readers.origin import Origin
from navigator_export.wording import shortened

_HEADERS: Final = frozenset(header for field in FIELDS.values() for header in field.headers) | {"number", "no"}

HEAD: Final = 50
"""Rows in which the header is looked for."""

Cells = Sequence[str]
NumberedRow = tuple[int, Cells]


class Header(msgspec.Struct, frozen=True):
    """Where a list begins, and which column is what."""

    columns: Columns
    first: int
    """Index of the first row below the header."""
    number: int
    """Number of the header's row, for people; 0 where there is none."""


def find_header(head: Sequence[NumberedRow], options: ReadOptions) -> Header | None:
    """Return the header in the first rows of a list; None where no row names both required columns."""
    for index, (number, cells) in enumerate(head):
        columns = match_columns(cells, options.columns)
        if filled(cells) > 1 and columns.complete and not _is_data(cells, columns):
            below = head[index + 1][1] if index + 1 < len(head) else ()
            if _is_second_header_row(below):
                joined = match_columns(_joined(cells, below), options.columns, below)
                if joined.complete:
                    return Header(joined, index + 2, number)
            return Header(columns, index + 1, number)
    for index, ((number, upper), (_, lower)) in enumerate(pairwise(head)):
        columns = match_columns(_joined(upper, lower), options.columns, lower)
        if filled(lower) > 1 and columns.complete and not _is_data(lower, columns):
            return Header(columns, index + 2, number)
    columns = match_columns((), options.columns)
    if columns.complete:
        for index, (_, cells) in enumerate(head):
            if _is_data(cells, columns):
                return Header(columns, index, 0)
    return None


def no_header(head: Sequence[NumberedRow], origin: Origin, options: ReadOptions) -> list[Problem]:
    """Return what the row that comes nearest to a header lacks, with its cells and how to name the columns."""
    best = max(head, key=lambda row: (len(match_columns(row[1], options.columns).index), filled(row[1])), default=None)
    if best is None or not filled(best[1]):
        return [Problem("there is nothing in it", origin.sheet and f"sheet {origin.sheet}")]
    number, cells = best
    missing = [FIELDS[name].option for name in match_columns(cells, options.columns).missing]
    shown = ", ".join(repr(shortened(cell)) for cell in cells if cell.strip())
    example = " and ".join(f"{option}=COLUMN" for option in missing)
    matrix = f", or each product's column as {MARKS}" if missing == [FIELDS[CAPABILITY].option] else ""
    return [
        Problem(
            f"no column is the {' or the '.join(option.replace('_', ' ') for option in missing)}",
            origin.row(number),
            f"its cells are {shown[:300]}; `reading.columns` names each by its header or letter, as {example}{matrix}"
            if missing
            else "",
        )
    ]


def filled(cells: Cells) -> int:
    """Return how many cells hold something."""
    return sum(1 for cell in cells if cell and not cell.isspace())


def _is_data(cells: Cells, columns: Columns) -> bool:
    return any(
        position < len(cells) and bool(cells[position].strip()) and bool(technique_ids(cells[position], near=False)[0])
        for position in columns.index[TECHNIQUE]
    )


def _is_second_header_row(cells: Cells) -> bool:
    words = [cell for cell in cells if cell.strip()]
    known = sum(plain(cell) in _HEADERS for cell in words)
    return known > 1 and 2 * known > len(words) and not any(technique_ids(cell, near=False)[0] for cell in words)


def _joined(upper: Cells, lower: Cells) -> list[str]:
    """Return the headers of two rows as one, where a merged cell of the upper one stands over several columns."""
    headers = []
    over = ""
    for i in range(max(len(upper), len(lower))):
        own = upper[i].strip() if i < len(upper) else ""
        below = lower[i].strip() if i < len(lower) else ""
        over = own or over
        headers.append(f"{over} {below}" if below else own)
    return headers
