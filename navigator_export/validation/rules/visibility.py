"""Layers that show nothing, and what a layer hides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import LayerView

NO_TECHNIQUES = Rule("no-techniques", "warning", "The layer annotates no technique: the matrix stays empty.")
HIDDEN = Rule(
    "subtechnique-hidden",
    "warning",
    "An annotated sub-technique is not shown on opening, so a scored one shows no colour.",
)
_ANNOTATIONS: Final = {"score", "color", "comment", "metadata", "links"}


def check_visibility(view: LayerView) -> Iterator[Finding]:
    """Find layers that show nothing, and annotated sub-techniques that are folded away."""
    if isinstance(view.layer.get("techniques"), list) and not view.techniques:
        yield NO_TECHNIQUES.finding(f"{view.path}.techniques", "no technique")
    layout = view.layer.get("layout")
    if isinstance(layout, dict) and layout.get("expandedSubtechniques") in ("annotated", "all"):
        return
    opened = {str(e.get("techniqueID")) for _, e in view.techniques if e.get("showSubtechniques") is True}
    hidden = [
        path
        for path, e in view.techniques
        if isinstance(id_ := e.get("techniqueID"), str)
        and "." in id_
        and id_.partition(".")[0] not in opened
        and _ANNOTATIONS & e.keys()
    ]
    if hidden:
        count = f"{len(hidden)} annotated sub-technique{'s are' if len(hidden) > 1 else ' is'} folded away"
        yield HIDDEN.finding(hidden[0], count, 'set layout.expandedSubtechniques to "annotated"')
