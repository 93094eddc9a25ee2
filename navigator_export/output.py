"""Writing: whole or not at all. A file is replaced in one step, and what was there before stays until then."""

from __future__ import annotations

import json
import os
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import msgspec

from navigator_export.errors import OutputError, Problem, reason

STANDARD_OUTPUT = "-"


def as_json(value: object) -> str:
    """Return a value as JSON in ASCII alone: whatever is in it neither breaks the text nor steers a terminal."""
    return json.dumps(msgspec.to_builtins(value), indent=2)


def write(data: bytes, target: str | os.PathLike[str]) -> None:
    """Write all of `data` to a file, or to standard output for `-`.

    A file is written beside its place and moved there in one step; a link is followed; a device or pipe is written to
    as it is; folders that are missing are made.
    Raises OutputError, with an existing file untouched, where that cannot be done.
    """
    if target == STANDARD_OUTPUT:
        _write_standard_output(data)
        return
    try:
        path = Path(os.path.realpath(target))
        if path.is_symlink():
            raise OutputError(str(target), [Problem("is a link that leads nowhere", hint="name a file")])
        mode = path.stat().st_mode if path.exists() else None
        if mode is not None and stat.S_ISDIR(mode):
            raise OutputError(str(target), [Problem("is a folder", hint="name a file in it")])
        if mode is not None and not stat.S_ISREG(mode):
            with path.open("wb", buffering=0) as device:
                _write_all(device.fileno(), data)
        elif mode is not None and not mode & 0o222:
            raise OutputError(str(target), [Problem("is read-only", hint="allow writing to it, or name another file")])
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, data, None if mode is None else stat.S_IMODE(mode))
    except (OSError, ValueError) as error:
        raise OutputError(str(target), [Problem(f"cannot be written: {reason(error)}")]) from None


def _replace(path: Path, data: bytes, mode: int | None) -> None:
    handle, temporary = tempfile.mkstemp(prefix=".navigator-export-", suffix=".part", dir=path.parent)
    try:
        try:
            _write_all(handle, data)
        finally:
            os.close(handle)
        Path(temporary).chmod(mode if mode is not None else 0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


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
