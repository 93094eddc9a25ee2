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
    written = [Path(target) for target in targets if target != STANDARD_OUTPUT]
    for number, target in enumerate(written):
        if os.path.realpath(target) in map(os.path.realpath, written[:number]):
            raise OutputError(str(target), [Problem("would be written twice", hint="name another file")])
        for file in (file for word in inputs for file in files_of(word)):
            if target.exists() and file.exists() and target.samefile(file):
                raise OutputError(str(target), [Problem("was read as an input", hint="name another file")])


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
