"""From what a source states to what its tables mean: the user's word first, then what is taken for granted.

Readers give what a source itself says, and an empty text for what it does not say; here alone the options that say
something of a source are laid over it, whatever its form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from msgspec.structs import replace

from navigator_export.characters import clean_name
from navigator_export.errors import Problem, SourceError
from navigator_export.model import CATEGORIES
from navigator_export.readers.assumptions import ASSUMED_CATEGORY, completed, framework_id
from navigator_export.readers.options import ReadOptions
from navigator_export.readers.table import Row, Table
from navigator_export.wording import counted


def interpret(tables: Sequence[Table], options: ReadOptions) -> list[Table]:
    """Return the tables of one source, with clean names and all that is said of it or taken for granted.

    Raises SourceError where what the options say cannot be.
    """
    stated = [_stated(table, options) for table in _of_domain([_cleaned(table) for table in tables], options)]
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
    from navigator_export.readers.ratings import Ratings  # noqa: PLC0415 - most sources need none

    try:
        ratings = Ratings(options.ratings, options.category)
    except ValueError as error:
        raise SourceError(tables[0].file, [Problem(str(error), "reading.ratings")]) from None
    said = {row.score_category for row in _rows(tables) if row.score_category}
    known = sum(ratings.read(word, None)[0] in CATEGORIES for word in said)
    if said and known < len(said) * min(table.category_share for table in tables):
        tables = _with_groups_for_categories(tables)
    for row in _rows(tables):
        row.score_category, row.score_value = ratings.read(row.score_category, row.score_value)
    return _with_assumed_category(tables)


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
