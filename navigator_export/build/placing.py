"""Putting a build in place: all of its files, or none."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from navigator_export.build.index import INDEX
from navigator_export.build.ownership import content, is_inside, is_strange, own_files
from navigator_export.build.paths import OWN_FILES, is_page_path, same_file_key
from navigator_export.build.staging import Staging
from navigator_export.errors import OutputError, Problem, reason


def put_in_place(staging: Staging, output: str, listed: Iterable[str], inputs: Iterable[Path] = ()) -> tuple[str, ...]:
    """Move a build's files to where they belong and remove own ones that it no longer has; return those.

    `listed` are the paths of its layers and pages, of the unchanged ones too.
    `inputs` are files that the build reads, and that it never removes, whatever an index says.

    Each file is replaced in one step, so a reader, or whoever looks after a kill, finds every file whole, old or new.
    Raises OutputError where a path leaves the folder through a link, is that of something else than a file or of a
    read-only one, or cannot be replaced. All files are as they were then, and after any other exception too: an
    interruption comes as one.
    """
    root = Path(output)
    waiting = staging.files()
    removed = _superseded(output, listed, inputs)
    journal = _Journal(staging, root)
    try:
        for path in (*waiting, *removed):
            _require_replaceable(root, path)
            if is_page_path(path) and is_strange(output, path):
                problem = Problem("is none of a build's pages", hint="move it away, or take another output folder")
                raise OutputError(str(root / path), [problem])
        journal.record()
        journal.place(path for path in waiting if path not in OWN_FILES)
        journal.remove(removed)
        # The index goes last: what it lists is there, and what it no longer lists is gone.
        journal.place(path for path in waiting if path in OWN_FILES)
        for path in removed:
            _remove_empty_folders(root, path)
        staging.finished = True
    except BaseException as error:
        if not staging.finished:
            journal.undo()
        if not isinstance(error, OSError):
            raise
        culprit = error.filename2 or error.filename or output
        raise OutputError(str(culprit), [Problem(f"cannot be written: {reason(error)}")]) from None
    return removed


class _Journal:
    """Does the steps of a build, and knows how to undo each."""

    def __init__(self, staging: Staging, root: Path) -> None:
        self._staging = staging
        self._root = root
        self._undo: list[Callable[[], object]] = []

    def record(self) -> None:
        """Leave word of what is about to be placed, for the build after a kill."""
        text = content(self._staging.folder / "files" / INDEX) or b""
        file = self._staging.record_file(text)
        if content(file) != text:
            self._undo.append(lambda: file.unlink(missing_ok=True))
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(text)

    def place(self, paths: Iterable[str]) -> None:
        """Move waiting files to their places; each has the mode of the file whose place it takes."""
        for path in paths:
            target, new = self._root / path, self._staging.folder / "files" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            self._keep(path)
            if target.is_file() and not target.is_symlink():
                new.chmod(stat.S_IMODE(target.stat().st_mode))
            new.replace(target)

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files."""
        for path in paths:
            self._keep(path)
            (self._root / path).unlink(missing_ok=True)

    def undo(self) -> None:
        """Undo all steps, the last one first; none stops another by failing or being interrupted."""
        interruption: BaseException | None = None
        while self._undo:
            try:
                with suppress(Exception):
                    self._undo[-1]()
                self._undo.pop()
            except BaseException as error:  # the step is done once more, which does no harm
                interruption = error
        if interruption:
            raise interruption

    def _keep(self, path: str) -> None:
        """Keep what stands at a path, and note how to bring it back."""
        target = self._root / path
        if not os.path.lexists(target):
            self._undo.append(lambda: _forget(self._root, path))
            return
        kept = self._staging.folder / "kept" / path
        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(target, kept, follow_symlinks=False)
        except (OSError, NotImplementedError):
            shutil.copy2(target, kept, follow_symlinks=False)
        self._undo.append(lambda: _restore(kept, target))


def _superseded(output: str, listed: Iterable[str], inputs: Iterable[Path]) -> tuple[str, ...]:
    """Return the own files of a folder that are not among the new ones, nor read."""
    root = Path(output)
    new = {same_file_key(path): path for path in listed}
    old = own_files(output) - set(new.values())
    # Where a file system does not tell two paths apart, the old file is the one that the new one replaces.
    replaced = {path for path in old if _is_same_file(root, path, new.get(same_file_key(path)))}
    read = {path.resolve() for path in inputs}
    return tuple(sorted(path for path in old - replaced if (root / path).resolve() not in read))


def _is_same_file(root: Path, one: str, other: str | None) -> bool:
    try:
        return other is not None and (root / one).samefile(root / other)
    except OSError:
        return False


def _require_replaceable(root: Path, path: str) -> None:
    """Raise OutputError where something stands at a path that a build must not replace."""
    file = root / path
    if not is_inside(root, path):
        raise OutputError(str(file), [Problem("a link leads out of the output folder", hint="remove it")])
    if file.is_symlink() or not file.exists():
        return
    mode = file.stat().st_mode
    if not stat.S_ISREG(mode):
        what = "is a folder" if stat.S_ISDIR(mode) else "is a pipe or a device, and no file"
        raise OutputError(str(file), [Problem(f"cannot be written: it {what}", hint="remove it")])
    if not mode & 0o222:
        raise OutputError(str(file), [Problem("is read-only", hint="allow writing to it, or take another folder")])


def _restore(kept: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    kept.replace(target)


def _forget(root: Path, path: str) -> None:
    (root / path).unlink(missing_ok=True)
    _remove_empty_folders(root, path)


def _remove_empty_folders(root: Path, path: str) -> None:
    for folder in (root / path).parents:
        if folder == root:
            break
        with suppress(OSError):
            folder.rmdir()
