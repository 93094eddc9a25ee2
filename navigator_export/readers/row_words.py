"""The words of a row that are not free: technique ids, mapping types, categories and values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from navigator_export.characters import clean_name
from navigator_export.errors import Problem, nearest
from navigator_export.model import CATEGORIES, TECHNIQUE_ID, VALUES, Category, Term, Value
from navigator_export.readers.capabilities import term
from navigator_export.readers.table import Row, Table
from navigator_export.wording import LINE, quoted

EXPLAINED: Final = 50
"""Problems of a table that name the nearest word; it takes long to find, and no more are shown."""

_Word = TypeVar("_Word", bound=str)

Rating = tuple[Category | None, Value | None]


class RowWords:
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
        self._ratings: dict[tuple[str | None, str | None], Rating] = {}

    def technique(self, raw: str | None, index: int) -> str | None:
        """Return the technique id of a row; None where it has none, or a wrong one, which is noted."""
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

    def rating(self, row: Row, index: int) -> Rating:
        """Return the category and the value of a row; those that are wrong are noted."""
        said = (row.score_category, row.score_value)
        found = self._ratings.get(said)
        if found is None:
            found = self.category(row, index), self.value(row, index)
            # A wrong word is told of every row.
            if self._wrong_words.keys().isdisjoint((("score_category", said[0]), ("score_value", said[1]))):
                self._ratings[said] = found
        return found

    def mapping_type(self, row: Row) -> Term | None:
        """Return the mapping type of a row, with its name."""
        raw = row.mapping_type
        if raw not in self._types:
            id_ = clean_name(raw or "").strip()
            self._types[raw] = term(self._table.metadata.mapping_types, id_) if id_ else None
        return self._types[raw]

    def category(self, row: Row, index: int) -> Category | None:
        """Return the category of a row; None where it has none, or a wrong one, which is noted."""
        raw = row.score_category
        if raw not in self._categories:
            self._categories[raw] = self._known(raw, CATEGORIES, "score_category", "category")
        if self._wrong_words and ("score_category", raw) in self._wrong_words:
            self._tell(index, "score_category", raw)
        return self._categories[raw]

    def value(self, row: Row, index: int) -> Value | None:
        """Return the value of a row; None where it has none, or a wrong one, which is noted."""
        raw = row.score_value
        if raw not in self._values:
            self._values[raw] = self._known(raw, VALUES, "score_value", "value")
        if self._wrong_words and ("score_value", raw) in self._wrong_words:
            self._tell(index, "score_value", raw)
        return self._values[raw]

    def _known(self, raw: str | None, known: Sequence[_Word], field: str, kind: str) -> _Word | None:
        """Return the known word that a spelling is; None, and what to say of it kept, where it is none."""
        word = (raw or "").strip()
        found = next((one for one in known if one == word.casefold()), None)
        if word and found is None:
            self._wrong_words[field, raw] = (f"unknown {kind} {quoted(raw)}", self._expected(word, known))
        return found

    def _expected(self, word: str, known: Sequence[str]) -> str:
        close = nearest(word[:LINE], known, "words") if len(self._wrong_words) < EXPLAINED else ""
        near = f" ({close})" if close.startswith("nearest") else ""
        shown = word if word.isprintable() and " " not in word and len(word) <= LINE else quoted(word)
        ranges = "; a range is written 67..100" if word.rstrip(" %").isdigit() else ""
        return (
            f"expected {', '.join(known)}{near}; `reading.ratings` says what it means, as {shown}={known[1]}, "
            f"or as {shown}=none that nothing is mapped{ranges}"
        )

    def _tell(self, index: int, field: str, raw: str | None) -> None:
        message, hint = self._wrong_words[field, raw]
        problem = Problem(message, self._table.place(index, field), hint)
        # A list's row of several techniques comes in once for each.
        if (problem.place, message) not in self._told:
            self._told.add((problem.place, message))
            self.problems.append(problem)
