"""Reads the unified form as YAML: `metadata:` and `mapping_objects:`, as Mappings Explorer offers it.

Mappings Editor writes the rows alone, each with what is metadata elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from navigator_export.errors import SourceError
from navigator_export.readers.options import ReadOptions, beyond
from navigator_export.readers.origin import Origin
from navigator_export.readers.table import Metadata, Provenance, Row, Table
from navigator_export.readers.text import find_encoding
from navigator_export.readers.unified.row_metadata import by_framework, most_frequent
from navigator_export.readers.yaml_fields import Fields, yaml_value
from navigator_export.strict_yaml import Items, Object, line_of

ROWS = "mapping_objects"

_TEXT_FIELDS = tuple(field for field in Row.__struct_fields__ if field not in ("references", "capability_groups"))


def read_unified_yaml(data: bytes, origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the tables in the bytes of a unified YAML file, one for each framework and domain that its rows name.

    What is wrong with its form is in the tables' problems.

    Raises SourceError where it is no YAML, no object, or goes beyond the limits.
    """
    encoding = find_encoding(data, origin.file, options)
    document = yaml_value(data.decode(encoding.codec), origin.file, options.limits)
    fields = Fields()
    if not isinstance(document, Object):
        fields.expected("metadata: and mapping_objects:", document, "line 1")
        raise SourceError(origin.file, fields.problems)
    items = _items(document, fields)
    if len(items) > options.limits.rows:
        raise SourceError(origin.file, [beyond(options.limits, "rows", ROWS)])
    said = document.get("metadata")
    if "metadata" not in document and any("mapping_framework" in item for item, _ in items):
        metadata = Metadata(provenance=_provenance_of_rows([item for item, _ in items], fields))
    elif isinstance(said, Object):
        metadata = _metadata(said, fields)
    else:
        fields.expected("an object under metadata", said, f"line {line_of(document)}, metadata")
        raise SourceError(origin.file, fields.problems)
    rows = [(_row(item, fields), line) for item, line in items]
    return by_framework(
        Table(
            file=origin.file,
            name=origin.name,
            sha256=origin.sha256,
            metadata=metadata,
            rows=[row for row, _ in rows],
            row_place="",
            row_places=[f"line {line}" for _, line in rows],
            rows_place=ROWS,
            metadata_place=f"line {line_of(said)}, metadata." if isinstance(said, Object) else f"{ROWS}[].",
            format="yaml",
            reading=(("encoding", encoding.name),),
            remarks=(encoding.remark,) if encoding.remark else (),
            problems=tuple(fields.problems),
        )
    )


def _metadata(said: Object, fields: Fields) -> Metadata:
    return Metadata(
        mapping_framework=fields.text(said, "mapping_framework") or "",
        attack_version=fields.text(said, "attack_version") or "",
        technology_domain=fields.text(said, "technology_domain") or "",
        mapping_framework_version=fields.text(said, "mapping_framework_version"),
        mapping_types=_names(said, "mapping_types", fields),
        mapping_type_descriptions=_descriptions(said, fields),
        capability_groups=_names(said, "capability_groups", fields),
        provenance=Provenance(**{field: fields.text(said, field) for field in Provenance.__struct_fields__}),
    )


def _provenance_of_rows(items: Sequence[Object], fields: Fields) -> Provenance:
    """Return what the most rows say of their authors and dates."""

    def said(*names: str) -> str | None:
        return most_frequent(fields.text(item, name) for item in items for name in names) or None

    return Provenance(
        author=said("author"),
        contact=said("author_contact", "contact"),
        organization=said("author_organization", "organization"),
        creation_date=said("creation_date"),
        last_update=said("last_update", "modified_date"),
    )


def _descriptions(metadata: Object, fields: Fields) -> dict[str, str]:
    types = metadata.get("mapping_types")
    described = types.items() if isinstance(types, Object) else ()
    said = {id_: fields.text(type_, "description") for id_, type_ in described if isinstance(type_, Object)}
    return {id_: text for id_, text in said.items() if text}


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
        references=tuple(fields.texts(item, "references")),
        capability_groups=tuple(filter(None, fields.texts(item, "capability_groups"))) or None,
    )
