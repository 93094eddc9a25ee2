"""From a source's name to its mappings: one module per input format, one function that picks."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from os import PathLike, fspath
from pathlib import Path

from msgspec.structs import replace

from navigator_export.model import MappingSet, RowFate
from navigator_export.readers.assembly import assemble
from navigator_export.readers.contents import STANDARD_INPUT, contents
from navigator_export.readers.formats import tables_in_bytes
from navigator_export.readers.options import DEFAULT, Limits as Limits, ReadOptions as ReadOptions, words
from navigator_export.readers.table import Table
from navigator_export.readers.unified.json_text import read_unified

SAMPLE = "sample"
"""Name of the built-in source; a file of that name is `./sample`."""


def read(
    *sources: str | PathLike[str], options: ReadOptions | None = None, fates: list[RowFate] | None = None
) -> MappingSet:
    """Return the mappings of all sources together.

    A source is a path, `-` for standard input, or `sample` for the built-in sample; what form it has is found by its
    content. A folder is one that holds security stack YAML. `fates` receives what became of each row.
    Raises SourceError where a source cannot be read, is not of a known form, goes beyond the limits, maps nothing at
    all, or disagrees with the others on domain or ATT&CK release.
    """
    options = options or DEFAULT
    return assemble(read_tables(*sources, options=options), tuple(words(options)), fates)


def read_bytes(data: bytes, name: str, options: ReadOptions | None = None) -> MappingSet:
    """Return the mappings in the bytes of one source; `name` stands in messages and in layers.

    Raises SourceError like `read`.
    """
    options = options or DEFAULT
    tables = [with_options(table, options) for table in tables_in_bytes(data, name, name, options)]
    return assemble(tables, tuple(words(options)))


def read_tables(*sources: str | PathLike[str], options: ReadOptions = DEFAULT) -> list[Table]:
    """Return the tables of all sources, not yet assembled. Raises SourceError like `read`."""
    return [with_options(table, options) for source in sources for table in _tables(fspath(source), options)]


def with_options(table: Table, options: ReadOptions) -> Table:
    """Return a table with what the options say of its source in the place of what it says itself."""
    if options is DEFAULT:
        return table
    meta = table.metadata
    table.metadata = replace(
        meta,
        mapping_framework=options.framework or meta.mapping_framework,
        mapping_framework_version=options.framework_version or meta.mapping_framework_version,
        attack_version=options.attack_version or meta.attack_version,
        technology_domain=options.domain or meta.technology_domain,
    )
    if (options.ratings or options.category) and table.format not in ("csv", "xlsx"):
        from navigator_export.readers.lists.ratings import rate  # noqa: PLC0415 - most sources need none

        rate(table, options)
    return table


def _tables(source: str, options: ReadOptions) -> Iterable[Table]:
    if source == SAMPLE:
        for file in sorted((resources.files("navigator_export") / SAMPLE).iterdir(), key=lambda f: f.name):
            name = f"{SAMPLE}/{file.name}"
            yield read_unified(file.read_bytes(), name, name)
    elif source == STANDARD_INPUT:
        yield from tables_in_bytes(contents(source, options.limits), "standard input", "standard input", options)
    elif Path(source).is_dir():
        from navigator_export.readers.folder import tables_in_folder  # noqa: PLC0415 - files are the rule

        yield from tables_in_folder(source, options)
    else:
        yield from tables_in_bytes(contents(source, options.limits), Path(source).name, source, options)
