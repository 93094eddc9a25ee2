"""Which form a source has, by its content, and the reader for it; each reader is loaded when it is needed."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.options import FormatName, ReadOptions
from navigator_export.readers.other_files import other_bytes, other_text
from navigator_export.readers.table import Table
from navigator_export.readers.unified.json_text import read_unified
from navigator_export.readers.unified.row_metadata import by_framework

if TYPE_CHECKING:
    from navigator_export.readers.origin import Origin
    from navigator_export.readers.source_files import SourceFile

MEANINGS: Final = MappingProxyType(
    {
        "json": "unified JSON of Mappings Explorer",
        "yaml": "unified YAML of Mappings Explorer, or of Mappings Editor",
        "csv": "list with a column of capability ids and one of technique ids, as text",
        "xlsx": "the same as an Excel sheet",
        "rows": "the same as a list of objects in JSON or YAML",
        "page": "text of a technique's page in Mappings Explorer",
        "stack": "YAML of CTID's security stack mappings, a file or a folder of files",
        "dettect": "YAML of DeTT&CT's technique administration",
        "sigma": "Sigma rules, a file or a folder of files",
        "splunk": "detections of Splunk's security content, a file or a folder of files",
        "elastic": "Elastic's detection rules in TOML, a file or a folder of files",
    }
)

_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_YAML_KEY: Final = re.compile(r"^[\"']?([A-Za-z_&][A-Za-z_& -]{0,40})[\"']?[ \t]*:(?=\s|$)", re.MULTILINE)
_JSON_OBJECT: Final = re.compile(r"\{\s*(?:[\"}]|\Z)")
_JSON_LIST: Final = re.compile(r"\[\s*(?:[\[{\]\"0-9tfn-]|\Z)")
_UNIFIED_KEYS: Final = (b'"mapping_objects"', b'"metadata"')
_ABOVE: Final = r"\A(?:(?:---|#[^\n]*|[ \t]*)\n)*"
_OBJECTS: Final = r"- +(?:\{|[\"']?[\w&][^\n:]{0,80}:(?:\s|\Z))"
_YAML_LIST: Final = re.compile(_ABOVE + _OBJECTS)
_YAML_FIRST_KEY: Final = re.compile(_ABOVE + r"[\"']?[A-Za-z_][\w&. -]{0,60}[\"']?[ \t]*:(?:\s|\Z)")
_YAML_LIST_BELOW: Final = re.compile(
    rf"^[\"']?[A-Za-z_][\w&. -]{{0,60}}[\"']?[ \t]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*{_OBJECTS}",
    re.MULTILINE,
)
_START: Final = 64 * 2**10
"""Bytes that tell the form."""


Reader = Callable[[bytes, str, str, ReadOptions], list[Table]]


def tables_in_bytes(data: bytes, name: str, file: str, options: ReadOptions) -> list[Table]:
    """Return the tables in the bytes of a source, in the form that the options name or its content tells.

    Raises SourceError where it has none of the known forms, or its reader cannot read it.
    """
    return READERS[options.format or find_format(data, file, options)](data, name, file, options)


def find_format(data: bytes, file: str, options: ReadOptions) -> FormatName:
    """Return the form that a source's content tells. Raises SourceError where it tells none."""
    start = data[:_START]
    if problem := other_bytes(start):
        raise SourceError(file, [problem])
    if start.startswith((_ZIP, b"PK\x05\x06")):
        return "xlsx"
    if start.startswith(_OLD_OFFICE):
        hint = "save it as Excel (.xlsx) without a password, or as CSV"
        raise SourceError(file, [Problem("this is an old Excel file, or one with a password", hint=hint)])
    text = _readable(start).lstrip("\ufeff \t\r\n").replace("\r\n", "\n")
    if not text or _JSON_OBJECT.match(text):
        plain = not text or b"[" not in data or any(key in data for key in _UNIFIED_KEYS)
        return "json" if plain or b"\0" in data[:4] else "rows"
    if _JSON_LIST.match(text):
        return "rows"
    return file_form(text) or _text_format(text, data, file, options)


def file_form(text: str) -> FormatName | None:
    """Return the form that a text's outer keys tell, of those that a folder of files can have; None for any other."""
    from navigator_export.readers.elastic import is_elastic  # JSON does without
    from navigator_export.readers.sigma import is_sigma
    from navigator_export.readers.splunk import is_splunk

    if is_elastic(text):
        return "elastic"
    keys = set(_YAML_KEY.findall(text))
    if "file_type" in keys:
        return None
    if is_sigma(keys):
        return "sigma"
    if is_splunk(keys):
        return "splunk"
    if {"name", "platform"} <= keys or {"platform", "techniques"} <= keys or "ATT&CK version" in keys:
        return "stack"
    return None


def _text_format(text: str, data: bytes, file: str, options: ReadOptions) -> FormatName:
    from navigator_export.readers.dettect import is_dettect  # JSON does without
    from navigator_export.readers.lines import check_lines
    from navigator_export.readers.lists.delimited import is_list, looks_tabular
    from navigator_export.readers.page import is_page

    if is_page(text):
        return "page"
    keys = set(_YAML_KEY.findall(text))
    if keys & {"mapping_objects", "metadata"}:
        return "yaml"
    if is_dettect(text):
        return "dettect"
    if problem := other_text(text, keys):
        raise SourceError(file, [problem])
    check_lines(data, file, options.limits)
    if _YAML_LIST.match(text) or (_YAML_FIRST_KEY.match(text) and _YAML_LIST_BELOW.search(text)):
        return "rows"
    if options.columns or is_list(data, file, options) or looks_tabular(data, file, options):
        return "csv"
    known = "; ".join(f"{name} ({meaning})" for name, meaning in MEANINGS.items())
    hint = f"known are {known}; `reading.format` names it"
    raise SourceError(file, [Problem("this is not JSON, nor any other known format", hint=hint)])


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
    from navigator_export.readers.lines import check_lines
    from navigator_export.readers.origin import Origin
    from navigator_export.readers.unified.yaml_text import read_unified_yaml

    check_lines(data, file, options.limits)
    return read_unified_yaml(data, Origin(file, name, _sha256(data), "yaml"), options)


def _csv(data: bytes, name: str, file: str, options: ReadOptions) -> list[Table]:
    from navigator_export.readers.lists.delimited import read_delimited
    from navigator_export.readers.origin import Origin

    return read_delimited(data, Origin(file, name, _sha256(data), "csv"), options)


def _xlsx(data: bytes, name: str, file: str, options: ReadOptions) -> list[Table]:
    from navigator_export.readers.lists.workbook import read_workbook
    from navigator_export.readers.origin import Origin

    return read_workbook(data, Origin(file, name, _sha256(data), "xlsx"), options)


def _page(data: bytes, name: str, file: str, options: ReadOptions) -> list[Table]:
    from navigator_export.readers.lines import check_lines
    from navigator_export.readers.origin import Origin
    from navigator_export.readers.page import read_page

    check_lines(data, file, options.limits)
    return read_page(data, Origin(file, name, _sha256(data), "page"), options)


def _rows(data: bytes, name: str, file: str, options: ReadOptions) -> list[Table]:
    from navigator_export.readers.origin import Origin
    from navigator_export.readers.records import read_records

    return read_records(data, Origin(file, name, _sha256(data), "rows"), options)


def _dettect(data: bytes, name: str, file: str, options: ReadOptions) -> list[Table]:
    from navigator_export.readers.dettect import read_dettect
    from navigator_export.readers.lines import check_lines
    from navigator_export.readers.origin import Origin

    check_lines(data, file, options.limits)
    return read_dettect(data, Origin(file, name, _sha256(data), "dettect"), options)


def _one_of_files(form: FormatName) -> Reader:
    """Return the reader of a form that is a folder of files, or one of them."""

    def read(data: bytes, name: str, file: str, options: ReadOptions) -> list[Table]:
        from navigator_export.readers.lines import check_lines
        from navigator_export.readers.origin import Origin
        from navigator_export.readers.source_files import SourceFile

        check_lines(data, file, options.limits)
        return read_files(form, [SourceFile("", data)], Origin(file, name, _sha256(data), form), options)

    return read


def read_files(form: FormatName, files: Sequence[SourceFile], origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the tables of files that all have one form, one that `file_form` gives.

    Raises SourceError with every problem of all files.
    """
    from navigator_export.readers.elastic import read_elastic  # JSON does without
    from navigator_export.readers.sigma import read_sigma
    from navigator_export.readers.splunk import read_splunk
    from navigator_export.readers.stack import read_stack

    readers = {"sigma": read_sigma, "splunk": read_splunk, "elastic": read_elastic}
    return readers.get(form, read_stack)(files, origin, options)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


READERS: Final[dict[FormatName, Reader]] = {
    "json": _json,
    "yaml": _yaml,
    "csv": _csv,
    "xlsx": _xlsx,
    "rows": _rows,
    "page": _page,
    "stack": _one_of_files("stack"),
    "dettect": _dettect,
    "sigma": _one_of_files("sigma"),
    "splunk": _one_of_files("splunk"),
    "elastic": _one_of_files("elastic"),
}
"""The reader of each form: bytes, name for layers, name for messages, options."""
