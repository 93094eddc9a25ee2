"""The files that a command writes: none that it read, each whole, and what is said where not all could be."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from navigator_export.cli.interruption import finished
from navigator_export.errors import OutputError, Problem
from navigator_export.output import STANDARD_OUTPUT, write
from navigator_export.sources.registry import files_of


def spare(targets: Iterable[str], inputs: Sequence[str]) -> None:
    """Raise OutputError where a file to write is one that was read, by the words that named it, or is written twice."""
    read = {_identity(file) for word in inputs for file in files_of(word)} - {None}
    written: set[str] = set()
    for target in targets:
        if target == STANDARD_OUTPUT:
            continue
        if os.path.realpath(target) in written:
            raise OutputError(target, [Problem("would be written twice", hint="name another file")])
        if _identity(Path(target)) in read:
            raise OutputError(target, [Problem("was read as an input", hint="name another file")])
        written.add(os.path.realpath(target))


def _identity(file: Path) -> tuple[int, int] | None:
    """Return what tells a file from all others, whatever it is called; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def write_all(texts: Sequence[tuple[str, bytes]]) -> None:
    """Write texts to their targets, one after the other, each whole or not at all.

    Raises OutputError, or what interrupts it, with a note of how many are written where that is some.
    """
    written = 0
    try:
        for target, text in texts:
            write(text, target)
            written += 1
    except BaseException as error:
        if written:
            error.add_note(f"{written} of {len(texts)} files written")
        raise
    finished()
