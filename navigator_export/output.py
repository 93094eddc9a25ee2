"""Writing: whole or not at all. A file is replaced in one step, and what was there before stays until then."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from navigator_export.errors import OutputError, Problem, reason

STANDARD_OUTPUT = "-"

READER_SECONDS: Final = 3.0
"""How long to wait for somebody to read a named pipe."""

_NOT_WAITING: Final = getattr(os, "O_NONBLOCK", 0)
"""Opens a pipe without waiting for somebody to read it. Windows has no such pipes among its files."""
_AS_IT_IS: Final = getattr(os, "O_BINARY", 0)
"""Has Windows write line ends as they are."""

_PART: Final = re.compile(r"\.navigator-export-(?P<process>[0-9]{1,10})-\w+\.part")


def as_json(value: object) -> str:
    """Return a value as JSON in ASCII alone: whatever is in it neither breaks the text nor steers a terminal."""
    try:
        text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    except UnicodeEncodeError:  # half a character, which only the standard library writes
        return json.dumps(msgspec.to_builtins(value), indent=2)
    return _NOT_PRINTED.sub(lambda found: json.dumps(found[0])[1:-1], text)


_NOT_PRINTED: Final = re.compile(r"[^\x00-\x7e]+")


def write(data: bytes, target: str | os.PathLike[str]) -> None:
    """Write all of `data` to a file, or to standard output for `-`.

    A file is written beside its place and moved there in one step; a link is followed; a device, a pipe or an open
    descriptor (`/dev/stdout`, `/dev/fd/3`) is written to as it is; folders that are missing are made.
    Raises OutputError, with an existing file untouched, where that cannot be done.
    """
    if target == STANDARD_OUTPUT:
        _write_standard_output(data)
        return
    name = named(target)
    with _told(name):
        descriptor = _descriptor(name)
        mode = None if descriptor is not None else _mode(name)
        if descriptor is not None:
            _write_all(descriptor, data)
        elif mode is not None and _is_device(mode):
            _write_device(name, mode, data)
        else:
            _place(*_beside(name, mode, data))


def write_together(files: Sequence[tuple[str, bytes]]) -> None:
    """Write several files: all of them, or none where one cannot be.

    Each is written beside its place first, and moved there when all are; what is no file is written after that.
    Raises OutputError for the first that cannot be written, with existing files untouched.
    """
    waiting: list[tuple[str, Path, Path]] = []
    others: list[tuple[str, bytes]] = []
    try:
        for target, data in files:
            with _told(named(target)):
                streams = target == STANDARD_OUTPUT or _descriptor(target) is not None
                mode = None if streams else _mode(target)
                if streams or _is_device(mode):
                    others.append((target, data))
                else:
                    waiting.append((target, *_beside(target, mode, data)))
        for target, temporary, path in waiting:
            with _told(target):
                _place(temporary, path)
    except BaseException:
        for _, temporary, _ in waiting:
            with suppress(OSError):
                temporary.unlink()
        raise
    for target, data in others:
        write(data, target)


def _is_device(mode: int | None) -> bool:
    return mode is not None and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Raise OutputError that names a target for what the system has against writing it."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise OutputError(name, [Problem(f"cannot be written: {reason(error)}")]) from None


def named(target: str | os.PathLike[str]) -> str:
    """Return a target's name. Raises OutputError for an empty one, which would be the current folder."""
    if not os.fspath(target):
        raise OutputError(
            "", [Problem("the name of the output is empty", hint="name a file, or - for standard output")]
        )
    return os.fspath(target)


def inside(target: str, file_name: str) -> str:
    """Return the file to write: the target itself, or one of that name in it where it is, or ends like, a folder.

    Raises OutputError for an empty target.
    """
    is_folder = named(target).endswith(("/", os.sep)) or Path(target).is_dir()
    return str(Path(target, file_name)) if is_folder and target != STANDARD_OUTPUT else target


def _descriptor(name: str) -> int | None:
    """Return the open descriptor that a name stands for: to open `/dev/stdout` anew loses what was written before."""
    if os.name != "posix":
        return None
    match = re.fullmatch(r"/dev/(?:(stdout)|(stderr)|fd/([0-9]{1,9}))|/proc/self/fd/([0-9]{1,9})", name)
    if match is None:
        return None
    if sys.stdout is not None:
        sys.stdout.flush()
    return 1 if match[1] else 2 if match[2] else int(match[3] or match[4])


def _mode(name: str) -> int | None:
    """Return the mode of what a name leads to; None where that is not there yet."""
    try:
        return os.stat(name).st_mode  # noqa: PTH116 - the name as it is: a path would be normalised
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise OutputError(name, [Problem("is a link that leads round to itself", hint="name a file")]) from None


def _write_device(name: str, mode: int, data: bytes) -> None:
    """Write to a device or pipe; to a pipe that nobody reads, not until the end of days."""
    deadline = time.monotonic() + READER_SECONDS
    while True:
        try:
            handle = os.open(name, os.O_WRONLY | _NOT_WAITING | _AS_IT_IS)
            break
        except OSError as error:
            if error.errno != errno.ENXIO or not stat.S_ISFIFO(mode):
                raise
            if time.monotonic() > deadline:
                problem = Problem("is a pipe that nobody reads", hint="start what reads it first, or name a file")
                raise OutputError(name, [problem]) from None
            time.sleep(0.05)
    try:
        if _NOT_WAITING:
            os.set_blocking(handle, True)
        _write_all(handle, data)
    finally:
        os.close(handle)


def _beside(name: str, mode: int | None, data: bytes) -> tuple[Path, Path]:
    """Write a file beside its place, and return both; `mode` is that of what is there."""
    if mode is not None and stat.S_ISDIR(mode):
        raise OutputError(name, [Problem("is a folder", hint="name a file in it")])
    if mode is not None and not mode & 0o222:
        raise OutputError(name, [Problem("is read-only", hint="allow writing to it, or name another file")])
    path = Path(os.path.realpath(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear(path.parent)
    handle, temporary = tempfile.mkstemp(prefix=f".navigator-export-{os.getpid()}-", suffix=".part", dir=path.parent)
    try:
        try:
            _write_all(handle, data)
        finally:
            os.close(handle)
        Path(temporary).chmod(stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask())
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
    return Path(temporary), path


def _place(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


@cache
def _clear(folder: Path) -> None:
    """Delete what a killed process left half written in a folder; once a run, for a build writes many files.

    The process is in the name, so that what a living one is writing stays, however long that takes.
    """
    if os.name != "posix":  # elsewhere a process cannot be asked for without harm
        return
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            match = _PART.fullmatch(entry.name)
            if match and entry.is_file(follow_symlinks=False) and not _is_alive(int(match["process"])):
                with suppress(OSError):
                    os.unlink(entry.path)  # noqa: PTH108 - what scandir gives


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _write_standard_output(data: bytes) -> None:
    try:
        if sys.stdout is None:
            raise OSError("it is closed")
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except (OSError, ValueError) as error:
        _discard_standard_output()
        raise OutputError("standard output", [Problem(f"cannot be written: {reason(error)}")]) from None


def _discard_standard_output() -> None:
    """Point standard output at nothing, so that what is still buffered does not fail again at exit."""
    with suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
