"""Techniques and tactics that the layer's release does not have, and entries that replace each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from navigator_export.attack import Release, Standing
from navigator_export.model import TECHNIQUE_ID
from navigator_export.validation.annotations import is_open, kept
from navigator_export.validation.findings import Finding
from navigator_export.validation.hints import Hints
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import Entry, LayerView

UNKNOWN = Rule("technique-unknown", "error", "No ATT&CK release has the technique: the Navigator silently drops it.")
OTHER_DOMAIN = Rule(
    "technique-other-domain",
    "error",
    "The technique belongs to another ATT&CK domain: the Navigator silently drops it.",
)
NOT_YET = Rule(
    "technique-not-yet",
    "error",
    "The technique is newer than the layer's release: the Navigator silently drops it.",
)
REVOKED = Rule("technique-revoked", "error", "Another technique has replaced it: the Navigator silently drops it.")
DEPRECATED = Rule(
    "technique-deprecated",
    "error",
    "The technique was removed without a replacement: the Navigator silently drops it.",
)
TACTIC_UNKNOWN = Rule("tactic-unknown", "error", "The layer's release has no such tactic: the technique is in no cell.")
TACTIC_MISMATCH = Rule(
    "tactic-mismatch",
    "error",
    "The technique does not have that tactic in the layer's release: it is in no cell.",
)
DUPLICATE = Rule(
    "technique-duplicate",
    "error",
    "Two entries fill the same cell: the last replaces the first, comment and all.",
)


def check_techniques(view: LayerView) -> Iterator[Finding]:
    """Find technique ids that are not active in the layer's release, and tactics that they do not have."""
    release = view.release
    if release is None:
        yield from _unheard_of(view)
        return
    ids = Hints(release.active, "ids")
    told: dict[str, Finding] = {}
    for path, entry in view.techniques:
        id_ = entry.get("techniqueID")
        if not isinstance(id_, str) or not TECHNIQUE_ID.fullmatch(id_):
            continue
        if id_ not in release.active:
            if id_ not in told:
                told[id_] = _inactive(id_, release.standing(id_), release, ids)
            yield replace(told[id_], path=f"{path}.techniqueID")
            continue
        tactic = entry.get("tactic")
        if not isinstance(tactic, str) or not release.tactics[id_] or tactic in release.tactics[id_]:
            continue
        has = f"{id_} has {', '.join(release.tactics[id_])} in {release.version}; leave tactic out to fill all"
        if tactic in release.all_tactics:
            yield TACTIC_MISMATCH.finding(f"{path}.tactic", f"{id_} does not have the tactic {tactic}", has)
        else:
            yield TACTIC_UNKNOWN.finding(f"{path}.tactic", f"{tactic!r} is not a tactic of {release.version}", has)


def _unheard_of(view: LayerView) -> Iterator[Finding]:
    """Find ids that no release of the layer's domain has: what can be said where its own release is not known."""
    if view.domain is None:
        return
    newest = view.catalogue.require(view.domain, view.catalogue.newest(view.domain))
    table = view.catalogue.domains[view.domain]
    ids = Hints(newest.active, "ids")
    for path, entry in view.techniques:
        id_ = entry.get("techniqueID")
        if isinstance(id_, str) and TECHNIQUE_ID.fullmatch(id_) and not table.knows(id_):
            yield replace(_inactive(id_, newest.standing(id_), newest, ids), path=f"{path}.techniqueID")


def check_duplicates(view: LayerView) -> Iterator[Finding]:
    """Find entries that replace an earlier one in a cell: the same id and tactic, or no tactic after one with."""
    if view.is_custom or len({entry.id for entry in view.entries}) == len(view.entries):
        return  # No two of different ids meet in a cell, and most layers have no id twice.
    shown_by: dict[tuple[str, str], Entry] = {}
    for entry in view.entries:
        cells = [(entry.id, tactic) for tactic in entry.tactics]
        earlier = {shown_by[cell].path: shown_by[cell] for cell in cells if cell in shown_by}
        if "tactic" in entry.fields:  # One without a tactic fills all cells; a later one with a tactic refines it.
            earlier = {path: other for path, other in earlier.items() if "tactic" in other.fields}
        lost = [other for other in earlier.values() if _loses(other, entry)]
        if lost:
            yield DUPLICATE.finding(entry.path, f"{entry.id} replaces the entry at {lost[0].path}", _ONE)
        elif earlier:
            said = f"{entry.id} is said again as at {next(iter(earlier))}: nothing is lost"
            yield DUPLICATE.finding(entry.path, said, _ONE, "warning")
        shown_by |= dict.fromkeys(cells, entry)


_ONE: Final = "keep one entry per cell"


def _loses(earlier: Entry, later: Entry) -> bool:
    """Return whether something of an entry is gone when a later one takes its place."""
    before = kept(earlier.fields)
    return (bool(before) and before != kept(later.fields)) or (is_open(earlier.fields) and not is_open(later.fields))


def _inactive(id_: str, standing: Standing, release: Release, ids: Hints) -> Finding:
    """Return what is to be told of an id that is not active in a release; where it stands is left open."""
    at = f"{release.domain} {release.version}"
    name = release.name(id_)
    named = f"{id_} {name}" if name else id_
    since = f" since {standing.since}" if standing.since else ""
    match standing.kind:
        case "revoked":
            hint = (
                f"use {standing.replacement} {release.name(standing.replacement)}"
                if standing.replacement
                else "nothing active replaces it; leave it out"
            )
            return REVOKED.finding("", f"{named} is revoked{since}", hint)
        case "deprecated" | "removed":
            return DEPRECATED.finding("", f"{named} is {standing.kind}{since}", "nothing replaces it; leave it out")
        case "not yet":
            return NOT_YET.finding(
                "",
                f"{named} is not in {at}",
                f"it is new in {standing.since}: state that release or a later one, or leave it out",
            )
        case "other domain":
            return OTHER_DOMAIN.finding(
                "",
                f"{id_} is not a technique of {release.domain}",
                f"it belongs in a layer of {standing.domain}; leave it out",
            )
        case _:
            return UNKNOWN.finding("", f"unknown technique {id_} in {at}", ids.near(id_))
