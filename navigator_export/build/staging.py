"""The staging folder: a build's files wait there until all are made, and nothing of it stays."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final

from navigator_export.build.lock import LOCK, locked
from navigator_export.build.paths import STAGING
from navigator_export.errors import OutputError, Problem, reason

_RECORDS: Final = "records"
_FILES: Final = "files"


class Staging:
    """A folder inside the output folder where a build's files wait; while it is open, no other build is at work there.

    What a killed build left is cleared away by the next one, all but its record: the index of the layers that it may
    have put in place. Records stay until a build ends well, so that no layer of a killed build is taken for somebody
    else's.
    """

    def __init__(self, output: str, waits: Callable[[], None] = lambda: None) -> None:
        self._output = output
        self._waits = waits
        self._lock = ExitStack()
        self.folder = Path(output, STAGING)
        self.finished = False
        """Whether the files are in place: set by what puts them there, from where on nothing is undone."""

    def __enter__(self) -> Staging:
        with ExitStack() as lock:
            lock.enter_context(locked(self._output, self._waits))
            try:
                for entry in self._left(spare=(LOCK, _RECORDS)):
                    _remove(entry)
                # Git passes over the folder, also over that of a killed build.
                (self.folder / ".gitignore").write_text("*\n", "ascii")
            except OSError as error:
                raise OutputError(self._output, [Problem(f"cannot be written: {reason(error)}")]) from None
            self._lock = lock.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            try:
                self._clear()
            except BaseException:  # an interruption: what was begun is ended first
                self._clear()
                raise

    @property
    def keep(self) -> Callable[[str, bytes], str]:
        """What writes one file of the build and returns `written`; it can be sent to other processes.

        It raises OutputError where that fails; the output folder is as it was.
        """
        return partial(_keep, self.folder / _FILES)

    def files(self) -> tuple[str, ...]:
        """Return the paths of all files that wait, sorted."""
        root = self.folder / _FILES
        return tuple(sorted(f.relative_to(root).as_posix() for f in root.rglob("*") if f.is_file()))

    def record_file(self, index: bytes) -> Path:
        """Return where the record of a build with this index belongs."""
        return self.folder / _RECORDS / f"{hashlib.sha256(index).hexdigest()}.json"

    def _clear(self) -> None:
        unfinished = not self.finished and record_files(self._output)
        for entry in self._left(spare=(LOCK, _RECORDS, ".gitignore") if unfinished else (LOCK,)):
            with suppress(OSError):
                _remove(entry)

    def _left(self, spare: tuple[str, ...]) -> list[Path]:
        """Return what is in the folder, without what is spared; a link or a pipe of such a name is not spared."""
        spared = {self.folder / name for name in spare}
        return [
            entry
            for entry in self.folder.iterdir()
            if entry not in spared or _is_folder(entry) != (entry.name == _RECORDS)
        ]


def _keep(folder: Path, path: str, text: bytes) -> str:
    target = folder / path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text)
        return "written"
    except OSError as error:
        raise OutputError(str(target), [Problem(f"cannot be written: {reason(error)}")]) from None


def _is_folder(entry: Path) -> bool:
    return entry.is_dir() and not entry.is_symlink()


def _remove(entry: Path) -> None:
    shutil.rmtree(entry) if _is_folder(entry) else entry.unlink()


def record_files(output: str) -> tuple[Path, ...]:
    """Return the records in a folder: there are some while a build puts its files in place, and after a kill."""
    folder = Path(output, STAGING, _RECORDS)
    if folder.parent.is_symlink() or folder.is_symlink():
        return ()
    return tuple(sorted(file for file in folder.glob("*.json") if file.is_file() and not file.is_symlink()))
