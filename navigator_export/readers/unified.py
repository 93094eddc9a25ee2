"""Reads the unified JSON of MITRE's Mappings Explorer: `{"metadata": {…}, "mapping_objects": […]}`."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import msgspec

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.table import Metadata, Row, Table
from navigator_export.validation import schema

ROWS = "mapping_objects"


class _MappingType(msgspec.Struct):
    name: str | None = None


class _Metadata(msgspec.Struct):
    mapping_framework: str
    attack_version: str
    technology_domain: str
    mapping_framework_version: str | None = None
    mapping_types: dict[str, _MappingType | str | None] | None = None
    capability_groups: dict[str, str | None] | None = None


class _File(msgspec.Struct):
    metadata: _Metadata
    mapping_objects: list[Row]


_decoder = msgspec.json.Decoder(_File)


def read_unified(data: bytes, name: str, file: str) -> Table:
    """Return the table in the bytes of a unified JSON file; `file` is what messages call it.

    Raises SourceError with every problem of the file: no JSON, or not of the form that
    `schemas/mappings.schema.json` describes.
    """
    try:
        content = _decoder.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except msgspec.ValidationError:
        raise SourceError(file, _form_problems(msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf")))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(file, [_no_json(data, error)]) from None
    meta = content.metadata
    return Table(
        file=file,
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        metadata=Metadata(
            mapping_framework=meta.mapping_framework.strip(),
            attack_version=meta.attack_version.strip(),
            technology_domain=meta.technology_domain.strip(),
            mapping_framework_version=(meta.mapping_framework_version or "").strip(),
            mapping_types={
                id_: (type_.name if isinstance(type_, _MappingType) else type_) or id_
                for id_, type_ in (meta.mapping_types or {}).items()
            },
            capability_groups={id_: group or id_ for id_, group in (meta.capability_groups or {}).items()},
        ),
        rows=content.mapping_objects,
        row_place=f"$.{ROWS}[{{}}]",
    )


def _form_problems(document: Any) -> list[Problem]:
    if isinstance(document, dict) and "techniques" in document and "domain" in document:
        return [Problem("this is a Navigator layer, not a mapping file", "$", "layers are checked with `validate`")]
    return [
        Problem(violation.message, violation.path, violation.hint)
        for violation in schema.violations("mappings", document)
    ]


def _no_json(data: bytes, error: Exception) -> Problem:
    if not data.strip():
        return Problem("the file is empty", hint="expected Mappings Explorer JSON")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:4]:
        return Problem("the text is encoded as UTF-16 or UTF-32, not UTF-8", "byte 0", "save it as UTF-8")
    try:
        data.decode()
    except UnicodeDecodeError as wrong:
        return Problem(
            f"the text is not UTF-8: byte 0x{data[wrong.start]:02x}",
            _position(data, wrong.start),
            "save it as UTF-8",
        )
    if isinstance(error, RecursionError):
        return Problem("the JSON is nested too deeply", hint="expected Mappings Explorer JSON")
    found = re.search(r"\(byte (\d+)\)", str(error))
    place = _position(data, int(found[1]) if found else len(data))
    reason = re.sub(r"^JSON is malformed: | \(byte \d+\)", "", str(error))
    return Problem(f"this is no JSON: {reason[:1].lower()}{reason[1:]}", place, "expected Mappings Explorer JSON")


def _position(data: bytes, offset: int) -> str:
    before = data[:offset]
    line, column = before.count(b"\n") + 1, offset - before.rfind(b"\n")
    return f"line {line}, column {column}"
