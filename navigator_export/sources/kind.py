"""What every kind of source gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from navigator_export.readers.options import ReadOptions
from navigator_export.readers.table import Table


class Kind(ABC):
    """One kind of source; a word names a source of it, on a command line, in a manifest and from Python."""

    repeatable: ClassVar[bool] = True
    """Whether it can be read again, so that a manifest may name it."""
    on_disk: ClassVar[bool] = False
    """Whether its word is a path, which a manifest gives from its own folder."""
    fetched: ClassVar[bool] = False
    """Whether it comes from elsewhere, so that a manifest's lock pins what it is."""
    several: ClassVar[bool] = False
    """Whether one word gives the mappings of several files, each a source of its own in a layer."""

    @abstractmethod
    def takes(self, word: str) -> bool:
        """Return whether a word names a source of this kind."""

    @abstractmethod
    def tables(self, word: str, options: ReadOptions) -> Sequence[Table]:
        """Return the tables of a source as it states them. Raises SourceError where it cannot be read."""

    @abstractmethod
    def named(self, name: str) -> str | None:
        """Return the word that names a source on a command line, by its name in a layer; None for other kinds' names.

        A file's name has no folder, so the command works where the file is.
        """

    def called(self, word: str) -> str:
        """Return what messages call a source."""
        return word

    def files(self, word: str) -> tuple[Path, ...]:
        """Return the files on disk that a source is read from, which must not be written over."""
        return ()
