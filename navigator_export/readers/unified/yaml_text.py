"""Reads the unified form as YAML: `metadata:` and `mapping_objects:`, as Mappings Explorer offers it."""

from __future__ import annotations

from typing import Any

from navigator_export.errors import SourceError
from navigator_export.readers.options import ReadOptions, beyond
from navigator_export.readers.origin import Origin
from navigator_export.readers.table import Metadata, Row, Table
from navigator_export.readers.text import find_encoding
from navigator_export.readers.yaml_fields import Fields, yaml_value
from navigator_export.strict_yaml import Items, Object, line_of

ROWS = "mapping_objects"

_TEXT_FIELDS = tuple(field for field in Row.__struct_fields__ if field not in ("references", "capability_groups"))


def read_unified_yaml(data: bytes, origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the table in the bytes of a unified YAML file; what is wrong with its form is in the table's problems.

    Raises SourceError where it is no YAML, no object, or goes beyond the limits.
    """
    encoding = find_encoding(data, origin.file, options)
    document = yaml_value(data.decode(encoding.codec), origin.file, options.limits)
    fields = Fields()
    if not isinstance(document, Object):
        fields.expected("metadata: and mapping_objects:", document, "line 1")
        raise SourceError(origin.file, fields.problems)
    said = document.get("metadata")
    if not isinstance(said, Object):
        fields.expected("an object under metadata", said, f"line {line_of(document)}, metadata")
    metadata = _metadata(said, fields) if isinstance(said, Object) else Metadata()
    items = _items(document, fields)
    if len(items) > options.limits.rows:
        raise SourceError(origin.file, [beyond(options.limits, "rows", ROWS)])
    rows = [(_row(item, fields), line) for item, line in items]
    if fields.problems and not isinstance(said, Object):
        raise SourceError(origin.file, fields.problems)
    return [
        Table(
            file=origin.file,
            name=origin.name,
            sha256=origin.sha256,
            metadata=metadata,
            rows=[row for row, _ in rows],
            row_place="",
            row_places=[f"line {line}" for _, line in rows],
            rows_place=ROWS,
            metadata_place=f"line {line_of(said)}, metadata.",
            format="yaml",
            reading=(("encoding", encoding.name),),
            remarks=(encoding.remark,) if encoding.remark else (),
            problems=tuple(fields.problems),
        )
    ]


def _metadata(said: Object, fields: Fields) -> Metadata:
    return Metadata(
        mapping_framework=fields.text(said, "mapping_framework") or "",
        attack_version=fields.text(said, "attack_version") or "",
        technology_domain=fields.text(said, "technology_domain") or "",
        mapping_framework_version=fields.text(said, "mapping_framework_version"),
        mapping_types=_names(said, "mapping_types", fields),
        capability_groups=_names(said, "capability_groups", fields),
    )


def _names(metadata: Object, field: str, fields: Fields) -> dict[str, str]:
    """Return id to name, where a name stands alone or in an object with more."""
    value = metadata.get(field)
    if value is None:
        return {}
    if not isinstance(value, Object):
        fields.expected("an object of ids and names", value, fields.place(metadata.lines[field], f"metadata.{field}"))
        return {}
    names = {}
    for id_, named in value.items():
        name: Any = named.get("name") if isinstance(named, Object) else named
        if name is not None and not isinstance(name, str):
            fields.expected("a name", name, fields.place(value.lines[id_], f"metadata.{field}"))
            continue
        names[id_] = name or id_
    return names


def _items(document: Object, fields: Fields) -> list[tuple[Object, int]]:
    """Return the rows that are objects, each with the line that it begins in."""
    value = document.get(ROWS)
    if not isinstance(value, Items):
        line = document.lines.get(ROWS, document.line)
        fields.expected(f"a list under {ROWS}", value, f"line {line}")
        return []
    numbered = list(zip(value, value.lines, strict=True))
    for item, line in numbered:
        if not isinstance(item, Object):
            fields.expected("an object", item, f"line {line}, {ROWS}")
    return [(item, line) for item, line in numbered if isinstance(item, Object)]


def _row(item: Object, fields: Fields) -> Row:
    texts = {field: fields.text(item, field) for field in _TEXT_FIELDS}
    return Row(
        **texts,
        references=fields.texts(item, "references"),
        capability_groups=[text for text in fields.texts(item, "capability_groups") if text] or None,
    )
