"""The zip package that an Excel file is, looked through before any of it is believed.

What a package says of its size is what zipfile lets out of it, so a bomb is known by its table of contents; what is
in the parts is counted, since some small parts are slow to build.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

import msgspec

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.options import Limits

_PARTS: Final = 10_000
_SMALL_PART_ELEMENTS: Final = 200_000
"""Elements of a part that is neither a sheet nor the table of strings: Excel itself stops at 65,490 cell formats."""
_LONGEST_ROW: Final = 4
"""How many times the longest cell a sheet's row may be, in bytes."""
_MERGED: Final = re.compile(
    rb"<(?:\w{1,20}:)?mergeCell\s[^>]{0,60}?ref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\""
)
_UNSAVED: Final = re.compile(
    rb"<(?:\w{1,20}:)?c\s[^>]{0,200}?r=\"([A-Z]{1,3}\d{1,7})\"[^>]{0,200}>\s{0,20}"
    rb"<(?:\w{1,20}:)?f(?:\s[^>]{0,200})?(?:/>|>[^<]{0,9000}</(?:\w{1,20}:)?f>)\s{0,20}"
    rb"(?:<(?:\w{1,20}:)?v\s{0,20}(?:/>|></(?:\w{1,20}:)?v>)\s{0,20})?</(?:\w{1,20}:)?c>"
)
_ROW: Final = re.compile(
    rb"<(?:\w{1,20}:)?row\s(?:[^>]{0,300}?\s)?r=\"(\d{1,7})\"[^>]{0,300}(?<!/)>\s{0,20}<(?:\w{1,20}:)?c[\s>]"
)
"""The start of a row that has cells."""
_HIDDEN: Final = re.compile(rb"\shidden=\"(?:1|true)\"")
_MANY: Final = 10_000
_SHEETS: Final = 1_000
_TOO_FAR: Final = re.compile(rb"<(?:\w{1,20}:)?row\s[^>]{0,200}?\br=[\"'](?:[2-9]\d{6}|\d{8,})[\"']")
"""A row beyond Excel's last, 1,048,576, and beyond all rounding of it."""


class SheetFacts(msgspec.Struct, frozen=True):
    """What openpyxl does not tell of a sheet that it reads row by row."""

    merged: tuple[tuple[str, int, int], ...] = ()
    """(letters of the column, first row, last row) of cells that go over several rows."""
    unsaved: tuple[str, ...] = ()
    """Cells whose formula has no saved value."""
    hidden: tuple[int, ...] = ()
    """Rows that hold something and are not shown."""


def check_package(data: bytes, file: str, limits: Limits) -> dict[str, SheetFacts]:
    """Return the facts of each sheet's part, by the part's name.

    Raises SourceError where the bytes are no Excel package, or one that is more than `limits` allow, or declares
    entities, which no Excel file needs.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _check_parts(package, file, limits)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise SourceError(file, [_broken(error)]) from None
    except (ValueError, UnicodeError, OverflowError, MemoryError) as error:
        raise SourceError(file, [_broken(error)]) from None


def _check_parts(package: zipfile.ZipFile, file: str, limits: Limits) -> dict[str, SheetFacts]:
    parts = package.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in {name.casefold() for name in names}:
        raise SourceError(file, [_no_workbook(names)])
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked or len(parts) > _PARTS:
        message = f"unpacks to {unpacked // 2**20} MiB in {len(parts)} parts, more than {limits.unpacked // 2**20} MiB"
        raise SourceError(file, [Problem(message, hint="a zip bomb? `reading.limits.unpacked` allows more")])
    facts = {}
    for part in parts:
        if part.filename.casefold().endswith((".xml", ".rels")):
            text = package.read(part)
            _check_text(text, part.filename, file, limits)
            if "/worksheets/" in part.filename.casefold():
                facts[part.filename] = _facts(text)
    return facts


def _check_text(text: bytes, name: str, file: str, limits: Limits) -> None:
    # Markup of other encodings is seen without its zero bytes.
    plain = text.replace(b"\0", b"") if b"\0" in text[:200] else text
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise SourceError(file, [Problem("declares entities, which no Excel file needs", name)])
    folded = name.casefold()
    many = Problem(
        "is more than an Excel file holds", name, "`reading.limits.rows` and `reading.limits.values` allow more"
    )
    if "/worksheets/" in folded:
        if plain.count(b"<row") > limits.rows or plain.count(b"<c") > limits.values:
            raise SourceError(file, [many])
        _check_row_lengths(plain, name, file, limits)
        if _TOO_FAR.search(plain):
            raise SourceError(file, [Problem("has a row beyond the last that Excel has", name)])
    elif folded.endswith("sharedstrings.xml"):
        if plain.count(b"<si") > limits.rows or plain.count(b"<") > 2 * limits.values:
            raise SourceError(file, [many])
    elif folded == "xl/workbook.xml" and plain.count(b"<sheet ") > _SHEETS:
        raise SourceError(file, [Problem(f"has more than {_SHEETS} sheets", name)])
    elif plain.count(b"<") > _SMALL_PART_ELEMENTS and not folded.startswith(("xl/drawings/", "customxml/")):
        raise SourceError(file, [many])


def _check_row_lengths(text: bytes, name: str, file: str, limits: Limits) -> None:
    longest = _LONGEST_ROW * limits.cell
    start = 0
    while len(text) - start > longest:
        end = text.rfind(b"row", start, start + longest)
        if end <= start:
            raise SourceError(file, [Problem("has a row of too many cells", name, "`reading.limits.cell` allows more")])
        start = end


def _facts(text: bytes) -> SheetFacts:
    merged: list[tuple[str, int, int]] = []
    tail = text.rfind(b"mergeCells")
    if tail >= 0:
        for match in _MERGED.finditer(text, text.find(b"mergeCells")):
            left, top, _, bottom = match.groups()
            if int(bottom) > int(top) and len(merged) < _MANY:
                merged.append((left.decode(), int(top), int(bottom)))
    unsaved = [m[1].decode() for m in _UNSAVED.finditer(text)] if b"<f" in text or b":f" in text else []
    hidden = [int(m[1]) for m in _ROW.finditer(text) if _HIDDEN.search(m[0])] if b"hidden=" in text else []
    return SheetFacts(tuple(merged), tuple(unsaved), tuple(hidden))


def _no_workbook(names: set[str]) -> Problem:
    if "mimetype" in names and "content.xml" in names:
        return Problem("this is an OpenDocument file", hint="save it as Excel (.xlsx) or CSV")
    if any(name.endswith("workbook.bin") for name in names):
        return Problem("this is a binary Excel file", hint="save it as Excel (.xlsx) or CSV")
    return Problem("this is a zip file, but no Excel file", hint="unpack it and name the files in it")


def _broken(error: BaseException) -> Problem:
    words = str(error) or type(error).__name__
    return Problem(f"the Excel file is damaged: {words[:200]}", hint="open it in Excel and save it anew")
