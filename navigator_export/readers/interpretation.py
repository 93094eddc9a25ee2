"""From what a source states to what its tables mean: the user's word first, then what is taken for granted.

Readers give what a source itself says, and an empty text for what it does not say; here alone the options that say
something of a source are laid over it, whatever its form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

from msgspec.structs import replace

from navigator_export.characters import clean_name
from navigator_export.errors import Problem, SourceError, nearest
from navigator_export.model import CATEGORIES
from navigator_export.patterns import matches
from navigator_export.readers.assembly import NON_MAPPABLE, is_non_mappable
from navigator_export.readers.assumptions import ASSUMED_CATEGORY, completed, framework_id
from navigator_export.readers.options import ReadOptions
from navigator_export.readers.ratings import NO_MAPPING, Ratings
from navigator_export.readers.table import Row, Table
from navigator_export.wording import counted, listed, quoted

_SHOWN: Final = 6
"""Words that a remark names."""
_IN_PLACE: Final = frozenset({"complete", "completed", "implemented", "active", "enabled", "in place", "done", "yes"})
"""Statuses, in small letters, that go without saying where they are the only one."""


def interpret(tables: Sequence[Table], options: ReadOptions) -> list[Table]:
    """Return the tables of one source, with clean names and all that is said of it or taken for granted.

    Raises SourceError where what the options say cannot be.
    """
    of_domain = _of_domain([_cleaned(table) for table in tables], options)
    stated = _by_status([_stated(table, options) for table in of_domain], options)
    return list(chain.from_iterable(map(completed, _rated(stated, options))))


def _of_domain(tables: Sequence[Table], options: ReadOptions) -> Sequence[Table]:
    """Return the tables of the domain that the options name, where a source has tables of several domains."""
    domains = [table.metadata.technology_domain.casefold().removesuffix("-attack") for table in tables]
    if options.domain not in domains or len(set(domains)) == 1:
        return tables
    taken = [table for table, domain in zip(tables, domains, strict=True) if domain in ("", options.domain)]
    others = sorted(set(domains) - {"", options.domain})
    rows = sum(len(table.rows) for table in tables) - sum(len(table.rows) for table in taken)
    if not rows:
        return tables
    count = counted(rows, "row is", "rows are")
    return _with_remark(taken, f"{count} of another domain ({', '.join(others)}), and left out")


def _cleaned(table: Table) -> Table:
    meta = table.metadata
    return replace(
        table,
        name=clean_name(table.name),
        metadata=replace(
            meta,
            mapping_framework=clean_name(meta.mapping_framework).strip(),
            mapping_framework_version=clean_name(meta.mapping_framework_version or "").strip(),
            mapping_types={clean_name(id_): clean_name(name) for id_, name in meta.mapping_types.items()},
            capability_groups={clean_name(id_): clean_name(name) for id_, name in meta.capability_groups.items()},
        ),
    )


def _stated(table: Table, options: ReadOptions) -> Table:
    """Return a table with what the user says of the source in the place of what it says itself, rows included."""
    meta = table.metadata
    if options.framework_version:
        for row in table.rows:
            row.mapping_framework_version = None
    if options.attack_version:
        for row in table.rows:
            row.attack_version = None
    return replace(
        table,
        metadata=replace(
            meta,
            mapping_framework=framework_id(options.framework) if options.framework else meta.mapping_framework,
            mapping_framework_version=options.framework_version or meta.mapping_framework_version,
            attack_version=options.attack_version or meta.attack_version,
            technology_domain=options.domain or meta.technology_domain,
        ),
    )


def _rated(tables: Sequence[Table], options: ReadOptions) -> Sequence[Table]:
    """Return the tables with their ratings in the project's words, as far as words are known or said."""
    if not (options.ratings or options.category or any(table.own_words for table in tables)):
        return tables
    try:
        ratings = Ratings(options.ratings, options.category)
    except ValueError as error:
        raise SourceError(tables[0].file, [Problem(str(error), "reading.ratings")]) from None
    said = {row.score_category for row in _rows(tables) if row.score_category}
    known = sum(ratings.read(word, None)[0] in CATEGORIES for word in said)
    if said and known < len(said) * min(table.category_share for table in tables):
        tables = _with_groups_for_categories(tables)
    if any(table.doubtful_values for table in tables):
        tables = _without_doubtful_values(tables, ratings)
    left_out: Counter[str] = Counter()
    for row in _rows(tables):
        read = ratings.read(row.score_category, row.score_value)
        if read == NO_MAPPING:
            left_out[row.score_value or row.score_category or ""] += 1
            row.status, read = NON_MAPPABLE, (None, None)
        row.score_category, row.score_value = read
    if left_out:
        tables = _with_remark(tables, f"{_rows_map_nothing(left_out.total())}, by rating: {_told(left_out)}")
    return _with_assumed_category(tables)


def _without_doubtful_values(tables: Sequence[Table], ratings: Ratings) -> Sequence[Table]:
    """Leave out what a column holds that is called Level or Score, where none of its words is a rating."""
    said = Counter(row.score_value for row in _rows(tables) if row.score_value)
    if not said or any(row.score_category for row in _rows(tables)) or any(ratings.knows(word) for word in said):
        return tables
    for row in _rows(tables):
        row.score_value = None
    name = tables[0].column_names["score_value"]
    tables = [
        replace(
            table,
            column_names={field: column for field, column in table.column_names.items() if field != "score_value"},
            reading=tuple((what, "not read" if what == f"column {name}" else how) for what, how in table.reading),
        )
        for table in tables
    ]
    remark = (
        f"column {name} holds other words than ratings, and is not read: {_told(said)}; "
        f"`reading.ratings` says what they mean, as {quoted(next(iter(said)))}=partial"
    )
    return _with_remark(tables, remark)


def _by_status(tables: Sequence[Table], options: ReadOptions) -> Sequence[Table]:
    """Return the tables whose rows of another status than those asked for map nothing.

    Raises SourceError for a status that no row has.
    """
    counts = Counter(row.status for row in _rows(tables))
    said = Counter({word: count for word, count in counts.items() if word and not is_non_mappable(word)})
    if not options.statuses:
        if not tables[0].column_names or all(word.casefold() in _IN_PLACE for word in said):
            return tables
        remark = f"rows of every status count: {_told(said)}; `reading.statuses` takes only some"
        return _with_remark(tables, remark)
    for pattern in options.statuses:
        if not any(matches(pattern, word) for word in said):
            problem = Problem(
                f"no row has the status {pattern!r}", "reading.statuses", nearest(pattern, said, "statuses")
            )
            raise SourceError(tables[0].file, [problem])
    left_out: Counter[str] = Counter()
    for row in _rows(tables):
        status = row.status or ""
        if not is_non_mappable(status) and not any(matches(pattern, status) for pattern in options.statuses):
            left_out[status] += 1
            row.status = NON_MAPPABLE
    if not left_out:
        return tables
    return _with_remark(tables, f"{_rows_map_nothing(left_out.total())}, by status: {_told(left_out)}")


def _rows_map_nothing(number: int) -> str:
    return counted(number, "row maps nothing", "rows map nothing")


def _told(words: Counter[str]) -> str:
    """Return words with their counts, the most frequent first."""
    in_order = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    told = [f"{quoted(word) if word else 'none'} in {counted(count, 'row')}" for word, count in in_order]
    return listed(told, _SHOWN)


def _with_groups_for_categories(tables: Sequence[Table]) -> Sequence[Table]:
    """Make groups of what a column holds that is called Category and has other things."""
    for row in _rows(tables):
        row.capability_group = row.capability_group or row.score_category
        row.score_category = None
    name = tables[0].column_names["score_category"]
    tables = [
        replace(
            table,
            reading=tuple((what, "group" if what == f"column {name}" else how) for what, how in table.reading),
        )
        for table in tables
    ]
    return _with_remark(tables, f"column {name} holds other words, and is read as group")


def _with_assumed_category(tables: Sequence[Table]) -> Sequence[Table]:
    """Give the values of a list without a column of categories one: alone they would not count as ratings."""
    first = tables[0]
    if not first.column_names or "score_category" in first.column_names:
        return tables
    valued = [row for row in _rows(tables) if row.score_value]
    if not valued or any(row.score_category for row in _rows(tables)):
        return tables
    for row in valued:
        row.score_category = ASSUMED_CATEGORY
    return _with_remark(
        tables,
        f"values come without a category and count as {ASSUMED_CATEGORY}; `reading.category` changes that",
    )


def _rows(tables: Iterable[Table]) -> Iterable[Row]:
    return (row for table in tables for row in table.rows)


def _with_remark(tables: Sequence[Table], remark: str) -> Sequence[Table]:
    first, *others = tables
    return [replace(first, remarks=(*first.remarks, remark)), *others]
