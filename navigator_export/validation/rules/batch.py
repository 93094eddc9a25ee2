"""Layers that are to be used together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from navigator_export.model import Domain
from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import LayerView

MIXED = Rule(
    "mixed-releases",
    "warning",
    "The layers are of several domains or ATT&CK releases: the Navigator combines only layers that share both.",
)


def check_batch(views: Sequence[tuple[str, LayerView]]) -> Iterator[tuple[str, Finding]]:
    """Find layers, each with its file, of another domain or ATT&CK release than the first of their batch."""
    first: tuple[Domain, int] | None = None
    for file, view in views:
        if view.domain is None or view.major is None:
            continue
        first = first or (view.domain, view.major)
        if (view.domain, view.major) != first:
            message = f"{view.domain} {view.major} beside {first[0]} {first[1]}"
            yield file, MIXED.finding(view.path, message, "move all to one release to combine them")
