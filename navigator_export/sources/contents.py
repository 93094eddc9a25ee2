"""The bytes of a file or a named pipe, or an error that says why there are none."""

from __future__ import annotations

import os
import select
import stat
import time
from pathlib import Path
from typing import BinaryIO, Final

from navigator_export.errors import Problem, SourceError, nearest, reason
from navigator_export.readers.options import Limits
from navigator_export.wording import counted

_CHUNK: Final = 2**20
_LONGEST_WAIT: Final = 10**6
"""Seconds that the system can be asked to wait."""


def contents_of_path(path: str, limits: Limits) -> bytes:
    """Return the bytes of a file or of a named pipe.

    Raises SourceError where there are none to be had, or more than `limits` allow. A pipe that never ends is read up
    to the limit; one that stays silent is given up; a device is not read.
    """
    try:
        data = _read(Path(path), path, limits)
    except IsADirectoryError:
        raise SourceError(path, [Problem("this is a folder; name the files in it")]) from None
    except FileNotFoundError:
        raise SourceError(path, [Problem("there is no such file", hint=_instead(Path(path)))]) from None
    except (OSError, ValueError) as error:
        raise SourceError(path, [Problem(f"cannot be read: {reason(error)}")]) from None
    if len(data) > limits.bytes:
        raise SourceError(path, [too_large(limits)])
    return data


def too_large(limits: Limits) -> Problem:
    """Return the problem of a source that is larger than its limit in bytes."""
    most = limits.bytes
    size = f"{most // 2**20} MiB" if most >= 2**20 else f"{most} bytes"
    return Problem(f"more than {size}, the largest that is read", hint="`reading.limits.bytes` allows more")


def read_up_to(stream: BinaryIO, most: int) -> bytes:
    """Return the bytes of a stream, at most so many; it is asked for no more at once than it may well have."""
    chunks = []
    while most > 0 and (chunk := stream.read(min(most, _CHUNK))):
        chunks.append(chunk)
        most -= len(chunk)
    return b"".join(chunks)


def _read(path: Path, name: str, limits: Limits) -> bytes:
    mode = path.stat().st_mode
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) or stat.S_ISSOCK(mode):
        raise SourceError(name, [Problem("this is a device, not a file", hint="name a file, or pipe one in to -")])
    if stat.S_ISFIFO(mode):
        if not hasattr(os, "O_NONBLOCK"):  # Windows, where nobody can wait for a pipe and give up
            raise SourceError(name, [Problem("this is a pipe, which is not read here", hint="pipe it in to -")])
        return _read_pipe(path, name, limits)
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > limits.bytes:
            raise SourceError(name, [too_large(limits)])
        return read_up_to(file, limits.bytes + 1)


def _read_pipe(path: Path, name: str, limits: Limits) -> bytes:
    # Opened without waiting for a writer, for which a plain open waits for ever.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    wait = min(limits.wait, _LONGEST_WAIT)
    chunks = []
    size = 0
    give_up = time.monotonic() + wait
    try:
        while size <= limits.bytes:
            ready, _, _ = select.select([handle], [], [], max(0.0, give_up - time.monotonic()))
            if not ready:
                hint = "`reading.limits.wait` allows more"
                raise SourceError(name, [Problem(f"the pipe gave nothing for {counted(wait, 'second')}", hint=hint)])
            chunk = os.read(handle, _CHUNK)
            if not chunk:
                break
            chunks.append(chunk)
            size += len(chunk)
            give_up = time.monotonic() + wait
    finally:
        os.close(handle)
    return b"".join(chunks)


def _instead(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return f"there is no folder {path.parent} either"
    return nearest(path.name, names, "file names there")
