"""Entries that a move puts into the same cell: made one by a rule that is stated, or told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final, Literal

from navigator_export.attack import Release
from navigator_export.upgrading.changes import Editor, Mend
from navigator_export.upgrading.concrete import Node
from navigator_export.upgrading.fields import is_number

OnMerge = Literal["keep-both-comments", "first", "error"]
ON_MERGE: Final[tuple[OnMerge, ...]] = ("keep-both-comments", "first", "error")

MERGED: Final = Mend(
    "technique-merged",
    "Entries that meet in a cell because one was moved there become one, at the place of the first: with the highest "
    "score and the colour of the entry that has it, the comments one after the other with an empty line between, the "
    "metadata with a divider between, all links, enabled if one is, and what else the first has; "
    "or they become the first as it is.",
)
SPREAD: Final = Mend(
    "technique-spread",
    "An entry for all tactics that meets one for a single tactic becomes one for each, so that they meet there alone.",
)
MERGE_MENDS: Final = (MERGED, SPREAD)


def merge(editor: Editor, listed: Node, moved: Collection[Node], release: Release, on_merge: OnMerge) -> None:
    """Make one of the entries that meet in a cell, where one of them was moved there."""
    elsewhere = set(map(id, moved))
    groups: dict[str, list[Node]] = {}
    for entry in listed.nodes():
        groups.setdefault(str(_said(entry, "techniqueID")), []).append(entry)
    for technique, own in groups.items():
        if technique not in release.active or len(own) == 1 or not elsewhere & set(map(id, own)):
            continue
        in_some = len({_said(entry, "tactic") for entry in own}) > 1 and any(e.get("tactic") is None for e in own)
        entries = _spread(editor, listed, own, release.tactics[technique], elsewhere) if in_some else own
        cells: dict[Any, list[Node]] = {}
        for entry in entries:
            cells.setdefault(_said(entry, "tactic"), []).append(entry)
        for meeting in cells.values():
            if len(meeting) > 1 and elsewhere & set(map(id, meeting)):
                _merge(editor, listed, meeting, on_merge)


def _spread(
    editor: Editor, listed: Node, entries: Sequence[Node], tactics: Sequence[str], elsewhere: set[int]
) -> list[Node]:
    """Return entries of one technique, those for all tactics become one for each."""
    spread = []
    for entry in entries:
        spread.append(entry)
        if entry.get("tactic") is not None or not tactics:
            continue
        editor.add(entry, "tactic", tactics[0], SPREAD, at=1)
        copies = [editor.copy(listed, entry, "tactic", tactic, SPREAD) for tactic in reversed(tactics[1:])]
        spread += reversed(copies)
        if id(entry) in elsewhere:
            elsewhere.update(map(id, copies))
    return spread


def _merge(editor: Editor, listed: Node, meeting: Sequence[Node], on_merge: OnMerge) -> None:
    first, *others = meeting
    if on_merge == "error":
        places = ", ".join(entry.path for entry in others)
        message = f"{_said(first, 'techniqueID')} is where {places} would be moved to as well"
        editor.refuse(first.path, message, "make them one, or choose a rule with `on_merge`")
        return
    if on_merge == "keep-both-comments":
        _merge_score(editor, first, meeting)
        _merge_comments(editor, first, meeting)
        _merge_flags(editor, first, meeting)
        for name in ("metadata", "links"):
            _merge_lists(editor, first, others, name)
        for other in others:
            for name, node in other.members():
                if first.get(name) is None:
                    editor.add(first, name, node.value, MERGED)
    for other in others:
        editor.remove(listed, other, MERGED)


def _merge_score(editor: Editor, first: Node, meeting: Sequence[Node]) -> None:
    scored = [entry for entry in meeting if is_number(_said(entry, "score"))]
    best = max(scored, key=lambda entry: _said(entry, "score"), default=first)
    score = best.get("score")
    own = first.get("score")
    if score is not None and own is not None and own.value < score.value:
        editor.respell(own, score.spelling(), MERGED)
    elif score is not None and own is None:
        editor.add(first, "score", score.value, MERGED)
    colour = _said(best, "color") or next((said for entry in meeting if (said := _said(entry, "color"))), None)
    if colour and _said(first, "color") != colour:
        editor.settle(first, "color", colour, MERGED)


def _merge_comments(editor: Editor, first: Node, meeting: Sequence[Node]) -> None:
    comments = dict.fromkeys(said for entry in meeting if (said := _said(entry, "comment")))
    if comments and _said(first, "comment") != "\n\n".join(comments):
        editor.settle(first, "comment", "\n\n".join(comments), MERGED)


def _merge_flags(editor: Editor, first: Node, meeting: Sequence[Node]) -> None:
    if _said(first, "enabled") is False and any(_said(entry, "enabled") is not False for entry in meeting):
        editor.settle(first, "enabled", True, MERGED)
    if any(_said(entry, "showSubtechniques") is True for entry in meeting):
        editor.settle(first, "showSubtechniques", True, MERGED)


def _merge_lists(editor: Editor, first: Node, others: Sequence[Node], name: str) -> None:
    own = _said(first, name) or []
    merged = list(own)
    for other in others:
        more = _said(other, name) or []
        if name == "links":
            merged += [link for link in more if link not in merged]
        elif more and not _holds(merged, more):
            merged += [{"divider": True}, *more] if merged else more
    if merged != own:
        editor.settle(first, name, merged, MERGED)


def _holds(listed: list[Any], part: list[Any]) -> bool:
    """Return whether a list has another in it, as a whole."""
    return any(listed[at : at + len(part)] == part for at in range(len(listed) - len(part) + 1))


def _said(entry: Node, name: str) -> Any:
    node = entry.get(name)
    return node.value if node is not None else None
