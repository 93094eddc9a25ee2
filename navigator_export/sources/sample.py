"""The built-in samples, each by a word of its own.

`sample` has the mappings of one technique by two published frameworks, `sample-company` the controls of a company that
does not exist, over all tactics.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from navigator_export.readers.options import ReadOptions
from navigator_export.readers.table import Table
from navigator_export.readers.unified.json_text import read_unified
from navigator_export.sources.kind import Kind


class Sample(Kind):
    """A sample, by its word, which is the name of its folder in the package; a file of that name is `./sample`."""

    several = True

    def __init__(self, word: str) -> None:
        self._word = word

    def takes(self, word: str) -> bool:
        """Return whether it is the sample's word."""
        return word == self._word

    def tables(self, word: str, options: ReadOptions) -> Sequence[Table]:
        """Return the tables of the sample's files, whatever form the options name."""
        files = sorted((resources.files("navigator_export") / word).iterdir(), key=lambda file: file.name)
        names = [f"{word}/{file.name}" for file in files]
        return [read_unified(file.read_bytes(), name, name) for file, name in zip(files, names, strict=True)]

    def named(self, name: str) -> str | None:
        """Return the sample's word for each of its files."""
        return self._word if name.startswith(f"{self._word}/") else None
