"""Layers that show nothing, and annotations that a layer itself hides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from navigator_export.validation.annotations import is_open, kept
from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.rules.platforms import lacking
from navigator_export.validation.view import ANY, Entry, LayerView
from navigator_export.wording import counted

NO_TECHNIQUES = Rule("no-techniques", "warning", "The layer annotates no technique: the matrix stays empty.")
HIDDEN = Rule(
    "subtechnique-hidden",
    "warning",
    "An annotated sub-technique is not shown on opening, so a scored one shows no colour.",
)


def check_visibility(view: LayerView) -> Iterator[Finding]:
    """Find layers that show nothing, and annotated sub-techniques that are folded away."""
    if isinstance(view.layer.get("techniques", []), list) and not view.is_custom:
        if not view.techniques:
            where = f"{view.path}.techniques" if "techniques" in view.layer else view.path
            yield NO_TECHNIQUES.finding(where, "no technique", "list the techniques to be marked")
        elif not any(kept(entry) for _, entry in view.techniques):
            said = "no technique has an annotation: the matrix stays white"
            yield NO_TECHNIQUES.finding(f"{view.path}.techniques", said, "give them a score, a color or a comment")
    if not view.is_custom and not _shows_subtechniques(view):
        yield from _folded(view)


def _shows_subtechniques(view: LayerView) -> bool:
    """Return whether the Navigator opens all sub-techniques that are annotated."""
    layout = view.part("layout")
    if layout.get("expandedSubtechniques") in ("annotated", "all"):
        return True
    return layout.get("layout") == "mini" or ("layout" not in view.layer and view.layer.get("viewMode") == _MINI)


_MINI: Final = 2
"""The old `viewMode` of the mini layout, which shows sub-techniques always."""


def _folded(view: LayerView) -> Iterator[Finding]:
    aggregates = view.part("layout").get("showAggregateScores") is True
    without_disabled = view.layer.get("hideDisabled") is True
    folded = [
        entry
        for (id_, tactic), entry in view.cells.items()
        if "." in id_
        and _shows(entry, aggregates=aggregates, without_disabled=without_disabled)
        and not _is_open(view, id_.partition(".")[0], tactic)
        and not lacking(view, id_)
    ]
    if folded:
        ids = len({entry.id for entry in folded})
        are = "is" if ids == 1 else "are"
        cells = f", in {counted(len(folded), 'cell')}" if len(folded) > ids else ""
        yield HIDDEN.finding(
            folded[0].path,
            f"{counted(ids, 'annotated sub-technique')} {are} folded away{cells}",
            'set layout.expandedSubtechniques to "annotated"',
        )


def _shows(entry: Entry, *, aggregates: bool, without_disabled: bool) -> bool:
    """Return whether an entry has something to see, of which the folded parent gives no sign by its aggregate score."""
    said = kept(entry.fields).keys()
    if "enabled" in said:
        return bool(said - {"enabled", "score", "color"}) and not without_disabled
    return bool(said) and not (aggregates and "score" in said)


def _is_open(view: LayerView, parent: str, tactic: str) -> bool:
    """Return whether a technique is opened under a tactic; where cells are not known, under any."""
    entries = (view.cells.get((parent, tactic)), view.cells.get((parent, ANY)) if view.release is None else None)
    return any(is_open(entry.fields) for entry in entries if entry)
