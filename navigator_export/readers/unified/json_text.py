"""Reads the unified JSON of MITRE's Mappings Explorer: `{"metadata": {…}, "mapping_objects": […]}`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from navigator_export import schemas
from navigator_export.errors import Problem, SourceError
from navigator_export.readers.options import Limits
from navigator_export.readers.table import Metadata, Row, Table

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
    metadata: msgspec.Raw
    mapping_objects: list[Row]


_decoder = msgspec.json.Decoder(_File)
_metadata_decoder = msgspec.json.Decoder(_Metadata)

_EXPLAINED: Final = 100
"""Wrong rows that are explained in every detail; of more, only the first wrong thing is told."""

_MARK: Final = b"\xef\xbb\xbf"
_ESCAPED_CONTROL: Final = re.compile(rb"\\(?:[bf]|u(?:00(?:[01][0-9a-fA-F]|7[fF]|[89][0-9a-fA-F])|[dD][89a-fA-F]))")
_RAW_CONTROL: Final = re.compile(rb"\xc2[\x80-\x9f]")

_DECISIVE: Final = ("capability_id", "attack_object_id", "score_category", "score_value")
"""Fields that would change a layer's colours if the wrong one of two counted."""


def read_unified(data: bytes, name: str, file: str, limits: Limits | None = None) -> Table:
    """Return the table in the bytes of a unified JSON file; `file` is what messages call it.

    Raises SourceError with every problem of the file: no JSON, not of the form that `schemas/mappings.schema.json`
    describes, a key twice, or more rows than `limits` allow.
    """
    most = (limits or Limits()).rows
    text = data.removeprefix(_MARK)
    try:
        content = _decoder.decode(text)
        meta = _metadata_decoder.decode(content.metadata)
    except msgspec.ValidationError:
        raise SourceError(file, _form_problems(text, most)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(file, [_no_json(data, error)]) from None
    if len(content.mapping_objects) > most:
        raise SourceError(file, [_too_many(most)])
    if _may_repeat_keys(text, content):
        problems = list(_repeated_keys(text))
        if problems:
            raise SourceError(file, problems)
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
        controls=_may_hold_controls(text),
    )


def _form_problems(text: bytes, most: int) -> list[Problem]:
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return [_no_json(text, error)]
    if isinstance(document, dict) and "techniques" in document and "domain" in document:
        return [Problem("this is a Navigator layer, not a mapping file", "$", "layers are checked with `validate`")]
    rows = document.get(ROWS) if isinstance(document, dict) else None
    if not isinstance(rows, list):
        return _violations(document)
    if len(rows) > most:
        return [_too_many(most)]
    problems = _violations({**document, ROWS: []})
    explained = 0
    for index, row in enumerate(rows):
        try:
            msgspec.convert(row, Row)
        except (msgspec.ValidationError, RecursionError) as error:
            explained += 1
            if explained <= _EXPLAINED:
                problems += _violations({"metadata": _SOUND_METADATA, ROWS: [row]}, index)
            else:
                problems.append(Problem(str(error), f"$.{ROWS}[{index}]"))
    return problems or [Problem("this is not of the form that is expected", "$")]


_SOUND_METADATA: Final = {"mapping_framework": "x", "attack_version": "16.1", "technology_domain": "enterprise"}


def _too_many(most: int) -> Problem:
    return Problem(f"more than {most} rows", f"$.{ROWS}", "--limit rows=… allows more")


def _violations(document: Any, index: int = 0) -> list[Problem]:
    return [
        Problem(violation.message, violation.path.replace(f"$.{ROWS}[0]", f"$.{ROWS}[{index}]", 1), violation.hint)
        for violation in schemas.violations("mappings", document)
    ]


def _may_hold_controls(text: bytes) -> bool:
    """Return whether some text may hold control characters; most files have none, and are spared the search."""
    return bool(b"\x7f" in text or (b"\xc2" in text and _RAW_CONTROL.search(text)) or _ESCAPED_CONTROL.search(text))


def _may_repeat_keys(text: bytes, content: _File) -> bool:
    """Return whether a decisive key may stand twice in one object; cheap, and sometimes wrongly True."""
    if text.count(b'"metadata"') > 1 or text.count(b'"mapping_objects"') > 1:
        return True
    metadata = bytes(content.metadata)
    if any(metadata.count(b'"%b"' % field.encode()) > 1 for field in _Metadata.__struct_fields__):
        return True
    most = len(content.mapping_objects)
    return any(
        text.count(b'"%b"' % field.encode()) - metadata.count(b'"%b"' % field.encode()) > most for field in _DECISIVE
    )


def _repeated_keys(text: bytes) -> Iterator[Problem]:
    """Yield every key that stands twice in the file, its metadata or one of its rows."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) < len(found):
            keys = [key for key, _ in found]
            made[_REPEATED] = sorted({key for key in keys if keys.count(key) > 1})
        return made

    try:
        document = json.loads(text, object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return
    places = [("$", document), ("$.metadata", document.get("metadata"))]
    places += [(f"$.{ROWS}[{index}]", row) for index, row in enumerate(document.get(ROWS) or ())]
    for place, value in places:
        for key in value.get(_REPEATED, ()) if isinstance(value, dict) else ():
            yield Problem(f"the key {key[:60]!r} stands twice in one object", place, "keep one")


_REPEATED: Final = "\0repeated"


def _no_json(data: bytes, error: Exception) -> Problem:
    if not data.removeprefix(_MARK).strip():
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
