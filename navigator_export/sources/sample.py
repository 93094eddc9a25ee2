"""The built-in sample: the mappings of one technique by two frameworks."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from navigator_export.readers.options import ReadOptions
from navigator_export.readers.table import Table
from navigator_export.readers.unified.json_text import read_unified
from navigator_export.sources.kind import Kind

WORD = "sample"


class Sample(Kind):
    """The sample, by its one word; a file of that name is `./sample`."""

    several = True

    def takes(self, word: str) -> bool:
        """Return whether it is the sample's word."""
        return word == WORD

    def tables(self, word: str, options: ReadOptions) -> Sequence[Table]:
        """Return the tables of the sample's files, whatever form the options name."""
        files = sorted((resources.files("navigator_export") / WORD).iterdir(), key=lambda file: file.name)
        names = [f"{WORD}/{file.name}" for file in files]
        return [read_unified(file.read_bytes(), name, name) for file, name in zip(files, names, strict=True)]

    def named(self, name: str) -> str | None:
        """Return the sample's word for each of its files."""
        return WORD if name.startswith(f"{WORD}/") else None
