"""Moving a layer to another ATT&CK release: ids, tactics, and what becomes of entries with nowhere to go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from navigator_export.attack import Catalogue, Release
from navigator_export.model import Domain
from navigator_export.upgrading.changes import Editor, Mend
from navigator_export.upgrading.concrete import Node
from navigator_export.upgrading.layer import ids_of
from navigator_export.upgrading.merging import OnMerge, merge
from navigator_export.upgrading.techniques import cells_of, leave_out_repeated
from navigator_export.wording import counted

RELEASE: Final = Mend("attack-release", "The layer says which ATT&CK release it was moved to.")
MOVED: Final = Mend("technique-moved", "An id that was revoked becomes the one that replaces it in the release.")
GONE: Final = Mend(
    "technique-gone",
    "An entry whose id is not active in the release, and that nothing replaces, is left out, unless it is to be kept.",
)
TACTIC_MOVED: Final = Mend(
    "tactic-moved",
    "An entry under a tactic that its technique does not have in the release goes to those that the technique has "
    "gained: for a tactic that is gone, to those that came in its place (for defense-evasion, stealth or "
    "defense-impairment). Where it gained none, the entry is left out if others annotate the technique, else it "
    "annotates all tactics that it has.",
)
SHOWN: Final = Mend(
    "subtechniques-shown",
    "Where an annotated technique became a sub-technique, and the layout does not say which are shown, those with an "
    "annotation are: else nobody would see it.",
)
RELEASE_MENDS: Final = (RELEASE, MOVED, GONE, TACTIC_MOVED, SHOWN)


class Inferred(msgspec.Struct, frozen=True):
    """The release that a layer without one is taken at."""

    version: str
    active: int
    """How many of its ids are active there."""
    ids: int

    def __str__(self) -> str:
        return f"taken at ATT&CK {self.version}, where {self.active} of {counted(self.ids, 'id')} are active"


def infer(layer: Node, domain: Domain, catalogue: Catalogue) -> Inferred:
    """Return the newest of the releases in which most of a layer's ids are active."""
    ids = set(ids_of(layer))
    releases = catalogue.domains[domain].releases
    active = {version: len(ids & catalogue.require(domain, version).active.keys()) for version in releases}
    best = max(reversed(releases), key=lambda version: active[version])
    return Inferred(best, active[best], len(ids))


class Move:
    """A move from one release to another, and where it takes a technique and a tactic."""

    def __init__(self, source: Release, target: Release) -> None:
        self.target = target
        self._source = source
        self._heirs: dict[str, frozenset[str]] = {}

    def destination(self, technique: str) -> str | None:
        """Return the id that stands for a technique in the release moved to; None where none does.

        The rule is the one that mappings move by (`retargeting`).
        """
        return technique if technique in self.target.active else self.target.standing(technique).replacement

    def tactics(self, technique: str, moved: str, tactic: str) -> tuple[str, ...]:
        """Return the tactics of the id moved to that stand for a technique's tactic; none where none does."""
        has = self.target.tactics[moved]
        if tactic in has:
            return (tactic,)
        if tactic not in self.target.all_tactics:
            return self._renamed(tactic, has)
        had = self._had(technique)
        taken = {name for other in had if other not in has for name in self._renamed(other, has)}
        return tuple(name for name in has if name not in had and name not in taken)

    def _renamed(self, tactic: str, has: Collection[str]) -> tuple[str, ...]:
        """Return which of the tactics that a technique has stand for one that is gone."""
        same = tuple(name for name in has if _plain(name) == _plain(tactic))
        return same or tuple(name for name in has if name in self._heirs_of(tactic))

    def _had(self, technique: str) -> Collection[str]:
        """Return the tactics that a technique had: in the release moved from, else in the last that states any."""
        known = self.target.catalogue.domains[self.target.domain].by_id.get(technique)
        last = known.tactics[-1][1] if known and known.tactics else ()
        return self._source.tactics.get(technique, last)

    def _heirs_of(self, tactic: str) -> frozenset[str]:
        """Return the tactics that are new in the release moved to, seen from the last one that has a tactic."""
        if tactic in self.target.all_tactics:
            return frozenset()
        if tactic not in self._heirs:
            catalogue, domain = self.target.catalogue, self.target.domain
            releases = (catalogue.require(domain, version) for version in reversed(catalogue.domains[domain].releases))
            had = next((release.all_tactics for release in releases if tactic in release.all_tactics), None)
            self._heirs[tactic] = frozenset() if had is None else self.target.all_tactics - had
        return self._heirs[tactic]


def _plain(tactic: str) -> str:
    """Return a tactic without the ending that those of ICS had before 13."""
    return tactic.removesuffix("-ics")


def move_layer(editor: Editor, layer: Node, move: Move, *, keep_inactive: bool, on_merge: OnMerge) -> None:
    """Move a layer's techniques to another release."""
    listed = layer.get("techniques")
    if listed is None or not listed.is_list:
        return
    had_sub_techniques = _has_sub_techniques(listed)
    moved: list[Node] = []
    stranded: list[Node] = []
    for entry in listed.nodes():
        _move_entry(editor, listed, entry, move, moved, stranded, keep_inactive=keep_inactive)
    _settle_stranded(editor, listed, stranded, move.target)
    merge(editor, listed, moved + stranded, move.target, on_merge)
    leave_out_repeated(editor, listed, move.target)
    if moved and not had_sub_techniques and _has_sub_techniques(listed):
        _show_sub_techniques(editor, layer)


def state_release(editor: Editor, layer: Node, target: Release) -> None:
    """Have a layer state the release that it was moved to."""
    versions = layer.get("versions")
    if versions is None:
        return
    stated = versions.get("attack")
    major = target.version.partition(".")[0]
    if stated is None:
        editor.add(versions, "attack", major, RELEASE, at=0)
    elif not isinstance(stated.value, str) or stated.value.partition(".")[0] != major:
        editor.replace(stated, major, RELEASE)


def _move_entry(
    editor: Editor,
    listed: Node,
    entry: Node,
    move: Move,
    moved: list[Node],
    stranded: list[Node],
    *,
    keep_inactive: bool,
) -> None:
    """Move one entry, and keep whether it is elsewhere now, or under a tactic that nothing stands for."""
    id_, tactic = entry.get("techniqueID"), entry.get("tactic")
    if id_ is None:
        return
    technique = id_.value
    destination = move.destination(technique)
    if destination is None:
        if not keep_inactive:
            editor.remove(listed, entry, GONE)
        return
    if destination != technique:
        editor.replace(id_, destination, MOVED)
        moved.append(entry)
    if tactic is None:
        return
    tactics = move.tactics(technique, destination, tactic.value)
    if not tactics:
        stranded.append(entry)
    elif tactics != (tactic.value,):
        moved += [entry, *(editor.copy(listed, entry, "tactic", name, TACTIC_MOVED) for name in reversed(tactics[1:]))]
        editor.replace(tactic, tactics[0], TACTIC_MOVED)


def _settle_stranded(editor: Editor, listed: Node, stranded: Sequence[Node], target: Release) -> None:
    """Settle entries under a tactic that nothing stands for.

    Each is left out where another entry annotates its technique; else it annotates all tactics.
    """
    if not stranded:
        return
    annotated = {_id(entry) for entry in listed.nodes() if cells_of(entry, target)}
    for entry in stranded:
        tactic = entry.get("tactic")
        if _id(entry) in annotated:
            editor.remove(listed, entry, TACTIC_MOVED)
        elif tactic is not None:
            editor.remove(entry, tactic, TACTIC_MOVED)
            annotated.add(_id(entry))


def _id(entry: Node) -> object:
    node = entry.get("techniqueID")
    return node.value if node is not None else None


def _has_sub_techniques(listed: Node) -> bool:
    return any("." in str(_id(entry)) for entry in listed.nodes())


def _show_sub_techniques(editor: Editor, layer: Node) -> None:
    layout = layer.get("layout")
    if layout is None:
        editor.add(layer, "layout", {"expandedSubtechniques": "annotated"}, SHOWN)
    elif layout.get("expandedSubtechniques") is None:
        editor.add(layout, "expandedSubtechniques", "annotated", SHOWN)
