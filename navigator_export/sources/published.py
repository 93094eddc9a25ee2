"""A published mapping set, by its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from navigator_export.errors import SourceError
from navigator_export.frameworks import framework_called
from navigator_export.readers.formats import tables_in_bytes
from navigator_export.readers.options import ReadOptions
from navigator_export.readers.table import Table
from navigator_export.sources.contents import too_large
from navigator_export.sources.kind import Kind

if TYPE_CHECKING:
    from navigator_export.sets.registry import PublishedSet


class Published(Kind):
    """A set of the registry; a file of that name goes before it, and it before a folder."""

    fetched = True

    def takes(self, word: str) -> bool:
        """Return whether it is the name of a set of a known framework."""
        if framework_called(word.partition("@")[0].partition(":")[0]) is None:
            return False
        from navigator_export.sets.names import is_name  # files are the rule

        return is_name(word)

    def tables(self, word: str, options: ReadOptions) -> Sequence[Table]:
        """Return the tables of the set. Raises SourceError where there is none, or its bytes cannot be had."""
        from navigator_export.sets.names import find  # files are the rule
        from navigator_export.sets.registry import known

        return tables_of_set(find(word, known().sets), word, options)

    def full_name(self, word: str) -> str:
        """Return the name of the set that leaves nothing open; empty where there is no such set."""
        from navigator_export.sets.names import find, name_of  # files are the rule
        from navigator_export.sets.registry import known

        try:
            return name_of(find(word, known().sets))
        except SourceError:
            return ""

    def named(self, name: str) -> str | None:
        """Return the name that a layer says: it leaves nothing open."""
        if not self.takes(name):
            return None
        from navigator_export.sets.names import is_full_name  # files are the rule

        return name if is_full_name(name) else None


def tables_of_set(one: PublishedSet, word: str, options: ReadOptions) -> Sequence[Table]:
    """Return the tables of a set, of the registry or of a lock; `word` stands in messages.

    Raises SourceError where its bytes cannot be had.
    """
    from navigator_export.sets.keeping import find as contents_of  # files are the rule
    from navigator_export.sets.names import name_of
    from navigator_export.sets.registry import known

    if one.bytes > options.limits.bytes:
        raise SourceError(word, [too_large(options.limits)])
    found = contents_of(one)
    # A set that the registry does not have, or has otherwise, is called by its address: its name would name another.
    by_name = one in known().sets
    name = name_of(one) if by_name else f"{one.address}#sha256={one.sha256}"
    told = ("address", one.address) if by_name else ("published set", name_of(one))
    tables = tables_in_bytes(found.data, name, word, options)
    return with_whereabouts(tables, (told, ("commit", one.commit)), found.remarks)


def with_whereabouts(
    tables: Sequence[Table], whereabouts: tuple[tuple[str, str], ...], remarks: tuple[str, ...]
) -> Sequence[Table]:
    """Return tables that say where they were fetched from, the first with remarks of how that went."""
    first, *others = (replace(table, whereabouts=whereabouts) for table in tables)
    return [replace(first, remarks=(*first.remarks, *remarks)), *others]
