"""Lists in rows and columns: Mappings Explorer's CSV and Excel, and an organisation's own.

The header may stand below a title, in two rows, and under many names; `columns.py` knows them. A row may name several
techniques. What a list does not say of itself comes from the options, or is taken for granted and said.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise
from typing import Final

import msgspec

from navigator_export.errors import Problem, SourceError
from navigator_export.model import DOMAINS
from navigator_export.readers.assembly import EXPLAINED, NON_MAPPABLE, is_non_mappable
from navigator_export.readers.assumptions import framework_id
from navigator_export.readers.lists.columns import (
    CAPABILITY,
    FIELDS,
    SUBTECHNIQUE,
    TECHNIQUE,
    Columns,
    check_given,
    match_columns,
    missing_columns,
    plain,
)
from navigator_export.readers.lists.technique_ids import technique_ids
from navigator_export.readers.options import ReadOptions, beyond
from navigator_export.readers.origin import Origin
from navigator_export.readers.table import Metadata, Row, Table
from navigator_export.wording import counted, shortened

HEAD: Final = 50
"""Rows in which the header is looked for."""

Cells = Sequence[str]
NumberedRow = tuple[int, Cells]

_NOTHING: Final = frozenset(
    {"", "-", "–", "—", "n/a", "na", "n.a.", "none", "null", "nan", "not applicable", "no technique"}
)
_SUB_NUMBER: Final = re.compile(r"\.?[0-9]{1,3}")
_LONGEST_LIST: Final = 2**15
"""Characters of a printed list that is taken apart: what an Excel cell can hold."""
_CATEGORY_SHARES: Final = {"category": 0.5, "function": 1.0}
"""Headers that often stand over other things, and the share of words that must be categories where they are."""
_METADATA: Final = ("mapping_framework", "mapping_framework_version", "attack_version", "technology_domain")


class Header(msgspec.Struct, frozen=True):
    """Where a list begins, and which column is what."""

    columns: Columns
    first: int
    """Index of the first row below the header."""
    number: int
    """Number of the header's row, for people; 0 where there is none."""


def find_header(head: Sequence[NumberedRow], options: ReadOptions) -> Header | None:
    """Return the header in the first rows of a list; None where no row names both required columns."""
    for index, (number, cells) in enumerate(head):
        columns = match_columns(cells, options.columns)
        if _filled(cells) > 1 and columns.complete and not _is_data(cells, columns):
            below = head[index + 1][1] if index + 1 < len(head) else ()
            if _is_second_header_row(below):
                joined = match_columns(_joined(cells, below), options.columns)
                if joined.complete:
                    return Header(joined, index + 2, number)
            return Header(columns, index + 1, number)
    for index, ((number, upper), (_, lower)) in enumerate(pairwise(head)):
        columns = match_columns(_joined(upper, lower), options.columns)
        if _filled(lower) > 1 and columns.complete and not _is_data(lower, columns):
            return Header(columns, index + 2, number)
    columns = match_columns((), options.columns)
    if columns.complete:
        for index, (_, cells) in enumerate(head):
            if _is_data(cells, columns):
                return Header(columns, index, 0)
    return None


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
        raise SourceError(origin.file, problems or _no_header(head, origin, options))
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
        self._entries: list[_Entry] = []
        self._problems: list[Problem] = []
        self._notes: list[str] = []
        self._repeated_headers = 0
        self._words: dict[str, str] = {}
        self._rows = 0
        self._metadata: dict[tuple[str, ...], tuple[str, ...]] = {}

    def add(self, number: int, cells: Cells) -> None:
        """Take in one row. Raises SourceError where it is one too many."""
        filled = _filled(cells)
        if not filled:
            return
        self._rows += 1
        if max(self._rows, len(self._entries)) > self._options.limits.rows:
            raise SourceError(self._origin.file, [beyond(self._options.limits, "rows")])
        index = self._columns.index
        values = {field: cells[i].strip() if i < len(cells) else "" for field, i in index.items()}
        technique, capability = values[TECHNIQUE], values[CAPABILITY]
        if technique and technique == self._columns.names[TECHNIQUE] and capability == self._columns.names[CAPABILITY]:
            self._repeated_headers += 1
            return
        if filled == 1 and not technique and not capability:
            self._note(number, next(cell for cell in cells if cell.strip()))
            return
        ids, wrong = self._techniques(values, near=len(self._problems) < EXPLAINED)
        if wrong:
            self._problems.append(
                Problem(wrong, f"{self._origin.row(number)}, column {self._columns.names[TECHNIQUE]}")
            )
            return
        metadata = tuple(values.get(field, "") for field in _METADATA)
        metadata = self._metadata.setdefault(metadata, metadata)
        for id_ in ids or (None,):
            self._entries.append(_Entry(self._row(values, id_), number, metadata, filled == 1))

    def tables(self) -> list[Table]:
        """Return the tables of all rows. Raises nothing: problems are in the tables."""
        self._drop_trailing_notes()
        as_group = self._domains_are_groups()
        remarks = list(self._origin.remarks)
        if as_group:
            name = self._columns.names["technology_domain"]
            remarks.append(f"column {name} holds other words, and is read as group")
        if self._notes:
            shown = ", ".join(self._notes[:3])
            more = f" and {len(self._notes) - 3} more" if len(self._notes) > 3 else ""  # noqa: PLR2004
            remarks.append(f"read as notes, not as mappings: {shown}{more}")
        without = sum(1 for e in self._entries if e.row.attack_object_id and not e.row.capability_id)
        if without and not any(e.row.status == NON_MAPPABLE for e in self._entries):
            count = counted(without, "row names", "rows name")
            remarks.append(f"{count} a technique but no {self._columns.names[CAPABILITY]}: cells merged?")
        by_table: dict[tuple[str, str], list[_Entry]] = {}
        for entry in self._entries:
            framework, _, _, domain = entry.metadata
            by_table.setdefault((framework, domain), []).append(entry)
        tables = [
            self._table(framework, domain, entries, remarks if i == 0 else [], as_group=as_group)
            for i, ((framework, domain), entries) in enumerate(by_table.items() or [(("", ""), [])])
        ]
        tables[0].problems = tuple(self._problems)
        return tables

    def _techniques(self, values: dict[str, str], *, near: bool) -> tuple[tuple[str, ...], str]:
        technique, sub = values[TECHNIQUE], values.get(SUBTECHNIQUE, "")
        technique = "" if technique.casefold() in _NOTHING else technique
        sub = "" if sub.casefold() in _NOTHING else sub
        if not sub:
            return technique_ids(technique, near=near) if technique else ((), "")
        if _SUB_NUMBER.fullmatch(sub):
            ids, wrong = technique_ids(technique, near=near)
            if len(ids) != 1 or "." in ids[0]:
                return (), wrong or f"{sub!r} is not a sub-technique of {technique!r}"
            return technique_ids(f"{ids[0]}.{sub.lstrip('.')}", near=near)
        return technique_ids(sub, near=near)

    def _row(self, values: dict[str, str], technique: str | None) -> Row:
        word = self._word
        mapping_type = word(values.get("mapping_type"))
        status = word(values.get("status"))
        if is_non_mappable(mapping_type) or is_non_mappable(status):
            status = NON_MAPPABLE
        capability = values[CAPABILITY]
        return Row(
            capability_id=None if capability.casefold() in _NOTHING else word(capability),
            capability_description=word(values.get("capability_description")),
            capability_group=word(values.get("capability_group")),
            mapping_type=mapping_type,
            attack_object_id=technique,
            score_category=word(values.get("score_category")),
            score_value=word(values.get("score_value")),
            comments=values.get("comments") or None,
            references=references_in(values.get("references", "")),
            status=status,
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
        )

    def _reading(self, *, as_group: bool) -> Iterator[tuple[str, str]]:
        yield "header", self._origin.row(self._header.number) if self._header.number else "none"
        for field, name in self._columns.names.items():
            yield f"column {name}", "group" if as_group and field == "technology_domain" else FIELDS[field].option
        if self._columns.unread:
            yield "not read", ", ".join(shortened(name) for name in self._columns.unread)
        if self._repeated_headers:
            yield "repeated headers", str(self._repeated_headers)


def references_in(cell: str) -> list[str | None]:
    """Return the addresses of a cell, where they are printed as a list (`['https://…', 'https://…']`) one by one."""
    text = cell.strip()
    if not text or text == "[]":
        return []
    if not (text.startswith("[") and text.endswith("]")) or len(text) > _LONGEST_LIST:
        return [text]
    found: list[str | None] = []
    for literal in _LITERAL.findall(text):
        if len(literal) == 1 or literal[-1] != literal[0]:
            return [text]
        try:
            found.append(str(ast.literal_eval(literal)))
        except (ValueError, SyntaxError):
            found.append(literal[1:-1])
    return found or [text]


# One that is never closed goes on to the end: looked for anew from each later mark, it would take long to fail.
_LITERAL: Final = re.compile(r"'(?:[^'\\]|\\.)*(?:'|\\?\Z)|\"(?:[^\"\\]|\\.)*(?:\"|\\?\Z)", re.DOTALL)


def _no_header(head: Sequence[NumberedRow], origin: Origin, options: ReadOptions) -> list[Problem]:
    best = max(head, key=lambda row: (len(match_columns(row[1], options.columns).index), _filled(row[1])), default=None)
    if best is None or not _filled(best[1]):
        return [Problem("there is nothing in it", origin.sheet and f"sheet {origin.sheet}")]
    number, cells = best
    columns = match_columns(cells, options.columns)
    missing = [field for name, field in FIELDS.items() if field.required and name not in columns.index]
    shown = ", ".join(repr(shortened(cell)) for cell in cells if cell.strip())
    return [
        Problem(
            f"no column is the {' or the '.join(field.option.replace('_', ' ') for field in missing)}",
            origin.row(number),
            f"its cells are {shown[:300]}; `reading.columns` names the column, as {missing[0].option}"
            if missing
            else "",
        )
    ]


def _is_data(cells: Cells, columns: Columns) -> bool:
    position = columns.index[TECHNIQUE]
    return position < len(cells) and bool(cells[position].strip()) and bool(technique_ids(cells[position])[0])


def _is_second_header_row(cells: Cells) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    known = {header for field in FIELDS.values() for header in field.headers} | {"number", "no"}
    return len(filled) > 1 and all(plain(cell) in known for cell in filled)


def _joined(upper: Cells, lower: Cells) -> list[str]:
    """Return the headers of two rows as one, where a merged cell of the upper one stands over several columns."""
    headers = []
    over = ""
    for i in range(max(len(upper), len(lower))):
        own = upper[i].strip() if i < len(upper) else ""
        below = lower[i].strip() if i < len(lower) else ""
        over = own or over
        headers.append(f"{over} {below}" if below else own)
    return headers


def _filled(cells: Cells) -> int:
    return sum(1 for cell in cells if cell and not cell.isspace())


def _most_frequent(words: Iterable[str]) -> str:
    counts = Counter(word for word in words if word)
    return min(counts, key=lambda word: (-counts[word], word)) if counts else ""
