"""From tables, in whatever spelling, to one mapping set: ids trimmed, ratings checked, repetitions set apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping as Dictionary, Sequence
from typing import Final

from navigator_export.errors import Problem, SourceError
from navigator_export.frameworks import framework
from navigator_export.model import (
    CATEGORIES,
    DOMAINS,
    VALUES,
    Capability,
    Category,
    Domain,
    Mapping,
    MappingSet,
    Source,
    Term,
    UnmappedRow,
    Value,
)
from navigator_export.readers.references import clean_references
from navigator_export.readers.table import Metadata, Row, Table

TECHNIQUE_ID: Final = re.compile(r"T\d{4}(\.\d{3})?")
NON_MAPPABLE: Final = "non_mappable"


def assemble(tables: Sequence[Table]) -> MappingSet:
    """Return the mappings of all tables as one set, in the tables' order.

    Raises SourceError with every problem of a table: an unknown domain or release, an id that is no technique,
    an unknown category or value, no mapping at all, or tables of different domains or ATT&CK releases.
    """
    metadata = [_check_metadata(table) for table in tables]
    _check_agreement(tables, metadata)
    capabilities = _Capabilities(tables)
    mappings: dict[tuple[object, ...], Mapping] = {}
    duplicates: list[Mapping] = []
    unmapped: list[UnmappedRow] = []
    sources = []
    for table, (domain, release) in zip(tables, metadata, strict=True):
        before = len(mappings) + len(duplicates)
        remarks = _read_rows(table, capabilities, mappings, duplicates, unmapped)
        mapped = len(mappings) + len(duplicates) - before
        if not mapped:
            raise SourceError(table.file, [_maps_nothing(table)])
        sources.append(_source(table, domain, release, mapped, remarks))
    return MappingSet(
        sources=tuple(sources),
        domain=metadata[0][0],
        attack_version=metadata[0][1],
        capabilities=capabilities.all,
        mappings=tuple(mappings.values()),
        duplicates=tuple(duplicates),
        unmapped=tuple(unmapped),
    )


def _check_metadata(table: Table) -> tuple[Domain, str]:
    problems = []
    domain = table.metadata.technology_domain.casefold().removesuffix("-attack")
    if domain not in DOMAINS:
        problems.append(
            Problem(
                f"unknown domain {table.metadata.technology_domain!r}",
                "$.metadata.technology_domain",
                f"expected {', '.join(DOMAINS)}",
            )
        )
    release = table.metadata.attack_version.casefold().removeprefix("v")
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", release):
        problems.append(
            Problem(
                f"{table.metadata.attack_version!r} is no ATT&CK release",
                "$.metadata.attack_version",
                "expected one like 16.1",
            )
        )
    if not table.metadata.mapping_framework:
        problems.append(Problem("the framework has no name", "$.metadata.mapping_framework"))
    if problems:
        raise SourceError(table.file, problems)
    return next(d for d in DOMAINS if d == domain), release


def _check_agreement(tables: Sequence[Table], metadata: Sequence[tuple[Domain, str]]) -> None:
    for table, other in zip(tables[1:], metadata[1:], strict=True):
        if other != metadata[0]:
            raise SourceError(
                table.file,
                [
                    Problem(
                        f"is at ATT&CK {' '.join(other[::-1])}, but {tables[0].file} at {' '.join(metadata[0][::-1])}",
                        hint="one layer takes sources of one domain and one ATT&CK release",
                    )
                ],
            )


class _Capabilities:
    """The capabilities of all tables, each under one spelling of its id and one name.

    Where a source spells an id in two ways (NIST: `SC-8` beside `SC-08`) the longer stands; where it gives two
    names, the more frequent.
    """

    def __init__(self, tables: Sequence[Table]) -> None:
        spellings: dict[tuple[str, str], set[str]] = {}
        names: dict[tuple[str, str], Counter[str]] = {}
        groups: dict[tuple[str, str], set[Term]] = {}
        self._key_by_spelling: dict[tuple[str, str | None], tuple[str, str] | None] = {}
        for table in tables:
            framework_id = table.metadata.mapping_framework
            identity = framework(framework_id).identity
            rows = Counter((r.capability_id, r.capability_description, r.capability_group) for r in table.rows)
            for (spelling, name, group), count in rows.items():
                id_ = (spelling or "").strip()
                if not id_:
                    self._key_by_spelling[framework_id, spelling] = None
                    continue
                key = (framework_id, identity(id_))
                self._key_by_spelling[framework_id, spelling] = key
                spellings.setdefault(key, set()).add(id_)
                names.setdefault(key, Counter())[" ".join((name or "").split())] += count
                if group and group.strip():
                    groups.setdefault(key, set()).add(_term(table.metadata.capability_groups, group.strip()))
        self._by_key = {
            key: Capability(
                id=max(ids, key=lambda id_: (len(id_), id_)),
                name=min(names[key].items(), key=lambda item: (not item[0], -item[1], item[0]))[0],
                framework=key[0],
                groups=tuple(sorted(groups.get(key, ()), key=lambda term: (term.id, term.name))),
            )
            for key, ids in spellings.items()
        }
        self.all = tuple(sorted(self._by_key.values(), key=lambda c: (c.framework, c.id)))

    def by_spelling(self, framework_id: str) -> dict[str | None, Capability | None]:
        """Return the capability for every spelling of an id in a framework's tables; None for no id."""
        return {
            spelling: None if key is None else self._by_key[key]
            for (owner, spelling), key in self._key_by_spelling.items()
            if owner == framework_id
        }


def _read_rows(
    table: Table,
    capabilities: _Capabilities,
    mappings: dict[tuple[object, ...], Mapping],
    duplicates: list[Mapping],
    unmapped: list[UnmappedRow],
) -> tuple[str, ...]:
    """Sort a table's rows into mappings, duplicates and unmapped rows; return remarks on what was mended."""
    by_spelling = capabilities.by_spelling(table.metadata.mapping_framework)
    words = _Words(table)
    references: dict[tuple[str | None, ...], tuple[str, ...]] = {(): ()}
    rejected: Counter[str] = Counter()
    for index, row in enumerate(table.rows):
        technique = words.technique(row, index)
        capability = by_spelling[row.capability_id]
        if technique is None or capability is None or NON_MAPPABLE in (row.status, row.mapping_type):
            unmapped.append(_unmapped(table, index, row, capability, technique))
            continue
        raw = tuple(row.references or ())
        if raw not in references:
            references[raw], left_out = clean_references(raw)
            rejected.update(left_out)
        mapping = Mapping(
            capability,
            technique,
            words.mapping_type(row),
            words.category(row, index),
            words.value(row, index),
            _clean_text(row.comments) if row.comments else "",
            references[raw],
        )
        key = (
            id(capability),
            technique,
            row.mapping_type,
            mapping.category,
            mapping.value,
            mapping.comment,
            mapping.references,
        )
        if key in mappings:
            duplicates.append(mapping)
        else:
            mappings[key] = mapping
    if words.problems:
        raise SourceError(table.file, words.problems)
    return _remarks(table, rejected)


class _Words:
    """The controlled words of a table's rows, checked; each spelling is worked out once."""

    def __init__(self, table: Table) -> None:
        self.problems: list[Problem] = []
        self._table = table
        self._techniques: dict[str | None, str | None] = {}
        self._types: dict[str | None, Term | None] = {}
        self._categories: dict[str | None, Category | None] = {None: None, **{c: c for c in CATEGORIES}}
        self._values: dict[str | None, Value | None] = {None: None, **{v: v for v in VALUES}}

    def technique(self, row: Row, index: int) -> str | None:
        raw = row.attack_object_id
        try:
            return self._techniques[raw]
        except KeyError:
            pass
        id_ = (raw or "").strip().upper()
        if id_ and not TECHNIQUE_ID.fullmatch(id_):
            self._wrong(index, "attack_object_id", f"{raw!r} is no technique id", "expected T1114 or T1114.003")
            return None
        self._techniques[raw] = id_ or None
        return id_ or None

    def mapping_type(self, row: Row) -> Term | None:
        raw = row.mapping_type
        if raw not in self._types:
            id_ = (raw or "").strip()
            self._types[raw] = _term(self._table.metadata.mapping_types, id_) if id_ else None
        return self._types[raw]

    def category(self, row: Row, index: int) -> Category | None:
        raw = row.score_category
        if raw not in self._categories:
            word = (raw or "").strip().casefold()
            known = next((c for c in CATEGORIES if c == word), None)
            if word and known is None:
                self._wrong(index, "score_category", f"{raw!r} is no category", f"expected {', '.join(CATEGORIES)}")
                return None
            self._categories[raw] = known
        return self._categories[raw]

    def value(self, row: Row, index: int) -> Value | None:
        raw = row.score_value
        if raw not in self._values:
            word = (raw or "").strip().casefold()
            known = next((v for v in VALUES if v == word), None)
            if word and known is None:
                self._wrong(index, "score_value", f"{raw!r} is no value", f"expected {', '.join(VALUES)}")
                return None
            self._values[raw] = known
        return self._values[raw]

    def _wrong(self, index: int, column: str, message: str, hint: str) -> None:
        self.problems.append(Problem(message, self._table.place(index, column), hint))


def _term(names: Dictionary[str, str], id_: str) -> Term:
    return Term(id_, " ".join(names.get(id_, id_).split()) or id_)


def _clean_text(text: str) -> str:
    text = text.strip()
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _unmapped(table: Table, index: int, row: Row, capability: Capability | None, technique: str | None) -> UnmappedRow:
    return UnmappedRow(
        place=table.place(index),
        reason=(
            "non-mappable"
            if NON_MAPPABLE in (row.status, row.mapping_type)
            else "no technique"
            if technique is None
            else "no capability"
        ),
        capability=capability.id if capability else "",
        technique=technique or "",
    )


def _maps_nothing(table: Table) -> Problem:
    if not table.rows:
        return Problem("there is no mapping in it", "$.mapping_objects", "is this the right file?")
    return Problem(f"none of its {len(table.rows)} rows relates a capability to a technique", "$.mapping_objects")


def _remarks(table: Table, rejected: Counter[str]) -> tuple[str, ...]:
    remarks = []
    if rejected:
        remarks.append(
            f"{rejected.total()} references are no address and give no link, such as {sorted(rejected)[0]!r}"
        )
    meta: Metadata = table.metadata
    for what, stated, said in (
        (
            "framework version",
            meta.mapping_framework_version,
            (r.mapping_framework_version for r in table.rows),
        ),
        ("ATT&CK release", meta.attack_version, (r.attack_version for r in table.rows)),
    ):
        others = Counter(other for other in said if other and other.strip() != stated)
        if others:
            named = ", ".join(sorted(others))
            remarks.append(f"{others.total()} rows name another {what} ({named}) than the file ({stated})")
    return tuple(remarks)


def _source(table: Table, domain: Domain, release: str, mapped: int, remarks: Iterable[str]) -> Source:
    meta = table.metadata
    return Source(
        name=table.name,
        sha256=table.sha256,
        framework=meta.mapping_framework,
        framework_version=meta.mapping_framework_version or "",
        attack_version=release,
        domain=domain,
        rows=len(table.rows),
        mappings=mapped,
        mapping_types=tuple(_term(meta.mapping_types, id_) for id_ in sorted(meta.mapping_types)),
        groups=tuple(_term(meta.capability_groups, id_) for id_ in sorted(meta.capability_groups)),
        remarks=tuple(remarks),
    )
