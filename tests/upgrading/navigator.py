"""What the Navigator makes of a layer, cell by cell, written down from its source (5.1.0)."""

from __future__ import annotations

import re
from typing import Any

from navigator_export.attack import builtin
from navigator_export.model import Domain
from navigator_export.validation.colours import is_colour
from tests.made_inputs import Json

_DOMAINS: dict[str, Domain] = {
    "enterprise-attack": "enterprise",
    "mobile-attack": "mobile",
    "ics-attack": "ics",
    "mitre-enterprise": "enterprise",
    "mitre-mobile": "mobile",
}

Cells = dict[tuple[str, str], Json]


def cells(layer: dict[str, Json]) -> Cells:
    """Return the annotated cells of a layer, each by technique and tactic; raise where the Navigator crashes."""
    domain = _DOMAINS[layer["domain"]]
    stated = layer.get("versions", {}).get("attack")
    major = re.findall(r"\d+", stated)[0] if isinstance(stated, str) and stated else builtin().newest(domain)
    release = builtin().require(domain, major)
    filled: Cells = {}
    for entry in layer.get("techniques", []):
        id_ = entry.get("techniqueID")
        for tactic in [entry["tactic"]] if "tactic" in entry else release.tactics.get(id_, ()):
            filled[id_, tactic] = annotation(entry)
    shown = {cell: said for cell, said in filled.items() if cell[1] in release.tactics.get(cell[0], ())}
    return {cell: said for cell, said in shown.items() if said != annotation({})}


def annotation(entry: dict[str, Json]) -> Json:
    """Return what the Navigator takes of an entry."""
    score, colour = entry.get("score"), entry.get("color", "")
    return {
        "score": score if isinstance(score, int | float) and not isinstance(score, bool) else None,
        "comment": entry["comment"] if isinstance(entry.get("comment"), str) else "",
        "color": colour if isinstance(colour, str) and is_colour(colour) else "",
        "enabled": entry["enabled"] if isinstance(entry.get("enabled"), bool) else True,
        "opened": entry.get("showSubtechniques") is True,
        "metadata": listed(entry.get("metadata", []), "name", "value"),
        "links": listed(entry.get("links", []), "url", "label"),
    }


def listed(entries: Any, first: str, second: str) -> list[Json]:
    """Return the metadata or links that the Navigator shows."""
    shown: list[Json] = []
    for entry in entries:
        if first in entry:
            pair = {name: entry[name] for name in (first, second) if isinstance(entry.get(name), str)}
            if pair.get(first) and pair.get(second):
                shown.append(pair)
        elif isinstance(entry.get("divider"), bool):
            shown.append("divider")
    return shown
