"""From words that name sources to their mappings."""

from __future__ import annotations

from os import PathLike, fspath

from navigator_export.merging import merge
from navigator_export.model import MappingSet
from navigator_export.readers.assembly import assemble, assemble_each
from navigator_export.readers.formats import tables_in_bytes
from navigator_export.readers.interpretation import interpret
from navigator_export.readers.options import DEFAULT, ReadOptions, words
from navigator_export.readers.table import Table
from navigator_export.sources.registry import tables_of


def read(*sources: str | PathLike[str], options: ReadOptions | None = None) -> MappingSet:
    """Return the mappings of all sources together.

    Raises SourceError as `read_each` does, and where the sources are of different domains or ATT&CK releases.
    """
    return merge(read_each(*sources, options=options))


def read_each(*sources: str | PathLike[str], options: ReadOptions | None = None) -> tuple[MappingSet, ...]:
    """Return the mappings of each source, to be moved to one ATT&CK release; what holds several sources gives several.

    A source is a path, `-` for standard input, `sample` or `sample-company` for a built-in sample, the name of a
    published set, or an https address; what form it has is found by its content. A folder is one that holds detection
    rules or security stack YAML.
    Raises SourceError where a source cannot be read, is not of a known form, goes beyond the limits, or maps nothing
    at all.
    """
    options = options or DEFAULT
    return assemble_each(read_tables(*sources, options=options), tuple(words(options)))


def read_bytes(data: bytes, name: str, options: ReadOptions | None = None) -> MappingSet:
    """Return the mappings in the bytes of one source; `name` stands in messages and in layers.

    Raises SourceError like `read`.
    """
    options = options or DEFAULT
    return assemble(interpret(tables_in_bytes(data, name, name, options), options), tuple(words(options)))


def read_tables(*sources: str | PathLike[str], options: ReadOptions = DEFAULT) -> list[Table]:
    """Return the tables of all sources, not yet assembled. Raises SourceError like `read`."""
    return [table for source in sources for table in interpret(tables_of(fspath(source), options), options)]
