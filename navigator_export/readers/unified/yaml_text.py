"""Reads the unified form as YAML: `metadata:` and `mapping_objects:`, as Mappings Explorer offers it."""

from __future__ import annotations

from typing import Any

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.lists.listing import Origin
from navigator_export.readers.options import ReadOptions
from navigator_export.readers.table import Metadata, Row, Table
from navigator_export.readers.text import find_encoding
from navigator_export.readers.values import LINE, line_of, yaml_value

ROWS = "mapping_objects"

_TEXT_FIELDS = tuple(field for field in Row.__struct_fields__ if field not in ("references", "capability_groups"))
_STATED = ("mapping_framework", "attack_version", "technology_domain")


def read_unified_yaml(data: bytes, origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the table in the bytes of a unified YAML file.

    Raises SourceError with every problem of its form, each with its line, or where it goes beyond the limits.
    """
    encoding = find_encoding(data, origin.file, options)
    document = yaml_value(data.decode(encoding.codec), origin.file, options.limits)
    problems: list[Problem] = []
    if not isinstance(document, dict):
        raise SourceError(origin.file, [_expected("metadata: and mapping_objects:", document, "line 1")])
    metadata = _metadata(document.get("metadata"), options, problems)
    rows, places = _rows(document.get(ROWS), line_of(document), options, problems)
    if problems:
        raise SourceError(origin.file, problems)
    return [
        Table(
            file=origin.file,
            name=origin.name,
            sha256=origin.sha256,
            metadata=metadata,
            rows=rows,
            row_place="",
            row_places=places,
            rows_place=ROWS,
            metadata_place="metadata.",
            format="yaml",
            reading=(("encoding", encoding.name),),
            remarks=(encoding.remark,) if encoding.remark else (),
        )
    ]


def _metadata(value: Any, options: ReadOptions, problems: list[Problem]) -> Metadata:
    if not isinstance(value, dict):
        problems.append(_expected("an object under metadata", value, "metadata"))
        value = {}
    texts = {field: _text(value, field, "metadata", problems) for field in (*_STATED, "mapping_framework_version")}
    stand_in = {
        "mapping_framework": options.framework,
        "attack_version": options.attack_version,
        "technology_domain": options.domain,
    }
    problems += [
        Problem(f"{field} is missing", f"line {line_of(value)}, metadata")
        for field in _STATED
        if not (texts[field] or stand_in[field])
    ]
    return Metadata(
        mapping_framework=texts["mapping_framework"] or "",
        attack_version=texts["attack_version"] or "",
        technology_domain=texts["technology_domain"] or "",
        mapping_framework_version=texts["mapping_framework_version"],
        mapping_types=_names(value, "mapping_types", problems),
        capability_groups=_names(value, "capability_groups", problems),
    )


def _names(metadata: dict[str, Any], field: str, problems: list[Problem]) -> dict[str, str]:
    """Return id to name, where a name stands alone or in an object with more."""
    value = metadata.get(field)
    if value is None:
        return {}
    place = f"metadata.{field}"
    if not isinstance(value, dict):
        problems.append(_expected("an object of ids and names", value, place))
        return {}
    names = {}
    for id_, named in value.items():
        if id_ == LINE:
            continue
        name = named.get("name") if isinstance(named, dict) else named
        if name is not None and not isinstance(name, str):
            problems.append(_expected("a name", name, f"{place}.{id_}"))
            continue
        names[id_] = name or id_
    return names


def _rows(value: Any, line: int, options: ReadOptions, problems: list[Problem]) -> tuple[list[Row], list[str]]:
    rows: list[Row] = []
    places: list[str] = []
    if not isinstance(value, list):
        problems.append(_expected(f"a list under {ROWS}", value, f"line {line}"))
        return rows, places
    if len(value) > options.limits.rows:
        problems.append(Problem(f"more than {options.limits.rows} rows", ROWS, "--limit rows=… allows more"))
        return rows, places
    for index, item in enumerate(value):
        place = f"line {line_of(item, 0)}" if isinstance(item, dict) else f"{ROWS}[{index}]"
        if not isinstance(item, dict):
            problems.append(_expected("an object", item, place))
            continue
        texts = {field: _text(item, field, place, problems) for field in _TEXT_FIELDS}
        rows.append(
            Row(
                **texts,
                references=_texts(item, "references", place, problems),
                capability_groups=[text for text in _texts(item, "capability_groups", place, problems) if text] or None,
            )
        )
        places.append(place)
    return rows, places


def _texts(item: dict[str, Any], field: str, place: str, problems: list[Problem]) -> list[str | None]:
    value = item.get(field)
    if value is None:
        return []
    if not isinstance(value, list) or not all(text is None or isinstance(text, str) for text in value):
        problems.append(_expected("a list of texts", value, f"{place}, {field}"))
        return []
    return value


def _text(item: dict[str, Any], field: str, place: str, problems: list[Problem]) -> str | None:
    value = item.get(field)
    if value is None or isinstance(value, str):
        return value
    problems.append(_expected("text", value, f"{place}, {field}"))
    return None


def _expected(what: str, value: Any, place: str) -> Problem:
    kind = (
        "an object"
        if isinstance(value, dict)
        else "a list"
        if isinstance(value, list)
        else "text"
        if value
        else "nothing"
    )
    return Problem(f"expected {what}, found {kind}", place)
