"""What a command must not write over."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from navigator_export.errors import OutputError, Problem
from navigator_export.output import STANDARD_OUTPUT
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
