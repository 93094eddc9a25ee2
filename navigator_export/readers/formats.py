"""Which form a source has, by its content, and the reader for it; each reader is loaded when it is needed."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.options import FormatName, ReadOptions
from navigator_export.readers.table import Table
from navigator_export.readers.unified.json_text import read_unified
from navigator_export.readers.unified.row_metadata import by_framework

MEANINGS: Final = MappingProxyType(
    {
        "json": "unified JSON of Mappings Explorer",
        "yaml": "unified YAML of Mappings Explorer",
        "csv": "list with a column of capability ids and one of technique ids, as text",
        "xlsx": "the same as an Excel sheet",
        "page": "text of a technique's page in Mappings Explorer",
        "stack": "YAML of CTID's security stack mappings, a file or a folder of files",
    }
)

_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_YAML_KEY: Final = re.compile(r"^[\"']?([A-Za-z_&][A-Za-z_& -]{0,40})[\"']?[ \t]*:(?=\s|$)", re.MULTILINE)
_START: Final = 64 * 2**10
"""Bytes that tell the form."""


def tables_in_bytes(data: bytes, name: str, file: str, options: ReadOptions) -> list[Table]:
    """Return the tables in the bytes of a source, in the form that the options name or its content tells.

    Raises SourceError where it has none of the known forms, or its reader cannot read it.
    """
    return READERS[options.format or find_format(data, file, options)](data, name, file, options)


def find_format(data: bytes, file: str, options: ReadOptions) -> FormatName:
    """Return the form that a source's content tells. Raises SourceError where it tells none."""
    start = data[:_START]
    if start.startswith((_ZIP, b"PK\x05\x06")):
        return "xlsx"
    if start.startswith(_OLD_OFFICE):
        hint = "save it as Excel (.xlsx) without a password, or as CSV"
        raise SourceError(file, [Problem("this is an old Excel file, or one with a password", hint=hint)])
    text = _readable(start).lstrip("\ufeff \t\r\n")
    if not text or text[0] in "{[":
        return "json"
    return _text_format(text, data, file, options)


def _text_format(text: str, data: bytes, file: str, options: ReadOptions) -> FormatName:
    from navigator_export.readers.lines import check_lines  # noqa: PLC0415
    from navigator_export.readers.lists.delimited import is_list  # noqa: PLC0415 - JSON does without
    from navigator_export.readers.page import is_page  # noqa: PLC0415

    if is_page(text):
        return "page"
    keys = set(_YAML_KEY.findall(text))
    if keys & {"mapping_objects", "metadata"}:
        return "yaml"
    if {"name", "platform"} <= keys or {"platform", "techniques"} <= keys or "ATT&CK version" in keys:
        return "stack"
    check_lines(data, file, options.limits)
    if options.columns or is_list(data, file, options) or _looks_tabular(text):
        return "csv"
    known = "; ".join(f"{name} ({meaning})" for name, meaning in MEANINGS.items())
    hint = f"known are {known}; `reading.format` names it"
    raise SourceError(file, [Problem("this is not JSON, nor any other known format", hint=hint)])


def _looks_tabular(text: str) -> bool:
    """Return whether the first lines have the same cells, so that the list's reader can say what its header lacks."""
    lines = [line for line in text.splitlines()[:5] if line.strip()]
    return len(lines) > 1 and any(
        lines[0].count(separator) > 0 and len({line.count(separator) for line in lines[:3]}) == 1
        for separator in (",", ";", "\t", "|")
    )


def _readable(start: bytes) -> str:
    for mark, codec in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return start.decode(codec, "replace")
    if b"\0" in start[:4]:
        return start.replace(b"\0", b"").decode("utf-8", "replace")
    return start.decode("utf-8", "replace")


def _json(data: bytes, name: str, file: str, options: ReadOptions) -> list[Table]:
    return by_framework(read_unified(data, name, file, options.limits))


def _yaml(data: bytes, name: str, file: str, options: ReadOptions) -> list[Table]:
    from navigator_export.readers.lines import check_lines  # noqa: PLC0415
    from navigator_export.readers.origin import Origin  # noqa: PLC0415
    from navigator_export.readers.unified.yaml_text import read_unified_yaml  # noqa: PLC0415

    check_lines(data, file, options.limits)
    return read_unified_yaml(data, Origin(file, name, _sha256(data), "yaml"), options)


def _csv(data: bytes, name: str, file: str, options: ReadOptions) -> list[Table]:
    from navigator_export.readers.lists.delimited import read_delimited  # noqa: PLC0415
    from navigator_export.readers.origin import Origin  # noqa: PLC0415

    return read_delimited(data, Origin(file, name, _sha256(data), "csv"), options)


def _xlsx(data: bytes, name: str, file: str, options: ReadOptions) -> list[Table]:
    from navigator_export.readers.lists.workbook import read_workbook  # noqa: PLC0415
    from navigator_export.readers.origin import Origin  # noqa: PLC0415

    return read_workbook(data, Origin(file, name, _sha256(data), "xlsx"), options)


def _page(data: bytes, name: str, file: str, options: ReadOptions) -> list[Table]:
    from navigator_export.readers.lines import check_lines  # noqa: PLC0415
    from navigator_export.readers.origin import Origin  # noqa: PLC0415
    from navigator_export.readers.page import read_page  # noqa: PLC0415

    check_lines(data, file, options.limits)
    return read_page(data, Origin(file, name, _sha256(data), "page"), options)


def _stack(data: bytes, name: str, file: str, options: ReadOptions) -> list[Table]:
    from navigator_export.readers.lines import check_lines  # noqa: PLC0415
    from navigator_export.readers.origin import Origin  # noqa: PLC0415
    from navigator_export.readers.stack import File, read_stack  # noqa: PLC0415

    check_lines(data, file, options.limits)
    return read_stack([File("", data)], Origin(file, name, _sha256(data), "stack"), options)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


Reader = Callable[[bytes, str, str, ReadOptions], list[Table]]

READERS: Final[dict[FormatName, Reader]] = {
    "json": _json,
    "yaml": _yaml,
    "csv": _csv,
    "xlsx": _xlsx,
    "page": _page,
    "stack": _stack,
}
"""The reader of each form: bytes, name for layers, name for messages, options."""
