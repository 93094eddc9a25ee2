"""Whether a folder is what its manifest gives."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping as Dictionary
from pathlib import Path
from typing import TypeVar

import msgspec

from navigator_export.build.lock import locked
from navigator_export.build.ownership import content, is_layer, own_files
from navigator_export.build.paths import OWN_FILES
from navigator_export.build.staging import record_files
from navigator_export.errors import OutputError

Read = TypeVar("Read")


class Drift(msgspec.Struct, frozen=True):
    """How a folder differs from what its manifest gives."""

    missing: tuple[str, ...]
    stale: tuple[str, ...]
    stray: tuple[str, ...]
    """Layers that the manifest does not give."""
    foreign: tuple[str, ...] = ()
    """Those of the stray ones that no build made here, so that no build removes them."""

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.stray)

    def lines(self) -> list[str]:
        """Return one line per file."""
        parts = (("missing", self.missing), ("stale", self.stale), ("stray", self.stray))
        return [f"{what}: {path}" for what, paths in parts for path in paths]


def find_drift(output: str, expected: Dictionary[str, str], inputs: Iterable[Path]) -> Drift:
    """Return how a folder differs from the files that are expected in it, path to SHA-256; writes nothing.

    Stray are layers of earlier builds, and others in the folders of expected files. Other JSON is none of a build's
    business, and neither are the inputs.
    """
    return _undisturbed(output, lambda: _drift(output, expected, tuple(inputs)))


def _drift(output: str, expected: Dictionary[str, str], inputs: tuple[Path, ...]) -> Drift:
    root = Path(output)
    states = {path: _state(root / path, checksum) for path, checksum in expected.items()}
    own = own_files(output)
    read = {path.resolve() for path in inputs}
    found = {
        file.relative_to(root).as_posix()
        for folder in {(root / path).parent for path in expected}
        for file in folder.glob("*.json")
        if file.resolve() not in read and is_layer(content(file) or b"")
    }
    stray = (found | own) - expected.keys()
    return Drift(
        missing=tuple(sorted(path for path, state in states.items() if state == "missing")),
        stale=tuple(sorted(path for path, state in states.items() if state == "stale")),
        stray=tuple(sorted(stray)),
        foreign=tuple(sorted(stray - own)),
    )


def _state(file: Path, checksum: str) -> str:
    """Return `missing`, `stale` or `same`; what is no file, such as a pipe, is stale and never opened."""
    data = content(file)
    if data is None:
        return "stale" if file.exists() else "missing"
    return "same" if hashlib.sha256(data).hexdigest() == checksum else "stale"


def _undisturbed(output: str, read: Callable[[], Read]) -> Read:
    """Return what is read of a folder while no build moves its files.

    A check writes nothing, and so takes no lock but where a build left its record: that one is putting its files in
    place, or was killed at it. A build that came and went meanwhile is told by its index, which is new.
    """
    before = _stamp(output)
    if not record_files(output):
        result = read()
        if not record_files(output) and _stamp(output) == before:
            return result
    try:
        with locked(output):
            return read()
    except OutputError:
        # Nobody can be at work where nobody may write.
        return read()


def _stamp(output: str) -> tuple[tuple[int, int], ...]:
    """Return what tells one index from the next."""
    found = []
    for name in OWN_FILES:
        try:
            state = os.lstat(Path(output, name))
            found.append((state.st_ino, state.st_mtime_ns))
        except OSError:
            found.append((0, 0))
    return tuple(found)
