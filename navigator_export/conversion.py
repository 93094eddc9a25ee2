"""From any source's tables to the unified JSON, one document per framework, release and domain.

What is written is valid against Mappings Explorer's own schema: github.com/center-for-threat-informed-defense/
mappings-explorer, schema/mapex-unified-data-schema.json.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from navigator_export import schemas
from navigator_export.attack import known
from navigator_export.characters import clean_name
from navigator_export.errors import Problem, SourceError
from navigator_export.model import MappingSet, Source
from navigator_export.readers.assembly import NON_MAPPABLE, assemble_each, clean_text, is_non_mappable
from navigator_export.readers.table import Row, Table
from navigator_export.wording import counted, quoted

_STATUSES: Final = ("complete", "in_progress", NON_MAPPABLE)
_DATE: Final = "%m/%d/%Y"
_DATE_FORMS: Final = (_DATE, "%Y-%m-%d", "%Y/%m/%d")
_TIME: Final = re.compile(r"[T ][0-9:.]+(?:Z|[+-][0-9:]+)?\Z")
_VERSION_SCHEMAS: Final = ("FRAMEWORK_VERSION", "ACCESS_DATE")
_OWN_FIELDS: Final = (
    *("mapping_framework_version", "attack_version", "author", "author_contact", "author_organization"),
)
"""What a row says where it differs from its file."""
_PROTOCOLS: Final = ("http://", "https://")


class Conversion(msgspec.Struct, frozen=True):
    """One framework's mappings at one ATT&CK release as unified JSON."""

    framework: str
    attack_version: str
    file_name: str
    """A name like those of the published files."""
    text: bytes
    rows: int
    remarks: tuple[str, ...] = ()
    """What the form has no place for, or asks for and the source does not say; each a sentence."""


def convert(tables: Sequence[Table], made_on: date | None = None) -> tuple[tuple[Conversion, ...], tuple[Source, ...]]:
    """Return the unified JSON of tables, one per framework, ATT&CK release and domain, and the sources that it holds.

    Every row is kept, those that map nothing too, with what the source says of authors and dates; spaces around texts,
    line ends and control characters are cleaned as for a layer. Where a source says no creation date, it is `made_on`,
    by default today.
    Raises SourceError with every problem of a table, as for a layer.
    """
    sets = assemble_each(tables)
    sources = tuple(source for one in sets for source in one.sources)
    parts: dict[tuple[str, str, str], list[int]] = {}
    for index, source in enumerate(sources):
        parts.setdefault((source.framework, source.attack_version, source.domain), []).append(index)
    today = made_on or date.today()
    converted = [
        _conversion([tables[index] for index in indices], sets[indices[0]], today)
        for _, indices in sorted(parts.items())
    ]
    return tuple(converted), sources


def _conversion(tables: Sequence[Table], mappings: MappingSet, made_on: date) -> Conversion:
    rows = [row for table in tables for said in table.rows for row in _rows(said, table, mappings)]
    made = _Provenance(tables, made_on)
    metadata = _metadata(tables, rows, mappings)
    document = {"metadata": metadata | made.fields, "mapping_objects": rows}
    if not schemas.is_valid("mappings", document):
        problems = [Problem(v.message, v.path, v.hint) for v in schemas.violations("mappings", document)]
        raise SourceError(tables[0].file, problems)
    framework = mappings.sources[0].framework
    name = "-".join(filter(None, (framework, metadata["mapping_framework_version"])))
    release = f"attack-{mappings.attack_version}-{mappings.domain}"
    return Conversion(
        framework=framework,
        attack_version=mappings.attack_version,
        file_name=f"{_file_name(name)}_{release}.json",
        text=msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n",
        rows=len(rows),
        remarks=(*made.remarks, *_lost_words(tables)),
    )


def _metadata(tables: Sequence[Table], rows: Sequence[dict[str, Any]], mappings: MappingSet) -> dict[str, Any]:
    versions = (table.metadata.mapping_framework_version for table in tables)
    types = {id_: name for table in tables for id_, name in table.metadata.mapping_types.items()}
    said = {id_: text for table in tables for id_, text in table.metadata.mapping_type_descriptions.items()}
    groups = {id_: name for table in tables for id_, name in table.metadata.capability_groups.items()}
    for row in rows:
        if row["mapping_type"] and row["mapping_type"] != NON_MAPPABLE:
            types.setdefault(row["mapping_type"], row["mapping_type"])
        if row["capability_group"]:
            groups.setdefault(row["capability_group"], row["capability_group"])
    return {
        "mapping_framework": tables[0].metadata.mapping_framework,
        "mapping_framework_version": next(filter(None, versions), ""),
        "attack_version": mappings.attack_version,
        "technology_domain": mappings.domain,
        "mapping_types": {
            id_: {"name": name, "description": clean_text(said.get(id_, ""))} for id_, name in sorted(types.items())
        },
        "capability_groups": dict(sorted(groups.items())),
    }


class _Provenance:
    """What the tables of one framework say of authors and dates, as the form has it."""

    def __init__(self, tables: Sequence[Table], made_on: date) -> None:
        self._said = [table.metadata.provenance for table in tables]
        self.remarks: list[str] = []
        created, updated = self._date("creation_date"), self._date("last_update")
        if created is None:
            created = made_on.strftime(_DATE)
            self.remarks.append(f"no creation date is stated; it is {created}, on which this was written")
        self.fields: dict[str, str | None] = {
            "mapping_version": self._first("mapping_version") or "",
            "creation_date": created,
            **({"last_update": updated} if updated else {}),
            **{field: self._first(field) for field in ("author", "contact", "organization")},
        }
        counting = self._first("mapping_framework_version_schema")
        if counting in _VERSION_SCHEMAS:
            self.fields["mapping_framework_version_schema"] = counting
        elif counting:
            self.remarks.append(f"the framework's versions count by {quoted(counting)}, for which there is no place")

    def _first(self, field: str) -> str | None:
        said = [text for made in self._said if (text := getattr(made, field)) is not None]
        texts = [clean_name(text).strip() for text in said]
        others = {text for text in texts if text} - set(texts[:1])
        if others:
            self.remarks.append(f"the sources name more than one {field.replace('_', ' ')}; {quoted(texts[0])} is kept")
        return texts[0] if texts else None

    def _date(self, field: str) -> str | None:
        said = self._first(field)
        written = _as_date(said) if said else None
        if said and written is None:
            self.remarks.append(f"the {field.replace('_', ' ')} {quoted(said)} is no date, and is left out")
        return written


def _as_date(text: str) -> str | None:
    """Return a date as Mappings Explorer writes it, month/day/year; None for what is none."""
    day = _TIME.sub("", text.strip())
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(day, form).strftime(_DATE)
        except ValueError:
            continue
    return None


def _lost_words(tables: Iterable[Table]) -> Iterator[str]:
    statuses = Counter(
        row.status.strip() for table in tables for row in table.rows if row.status and row.status.strip()
    )
    lost = {word: count for word, count in statuses.items() if _status(word) is None}
    if lost:
        named = ", ".join(quoted(word) for word in sorted(lost)[:3])
        count = counted(sum(lost.values()), "row has", "rows have")
        yield f"{count} a status that the form does not know ({named}): expected {', '.join(_STATUSES)}"


def _rows(row: Row, table: Table, mappings: MappingSet) -> Iterator[dict[str, Any]]:
    """Yield a row as it is written, once for each of its groups: the form has a place for one."""
    first = _row(row, table, mappings)
    yield first
    further = (_name(group) for group in row.capability_groups or ())
    for group in dict.fromkeys(further):
        if group and group != first["capability_group"]:
            yield first | {"capability_group": group}


def _row(row: Row, table: Table, mappings: MappingSet) -> dict[str, Any]:
    technique = (row.attack_object_id or "").strip().upper()
    release = known().release(mappings.domain, mappings.attack_version)
    denied = is_non_mappable(row.status) or is_non_mappable(row.mapping_type)
    mapped = technique and (row.capability_id or "").strip() and not denied
    name = _name(row.attack_object_name) or (release.name(technique) if release and technique else "")
    converted: dict[str, Any] = {
        "capability_id": _name(row.capability_id),
        "capability_description": _name(row.capability_description),
        "capability_group": _name(row.capability_group),
        "mapping_type": _name(row.mapping_type),
        "attack_object_id": technique or None,
        "attack_object_name": name or None,
        "references": _references(row, table),
        "status": NON_MAPPABLE if denied else _status(row.status) or ("complete" if mapped else NON_MAPPABLE),
    }
    said = {
        "score_category": (_name(row.score_category) or "").casefold(),
        "score_value": (_name(row.score_value) or "").casefold(),
        "related_score": _name(row.related_score),
        "comments": clean_text(row.comments or ""),
        **{field: _name(getattr(row, field)) for field in _OWN_FIELDS},
    }
    return converted | {field: text for field, text in said.items() if text}


def _references(row: Row, table: Table) -> list[str]:
    """Return the references as they are said, and one by one the addresses in a list's cell."""
    said = [text for text in map(_name, row.references or ()) if text]
    if not table.column_names:
        return said
    found = []
    for text in said:
        words = text.split()
        found += words if all(word.casefold().startswith(_PROTOCOLS) for word in words) else [text]
    return found


def _status(word: str | None) -> str | None:
    """Return the status of Mappings Explorer that a word is; None for any other."""
    spelled = "_".join((word or "").casefold().replace("-", " ").split())
    return spelled if spelled in _STATUSES else None


def _name(text: str | None) -> str | None:
    return clean_name(text or "").strip() or None


def _file_name(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "." if c == "/" else "-" for c in name)[:100]
