"""Which capabilities a layer of our making tells of each technique, read back from its metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from navigator_export.layer.format import Divider, Metadata
from navigator_export.pictures.matrix import Cell, Picture

IN_ONE: Final = "stated"
"""What is told of a capability in one line."""

FACTS: Final = (
    *("name", IN_ONE, "framework", "group", "tier", "category", "value", "mapping type", "licence", "mapped as"),
)
"""What is told of a capability, by the names that metadata has for it."""


class Told(msgspec.Struct, frozen=True):
    """One capability of one technique."""

    id: str
    facts: tuple[tuple[str, str], ...]
    """Each with its name in `FACTS`; all in one where the layer says it in a line."""


def is_ours(picture: Picture) -> bool:
    """Return whether a layer says that navigator-export made it, so that its metadata can be read."""
    made = (entry.value for entry in picture.metadata if isinstance(entry, Metadata) and entry.name == "made with")
    return any(value.startswith("navigator-export") for value in made)


def told_of(cell: Cell) -> Iterator[Told]:
    """Yield the capabilities that the metadata of a cell of our making tells."""
    for block in _blocks(cell.metadata):
        first = block[0]
        if first.name == "capability":
            yield Told(first.value, tuple((entry.name, entry.value) for entry in block[1:]))
        else:
            lines = (entry for entry in block if entry.name not in _COUNTS)
            yield from (Told(entry.name, ((IN_ONE, entry.value),)) for entry in lines)


_COUNTS: Final = ("and", "links")
"""Entries that tell how much is left out."""


def _blocks(metadata: Iterable[Metadata | Divider]) -> Iterator[list[Metadata]]:
    """Yield what stands between dividers, and from one capability to the next."""
    block: list[Metadata] = []
    for entry in metadata:
        starts = isinstance(entry, Divider) or entry.name == "capability"
        if starts and block:
            yield block
            block = []
        if isinstance(entry, Metadata):
            block.append(entry)
    if block:
        yield block
