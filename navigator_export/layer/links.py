"""The links of a technique: entries of the right-click menu, by their label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from navigator_export.layer.format import Link
from navigator_export.layer.profiles import Profile
from navigator_export.model import Mapping
from navigator_export.readers.references import host

MOST: Final = 20
"""Links that a menu shows without filling the screen."""


def links_of(ranked: Iterable[tuple[Profile, Sequence[Mapping]]]) -> tuple[Link, ...]:
    """Return one link per address, best capability first, labelled by its capabilities and its host."""
    owners: dict[str, dict[str, None]] = {}
    for profile, mappings in ranked:
        for mapping in mappings:
            for address in mapping.references:
                owners.setdefault(address, {})[profile.capability.id] = None
    links = []
    used: dict[str, int] = {}
    for address, capabilities in owners.items():
        label = f"{', '.join(capabilities)} · {host(address)}"
        used[label] = used.get(label, 0) + 1
        links.append(Link(label if used[label] == 1 else f"{label} ({used[label]})", address))
    return tuple(links)
