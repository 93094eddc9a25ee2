"""From a source's name to its mappings: one module per input format, one function that picks."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from os import PathLike, fspath
from pathlib import Path

from navigator_export.model import MappingSet
from navigator_export.readers.assembly import assemble
from navigator_export.readers.contents import STANDARD_INPUT, contents
from navigator_export.readers.table import Table
from navigator_export.readers.unified import read_unified

SAMPLE = "sample"
"""Name of the built-in source; a file of that name is `./sample`."""


def read(*sources: str | PathLike[str]) -> MappingSet:
    """Return the mappings of all sources together.

    A source is a path, `-` for standard input, or `sample` for the built-in sample.
    Raises SourceError where a source cannot be read, is not of a known form, maps nothing at all, or
    disagrees with the others on domain or ATT&CK release.
    """
    return assemble([table for source in sources for table in _tables(fspath(source))])


def read_bytes(data: bytes, name: str) -> MappingSet:
    """Return the mappings in the bytes of one source; `name` stands in messages and in layers.

    Raises SourceError like `read`.
    """
    return assemble([read_unified(data, name, name)])


def _tables(source: str) -> Iterable[Table]:
    if source == SAMPLE:
        for file in sorted((resources.files("navigator_export") / SAMPLE).iterdir(), key=lambda f: f.name):
            name = f"{SAMPLE}/{file.name}"
            yield read_unified(file.read_bytes(), name, name)
    elif source == STANDARD_INPUT:
        yield read_unified(contents(source), "standard input", "standard input")
    else:
        yield read_unified(contents(source), Path(source).name, source)
