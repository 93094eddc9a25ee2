"""From tables, in whatever spelling, to one mapping set: ids trimmed, ratings checked, repetitions set apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping as Dictionary, Sequence, Set
from operator import attrgetter
from typing import Any, Final

import msgspec

from navigator_export.characters import clean_name, without_controls
from navigator_export.errors import Problem, SourceError
from navigator_export.merging import merge
from navigator_export.model import (
    DOMAINS,
    Capability,
    Domain,
    Mapping,
    MappingSet,
    RowFate,
    Source,
    Term,
    UnmappedRow,
)
from navigator_export.readers.assumptions import with_releases
from navigator_export.readers.capabilities import Capabilities, Groups, GroupsOf, spellings_in, term
from navigator_export.readers.gathering import gathered
from navigator_export.readers.references import clean_references
from navigator_export.readers.row_words import RowWords
from navigator_export.readers.table import Metadata, Table
from navigator_export.wording import counted, listed, quoted

NON_MAPPABLE: Final = "non_mappable"

_RELEASE: Final = re.compile(r"[1-9][0-9]{0,2}(\.(?:0|[1-9][0-9]{0,2}))?")
_RELEASE_EXPECTED: Final = "expected one like 16.1"
_DOMAIN_EXPECTED: Final = f"expected {', '.join(DOMAINS)}"

NAMED: Final = 5
"""Capabilities that a remark names, where it is of many."""


def assemble(tables: Sequence[Table], read_options: tuple[tuple[str, str | None], ...] = ()) -> MappingSet:
    """Return the mappings of all tables as one set, in the tables' order.

    Raises SourceError as `assemble_each` does, and where the tables are of different domains or ATT&CK releases.
    """
    return merge(assemble_each(tables, read_options))


def assemble_each(
    tables: Sequence[Table], read_options: tuple[tuple[str, str | None], ...] = ()
) -> tuple[MappingSet, ...]:
    """Return the mappings of each table as a set of its own; a capability that several name is the same in all.

    A list that states no ATT&CK release is given one, see `with_releases`.
    `read_options` are the command-line options that the tables were read with.
    Raises SourceError with every problem of a table: an unknown domain or release, an id that is no technique,
    an unknown category or value, or no mapping at all.
    """
    if not tables:
        raise SourceError("", [Problem("there is no source", hint="name a mapping file, - or sample")])
    tables = with_releases(tables)
    stated = [_checked(table) for table in tables]
    capabilities = Capabilities(tables)
    return tuple(
        _assembled(table, domain, release, capabilities, read_options)
        for table, (domain, release) in zip(tables, stated, strict=True)
    )


def _assembled(
    table: Table,
    domain: Domain,
    release: str,
    capabilities: Capabilities,
    read_options: tuple[tuple[str, str | None], ...],
) -> MappingSet:
    read = _read_rows(table, capabilities)
    mapped = [taken for taken in read.rows if isinstance(taken, Mapping)]
    if not mapped:
        raise SourceError(table.file, [_maps_nothing(table)])
    distinct = dict.fromkeys(mapped)
    return MappingSet(
        sources=(_source(table, domain, release, len(mapped), _remarks(table, read, mapped), read_options),),
        domain=domain,
        attack_version=release,
        capabilities=capabilities.of(table),
        mappings=tuple(distinct),
        duplicates=_repeated(mapped) if len(distinct) < len(mapped) else (),
        unmapped=tuple(taken for taken in read.rows if isinstance(taken, UnmappedRow)),
    )


def _repeated(mappings: Iterable[Mapping]) -> tuple[Mapping, ...]:
    """Return the mappings that are equal to one before them."""
    first: dict[Mapping, Mapping] = {}
    return tuple(mapping for mapping in mappings if first.setdefault(mapping, mapping) is not mapping)


def row_fates(tables: Sequence[Table]) -> tuple[RowFate, ...]:
    """Return what becomes of each row when tables are assembled, in their order; raises SourceError as `assemble`."""
    capabilities = Capabilities(tables)
    seen: set[Mapping] = set()
    fates = []
    for table in tables:
        for index, taken in enumerate(_read_rows(table, capabilities).rows):
            fates.append(_fate(table, index, taken, seen))
            if isinstance(taken, Mapping):
                seen.add(taken)
    return tuple(fates)


def _checked(table: Table) -> tuple[Domain, str]:
    """Return a table's domain and ATT&CK release. Raises SourceError with all that is wrong with the table."""
    meta = table.metadata
    problems = [
        Problem(f"{field} is missing", table.place_of_metadata(field), f"{expected}; `{setting}` says it")
        for field, expected, setting in (
            ("mapping_framework", "expected the framework's id or name", "reading.framework"),
            ("attack_version", _RELEASE_EXPECTED, "reading.attack_version"),
            ("technology_domain", _DOMAIN_EXPECTED, "reading.domain"),
        )
        if not getattr(meta, field)
    ]
    domain = next((d for d in DOMAINS if d == meta.technology_domain.casefold().removesuffix("-attack")), None)
    if meta.technology_domain and domain is None:
        place = table.place_of_metadata("technology_domain")
        problems.append(Problem(f"unknown domain {quoted(meta.technology_domain)}", place, _DOMAIN_EXPECTED))
    release = meta.attack_version.casefold().removeprefix("v")
    if meta.attack_version and not _RELEASE.fullmatch(release):
        place = table.place_of_metadata("attack_version")
        problems.append(Problem(f"{quoted(meta.attack_version)} is not an ATT&CK release", place, _RELEASE_EXPECTED))
    if problems or table.problems or domain is None:
        raise SourceError(table.file, gathered([*problems, *table.problems, *_wrong_words(table)]))
    return domain, release


class _Combination(msgspec.Struct, frozen=True, gc=False):
    """What the rows of a table that differ in technique, rating, comment and references alone have in common."""

    capability: Capability | None
    mapping_type: Term | None
    groups: Groups
    non_mappable: bool


_COMBINED: Final = attrgetter("capability_id", "mapping_type", "status", "capability_group", "capability_groups")


class _ReadRows(msgspec.Struct, frozen=True):
    """What each row of a table is taken for, in order."""

    rows: list[Mapping | UnmappedRow]
    no_links: Counter[str]
    """References that are no address."""
    spellings: dict[Capability, tuple[str, ...]]
    """Ids of the table that are other spellings of a capability's, as (capability, spellings)."""


def _read_rows(table: Table, capabilities: Capabilities) -> _ReadRows:
    """Return what a table's rows are. Raises SourceError with every wrong word."""
    by_spelling = capabilities.by_spelling(table.metadata.mapping_framework)
    words = RowWords(table)
    groups_of = GroupsOf(table)
    combinations: dict[tuple[Any, ...], _Combination] = {}
    clean = clean_text if table.controls else _clean_line_ends
    references: dict[tuple[str | None, ...], tuple[str, ...]] = {}
    no_links: Counter[str] = Counter()
    rows: list[Mapping | UnmappedRow] = []
    for index, (row, said) in enumerate(zip(table.rows, map(_COMBINED, table.rows), strict=True)):
        technique = words.technique(row.attack_object_id, index)
        found = combinations.get(said)
        if found is None:
            non_mappable = is_non_mappable(row.status) or is_non_mappable(row.mapping_type)
            found = _Combination(
                by_spelling[row.capability_id],
                words.mapping_type(row),
                groups_of(row.capability_group, row.capability_groups),
                non_mappable,
            )
            combinations[said] = found
        if technique is None or found.capability is None or found.non_mappable:
            rows.append(_unmapped(table.place(index), found, technique))
            continue
        raw, comment = row.references, row.comments
        addresses: tuple[str, ...] = ()
        if raw:
            if raw not in references:
                references[raw], left_out = clean_references(raw)
                no_links.update(left_out)
            addresses = references[raw]
        rows.append(
            Mapping(
                found.capability,
                technique,
                found.mapping_type,
                *words.rating(row, index),
                clean(comment) if comment else "",
                addresses,
                found.groups,
            )
        )
    if words.problems:
        raise SourceError(table.file, gathered(words.problems))
    return _ReadRows(rows, no_links, _other_spellings(table, by_spelling))


def _other_spellings(
    table: Table, by_spelling: Dictionary[str | None, Capability | None]
) -> dict[Capability, tuple[str, ...]]:
    found: dict[Capability, set[str]] = {}
    for spelling in spellings_in(table):
        capability, id_ = by_spelling[spelling], clean_name(spelling or "").strip()
        if capability and id_ != capability.id:
            found.setdefault(capability, set()).add(id_)
    return {capability: tuple(sorted(found[capability])) for capability in sorted(found, key=lambda c: c.id)}


def _fate(table: Table, index: int, taken: Mapping | UnmappedRow, seen: Set[Mapping]) -> RowFate:
    place = table.place(index)
    if isinstance(taken, UnmappedRow):
        return RowFate(table.file, place, taken.reason, taken.capability, taken.technique)
    return RowFate(
        table.file,
        place,
        "repeated" if taken in seen else "mapping",
        taken.capability.id,
        taken.technique,
        taken.category,
        taken.value,
        taken.mapping_type.id if taken.mapping_type else "",
    )


def _wrong_words(table: Table) -> list[Problem]:
    """Return the problems of all rows, where the table cannot be used for another reason anyway."""
    words = RowWords(table)
    for index, row in enumerate(table.rows):
        if words.technique(row.attack_object_id, index) and (row.capability_id or "").strip():
            words.category(row, index)
            words.value(row, index)
    return words.problems


def _clean_line_ends(text: str) -> str:
    text = text.strip()
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def clean_text(text: str) -> str:
    """Return a comment with plain line ends, without control characters, and without space around it."""
    return without_controls(_clean_line_ends(text)).strip()


def is_non_mappable(word: str | None) -> bool:
    """Return whether a status or mapping type says that nothing is mapped; Mappings Explorer spells it in two ways."""
    return word is not None and word.strip().casefold().replace("-", "_") == NON_MAPPABLE


def _unmapped(place: str, said: _Combination, technique: str | None) -> UnmappedRow:
    return UnmappedRow(
        place=place,
        reason=("non-mappable" if said.non_mappable else "no technique" if technique is None else "no capability"),
        capability=said.capability.id if said.capability else "",
        technique=technique or "",
    )


def _maps_nothing(table: Table) -> Problem:
    if not table.rows:
        return Problem("it contains no mappings", table.rows_place, "is this the right file?")
    return Problem(
        f"none of its {counted(len(table.rows), 'row')} relates a capability to a technique", table.rows_place
    )


def _remarks(table: Table, read: _ReadRows, mapped: Iterable[Mapping]) -> tuple[str, ...]:
    remarks = list(table.remarks)
    if read.no_links:
        count = counted(read.no_links.total(), "reference holds", "references hold")
        remarks.append(f"{count} no web address, such as {quoted(sorted(read.no_links)[0])}")
    if read.spellings:
        count = counted(sum(map(len, read.spellings.values())), "capability id", "capability ids")
        pairs = [f"{' and '.join(ids)} as {capability.id}" for capability, ids in read.spellings.items()]
        remarks.append(f"{count} in another spelling: {listed(pairs, NAMED)}")
    if several := _in_several_groups(mapped):
        count = counted(len(several), "capability stands", "capabilities stand")
        remarks.append(f"{count} in several groups, and each row counts in its own: {listed(several, NAMED)}")
    meta: Metadata = table.metadata
    for what, stated, said in (
        (
            "framework version",
            meta.mapping_framework_version,
            map(attrgetter("mapping_framework_version"), table.rows),
        ),
        ("ATT&CK release", meta.attack_version, map(attrgetter("attack_version"), table.rows)),
    ):
        others = Counter(other for other in filter(None, said) if other.strip() != stated)
        if others:
            named = ", ".join(sorted(others))
            remarks.append(
                f"{counted(others.total(), 'row names', 'rows name')} another {what} ({named}) than the file ({stated})"
            )
    return tuple(remarks)


def _in_several_groups(mappings: Iterable[Mapping]) -> list[str]:
    """Return each capability whose mappings name different groups, with the number of mappings of each."""
    counts: dict[Capability, Counter[Groups]] = {}
    for (capability, groups), count in Counter(map(attrgetter("capability", "groups"), mappings)).items():
        counts.setdefault(capability, Counter())[groups] += count
    return [
        f"{capability.id} ({', '.join(f'{count} {_named(groups)}' for groups, count in found.most_common())})"
        for capability, found in sorted(counts.items(), key=lambda item: item[0].id)
        if len(found) > 1
    ]


def _named(groups: Groups) -> str:
    return " and ".join(group.id for group in groups) or "in none"


def _source(
    table: Table,
    domain: Domain,
    release: str,
    mapped: int,
    remarks: Iterable[str],
    read_options: tuple[tuple[str, str | None], ...],
) -> Source:
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
        mapping_types=tuple(term(meta.mapping_types, id_) for id_ in sorted(meta.mapping_types)),
        groups=tuple(term(meta.capability_groups, id_) for id_ in sorted(meta.capability_groups)),
        remarks=tuple(remarks),
        format=table.format,
        reading=table.reading,
        whereabouts=table.whereabouts,
        read_options=read_options,
    )
