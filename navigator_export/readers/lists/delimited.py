"""Reads lists as CSV: separator and quotation mark are found out, whatever the file is called."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import dropwhile, islice
from typing import Final

import msgspec

from navigator_export.errors import Problem, SourceError, reason
from navigator_export.readers.lines import check_lines
from navigator_export.readers.lists.columns import WIDEST
from navigator_export.readers.lists.header import HEAD, NumberedRow, find_header
from navigator_export.readers.lists.listing import read_list
from navigator_export.readers.options import ReadOptions, beyond
from navigator_export.readers.origin import Origin
from navigator_export.readers.table import Table
from navigator_export.readers.text import Encoding, find_encoding

_SEPARATORS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_SEPARATOR_LINE: Final = re.compile(r"\ufeff?\"?sep=(.)\"?\s*")
_TELLING_ROWS: Final = 3
"""Rows that tell whether a text is in columns."""
_QUOTES: Final = ('"', "'")


class Dialect(msgspec.Struct, frozen=True):
    """How cells are told apart."""

    separator: str
    quote: str = '"'
    skip: int = 0
    """Lines above the list that only say the separator (`sep=;`, as Excel writes it)."""


def read_delimited(data: bytes, origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the tables in the bytes of a CSV file; `options` may name its columns, encoding and more.

    Raises SourceError where it is no list with the required columns, or goes beyond the limits.
    """
    encoding = find_encoding(data, origin.file, options)
    check_lines(data, origin.file, options.limits)
    with _field_limit(options.limits.cell):
        try:
            dialect = _find_dialect(data, encoding, options)
            origin = msgspec.structs.replace(
                origin,
                reading=(
                    ("encoding", encoding.name),
                    ("separator", _SEPARATORS.get(dialect.separator, dialect.separator)),
                    ("quotation mark", dialect.quote),
                ),
                remarks=(encoding.remark,) if encoding.remark else (),
            )
            return read_list(_rows(data, encoding, dialect), origin, options)
        except csv.Error as error:
            raise SourceError(origin.file, [_no_csv(error, options)]) from None


def is_list(data: bytes, file: str, options: ReadOptions) -> bool:
    """Return whether a text is a CSV list with the required columns."""
    encoding = find_encoding(data, file, options)
    with _field_limit(options.limits.cell):
        try:
            dialect = _find_dialect(data, encoding, options)
            return find_header(_head(data, encoding, dialect), options) is not None
        except csv.Error:
            return False


def looks_tabular(data: bytes, file: str, options: ReadOptions) -> bool:
    """Return whether the first rows below a title have as many cells, so that their reader can say what they lack.

    So has one that is beyond the limits, of which its reader says that.
    """
    encoding = find_encoding(data, file, options)
    with _field_limit(options.limits.cell):
        for separator in _SEPARATORS:
            try:
                filled = (cells for _, cells in islice(_rows(data, encoding, Dialect(separator)), HEAD) if cells)
                below_title = list(islice(dropwhile(lambda cells: len(cells) == 1, filled), _TELLING_ROWS))
            except csv.Error:
                return True
            if len(below_title) > 1 and len({len(cells) for cells in below_title}) == 1:
                return True
    return False


def _find_dialect(data: bytes, encoding: Encoding, options: ReadOptions) -> Dialect:
    """Return the dialect under which the list has a header; else the one under which it has the most columns."""
    first = next(iter(_stream(data, encoding)), "")
    said = _SEPARATOR_LINE.fullmatch(first)
    candidates = (
        [Dialect(said[1], skip=1)]
        if said
        else [Dialect(separator, quote) for quote in _QUOTES for separator in _SEPARATORS]
    )
    best, most = candidates[0], 0
    for dialect in candidates:
        try:
            head = _head(data, encoding, dialect)
        except csv.Error:
            continue
        header = find_header(head, options)
        if header is not None and not _keeps_quotes(header.columns.names.values()):
            width = 1_000 + len(header.columns.index)
        else:
            # Apostrophes are too frequent in texts to be taken for quotation marks without a header that is known.
            width = max((len(cells) for _, cells in head), default=0) if dialect.quote == _QUOTES[0] else 0
        if width > most:
            best, most = dialect, width
    return best


def _keeps_quotes(names: Iterable[str]) -> bool:
    """Return whether all headers stand in apostrophes, which then are the quotation marks."""
    return all(len(name) > 1 and name[0] == name[-1] == "'" for name in names)


def _head(data: bytes, encoding: Encoding, dialect: Dialect) -> Sequence[NumberedRow]:
    return list(islice(_rows(data, encoding, dialect), HEAD))


def _rows(data: bytes, encoding: Encoding, dialect: Dialect) -> Iterator[NumberedRow]:
    # People count a list's rows as their spreadsheet does: a line break inside a cell starts no new one.
    reader = csv.reader(_stream(data, encoding), delimiter=dialect.separator, quotechar=dialect.quote)
    for number, cells in enumerate(reader, 1):
        if number > dialect.skip:
            yield number, cells[:WIDEST]


def _stream(data: bytes, encoding: Encoding) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding.codec, newline="")


@contextmanager
def _field_limit(limit: int) -> Iterator[None]:
    before = csv.field_size_limit(limit)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _no_csv(error: csv.Error, options: ReadOptions) -> Problem:
    if "field larger" in str(error):
        problem = beyond(options.limits, "cell", what="a cell has")
        return msgspec.structs.replace(problem, hint=f"is a quotation mark never closed? {problem.hint}")
    return Problem(f"this is not valid CSV: {reason(error)}")
