"""Many layer files at once: those that were named, and those in folders, with what else lies there set apart."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from navigator_export.errors import SourceError
from navigator_export.sources.layer_files import LayerFile, layer_files
from navigator_export.sources.registry import called, contents
from navigator_export.upgrading.concrete import Tree, UnreadableError
from navigator_export.upgrading.encoding import decode


class LayerInput(msgspec.Struct, frozen=True):
    """A file to upgrade."""

    file: LayerFile
    data: bytes

    @property
    def word(self) -> str:
        """Return its path, or - for standard input."""
        return self.file.word

    @property
    def name(self) -> str:
        """Return what messages call it."""
        return called(self.file.word)

    @property
    def place(self) -> str:
        """Return where it goes in a folder of results: as it lies in the folder that was named, else its name alone."""
        path = Path(self.file.word)
        return str(path.relative_to(self.file.folder)) if self.file.folder else path.name


class Inputs(msgspec.Struct, frozen=True):
    """The files to upgrade, and what was found beside them."""

    layers: tuple[LayerInput, ...]
    others: tuple[str, ...]
    """JSON files in folders that are no layers."""
    problems: tuple[SourceError, ...]
    """Files and folders that cannot be read."""


def read_inputs(words: Iterable[str]) -> Inputs:
    """Read layer files by name, and every one in a folder and the folders in it."""
    layers: list[LayerInput] = []
    others: list[str] = []
    problems: list[SourceError] = []
    for word in words:
        try:
            for file in layer_files(word):
                read = LayerInput(file, contents(file.word))
                if file.folder and not is_layer(read.data):
                    others.append(file.word)
                else:
                    layers.append(read)
        except SourceError as error:
            problems.append(error)
    return Inputs(tuple(layers), tuple(others), tuple(problems))


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
