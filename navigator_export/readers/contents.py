"""The bytes of a file or of standard input, or an error that says why there are none."""

from __future__ import annotations

import os
import select
import stat
import sys
import time
from pathlib import Path

from navigator_export.errors import Problem, SourceError, nearest, reason
from navigator_export.readers.options import Limits

STANDARD_INPUT = "-"
STANDARD_INPUT_NAME = "standard input"

MAX_BYTES = Limits().bytes
"""Largest input that is read unless told otherwise."""

_CHUNK = 2**20


def contents(source: str, limits: Limits | None = None) -> bytes:
    """Return the bytes of a file, of a named pipe, or of standard input for `-`.

    Raises SourceError where there are none to be had, or more than `limits` allow. A pipe that never ends is read up
    to the limit; one that stays silent is given up; a device is not read.
    """
    limits = limits or Limits(bytes=MAX_BYTES)
    name = "standard input" if source == STANDARD_INPUT else source
    try:
        if source == STANDARD_INPUT:
            if sys.stdin is None:
                raise SourceError(name, [Problem("is closed", hint="name a file, or pipe one in")])
            data = sys.stdin.buffer.read(limits.bytes + 1)
        else:
            data = _of_path(Path(source), name, limits)
    except IsADirectoryError:
        raise SourceError(name, [Problem("this is a folder; name the files in it")]) from None
    except FileNotFoundError:
        raise SourceError(name, [Problem("there is no such file", hint=_instead(Path(source)))]) from None
    except (OSError, ValueError) as error:
        raise SourceError(name, [Problem(f"cannot be read: {reason(error)}")]) from None
    if len(data) > limits.bytes:
        raise SourceError(name, [too_large(limits.bytes)])
    return data


def too_large(limit: int) -> Problem:
    """Return the problem of a source that is larger than a limit in bytes."""
    size = f"{limit // 2**20} MiB" if limit >= 2**20 else f"{limit} bytes"
    return Problem(f"more than {size}, the largest that is read", hint="--limit bytes=… allows more")


def _of_path(path: Path, name: str, limits: Limits) -> bytes:
    mode = path.stat().st_mode
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) or stat.S_ISSOCK(mode):
        raise SourceError(name, [Problem("this is a device, not a file", hint="name a file, or pipe one in to -")])
    if stat.S_ISFIFO(mode):
        return _of_pipe(path, name, limits)
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > limits.bytes:
            raise SourceError(name, [too_large(limits.bytes)])
        return file.read(limits.bytes + 1)


def _of_pipe(path: Path, name: str, limits: Limits) -> bytes:
    # Opened without waiting for a writer, for which a plain open waits for ever.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    chunks = []
    size = 0
    give_up = time.monotonic() + limits.wait
    try:
        while size <= limits.bytes:
            ready, _, _ = select.select([handle], [], [], max(0.0, give_up - time.monotonic()))
            if not ready:
                raise SourceError(name, [Problem(f"the pipe gave nothing for {limits.wait} seconds")])
            chunk = os.read(handle, _CHUNK)
            if not chunk:
                break
            chunks.append(chunk)
            size += len(chunk)
            give_up = time.monotonic() + limits.wait
    finally:
        os.close(handle)
    return b"".join(chunks)


def _instead(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return f"there is no folder {path.parent} either"
    return nearest(path.name, names, "file names there")
