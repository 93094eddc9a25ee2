"""The bytes of a file or of standard input, or an error that says why there are none."""

from __future__ import annotations

import sys
from pathlib import Path

from navigator_export.errors import Problem, SourceError, nearest, reason

STANDARD_INPUT = "-"

MAX_BYTES = 256 * 2**20
"""Largest input that is read; published mapping files have up to 3 MB."""


def contents(source: str) -> bytes:
    """Return the bytes of a file, or of standard input for `-`.

    Raises SourceError where there are none to be had, or more than `MAX_BYTES`.
    """
    name = "standard input" if source == STANDARD_INPUT else source
    try:
        if source == STANDARD_INPUT:
            if sys.stdin is None:
                raise SourceError(name, [Problem("is closed", hint="name a file, or pipe one in")])
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except IsADirectoryError:
        raise SourceError(name, [Problem("this is a folder; name the files in it")]) from None
    except FileNotFoundError:
        raise SourceError(name, [Problem("there is no such file", hint=_instead(Path(source)))]) from None
    except (OSError, ValueError) as error:
        raise SourceError(name, [Problem(f"cannot be read: {reason(error)}")]) from None
    if len(data) > MAX_BYTES:
        raise SourceError(name, [Problem(f"more than {MAX_BYTES // 2**20} MiB, the largest that is read")])
    return data


def _instead(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return f"there is no folder {path.parent} either"
    return nearest(path.name, names, "file names there")
