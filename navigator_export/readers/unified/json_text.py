"""Reads the unified JSON of MITRE's Mappings Explorer: `{"metadata": {…}, "mapping_objects": […]}`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from operator import attrgetter, countOf
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from navigator_export import schemas
from navigator_export.errors import Problem, SourceError
from navigator_export.readers.options import Limits, beyond
from navigator_export.readers.other_files import other_json
from navigator_export.readers.table import Metadata, Provenance, Row, Table
from navigator_export.wording import quoted

ROWS = "mapping_objects"


class _MappingType(msgspec.Struct):
    name: str | None = None
    description: Any = None


class _Metadata(msgspec.Struct):
    mapping_framework: str | None = None
    attack_version: str | None = None
    technology_domain: str | None = None
    mapping_framework_version: str | None = None
    mapping_types: dict[str, _MappingType | str | None] | None = None
    capability_groups: dict[str, str | None] | None = None
    mapping_version: Any = None
    author: Any = None
    contact: Any = None
    organization: Any = None
    creation_date: Any = None
    last_update: Any = None
    mapping_framework_version_schema: Any = None


class _PublishedRow(Row, gc=False, kw_only=True):
    """A row with the keys that all published rows have; of others it tells a missing one from null.

    So the keys that were read can be counted.
    """

    capability_id: str | None
    capability_description: str | None
    capability_group: str | None
    mapping_type: str | None
    attack_object_id: str | None
    references: tuple[str | None, ...] | None
    status: str | None
    score_category: str | UnsetType | None = UNSET  # type: ignore[assignment]
    score_value: str | UnsetType | None = UNSET  # type: ignore[assignment]
    comments: str | UnsetType | None = UNSET  # type: ignore[assignment]
    attack_object_name: str | UnsetType | None = UNSET  # type: ignore[assignment]
    related_score: str | UnsetType | None = UNSET  # type: ignore[assignment]


_ALWAYS: Final = 7
_OFTEN: Final = ("score_category", "score_value", "comments", "attack_object_name", "related_score")
_SELDOM: Final = (
    *("attack_version", "mapping_framework_version", "mapping_framework", "technology_domain"),
    *("author", "author_contact", "author_organization"),
)
"""Keys that count where they say something; a file with a null for one is looked through for repetitions."""


class _PublishedFile(msgspec.Struct):
    metadata: msgspec.Raw
    mapping_objects: list[_PublishedRow]


class _File(msgspec.Struct):
    metadata: msgspec.Raw
    mapping_objects: list[Row]


_published_decoder = msgspec.json.Decoder(_PublishedFile)
_decoder = msgspec.json.Decoder(_File)
_metadata_decoder = msgspec.json.Decoder(_Metadata)

_EXPLAINED: Final = 100
"""Wrong rows that are explained in every detail; of more, only the first wrong thing is told."""

_MARK: Final = b"\xef\xbb\xbf"
_ESCAPED_CONTROL: Final = re.compile(rb"\\(?:[bf]|u(?:00(?:[01][0-9a-fA-F]|7[fF]|[89][0-9a-fA-F])|[dD][89a-fA-F]))")
_BYTE: Final = re.compile(r" \(byte (\d{1,18})\)")
_RAW_CONTROL: Final = re.compile(rb"\xc2[\x80-\x9f]")

_SPACE: Final = b" \t\r\n"
_KEY_END: Final = b'":'
"""What ends each key, and little else: within texts quotation marks are escaped."""
_BOUNDARIES: Final = (b'{"', b',"', b' "', b"\n")
"""What never stands within a text: there, quotation marks come after a backslash, and line ends are escaped."""


def read_unified(data: bytes, name: str, file: str, limits: Limits | None = None) -> Table:
    """Return the table in the bytes of a unified JSON file; `file` is what messages call it.

    Raises SourceError with every problem of the file: no JSON, not of the form that `schemas/mappings.schema.json`
    describes, a key twice, or more rows or longer texts than `limits` allow.
    """
    limits = limits or Limits()
    text = data.removeprefix(_MARK)
    try:
        content, exact = _decode(text)
        meta = _metadata_decoder.decode(content.metadata)
    except msgspec.ValidationError:
        raise SourceError(file, _form_problems(text, limits)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(file, [_no_json(data, error)]) from None
    rows = content.mapping_objects
    if len(rows) > limits.rows:
        raise SourceError(file, [_too_many(limits)])
    problems = [] if exact else _repeated_keys(text)
    if _may_be_too_long(text, limits):
        problems += _too_long(meta, rows, limits)
    if problems:
        raise SourceError(file, problems)
    return Table(
        file=file,
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        metadata=Metadata(
            mapping_framework=(meta.mapping_framework or "").strip(),
            attack_version=(meta.attack_version or "").strip(),
            technology_domain=(meta.technology_domain or "").strip(),
            mapping_framework_version=(meta.mapping_framework_version or "").strip(),
            mapping_types={
                id_: (type_.name if isinstance(type_, _MappingType) else type_) or id_
                for id_, type_ in (meta.mapping_types or {}).items()
            },
            mapping_type_descriptions={
                id_: said
                for id_, type_ in (meta.mapping_types or {}).items()
                if isinstance(type_, _MappingType) and (said := _in_words(type_.description))
            },
            capability_groups={id_: group or id_ for id_, group in (meta.capability_groups or {}).items()},
            provenance=Provenance(**{field: _in_words(getattr(meta, field)) for field in Provenance.__struct_fields__}),
        ),
        rows=rows,
        row_place=f"$.{ROWS}[{{}}]",
        controls=_may_hold_controls(text),
    )


def _in_words(value: Any) -> str | None:
    """Return what metadata says as a text; older files have numbers, and lists of people."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return msgspec.json.encode(value).decode()


def _decode(text: bytes) -> tuple[_File, bool]:
    """Return what is in a text, and whether it is known that no key stands twice in one object.

    It is known where the text has as many keys as are kept when each counts once.
    """
    most = text.translate(None, _SPACE).count(_KEY_END)
    try:
        published = _published_decoder.decode(text)
    except msgspec.ValidationError:
        return _decoder.decode(text), False
    rows: list[Row] = list(published.mapping_objects)
    kept = len(_File.__struct_fields__) + _keys_in(published.metadata) + (_ALWAYS + len(_OFTEN)) * len(rows)
    for field in _OFTEN:
        has = attrgetter(field)
        lacking = countOf(map(has, rows), UNSET)
        kept -= lacking
        if lacking:
            for row in rows:
                if has(row) is UNSET:
                    setattr(row, field, None)
    if most != kept:
        kept += sum(1 for has in map(attrgetter, _SELDOM) for said in map(has, rows) if said is not None)
    return _File(published.metadata, rows), most == kept


def _keys_in(text: bytes | msgspec.Raw) -> int:
    """Return how many keys all objects in a JSON text have, each once in its object; 0 where it cannot be told."""
    kept = 0

    def count(found: dict[str, Any]) -> None:
        nonlocal kept
        kept += len(found)

    try:
        json.loads(bytes(text), object_hook=count, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return 0
    return kept


def _repeated_keys(text: bytes) -> list[Problem]:
    """Return every key that says two things in the file, its metadata or one of its rows.

    A published file (NIST 800-53 rev 4 at ATT&CK 14.1) has a key twice that says the same both times.
    """

    def marked(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) < len(found):
            made[_REPEATED] = sorted({key for key, value in found if value != made[key]})
        return made

    try:
        # Numbers stay texts: one of many digits is no key, and Python refuses to make it a number.
        document = json.loads(text, object_pairs_hook=marked, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        return [_no_json(text, error)]
    places = [("$", document), ("$.metadata", document["metadata"])]
    places += [
        (f"$.metadata.{field}", document["metadata"].get(field)) for field in ("mapping_types", "capability_groups")
    ]
    places += [(f"$.{ROWS}[{index}]", row) for index, row in enumerate(document[ROWS])]
    return [
        Problem(f"duplicate key {quoted(key)}", place, "keep one")
        for place, value in places
        if isinstance(value, dict)
        for key in value.get(_REPEATED, ())
    ]


_REPEATED: Final = "\0repeated"


def _may_be_too_long(text: bytes, limits: Limits) -> bool:
    """Return whether a text may be longer than a cell may be; cheap, and never wrongly False."""
    start = 0
    while len(text) - start > limits.cell:
        end = max(text.rfind(boundary, start, start + limits.cell) for boundary in _BOUNDARIES)
        if end < start:
            return True
        start = end + 1
    return False


def _too_long(meta: _Metadata, rows: Sequence[Row], limits: Limits) -> list[Problem]:
    """Return the texts that are longer than a cell may be, at most one of each field."""
    problems = []
    said: list[str | None] = [meta.mapping_framework, meta.mapping_framework_version]
    said += [_in_words(getattr(meta, field)) for field in Provenance.__struct_fields__]
    for terms in (meta.mapping_types or {}, meta.capability_groups or {}):
        said += [*terms, *(term.name if isinstance(term, _MappingType) else term for term in terms.values())]
        said += [_in_words(term.description) for term in terms.values() if isinstance(term, _MappingType)]
    if max(map(len, filter(None, said)), default=0) > limits.cell:
        problems.append(_too_long_at("$.metadata", limits))
    for field in _TEXT_FIELDS:
        texts = list(map(attrgetter(field), rows))
        if max(map(len, filter(None, texts)), default=0) > limits.cell:
            index = next(i for i, text in enumerate(texts) if text and len(text) > limits.cell)
            problems.append(_too_long_at(f"$.{ROWS}[{index}].{field}", limits))
    for index, row in enumerate(rows):
        if row.references and max(map(len, filter(None, row.references)), default=0) > limits.cell:
            problems.append(_too_long_at(f"$.{ROWS}[{index}].references", limits))
            break
    return problems


_TEXT_FIELDS: Final = tuple(
    field for field in Row.__struct_fields__ if field not in ("references", "capability_groups")
)


def _too_long_at(place: str, limits: Limits) -> Problem:
    return beyond(limits, "cell", place, "a text has")


def _form_problems(text: bytes, limits: Limits) -> list[Problem]:
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return [_no_json(text, error)]
    if problem := other_json(document):
        return [problem]
    rows = document.get(ROWS) if isinstance(document, dict) else None
    if not isinstance(rows, list):
        return _violations(document)
    if len(rows) > limits.rows:
        return [_too_many(limits)]
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


def _too_many(limits: Limits) -> Problem:
    return beyond(limits, "rows", f"$.{ROWS}")


def _violations(document: Any, index: int = 0) -> list[Problem]:
    return [
        Problem(violation.message, violation.path.replace(f"$.{ROWS}[0]", f"$.{ROWS}[{index}]", 1), violation.hint)
        for violation in schemas.violations("mappings", document)
    ]


def _may_hold_controls(text: bytes) -> bool:
    """Return whether some text may hold control characters; most files have none, and are spared the search."""
    return bool(b"\x7f" in text or (b"\xc2" in text and _RAW_CONTROL.search(text)) or _ESCAPED_CONTROL.search(text))


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
    found = _BYTE.search(str(error))
    place = _position(data, int(found[1]) if found else len(data))
    reason = _BYTE.sub("", str(error)).removeprefix("JSON is malformed: ")
    return Problem(
        f"this is not valid JSON: {reason[:1].lower()}{reason[1:]}", place, "expected Mappings Explorer JSON"
    )


def _position(data: bytes, offset: int) -> str:
    before = data[:offset]
    line, column = before.count(b"\n") + 1, offset - before.rfind(b"\n")
    return f"line {line}, column {column}"
