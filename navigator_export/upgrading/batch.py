"""Many layer files at once: those that were named, and those in folders, with what else lies there set apart."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from navigator_export.errors import Problem, SourceError, reason
from navigator_export.readers.options import Limits, beyond
from navigator_export.sources.registry import called, contents
from navigator_export.upgrading.concrete import Tree, UnreadableError
from navigator_export.upgrading.encoding import decode


class LayerInput(msgspec.Struct, frozen=True):
    """A file to upgrade."""

    word: str
    """Its path, or - for standard input."""
    place: str
    """Where it goes in a folder of results: as it lies in the folder that was named, else its name alone."""
    data: bytes

    @property
    def name(self) -> str:
        """Return what messages call it."""
        return called(self.word)


class Inputs(msgspec.Struct, frozen=True):
    """The files to upgrade, and what was found beside them."""

    layers: tuple[LayerInput, ...]
    others: tuple[str, ...]
    """JSON files in folders that are no layers."""
    problems: tuple[SourceError, ...]
    """Files and folders that cannot be read."""


def read_inputs(words: Iterable[str]) -> Inputs:
    """Read layer files by name, and every one in a folder and the folders in it, hidden ones left out."""
    layers: list[LayerInput] = []
    others: list[str] = []
    problems: list[SourceError] = []
    for word in words:
        try:
            if not Path(word).is_dir():
                layers.append(LayerInput(word, Path(word).name, contents(word)))
                continue
            for path in _json_files(word):
                found = LayerInput(str(path), str(path.relative_to(word)), contents(str(path)))
                if is_layer(found.data):
                    layers.append(found)
                else:
                    others.append(found.word)
        except SourceError as error:
            problems.append(error)
    return Inputs(tuple(layers), tuple(others), tuple(problems))


def _json_files(folder: str) -> list[Path]:
    return sorted(path for path in _files(folder) if path.suffix.casefold() == ".json")


def _files(folder: str) -> Iterator[Path]:
    limits = Limits()
    seen = 0

    def fail(error: OSError) -> None:
        raise SourceError(folder, [Problem(f"cannot be read: {reason(error)}")])

    for place, folders, names in os.walk(folder, onerror=fail):
        folders[:] = [name for name in folders if not name.startswith(".")]
        seen += len(names)
        if seen > limits.files:
            raise SourceError(folder, [beyond(limits, "files")])
        yield from (path for name in names if (path := Path(place, name)).is_file())


def is_layer(data: bytes) -> bool:
    """Return whether a file that nobody named looks like a layer or a list of layers, be it a broken one."""
    if b"techniqueID" in data.replace(b"\0", b""):
        return True
    decoded = decode(data)
    try:
        root = Tree(decoded[0]).root if decoded else None
    except UnreadableError:
        return False
    while root is not None and (root.is_list or root.get("layers") is not None):
        root = root.get("layers") or next(iter(root.nodes()), None)
    techniques = root.get("techniques") if root is not None and root.get("domain") is not None else None
    return techniques is not None and (techniques.items is not None or techniques.value is None)
