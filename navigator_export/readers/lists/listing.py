"""Lists in rows and columns: Mappings Explorer's CSV and Excel, and an organisation's own.

The header may stand below a title, in two rows, and under many names (`header.py`, `columns.py`). A row may name
several techniques and capabilities (`cells.py`). What a list does not say of itself comes from the
options, or is taken for granted and said; what may be meant otherwise is said too (`checks.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

import msgspec

from navigator_export.errors import Problem, SourceError
from navigator_export.model import DOMAINS
from navigator_export.readers.assembly import NON_MAPPABLE, is_non_mappable
from navigator_export.readers.assumptions import framework_id
from navigator_export.readers.lists.cells import (
    MARKED,
    NOTHING,
    UNMARKED,
    capabilities_in,
    references_in,
    techniques_in,
    together,
)
from navigator_export.readers.lists.checks import Checks
from navigator_export.readers.lists.columns import (
    CAPABILITY,
    DOUBTFUL_VALUES,
    FIELDS,
    MARKS,
    NAME,
    SUBTECHNIQUE,
    SUBTECHNIQUE_NAME,
    TECHNIQUE,
    TECHNIQUE_NAME,
    VALUE,
    check_given,
    missing_columns,
    plain,
)
from navigator_export.readers.lists.header import HEAD, Cells, Header, NumberedRow, filled, find_header, no_header
from navigator_export.readers.options import ReadOptions, beyond
from navigator_export.readers.origin import Origin
from navigator_export.readers.row_words import EXPLAINED
from navigator_export.readers.table import Metadata, Row, Table
from navigator_export.wording import counted, listed, shortened

_CATEGORY_SHARES: Final = {"category": 0.5, "function": 1.0}
"""Headers that often stand over other things, and the share of words that must be categories where they are."""
_METADATA: Final = ("mapping_framework", "mapping_framework_version", "attack_version", "technology_domain")
_FILLED_DOWN: Final = (CAPABILITY, NAME, "capability_group")
"""Fields of a capability, which a blank capability cell takes from the row above when asked."""


def read_list(rows: Iterable[NumberedRow], origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the tables of a list, one per framework and domain that its columns name.

    `rows` are its rows of cells, each with the number that people know it by.
    Raises SourceError where it has no header that names both required columns, or more rows than `options` allow.
    """
    stream = iter(rows)
    head = list(islice(stream, HEAD))
    header = find_header(head, options)
    problems = check_given(options.columns)
    if header is None or problems:
        raise SourceError(origin.file, problems or no_header(head, origin, options))
    headers = head[header.first - 1][1] if header.number else ()
    problems = missing_columns(headers, options.columns) if header.number else []
    if problems:
        raise SourceError(origin.file, problems)
    body = _Body(origin, header, options)
    for number, cells in chain(head[header.first :], stream):
        body.add(number, cells)
    return body.tables()


class _Entry(msgspec.Struct, gc=False):
    row: Row
    number: int
    metadata: tuple[str, ...]
    """What the row's columns say of framework, its version, ATT&CK release and domain."""
    lone: bool = False
    """Whether the capability's is the only cell."""


class _Body:
    """The rows below a header, gathered into tables."""

    def __init__(self, origin: Origin, header: Header, options: ReadOptions) -> None:
        self._origin = origin
        self._header = header
        self._options = options
        self._columns = header.columns
        self._checks = Checks(origin, header.columns, options)
        self._own_words = frozenset(word.casefold() for word, _ in options.ratings)
        self._entries: list[_Entry] = []
        self._problems: list[Problem] = []
        self._notes: list[str] = []
        self._repeated_headers = 0
        self._words: dict[str, str] = {}
        self._rows = 0
        self._metadata: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._above: dict[str, str] = {}

    def add(self, number: int, cells: Cells) -> None:
        """Take in one row. Raises SourceError where it is one too many."""
        width = filled(cells)
        if not width:
            return
        self._rows += 1
        if max(self._rows, len(self._entries)) > self._options.limits.rows:
            raise SourceError(self._origin.file, [beyond(self._options.limits, "rows")])
        values = self._values(cells)
        technique, capability = values[TECHNIQUE], values.get(CAPABILITY, "")
        names = self._columns.names
        if technique and technique == names[TECHNIQUE] and capability == names.get(CAPABILITY, ""):
            self._repeated_headers += 1
            return
        if width == 1 and not technique and not capability:
            self._note(number, next(cell for cell in cells if cell.strip()))
            return
        sub, sub_name = values.get(SUBTECHNIQUE, ""), values.get(SUBTECHNIQUE_NAME, "")
        found = techniques_in(technique, sub, sub_name, near=len(self._problems) < EXPLAINED)
        if found.wrong:
            self._problems.append(Problem(found.wrong, f"{self._origin.row(number)}, column {names[TECHNIQUE]}"))
            return
        self._checks.row(cells)
        beside = (values.get(TECHNIQUE_NAME, ""), sub_name)
        self._checks.techniques(number, found.ids, beside, found.by_name, found.odd)
        if self._options.fill_down:
            self._fill_down(values)
        metadata = tuple(values.get(field, "") for field in _METADATA)
        metadata = self._metadata.setdefault(metadata, metadata)
        for id_, name, value in self._capabilities(number, values, cells):
            row_values = {**values, CAPABILITY: id_, NAME: name, VALUE: value}
            for technique_id in found.ids or (None,):
                self._entries.append(_Entry(self._row(row_values, technique_id), number, metadata, width == 1))

    def tables(self) -> list[Table]:
        """Return the tables of all rows. Raises nothing: problems are in the tables."""
        self._drop_trailing_notes()
        as_group = self._domains_are_groups()
        remarks = list(self._remarks(as_group=as_group))
        by_table: dict[tuple[str, str], list[_Entry]] = {}
        for entry in self._entries:
            framework, _, _, domain = entry.metadata
            by_table.setdefault((framework, domain), []).append(entry)
        tables = [
            self._table(framework, domain, entries, remarks if i == 0 else [], as_group=as_group)
            for i, ((framework, domain), entries) in enumerate(by_table.items() or [(("", ""), [])])
        ]
        tables[0].problems = tuple(self._problems or self._checks.problems())
        return tables

    def _values(self, cells: Cells) -> dict[str, str]:
        width = len(cells)
        return {
            field: (cells[positions[0]].strip() if positions[0] < width else "")
            if len(positions) == 1
            else together(cells[position] for position in positions if position < width)
            for field, positions in self._columns.index.items()
        }

    def _fill_down(self, values: dict[str, str]) -> None:
        if values.get(CAPABILITY):
            self._above = {field: values[field] for field in _FILLED_DOWN if field in values}
        elif values[TECHNIQUE]:
            values.update({field: above for field, above in self._above.items() if not values[field]})

    def _capabilities(self, number: int, values: dict[str, str], cells: Cells) -> Iterator[tuple[str, str, str]]:
        """Yield id, name and value of each capability of a row; one that is empty where it names none."""
        name, value = values.get(NAME, ""), values.get(VALUE, "")
        cell = values.get(CAPABILITY, "")
        if cell.casefold() not in NOTHING:
            ids, unclear = capabilities_in(cell)
            self._checks.capability(number, cell, ids, unclear=unclear)
            names = [part.strip() for part in name.splitlines()] if len(ids) > 1 else []
            for i, id_ in enumerate(ids):
                yield id_, names[i] if len(names) == len(ids) else name, value
        elif not self._columns.marks:
            yield "", name, value
        marked = list(self._marked(cells))
        if self._columns.marks and not marked and cell.casefold() in NOTHING:
            yield "", "", ""
        yield from marked

    def _marked(self, cells: Cells) -> Iterator[tuple[str, str, str]]:
        for position, header in self._columns.marks:
            mark = cells[position].strip() if position < len(cells) else ""
            plain_mark = mark.casefold()
            if plain_mark in self._own_words or plain_mark not in MARKED | UNMARKED:
                yield header, "", mark
            elif plain_mark in MARKED:
                yield header, "", ""

    def _remarks(self, *, as_group: bool) -> Iterator[str]:
        yield from self._origin.remarks
        if as_group:
            yield f"column {self._columns.names['technology_domain']} holds other words, and is read as group"
        yield from self._fill_metadata()
        if self._notes:
            yield f"read as notes, not as mappings: {listed(self._notes, 3)}"
        without = sum(1 for e in self._entries if e.row.attack_object_id and not e.row.capability_id)
        if without and not self._columns.marks and not any(e.row.status == NON_MAPPABLE for e in self._entries):
            count = counted(without, "row names", "rows name")
            hint = "" if self._options.fill_down else "; `reading.fill_down` gives them the one above"
            yield f"{count} a technique but no {self._columns.names[CAPABILITY]}{hint}"
        yield from self._checks.remarks()

    def _fill_metadata(self) -> Iterator[str]:
        """Give rows that leave framework or domain blank those of the rows above, or of the first that says it."""
        for i, field in ((0, "mapping_framework"), (3, "technology_domain")):
            said = {entry.metadata[i] for entry in self._entries} - {""}
            above = next((entry.metadata[i] for entry in self._entries if entry.metadata[i]), "")
            blank = 0
            for entry in self._entries if said else ():
                if not entry.metadata[i]:
                    blank += 1
                    entry.metadata = (*entry.metadata[:i], above, *entry.metadata[i + 1 :])
                above = entry.metadata[i]
            if blank and len(said) > 1:
                count = counted(blank, "row leaves", "rows leave")
                yield f"{count} column {self._columns.names[field]} blank, and count as the one above"

    def _row(self, values: dict[str, str], technique: str | None) -> Row:
        word = self._word
        mapping_type = word(values.get("mapping_type"))
        status = word(values.get("status"))
        if is_non_mappable(mapping_type) or is_non_mappable(status):
            status = NON_MAPPABLE
        capability = values[CAPABILITY]
        return Row(
            capability_id=None if capability.casefold() in NOTHING else word(capability),
            capability_description=word(values.get(NAME)),
            capability_group=word(values.get("capability_group")),
            mapping_type=mapping_type,
            attack_object_id=technique,
            score_category=word(values.get("score_category")),
            score_value=word(values.get(VALUE)),
            comments=values.get("comments") or None,
            references=tuple(references_in(values.get("references", ""))),
            status=status,
            related_score=word(values.get("related_score")),
        )

    def _word(self, text: str | None) -> str | None:
        return self._words.setdefault(text, text) if text else None

    def _note(self, number: int, text: str) -> None:
        self._notes.append(f"{self._origin.row(number)} {shortened(text)!r}")

    def _drop_trailing_notes(self) -> None:
        # A note below the list stands in its first column, which is often the capability's.
        while self._entries and (last := self._entries[-1]).lone and " " in (last.row.capability_id or ""):
            self._entries.pop()
            self._note(last.number, last.row.capability_id or "")

    def _domains_are_groups(self) -> bool:
        """Return whether the column of domains held other things, which then are groups now."""
        domains = {e.metadata[3].casefold().removesuffix("-attack") for e in self._entries} - {""}
        if not domains or domains & set(DOMAINS) or self._is_given("technology_domain"):
            return False
        for entry in self._entries:
            entry.row.capability_group = entry.row.capability_group or entry.metadata[3] or None
            entry.metadata = (*entry.metadata[:3], "")
        return True

    def _is_given(self, field: str) -> bool:
        return any(option in (field, FIELDS[field].option) for option, _ in self._options.columns)

    def _category_share(self) -> float:
        """Return how sure the header of the categories' column is of what the column holds."""
        name = plain(self._columns.names.get("score_category", ""))
        return 0.0 if self._is_given("score_category") else _CATEGORY_SHARES.get(name, 0.0)

    def _doubts_values(self) -> bool:
        """Return whether the header of the values' column often stands over other things than ratings."""
        return plain(self._columns.names.get(VALUE, "")) in DOUBTFUL_VALUES and not self._is_given(VALUE)

    def _table(
        self, framework: str, domain: str, entries: list[_Entry], remarks: list[str], *, as_group: bool
    ) -> Table:
        said = [_most_frequent(entry.metadata[i] for entry in entries) for i in range(len(_METADATA))]
        for entry in entries:
            row, (_, version, release, _) = entry.row, entry.metadata
            row.mapping_framework_version = version if version != said[1] else None
            row.attack_version = release if release != said[2] else None
        return Table(
            file=self._origin.file,
            name=self._origin.name,
            sha256=self._origin.sha256,
            metadata=Metadata(
                mapping_framework=framework_id(framework),
                attack_version=said[2],
                technology_domain=domain,
                mapping_framework_version=said[1],
            ),
            rows=[entry.row for entry in entries],
            row_place="",
            row_places=[self._origin.row(entry.number) for entry in entries],
            column_names=self._columns.names,
            rows_place=f"sheet {self._origin.sheet}" if self._origin.sheet else "",
            metadata_place="column ",
            format=self._origin.format,
            reading=(*self._origin.reading, *self._reading(as_group=as_group)),
            remarks=tuple(remarks),
            states_all=False,
            own_words=True,
            category_share=self._category_share(),
            doubtful_values=self._doubts_values(),
        )

    def _reading(self, *, as_group: bool) -> Iterator[tuple[str, str]]:
        yield "header", self._origin.row(self._header.number) if self._header.number else "none"
        for field, name in self._columns.names.items():
            yield f"column {name}", "group" if as_group and field == "technology_domain" else FIELDS[field].option
        for _, name in self._columns.marks:
            yield f"column {name}", MARKS
        if self._columns.unread:
            yield "not read", ", ".join(shortened(name) for _, name in self._columns.unread)
        if self._repeated_headers:
            yield "repeated headers", str(self._repeated_headers)


def _most_frequent(words: Iterable[str]) -> str:
    counts = Counter(word for word in words if word)
    return min(counts, key=lambda word: (-counts[word], word)) if counts else ""
