"""Reads lists as Excel files (.xlsx): cells as they were saved, formulas by their saved values and never worked out.

openpyxl reads row by row, so a sheet that claims to be endless costs nothing; python-calamine is faster but lays out a
whole sheet in memory by its corner cells.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from msgspec.structs import replace

from navigator_export.errors import Problem, SourceError, nearest
from navigator_export.patterns import matches
from navigator_export.readers.lists.columns import WIDEST, position_of
from navigator_export.readers.lists.header import HEAD, NumberedRow, find_header
from navigator_export.readers.lists.joining import joined
from navigator_export.readers.lists.listing import read_list
from navigator_export.readers.lists.package import SheetFacts, check_package
from navigator_export.readers.lists.shown_numbers import shown_number
from navigator_export.readers.options import ReadOptions
from navigator_export.readers.origin import Origin
from navigator_export.readers.table import Table
from navigator_export.wording import counted, listed

_LAST_ROW: Final = 2**20
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_workbook(data: bytes, origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the tables in the bytes of an Excel file: of the sheets that are asked for, else of the first with a list.

    Raises SourceError where it is no Excel file, is damaged or beyond the limits, or has no such list.
    """
    facts = check_package(data, origin.file, options.limits)
    try:
        with warnings.catch_warnings():
            # What openpyxl warns of is what it leaves out: formats, validations, pictures.
            warnings.simplefilter("ignore")
            return _read(data, origin, options, facts)
    except SourceError:
        raise
    except Exception as error:
        # openpyxl raises whatever its classes raise when a damaged file's values reach them.
        words = " ".join(str(error).split()) or type(error).__name__
        problem = Problem(f"the Excel file is damaged: {words[:200]}", hint="open it in Excel and save it anew")
        raise SourceError(origin.file, [problem]) from None


def _read(data: bytes, origin: Origin, options: ReadOptions, facts: dict[str, SheetFacts]) -> list[Table]:
    import openpyxl  # slow to load

    workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = _asked_for(workbook.worksheets, options, origin.file)
        # A part may stand for many sheets; it is looked at once.
        sheets = list({getattr(sheet, "_worksheet_path", sheet.title): sheet for sheet in reversed(sheets)}.values())
        sheets.reverse()
        with_list = [sheet for sheet in sheets if find_header(_head(sheet, facts), options)]
        chosen = with_list or sorted(sheets, key=lambda s: -sum(map(_width, _head(s, facts))))
        if options.sheets:
            # A sheet that is named is read even without a header, so that what it lacks is said.
            chosen = [s for s in sheets if s in with_list or _is_named(s, options)] or chosen[:1]
            left_out = [sheet.title for sheet in sheets if sheet not in chosen]
        else:
            chosen, left_out = chosen[:1], [sheet.title for sheet in with_list[1:]]
        tables = [
            table
            for sheet in chosen
            for table in read_list(_rows(sheet, facts), _origin(sheet, origin, facts), options)
        ]
        tables[0].remarks = (*_on_sheets(chosen, left_out, options), *tables[0].remarks)
        return joined(tables)
    finally:
        workbook.close()


def _asked_for(sheets: Sequence[Any], options: ReadOptions, file: str) -> list[Any]:
    """Return the sheets that are named, hidden ones too, or that a pattern fits; without any, those that are shown.

    Raises SourceError where there is none.
    """
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    if not options.sheets:
        if not visible:
            raise SourceError(
                file, [Problem("it has no sheet that is shown", hint="`reading.sheets` names a hidden one")]
            )
        return visible
    titles = [sheet.title for sheet in sheets]
    problems = [
        Problem(f"there is no sheet {name!r}", "reading.sheets", nearest(name, titles, "sheets"))
        for name in options.sheets
        if not any(matches(name, title) for title in titles)
    ]
    if problems:
        raise SourceError(file, problems)
    return [
        sheet
        for sheet in sheets
        if _is_named(sheet, options)
        or (sheet in visible and any(matches(name, sheet.title) for name in options.sheets))
    ]


def _is_named(sheet: Any, options: ReadOptions) -> bool:
    return sheet.title.strip().casefold() in {name.strip().casefold() for name in options.sheets}


def _on_sheets(chosen: Sequence[Any], left_out: Sequence[str], options: ReadOptions) -> list[str]:
    if not left_out:
        return []
    shown = ", ".join(map(repr, left_out))
    if options.sheets:
        return [f"there is no list in {'sheet' if len(left_out) == 1 else 'sheets'} {shown}"]
    return [f"sheet {chosen[0].title!r} is read; there are lists in {shown} too (`reading.sheets`)"]


def _origin(sheet: Any, origin: Origin, facts: dict[str, SheetFacts]) -> Origin:
    remarks = []
    own = _facts(sheet, facts)
    if own.unsaved:
        count = counted(len(own.unsaved), "formula")
        remarks.append(f"{count} saved without a value, read as empty: {listed(own.unsaved, 3)}")
    if own.hidden:
        count = counted(
            len(own.hidden), "row that is hidden or filtered out is", "rows that are hidden or filtered out are"
        )
        remarks.append(f"sheet {sheet.title!r}: {count} read like the others: {listed(list(map(str, own.hidden)), 3)}")
    return replace(origin, sheet=sheet.title, reading=(("sheet", sheet.title),), remarks=tuple(remarks))


def _facts(sheet: Any, facts: dict[str, SheetFacts]) -> SheetFacts:
    return facts.get(getattr(sheet, "_worksheet_path", ""), SheetFacts())


def _head(sheet: Any, facts: dict[str, SheetFacts]) -> list[NumberedRow]:
    return list(islice(_filled_rows(sheet, WIDEST, facts, HEAD), HEAD))


def _rows(sheet: Any, facts: dict[str, SheetFacts]) -> Iterator[NumberedRow]:
    width = max((len(cells) for _, cells in _head(sheet, facts)), default=1)
    return _filled_rows(sheet, max(width, 1), facts)


def _filled_rows(sheet: Any, width: int, facts: dict[str, SheetFacts], last: int = _LAST_ROW) -> Iterator[NumberedRow]:
    """Yield the rows of a sheet as texts, without empty cells at their ends; merged cells go down over their rows."""
    starting: dict[int, list[tuple[int, int]]] = {}
    for letters, top, bottom in _facts(sheet, facts).merged:
        starting.setdefault(top, []).append((position_of(letters), bottom))
    open_cells: dict[int, tuple[str, int]] = {}
    # What a sheet says of its size is often wrong.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_row=last, max_col=width), 1):
        cells = [_cell_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        for position, (value, bottom) in list(open_cells.items()):
            if number > bottom:
                del open_cells[position]
            elif cells:
                cells += [""] * (position + 1 - len(cells))
                cells[position] = cells[position] or value
        for position, bottom in starting.get(number, ()):
            if position < len(cells):
                open_cells[position] = (cells[position], bottom)
        yield number, cells


def _cell_text(cell: Any) -> str:
    value = cell.value
    match value:
        case None:
            return ""
        case str():
            return _ESCAPED.sub(_unescaped, value) if "_x" in value else value
        case bool():
            return str(value).upper()
        case int() | float():
            return shown_number(value, cell.number_format or "")
        case datetime() if not (value.hour or value.minute or value.second):
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def _width(row: NumberedRow) -> int:
    return len(row[1])
