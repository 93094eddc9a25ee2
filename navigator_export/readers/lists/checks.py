"""What of a list may be meant otherwise than it is read, gathered row by row: each is said once, with its places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from navigator_export.errors import Problem
from navigator_export.readers.lists.cells import MARKED, UNMARKED
from navigator_export.readers.lists.columns import CAPABILITY, FIELDS, MARKS, TECHNIQUE, VALUE, Columns, nearly_known
from navigator_export.readers.lists.technique_names import fits, ids_named, name_of
from navigator_export.readers.options import ReadOptions
from navigator_export.readers.origin import Origin
from navigator_export.readers.ratings import is_rating
from navigator_export.wording import counted, quoted, shortened

_SHOWN: Final = 3
"""Places that are named of those where something occurs."""
_BEGINS_WITH_ID: Final = re.compile(r"\W{0,5}(?:attack\.)?t[0-9]{4}(?![0-9a-z])", re.IGNORECASE)
_ID: Final = re.compile(r"\W{0,5}(?:attack\.)?t[0-9]{4}(?:\.[0-9]{1,3})?\W{0,5}", re.IGNORECASE)
_MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mrz|Mai|Okt|Dez"
_MADE_BY_EXCEL: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T.{1,20})?|[0-9]{1,2}[./][0-9]{1,2}[./](?:[0-9]{2}|[0-9]{4})"
    rf"|[0-9]{{1,2}}[-. ]{{1,2}}(?:{_MONTHS})(?:[- ][0-9]{{2,4}})?|(?:{_MONTHS})[- ][0-9]{{2,4}}"
    r"|[0-9](?:[.,][0-9]{1,15})?E[+-][0-9]{1,3}"
)
"""Dates and numbers as spreadsheets show them, that were ids such as 3-1, MAR1 or 1E5 before."""


class Places(msgspec.Struct):
    """Where something occurs: how often, and the first rows."""

    count: int = 0
    shown: list[str] = []

    def add(self, text: str) -> None:
        """Take in one more place, or what stands there."""
        self.count += 1
        if len(self.shown) < _SHOWN and text not in self.shown:
            self.shown.append(text)

    def __str__(self) -> str:
        rest = self.count - len(self.shown)
        return ", ".join(self.shown) + (f" and {rest:,} more" if rest else "")


class _Unread(msgspec.Struct):
    filled: int = 0
    ids: int = 0
    ratings: int = 0
    example: str = ""


class Checks:
    """What is noticed of a list's rows while they are read."""

    def __init__(self, origin: Origin, columns: Columns, options: ReadOptions) -> None:
        self._origin = origin
        self._columns = columns
        self._own_words = frozenset(word.casefold() for word, _ in options.ratings)
        self._said = {option for option, _ in options.columns}
        self._value_is_read = VALUE in columns.index or bool(columns.marks) or self._is_said(VALUE)
        self._unread = {position: _Unread() for position, _ in columns.unread}
        self._capabilities: Counter[str] = Counter()
        self._names: dict[tuple[int, str], dict[str, str]] = {}
        self._contradictions: dict[tuple[str, str], Places] = {}
        self._several = Places()
        self._by_name = Places()
        self._odd = Places()
        self._spreadsheet = Places()

    def row(self, cells: Sequence[str]) -> None:
        """Take in the cells of a row in the columns that are not read."""
        for position, seen in self._unread.items():
            cell = cells[position].strip() if position < len(cells) else ""
            if cell:
                seen.filled += 1
                if _BEGINS_WITH_ID.match(cell):
                    seen.ids += 1
                elif is_rating(cell) or cell.casefold() in self._own_words:
                    seen.ratings += 1
                seen.example = seen.example or cell

    def capability(self, number: int, cell: str, ids: Sequence[str], *, unclear: bool) -> None:
        """Take in the ids of a capability's cell; `unclear` where it may hold more than one."""
        self._capabilities.update(ids)
        if unclear:
            self._several.add(f"{self._origin.row(number)} {quoted(cell)}")
        for id_ in ids:
            if _MADE_BY_EXCEL.fullmatch(id_):
                self._spreadsheet.add(f"{quoted(id_)} in {self._origin.row(number)}")

    def techniques(self, number: int, ids: Sequence[str], names: Sequence[str], by_name: str, odd: str) -> None:
        """Take in the techniques of a row, and the names that stand beside them."""
        place = self._origin.row(number)
        if by_name:
            self._by_name.add(f"{quoted(by_name)} as {', '.join(ids)}")
        if odd:
            self._odd.add(f"{odd} ({place})")
        if len(ids) != 1 or by_name:
            return
        [id_] = ids
        for column, name in enumerate(names):
            plain = " ".join(name.casefold().split())
            if not plain or plain == id_.casefold():
                continue
            self._names.setdefault((column, id_), {}).setdefault(plain, f"{quoted(name)} ({place})")
            if not fits(id_, name):
                self._contradictions.setdefault((id_, name), Places()).add(place)

    def problems(self) -> Iterator[Problem]:
        """Yield what makes the list unusable."""
        ids = self._capabilities
        if not ids or CAPABILITY not in self._columns.names:
            return
        name = self._columns.names[CAPABILITY]
        example = quoted(next(iter(ids)))
        if all(_ID.fullmatch(id_) for id_ in ids) or all(ids_named(id_) for id_ in ids):
            message = f"column {name} holds nothing but techniques, such as {example}, and no capabilities"
            yield Problem(message, self._place(), "`reading.columns` names the column, as capability_id")
        elif all(id_.casefold() in MARKED | UNMARKED for id_ in ids):
            message = f"column {name} holds marks such as {example}, and no ids of capabilities"
            yield Problem(message, self._place(), f"`reading.columns` reads it so, as {MARKS}={name}")

    def remarks(self) -> Iterator[str]:
        """Yield what may be meant otherwise, each a sentence."""
        yield from self._of_names()
        yield from self._of_unread()
        capability = self._columns.names.get(CAPABILITY, "")
        if CAPABILITY in self._columns.named:
            yield f"there is no column of capability ids; the names of column {capability} stand for them"
        if len(self._columns.index[TECHNIQUE]) > 1 and not self._is_said(TECHNIQUE):
            yield f"the columns {self._columns.names[TECHNIQUE]} are all read as techniques"
        if self._by_name.count:
            yield f"{counted(self._by_name.count, 'row gives', 'rows give')} a technique by its name: {self._by_name}"
        if self._odd.count:
            yield f"techniques that do not go together are all read: {self._odd}"
        if self._several.count:
            cells = counted(self._several.count, "cell")
            yield f"{cells} of column {capability} may hold several ids, and are read as one: {self._several}"
        if self._spreadsheet.count:
            yield (
                f"column {capability} holds dates or numbers that a spreadsheet may have made of ids: "
                f"{self._spreadsheet}; give the column the format text and enter them anew"
            )

    def _of_names(self) -> Iterator[str]:
        for id_, name in list(self._contradictions)[:_SHOWN]:
            meant = " or ".join(ids_named(name)) or "another technique"
            places = self._contradictions[id_, name]
            known = quoted(name_of(id_))
            yield f"{id_} is {known}, but its name is given as {quoted(name)}, which is {meant}: {places}"
        more = len(self._contradictions) - _SHOWN
        if more > 0:
            yield f"{counted(more, 'more id stands', 'more ids stand')} beside the name of another technique"
        contradicted = {id_ for id_, _ in self._contradictions}
        two = [(id_, n) for (_, id_), n in self._names.items() if len(n) > 1 and id_ not in contradicted]
        for id_, names in two[:_SHOWN]:
            yield f"{id_} has two names: {' and '.join(list(names.values())[:2])}"
        if len(two) > _SHOWN:
            yield f"{counted(len(two) - _SHOWN, 'more id has', 'more ids have')} two names"

    def _of_unread(self) -> Iterator[str]:
        for position, header in self._columns.unread:
            seen = self._unread[position]
            shown = shortened(header)
            said = ""
            if seen.filled and 2 * seen.ids >= seen.filled:
                said, option = f"holds technique ids such as {quoted(seen.example)}", FIELDS[TECHNIQUE].option
            elif not self._value_is_read and seen.filled and 2 * seen.ratings > seen.filled:
                said, option = f"holds ratings such as {quoted(seen.example)}", "value"
            elif (option := nearly_known(header)) and not self._is_read(option):
                said = f"sounds like a {option}"
            if said:
                yield f"column {shown} {said}, and is not read; `reading.columns` reads it, as {option}={shown}"

    def _is_said(self, field: str) -> bool:
        return bool(self._said & {field, FIELDS[field].option})

    def _is_read(self, option: str) -> bool:
        if option == "value":
            return self._value_is_read
        return any(FIELDS[name].option == option for name in self._columns.index)

    def _place(self) -> str:
        return f"sheet {self._origin.sheet}" if self._origin.sheet else ""
