"""From tables, in whatever spelling, to one mapping set: ids trimmed, ratings checked, repetitions set apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping as Dictionary, Sequence, Set
from typing import Final, TypeVar

import msgspec

from navigator_export.characters import clean_name, without_controls
from navigator_export.errors import Problem, SourceError, nearest
from navigator_export.frameworks import identity
from navigator_export.merging import merge
from navigator_export.model import (
    CATEGORIES,
    DOMAINS,
    TECHNIQUE_ID,
    VALUES,
    Capability,
    Category,
    Domain,
    Mapping,
    MappingSet,
    RowFate,
    Source,
    Term,
    UnmappedRow,
    Value,
)
from navigator_export.readers.assumptions import with_releases
from navigator_export.readers.gathering import gathered
from navigator_export.readers.references import clean_references
from navigator_export.readers.table import Metadata, Row, Table
from navigator_export.wording import LINE, counted, quoted

_Word = TypeVar("_Word", bound=str)

NON_MAPPABLE: Final = "non_mappable"

_RELEASE: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?")
_RELEASE_EXPECTED: Final = "expected one like 16.1"
_DOMAIN_EXPECTED: Final = f"expected {', '.join(DOMAINS)}"

NAMED: Final = 5
"""Capabilities that a remark names, where it is of many."""

EXPLAINED: Final = 50
"""Problems of a table that name the nearest word; it takes long to find, and no more are shown."""


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
    capabilities = _Capabilities(tables)
    return tuple(
        _assembled(table, domain, release, capabilities, read_options)
        for table, (domain, release) in zip(tables, stated, strict=True)
    )


def _assembled(
    table: Table,
    domain: Domain,
    release: str,
    capabilities: _Capabilities,
    read_options: tuple[tuple[str, str | None], ...],
) -> MappingSet:
    read = _read_rows(table, capabilities)
    mappings: dict[Mapping, Mapping] = {}
    duplicates: list[Mapping] = []
    unmapped: list[UnmappedRow] = []
    for taken in read.rows:
        if isinstance(taken, UnmappedRow):
            unmapped.append(taken)
        elif mappings.setdefault(taken, taken) is not taken:
            duplicates.append(taken)
    mapped = len(mappings) + len(duplicates)
    if not mapped:
        raise SourceError(table.file, [_maps_nothing(table)])
    return MappingSet(
        sources=(_source(table, domain, release, mapped, _remarks(table, read), read_options),),
        domain=domain,
        attack_version=release,
        capabilities=capabilities.of(table),
        mappings=tuple(mappings),
        duplicates=tuple(duplicates),
        unmapped=tuple(unmapped),
    )


def row_fates(tables: Sequence[Table]) -> tuple[RowFate, ...]:
    """Return what becomes of each row when tables are assembled, in their order; raises SourceError as `assemble`."""
    capabilities = _Capabilities(tables)
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


_Groups = tuple[Term, ...]


class _Capabilities:
    """The capabilities of all tables, each under one spelling of its id and one name: the more frequent ones.

    Of spellings that are as frequent the longer stands, `AC-02` before `AC-2`.
    """

    def __init__(self, tables: Sequence[Table]) -> None:
        spellings: dict[tuple[str, str], Counter[str]] = {}
        names: dict[tuple[str, str], Counter[str]] = {}
        groups: dict[tuple[str, str], set[Term]] = {}
        self._key_by_spelling: dict[tuple[str, str | None], tuple[str, str] | None] = {}
        for table in tables:
            framework_id = table.metadata.mapping_framework
            groups_of = _GroupsOf(table)
            rows = Counter((r.capability_id, r.capability_description, groups_of(r)) for r in table.rows)
            for (spelling, said_name, said_groups), count in rows.items():
                id_ = clean_name(spelling or "").strip()
                name = clean_name(said_name or "")
                if not id_:
                    self._key_by_spelling[framework_id, spelling] = None
                    continue
                key = (framework_id, identity(id_))
                self._key_by_spelling[framework_id, spelling] = key
                spellings.setdefault(key, Counter())[id_] += count
                names.setdefault(key, Counter())[" ".join(name.split())] += count
                groups.setdefault(key, set()).update(said_groups)
        self._by_key = {
            key: Capability(
                id=max(ids.items(), key=lambda item: (item[1], len(item[0]), item[0]))[0],
                name=min(names[key].items(), key=lambda item: (not item[0], -item[1], item[0]))[0],
                framework=key[0],
                groups=_sorted(groups[key]),
            )
            for key, ids in spellings.items()
        }

    def by_spelling(self, framework_id: str) -> dict[str | None, Capability | None]:
        """Return the capability for every spelling of an id in a framework's tables; None for no id."""
        return {
            spelling: None if key is None else self._by_key[key]
            for (owner, spelling), key in self._key_by_spelling.items()
            if owner == framework_id
        }

    def of(self, table: Table) -> tuple[Capability, ...]:
        """Return the capabilities that a table names, sorted by id."""
        by_spelling = self.by_spelling(table.metadata.mapping_framework)
        named = {by_spelling[spelling] for spelling in {row.capability_id for row in table.rows}}
        return tuple(sorted(filter(None, named), key=lambda c: c.id))


class _GroupsOf:
    """The groups that a row of a table names; each combination is worked out once."""

    def __init__(self, table: Table) -> None:
        self._names = table.metadata.capability_groups
        self._known: dict[tuple[str | None, ...], _Groups] = {}

    def __call__(self, row: Row) -> _Groups:
        said = (row.capability_group, *(row.capability_groups or ()))
        if said not in self._known:
            ids = (clean_name(group or "").strip() for group in said)
            self._known[said] = _sorted({_term(self._names, id_) for id_ in ids if id_})
        return self._known[said]


def _sorted(terms: Iterable[Term]) -> _Groups:
    return tuple(sorted(terms, key=lambda term: (term.id, term.name)))


class _ReadRows(msgspec.Struct, frozen=True):
    """What each row of a table is taken for, in order."""

    rows: list[Mapping | UnmappedRow]
    no_links: Counter[str]
    """References that are no address."""
    spellings: dict[Capability, tuple[str, ...]]
    """Ids of the table that are other spellings of a capability's, as (capability, spellings)."""


def _read_rows(table: Table, capabilities: _Capabilities) -> _ReadRows:
    """Return what a table's rows are. Raises SourceError with every wrong word."""
    by_spelling = capabilities.by_spelling(table.metadata.mapping_framework)
    words = _Words(table)
    groups_of = _GroupsOf(table)
    said = {word for row in table.rows for word in (row.status, row.mapping_type)}
    no_mapping = {word for word in said if is_non_mappable(word)}
    clean = clean_text if table.controls else _clean_line_ends
    references: dict[tuple[str | None, ...], tuple[str, ...]] = {(): ()}
    no_links: Counter[str] = Counter()
    rows: list[Mapping | UnmappedRow] = []
    for index, row in enumerate(table.rows):
        technique = words.technique(row, index)
        capability = by_spelling[row.capability_id]
        non_mappable = row.status in no_mapping or row.mapping_type in no_mapping
        if technique is None or capability is None or non_mappable:
            rows.append(_unmapped(table.place(index), capability, technique, non_mappable=non_mappable))
            continue
        raw = tuple(row.references or ())
        if raw not in references:
            references[raw], left_out = clean_references(raw)
            no_links.update(left_out)
        rows.append(
            Mapping(
                capability,
                technique,
                words.mapping_type(row),
                words.category(row, index),
                words.value(row, index),
                clean(row.comments) if row.comments else "",
                references[raw],
                groups_of(row),
            )
        )
    if words.problems:
        raise SourceError(table.file, gathered(words.problems))
    return _ReadRows(rows, no_links, _other_spellings(table, by_spelling))


def _other_spellings(
    table: Table, by_spelling: Dictionary[str | None, Capability | None]
) -> dict[Capability, tuple[str, ...]]:
    found: dict[Capability, set[str]] = {}
    for spelling in {row.capability_id for row in table.rows}:
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
    words = _Words(table)
    for index, row in enumerate(table.rows):
        if words.technique(row, index) and (row.capability_id or "").strip():
            words.category(row, index)
            words.value(row, index)
    return words.problems


class _Words:
    """The controlled words of a table's rows, checked; each spelling is worked out once."""

    def __init__(self, table: Table) -> None:
        self.problems: list[Problem] = []
        self._told: set[tuple[str, str]] = set()
        self._table = table
        self._techniques: dict[str | None, str | None] = {}
        self._types: dict[str | None, Term | None] = {}
        self._categories: dict[str | None, Category | None] = {None: None, **{c: c for c in CATEGORIES}}
        self._values: dict[str | None, Value | None] = {None: None, **{v: v for v in VALUES}}
        self._wrong_words: dict[tuple[str, str | None], tuple[str, str]] = {}

    def technique(self, row: Row, index: int) -> str | None:
        raw = row.attack_object_id
        try:
            found = self._techniques[raw]
        except KeyError:
            id_ = (raw or "").strip().upper()
            found = self._techniques[raw] = id_ if not id_ or TECHNIQUE_ID.fullmatch(id_) else None
            if found is None:
                explained = (f"{quoted(raw)} is not a technique id", "expected T1114 or T1114.003")
                self._wrong_words["attack_object_id", raw] = explained
        if found is None:
            self._tell(index, "attack_object_id", raw)
        return found or None

    def mapping_type(self, row: Row) -> Term | None:
        raw = row.mapping_type
        if raw not in self._types:
            id_ = clean_name(raw or "").strip()
            self._types[raw] = _term(self._table.metadata.mapping_types, id_) if id_ else None
        return self._types[raw]

    def category(self, row: Row, index: int) -> Category | None:
        raw = row.score_category
        if raw not in self._categories:
            self._categories[raw] = self._known(raw, CATEGORIES, "score_category", "category")
        if self._wrong_words and ("score_category", raw) in self._wrong_words:
            self._tell(index, "score_category", raw)
        return self._categories[raw]

    def value(self, row: Row, index: int) -> Value | None:
        raw = row.score_value
        if raw not in self._values:
            self._values[raw] = self._known(raw, VALUES, "score_value", "value")
        if self._wrong_words and ("score_value", raw) in self._wrong_words:
            self._tell(index, "score_value", raw)
        return self._values[raw]

    def _known(self, raw: str | None, known: Sequence[_Word], field: str, kind: str) -> _Word | None:
        """Return the known word that a spelling is; None, and what to say of it kept, where it is none."""
        word = (raw or "").strip().casefold()
        found = next((one for one in known if one == word), None)
        if word and found is None:
            self._wrong_words[field, raw] = (f"unknown {kind} {quoted(raw)}", self._expected(word, known))
        return found

    def _expected(self, word: str, known: Sequence[str]) -> str:
        close = nearest(word[:LINE], known, "words") if len(self._wrong_words) < EXPLAINED else ""
        near = f" ({close})" if close.startswith("nearest") else ""
        return f"expected {', '.join(known)}{near}; `reading.ratings` says what it means, or that it is none"

    def _tell(self, index: int, field: str, raw: str | None) -> None:
        message, hint = self._wrong_words[field, raw]
        problem = Problem(message, self._table.place(index, field), hint)
        # A list's row of several techniques comes in once for each.
        if (problem.place, message) not in self._told:
            self._told.add((problem.place, message))
            self.problems.append(problem)


def _term(names: Dictionary[str, str], id_: str) -> Term:
    return Term(id_, " ".join(names.get(id_, id_).split()) or id_)


def _clean_line_ends(text: str) -> str:
    text = text.strip()
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def clean_text(text: str) -> str:
    """Return a comment with plain line ends, without control characters, and without space around it."""
    return without_controls(_clean_line_ends(text)).strip()


def is_non_mappable(word: str | None) -> bool:
    """Return whether a status or mapping type says that nothing is mapped; Mappings Explorer spells it in two ways."""
    return word is not None and word.strip().casefold().replace("-", "_") == NON_MAPPABLE


def _unmapped(place: str, capability: Capability | None, technique: str | None, *, non_mappable: bool) -> UnmappedRow:
    return UnmappedRow(
        place=place,
        reason=("non-mappable" if non_mappable else "no technique" if technique is None else "no capability"),
        capability=capability.id if capability else "",
        technique=technique or "",
    )


def _maps_nothing(table: Table) -> Problem:
    if not table.rows:
        return Problem("it contains no mappings", table.rows_place, "is this the right file?")
    return Problem(
        f"none of its {counted(len(table.rows), 'row')} relates a capability to a technique", table.rows_place
    )


def _remarks(table: Table, read: _ReadRows) -> tuple[str, ...]:
    remarks = list(table.remarks)
    if read.no_links:
        count = counted(read.no_links.total(), "reference holds", "references hold")
        remarks.append(f"{count} no web address, such as {quoted(sorted(read.no_links)[0])}")
    if read.spellings:
        count = counted(sum(map(len, read.spellings.values())), "capability id", "capability ids")
        pairs = [f"{' and '.join(ids)} as {capability.id}" for capability, ids in read.spellings.items()]
        remarks.append(f"{count} in another spelling: {_first(pairs)}")
    if several := _in_several_groups(read.rows):
        count = counted(len(several), "capability stands", "capabilities stand")
        remarks.append(f"{count} in several groups, and each row counts in its own: {_first(several)}")
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
            remarks.append(
                f"{counted(others.total(), 'row names', 'rows name')} another {what} ({named}) than the file ({stated})"
            )
    return tuple(remarks)


def _in_several_groups(rows: Iterable[Mapping | UnmappedRow]) -> list[str]:
    """Return each capability whose mappings name different groups, with the number of mappings of each."""
    counts: dict[Capability, Counter[_Groups]] = {}
    for (capability, groups), count in Counter(
        (m.capability, m.groups) for m in rows if isinstance(m, Mapping)
    ).items():
        counts.setdefault(capability, Counter())[groups] += count
    return [
        f"{capability.id} ({', '.join(f'{count} {_named(groups)}' for groups, count in found.most_common())})"
        for capability, found in sorted(counts.items(), key=lambda item: item[0].id)
        if len(found) > 1
    ]


def _named(groups: _Groups) -> str:
    return " and ".join(group.id for group in groups) or "in none"


def _first(things: Sequence[str]) -> str:
    """Return the first few of many things."""
    more = f" and {len(things) - NAMED} more" if len(things) > NAMED else ""
    return ", ".join(things[:NAMED]) + more


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
        mapping_types=tuple(_term(meta.mapping_types, id_) for id_ in sorted(meta.mapping_types)),
        groups=tuple(_term(meta.capability_groups, id_) for id_ in sorted(meta.capability_groups)),
        remarks=tuple(remarks),
        format=table.format,
        reading=table.reading,
        read_options=read_options,
    )
