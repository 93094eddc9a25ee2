"""The kinds of sources there are, and which of them a word names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from navigator_export.model import Source
from navigator_export.readers.options import Limits, ReadOptions
from navigator_export.readers.table import Table
from navigator_export.sources import standard_input
from navigator_export.sources.contents import contents_of_path
from navigator_export.sources.file import File
from navigator_export.sources.folder import Folder
from navigator_export.sources.kind import Kind
from navigator_export.sources.sample import Sample
from navigator_export.sources.standard_input import StandardInput, contents_of_standard_input

_FILE: Final = File()

KINDS: Final[tuple[Kind, ...]] = (StandardInput(), Sample("sample"), Sample("sample-company"), Folder(), _FILE)
"""Every kind, in the order in which they are asked; what none takes is a file that is not there."""


def kind_of(word: str, folder: str = "") -> Kind | None:
    """Return the kind of source that a word names, where paths begin in a folder; None where nothing is there."""
    return next((kind for kind in KINDS if kind.takes(str(Path(folder, word)) if kind.on_disk else word)), None)


def tables_of(word: str, options: ReadOptions) -> Sequence[Table]:
    """Return the tables of a source as it states them. Raises SourceError where it cannot be read."""
    return (kind_of(word) or _FILE).tables(word, options)


def called(word: str) -> str:
    """Return what messages call a source."""
    return (kind_of(word) or _FILE).called(word)


def files_of(word: str) -> tuple[Path, ...]:
    """Return the files on disk that a source is read from, which must not be written over."""
    return (kind_of(word) or _FILE).files(word)


def contents(word: str, limits: Limits | None = None) -> bytes:
    """Return the bytes of a file, of a named pipe, or of standard input for `-`.

    Raises SourceError where there are none to be had, or more than `limits` allow.
    """
    limits = limits or Limits()
    return contents_of_standard_input(limits) if word == standard_input.WORD else contents_of_path(word, limits)


def word_of(source: Source) -> tuple[str, str]:
    """Return the word that names a layer's source on a command line, and what tells it from others of that word.

    What is one word on a command line may be several sources in a layer, such as the files of the sample.
    """
    kind, word = next((kind, word) for kind in KINDS if (word := kind.named(source.name)) is not None)
    if kind.on_disk and (word.startswith("-") or any(other.takes(word) for other in KINDS if not other.on_disk)):
        word = f"./{word}"
    return word, "" if kind.several else source.sha256
