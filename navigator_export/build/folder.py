"""The folder of a build: everything is made beside it first, then each file is moved into its place whole."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final

from navigator_export.build.index import INDEX, IndexedLayer, read_index
from navigator_export.build.paths import OWN_FILES, STAGING
from navigator_export.errors import OutputError, Problem, reason

_LOCK: Final = "lock"
PATIENCE: Final = 2.0
"""Seconds to wait for another build in the folder; the processes of a killed one take a moment to end."""


class Staging:
    """A folder inside the output folder where a build's files wait; one build at a time, and nothing of it stays.

    What a killed build left is cleared away by the next one.
    """

    def __init__(self, output: str) -> None:
        self.folder = Path(output) / STAGING
        self._output = output
        self._lock: int | None = None
        self._made: list[Path] = []
        """Folders that this build makes to have an output folder, the lowest first."""

    def __enter__(self) -> Staging:
        try:
            if self.folder.is_symlink():
                raise OutputError(str(self.folder), [Problem("is a link", hint="remove it")])
            self._made = _missing(Path(self._output))
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o644)
            if not _lock(self._lock, PATIENCE):
                raise OutputError(self._output, [Problem("another build is at work in this folder")])
            for entry in self.folder.iterdir():
                if entry.name != _LOCK:
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        except OSError as error:
            raise OutputError(self._output, [Problem(f"cannot be written: {reason(error)}")]) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
        if kind is not None and self._made:
            below = sorted((f for f in Path(self._output).rglob("*") if f.is_dir()), reverse=True)
            for folder in (*below, *self._made):
                with suppress(OSError):
                    folder.rmdir()

    def keep(self, path: str, text: bytes) -> str:
        """Write one file of the build and return `written`.

        Raises OutputError where that fails; the output folder is as it was.
        """
        target = self.folder / "files" / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text)
            return "written"
        except OSError as error:
            raise OutputError(str(target), [Problem(f"cannot be written: {reason(error)}")]) from None

    def files(self) -> tuple[str, ...]:
        """Return the paths of all files that wait, sorted."""
        root = self.folder / "files"
        return tuple(sorted(f.relative_to(root).as_posix() for f in root.rglob("*") if f.is_file()))


def put_in_place(
    staging: Staging, output: str, layers: Sequence[IndexedLayer], inputs: Iterable[Path] = ()
) -> tuple[str, ...]:
    """Move a build's files to where they belong and remove own layers that it no longer has; return those.

    `inputs` are files that the build reads, and that it never removes, whatever an index says.

    Each file is replaced in one step, so a reader, or whoever looks after a kill, finds every file whole, old or new.
    Raises OutputError where a path leaves the folder through a link, or where a file cannot be replaced; all files
    are as they were then.
    """
    root = Path(output)
    waiting = staging.files()
    outside = [path for path in waiting if not _inside(root, path)]
    if outside:
        raise OutputError(str(root / outside[0]), [Problem("a link leads out of the output folder", hint="remove it")])
    read = {path.resolve() for path in inputs}
    stale = own_files(root) - {layer.file for layer in layers}
    removed = tuple(sorted(path for path in stale if (root / path).resolve() not in read))
    index = [path for path in waiting if path in OWN_FILES]
    undo: list[Callable[[], object]] = []
    try:
        for path in waiting:
            if path not in OWN_FILES:
                _place(staging, root, path, undo)
        for path in removed:
            _remove(staging, root, path, undo)
        # The index goes last: what it lists is there, and what it no longer lists is gone.
        for path in index:
            _place(staging, root, path, undo)
    except OSError as error:
        for step in reversed(undo):
            with suppress(OSError):
                step()
        culprit = error.filename2 or error.filename or output
        raise OutputError(str(culprit), [Problem(f"cannot be written: {reason(error)}")]) from None
    for path in removed:
        _remove_empty_folders(root, path)
    return removed


def own_files(root: Path) -> set[str]:
    """Return the layers that an earlier build made here, as its index says, and that nobody changed since."""
    try:
        listed = read_index((root / INDEX).read_bytes())
    except OSError:
        return set()
    return {path for path, checksum in listed.items() if path not in OWN_FILES and _is_own(root, path, checksum)}


def _is_own(root: Path, path: str, checksum: str) -> bool:
    try:
        return _inside(root, path) and hashlib.sha256((root / path).read_bytes()).hexdigest() == checksum
    except (OSError, ValueError):
        return False


def _place(staging: Staging, root: Path, path: str, undo: list[Callable[[], object]]) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    undo.append(_restorer(staging, root, path))
    (staging.folder / "files" / path).replace(target)


def _remove(staging: Staging, root: Path, path: str, undo: list[Callable[[], object]]) -> None:
    undo.append(_restorer(staging, root, path))
    (root / path).unlink(missing_ok=True)


def _restorer(staging: Staging, root: Path, path: str) -> Callable[[], object]:
    """Keep what stands at a path, and return what brings it back."""
    target = root / path
    if not target.exists():
        return lambda: _forget(root, path)
    kept = staging.folder / "kept" / path
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        kept.hardlink_to(target)
    except OSError:
        shutil.copy2(target, kept)
    return lambda: kept.replace(target)


def _inside(root: Path, path: str) -> bool:
    try:
        return (root / path).parent.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError):
        return False


def _missing(folder: Path) -> list[Path]:
    """Return the folders that have to be made for `folder` to be there, the lowest first."""
    return [path for path in (folder, *folder.parents) if not path.exists()]


def _forget(root: Path, path: str) -> None:
    (root / path).unlink(missing_ok=True)
    _remove_empty_folders(root, path)


def _remove_empty_folders(root: Path, path: str) -> None:
    for folder in (root / path).parents:
        if folder == root:
            break
        with suppress(OSError):
            folder.rmdir()


def _lock(handle: int, patience: float) -> bool:
    """Return whether the lock could be had in so many seconds; the system gives it back when its holder ends."""
    try:
        import fcntl  # noqa: PLC0415 - not on every platform
    except ImportError:
        return True
    give_up = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > give_up:
                return False
            time.sleep(0.05)
        else:
            return True
