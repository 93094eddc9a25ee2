"""Rows that say their own framework and domain, as Mappings Editor writes them: they are tables of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import attrgetter

from msgspec.structs import replace

from navigator_export.readers.table import Row, Table


def by_framework(table: Table) -> list[Table]:
    """Return a table's rows by the framework and the domain that they name; one that names none has the table's.

    What a row says like its table is taken from it, so that only what differs stays with the row.
    """
    if not any(any(map(attrgetter(field), table.rows)) for field in ("mapping_framework", "technology_domain")):
        return [table]
    indices: dict[tuple[str, str], list[int]] = {}
    for index, row in enumerate(table.rows):
        framework = (row.mapping_framework or "").strip() or table.metadata.mapping_framework
        domain = (row.technology_domain or "").strip() or table.metadata.technology_domain
        row.mapping_framework = row.technology_domain = None
        indices.setdefault((framework, domain), []).append(index)
    return [
        _part(table, framework, domain, own, first=number == 0)
        for number, ((framework, domain), own) in enumerate(indices.items())
    ]


def _part(table: Table, framework: str, domain: str, indices: Sequence[int], *, first: bool) -> Table:
    rows = [table.rows[index] for index in indices]
    meta = table.metadata
    version = meta.mapping_framework_version or most_frequent(row.mapping_framework_version for row in rows)
    release = meta.attack_version or most_frequent(row.attack_version for row in rows)
    for row in rows:
        _forget_shared(row, version, release)
    return replace(
        table,
        metadata=replace(
            meta,
            mapping_framework=framework,
            technology_domain=domain,
            mapping_framework_version=version,
            attack_version=release,
        ),
        rows=rows,
        row_places=[table.place(index) for index in indices],
        remarks=table.remarks if first else (),
        problems=table.problems if first else (),
    )


def _forget_shared(row: Row, version: str, release: str) -> None:
    if row.mapping_framework_version == version:
        row.mapping_framework_version = None
    if row.attack_version == release:
        row.attack_version = None


def most_frequent(words: Iterable[str | None]) -> str:
    """Return the word that stands most often, the first in the alphabet of several; empty where there is none."""
    counts = Counter(word.strip() for word in words if word and word.strip())
    return min(counts, key=lambda word: (-counts[word], word)) if counts else ""
