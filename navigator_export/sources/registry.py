"""The kinds of sources there are, and which of them a word names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from navigator_export.errors import Problem, SourceError, nearest
from navigator_export.model import Source
from navigator_export.readers.options import Limits, ReadOptions
from navigator_export.readers.table import Table
from navigator_export.sources import standard_input
from navigator_export.sources.address import Address
from navigator_export.sources.contents import contents_of_path
from navigator_export.sources.file import File
from navigator_export.sources.folder import Folder
from navigator_export.sources.kind import Kind
from navigator_export.sources.published import Published
from navigator_export.sources.sample import Sample
from navigator_export.sources.standard_input import StandardInput, contents_of_standard_input

SAMPLES: Final = ("sample", "sample-company")
"""Words of the built-in samples."""
_FILE: Final = File()
_FOLDER: Final = Folder()
_PUBLISHED: Final = Published()

KINDS: Final[tuple[Kind, ...]] = (
    StandardInput(),
    *map(Sample, SAMPLES),
    _FILE,
    _PUBLISHED,
    _FOLDER,
    Address(),
)
"""Every kind, in the order in which they are asked; what none takes is a file that is not there.

A published set goes before a folder: builds write into folders that are called like their sources.
"""


def kind_of(word: str, folder: str = "") -> Kind | None:
    """Return the kind of source that a word names, where paths begin in a folder; None where nothing is there."""
    return next((kind for kind in KINDS if kind.takes(str(Path(folder, word)) if kind.on_disk else word)), None)


def fetching_kind(word: str) -> Kind | None:
    """Return the kind that fetches what a word names, whatever lies in the current folder; None where none does."""
    return next((kind for kind in KINDS if kind.fetched and kind.takes(word)), None)


def as_path(path: str) -> str:
    """Return a path as a word that names what lies there, and nothing else."""
    taken = path.startswith("-") or any(kind.takes(path) for kind in KINDS if not kind.on_disk)
    return f"./{path}" if taken else path


def tables_of(word: str, options: ReadOptions) -> Sequence[Table]:
    """Return the tables of a source as it states them. Raises SourceError where it cannot be read."""
    kind = kind_of(word)
    if kind is None and (problem := unknown_name(word)):
        raise SourceError(word, [problem])
    both = _both(word, kind)
    try:
        first, *others = (kind or _FILE).tables(word, options)
    except SourceError as error:
        if both:
            error.add_note(both)
        raise
    return [replace(first, remarks=(*first.remarks, both)), *others] if both else [first, *others]


def _both(word: str, kind: Kind | None) -> str:
    """Return what to know of a word that names both a published set and a file or folder; empty for any other."""
    if kind is _PUBLISHED:
        is_both = _FOLDER.takes(word) and any(file.is_file() for file in _FOLDER.files(word))
        return f"{word} is the published set, not the folder of that name, which is ./{word}" if is_both else ""
    if kind is not _FILE or not _PUBLISHED.takes(word):
        return ""
    name = _PUBLISHED.full_name(word)
    return f"{word} is the file of that name, not the published set, which is {name}" if name else ""


def unknown_name(word: str, folder: str = "") -> Problem | None:
    """Return the problem of a word that names nothing, where it might be a set's or a sample's; None for a path."""
    from navigator_export.sets.names import looks_like_name, nearest_names  # where nothing is there
    from navigator_export.sets.registry import known

    if not looks_like_name(word):
        return None
    try:
        files = [entry.name for entry in Path(folder).iterdir() if entry.is_file()]
    except OSError:
        files = []
    hint = "; ".join([nearest_names(word, known().sets, SAMPLES), *([nearest(word, files, "files")] if files else [])])
    return Problem(f"there is no file, and no published set, of the name {word!r}", hint=hint)


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
    # What no other kind names is a file.
    kinds = sorted(KINDS, key=lambda kind: kind.on_disk)
    kind, word = next((kind, word) for kind in kinds if (word := kind.named(source.name)) is not None)
    return as_path(word) if kind.on_disk else word, "" if kind.several else source.sha256
