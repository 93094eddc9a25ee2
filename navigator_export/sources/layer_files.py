"""The files that are meant where layers are named: each file itself, and of a folder the JSON files in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

from navigator_export.errors import Problem, SourceError, reason
from navigator_export.readers.options import Limits
from navigator_export.sources import standard_input
from navigator_export.wording import counted

_SUFFIX: Final = ".json"


class LayerFile(msgspec.Struct, frozen=True):
    """One file that may hold layers."""

    word: str
    """What it is read by: its path, or `-` for standard input."""
    folder: str = ""
    """The folder that was named and has it; empty where the file was named itself."""


def layer_files(word: str, limits: Limits | None = None) -> tuple[LayerFile, ...]:
    """Return the files that a word names: of a folder the `.json` files in it and in its folders, by path.

    Folders whose name starts with a dot, and links to folders, are left alone. Raises SourceError for a folder that
    has no such file, cannot be read, or has more of them than `limits` allow.
    """
    if word == standard_input.WORD or not _is_folder(word):
        return (LayerFile(word),)
    found = _json_files(word, limits or Limits())
    if not found:
        raise SourceError(word, [Problem(f"there is no {_SUFFIX} file in this folder", hint="name a layer file")])
    return tuple(LayerFile(str(path), word) for path in found)


def _is_folder(word: str) -> bool:
    try:
        return Path(word).is_dir()
    except (OSError, ValueError):
        return False


def _json_files(word: str, limits: Limits) -> list[Path]:
    found: list[Path] = []

    def fail(error: OSError) -> None:
        raise SourceError(error.filename or word, [Problem(f"cannot be read: {reason(error)}")])

    # Links to folders are not followed: one that leads back up would never end.
    for folder, folders, names in os.walk(word, onerror=fail):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += (Path(folder, name) for name in names if name.casefold().endswith(_SUFFIX))
        if len(found) > limits.files:
            most = counted(limits.files, f"{_SUFFIX} file")
            raise SourceError(word, [Problem(f"more than {most}", hint="name the folders in it that have layers")])
    return sorted(found, key=lambda path: path.relative_to(word).as_posix())
