"""From any source's tables to the unified JSON, one document per framework, release and domain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from navigator_export import schemas
from navigator_export.attack import known
from navigator_export.characters import clean_name
from navigator_export.errors import Problem, SourceError
from navigator_export.model import MappingSet, Source
from navigator_export.readers.assembly import NON_MAPPABLE, assemble_each, clean_text, is_non_mappable
from navigator_export.readers.references import clean_references
from navigator_export.readers.table import Row, Table


class Conversion(msgspec.Struct, frozen=True):
    """One framework's mappings at one ATT&CK release as unified JSON."""

    framework: str
    attack_version: str
    file_name: str
    """A name like those of the published files."""
    text: bytes
    rows: int


def convert(tables: Sequence[Table]) -> tuple[tuple[Conversion, ...], tuple[Source, ...]]:
    """Return the unified JSON of tables, one per framework, ATT&CK release and domain, and the sources that it holds.

    Every row is kept, those that map nothing too; addresses, spaces and control characters are cleaned as for a layer.
    Raises SourceError with every problem of a table, as for a layer.
    """
    sets = assemble_each(tables)
    sources = tuple(source for one in sets for source in one.sources)
    parts: dict[tuple[str, str, str], list[int]] = {}
    for index, source in enumerate(sources):
        parts.setdefault((source.framework, source.attack_version, source.domain), []).append(index)
    converted = []
    for (framework, attack_version, domain), indices in sorted(parts.items()):
        own = [tables[index] for index in indices]
        document = _document(own, sets[indices[0]])
        if not schemas.is_valid("mappings", document):
            problems = [Problem(v.message, v.path, v.hint) for v in schemas.violations("mappings", document)]
            raise SourceError(own[0].file, problems)
        version = document["metadata"]["mapping_framework_version"]
        name = "-".join(filter(None, (framework, version)))
        release = f"attack-{attack_version}-{domain}"
        converted.append(
            Conversion(
                framework=framework,
                attack_version=attack_version,
                file_name=f"{_file_name(name)}_{release}.json",
                text=msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n",
                rows=len(document["mapping_objects"]),
            )
        )
    return tuple(converted), sources


def _document(tables: Sequence[Table], mappings: MappingSet) -> dict[str, Any]:
    versions = (table.metadata.mapping_framework_version for table in tables)
    rows = [_row(row, mappings) for table in tables for row in table.rows]
    types = {id_: name for table in tables for id_, name in table.metadata.mapping_types.items()}
    groups = {id_: name for table in tables for id_, name in table.metadata.capability_groups.items()}
    for row in rows:
        if row["mapping_type"] and row["mapping_type"] != NON_MAPPABLE:
            types.setdefault(row["mapping_type"], row["mapping_type"])
        for group in filter(None, (row["capability_group"], *row.get("capability_groups", ()))):
            groups.setdefault(group, group)
    return {
        "metadata": {
            "mapping_framework": tables[0].metadata.mapping_framework,
            "mapping_framework_version": next(filter(None, versions), ""),
            "attack_version": mappings.attack_version,
            "technology_domain": mappings.domain,
            "mapping_types": {id_: {"name": name, "description": ""} for id_, name in sorted(types.items())},
            "capability_groups": dict(sorted(groups.items())),
        },
        "mapping_objects": rows,
    }


def _row(row: Row, mappings: MappingSet) -> dict[str, Any]:
    technique = (row.attack_object_id or "").strip().upper()
    release = known().release(mappings.domain, mappings.attack_version)
    references, _ = clean_references(row.references or ())
    denied = is_non_mappable(row.status) or is_non_mappable(row.mapping_type)
    mapped = technique and (row.capability_id or "").strip() and not denied
    converted: dict[str, Any] = {
        "capability_id": _name(row.capability_id),
        "capability_description": _name(row.capability_description),
        "capability_group": _name(row.capability_group),
        "mapping_type": _name(row.mapping_type),
        "attack_object_id": technique or None,
        "attack_object_name": (release.name(technique) if release and technique else "") or None,
        "score_category": (_name(row.score_category) or "").casefold() or None,
        "score_value": (_name(row.score_value) or "").casefold() or None,
        "comments": clean_text(row.comments or ""),
        "references": list(references),
        "status": "complete" if mapped else NON_MAPPABLE,
    }
    if row.capability_groups:
        converted["capability_groups"] = [text for group in row.capability_groups if (text := _name(group))]
    for field in ("mapping_framework_version", "attack_version"):
        if stated := _name(getattr(row, field)):
            converted[field] = stated
    return converted


def _name(text: str | None) -> str | None:
    return clean_name(text or "").strip() or None


def _file_name(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "." if c == "/" else "-" for c in name)[:100]
