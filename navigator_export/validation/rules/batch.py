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
    "The layers of a domain are of several ATT&CK releases: the Navigator combines only layers that share one.",
)


def check_batch(views: Sequence[tuple[str, LayerView]]) -> Iterator[tuple[str, Finding]]:
    """Find layers, each with its file, of another ATT&CK release than the first of their domain and batch.

    Layers of several domains are no fault: they are not meant to be combined.
    """
    first: dict[Domain, int] = {}
    for file, view in views:
        if view.domain is None or view.major is None:
            continue
        major = first.setdefault(view.domain, view.major)
        if view.major != major:
            message = f"{view.domain} {view.major} beside {view.domain} {major}"
            yield file, MIXED.finding(view.path, message, f"move all to one release, such as {max(major, view.major)}")
