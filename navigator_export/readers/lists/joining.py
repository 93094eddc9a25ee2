"""Lists on several sheets of one file, put together: what is of one framework, release and domain is one table."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from navigator_export.readers.lists.columns import FIELDS
from navigator_export.readers.table import Table


def joined(tables: Sequence[Table]) -> list[Table]:
    """Return the tables of one file with those of the same metadata as one, in their order.

    Where sheets call a column differently, messages give the field's name.
    """
    found: dict[tuple[str | None, ...], Table] = {}
    for table in tables:
        meta = table.metadata
        key = (
            meta.mapping_framework,
            meta.mapping_framework_version,
            meta.attack_version,
            meta.technology_domain,
        )
        found[key] = _together(found[key], table) if key in found else table
    return list(found.values())


def _together(one: Table, other: Table) -> Table:
    names = {
        field: name if other.column_names.get(field, name) == name else FIELDS[field].option
        for field, name in (other.column_names | one.column_names).items()
    }
    return replace(
        one,
        rows=[*one.rows, *other.rows],
        row_places=[*(one.row_places or ()), *(other.row_places or ())],
        column_names=names,
        rows_place="",
        reading=(*one.reading, *other.reading),
        remarks=tuple(dict.fromkeys((*one.remarks, *other.remarks))),
        problems=(*one.problems, *other.problems),
        category_share=max(one.category_share, other.category_share),
        doubtful_values=one.doubtful_values and other.doubtful_values,
    )
