"""One build at a time in a folder, however many are started; each waits for those before it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from navigator_export.build.paths import STAGING
from navigator_export.errors import OutputError, Problem, reason

LOCK: Final = "lock"
PATIENCE: Final = 900.0
"""Seconds to wait for other builds in the folder: enough for a queue of long ones."""
SILENCE: Final = 2.0
"""Seconds to wait without a word."""


@contextmanager
def locked(output: str, waits: Callable[[], None] = lambda: None) -> Iterator[Path]:
    """Keep other builds out of an output folder; yield its staging folder, which is there while the lock is held.

    `waits` is called once where another build is at work and takes its time. Folders that are missing are made, and
    those that are empty at the end are removed again.
    Raises OutputError where the folder cannot be locked, or others are at work for longer than `PATIENCE`.

    The lock is a file in the staging folder, inside the output folder. A place in the user's own folders would not keep
    out the builds of another user or computer; a file beside the output folder might be where nobody may write. It is
    not left behind, as whoever publishes the folder would publish it. It is removed while it is held: those who wait
    hold on to a file without a name then, which filelock (from 4 on) sees, and tries the name again. Where the system
    does not let go of an open file, as on Windows, filelock removes it when it gives the lock back.
    """
    folder = Path(output, STAGING)
    lock = FileLock(folder / LOCK)
    made: list[Path] = []
    try:
        made += _acquire(lock, folder, output, waits)
        yield folder
    finally:
        try:
            _give_back(lock, folder, made)
        except BaseException:  # an interruption: what was begun is ended first
            _give_back(lock, folder, made)
            raise


def _give_back(lock: FileLock, folder: Path, made: list[Path]) -> None:
    if lock.is_locked:
        with suppress(OSError):
            (folder / LOCK).unlink()
        lock.release()
    for empty in (folder, *made):
        with suppress(OSError):
            empty.rmdir()


def _acquire(lock: FileLock, folder: Path, output: str, waits: Callable[[], None]) -> list[Path]:
    """Take the lock; return the folders that had to be made for the output folder to be there, the lowest first."""
    end = time.monotonic() + PATIENCE
    silent = True
    while (left := end - time.monotonic()) > 0:
        try:
            made = [path for path in folder.parents if not path.exists()]
            folder.mkdir(parents=True, exist_ok=True)
            for link in (folder, folder / LOCK):
                if link.is_symlink():
                    raise OutputError(str(link), [Problem("is a link", hint="remove it")])
            lock.acquire(timeout=min(SILENCE, left) if silent else left)
            return made
        except Timeout:
            if silent:
                waits()
            silent = False
        except FileNotFoundError:
            continue  # A build that failed took the folder away again while this one waited.
        except OSError as error:
            raise OutputError(output, [Problem(f"cannot be written: {reason(error)}")]) from None
    message = f"other builds are at work in this folder, for {PATIENCE / 60:.0f} minutes now"
    raise OutputError(output, [Problem(message, hint="try again when they have ended")])
