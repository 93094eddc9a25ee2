"""Builders of lists as people keep them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl

from navigator_export import MappingSet, read_bytes
from navigator_export.readers import ReadOptions

Cells = Sequence[Any]

STATED = ("mapping_framework", "mapping_framework_version", "attack_version", "technology_domain")


def csv_text(rows: Iterable[Cells], separator: str = ",") -> str:
    """Return rows as CSV text with quotation marks where they are needed."""
    lines = []
    for row in rows:
        cells = ["" if cell is None else str(cell) for cell in row]
        lines.append(separator.join(f'"{c}"' if separator in c or "\n" in c else c for c in cells))
    return "\n".join(lines) + "\n"


def xlsx_bytes(
    rows: Iterable[Cells],
    *,
    sheet: str = "Controls",
    merged: Iterable[str] = (),
    more: dict[str, list[Cells]] | None = None,
) -> bytes:
    """Return rows as an Excel file; `more` are further sheets."""
    workbook = openpyxl.Workbook()
    first = workbook.worksheets[0]
    first.title = sheet
    for row in rows:
        first.append(list(row))
    for cells in merged:
        first.merge_cells(cells)
    for title, others in (more or {}).items():
        other = workbook.create_sheet(title)
        for row in others:
            other.append(list(row))
    data = io.BytesIO()
    workbook.save(data)
    return _without_clock(data.getvalue())


def _without_clock(data: bytes) -> bytes:
    """Return an Excel file without the times that it was made at: the same rows give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            text = re.sub(rb"[0-9-]{10}T[0-9:]{8}Z", b"2026-01-01T00:00:00Z", old.read(item))
            new.writestr(zipfile.ZipInfo(item.filename), text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def read_csv(text: str | bytes, name: str = "own.csv", **options: Any) -> MappingSet:
    """Return the mappings of a CSV text."""
    data = text.encode() if isinstance(text, str) else text
    return read_bytes(data, name, ReadOptions(**options))


def read_xlsx(rows: Iterable[Cells] | bytes, name: str = "own.xlsx", **options: Any) -> MappingSet:
    """Return the mappings of an Excel file, or of rows as one."""
    data = rows if isinstance(rows, bytes) else xlsx_bytes(rows)
    return read_bytes(data, name, ReadOptions(**options))


def pairs(mappings: MappingSet) -> list[tuple[str, str]]:
    """Return capability and technique of each mapping, in order."""
    return [(m.capability.id, m.technique) for m in mappings.mappings]


def ratings(mappings: MappingSet) -> list[str]:
    """Return the rating of each mapping, in order."""
    return [f"{m.category} {m.value}" for m in mappings.mappings]


def exported_rows(document: dict[str, Any]) -> list[dict[str, str]]:
    """Return the rows of a document as Mappings Explorer exports them as a list: names for ids, references printed."""
    metadata = document["metadata"]
    groups = metadata["capability_groups"]
    types = {id_: value["name"] for id_, value in metadata["mapping_types"].items()}
    kept = (
        *("capability_id", "capability_description", "attack_object_id", "attack_object_name"),
        *("score_category", "score_value", "comments"),
    )
    return [
        {
            **{field: metadata[field] or "" for field in STATED},
            "capability_group": groups.get(row["capability_group"], row["capability_group"]) or "",
            "mapping_type": types.get(row["mapping_type"], row["mapping_type"]) or "",
            "references": repr(row.get("references") or []),
            **{field: row.get(field) or "" for field in kept},
        }
        for row in document["mapping_objects"]
    ]
