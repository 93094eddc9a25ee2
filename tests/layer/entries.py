"""Made-up mappings of one technique, and what a layer says of it."""

from __future__ import annotations

from navigator_export import MappingSet, Recipe, make_layer
from tests.made_inputs import Json, make_row
from tests.results import technique_of

MIXED = [
    make_row("LOW-E3", "T1114", "detect minimal", comments="Low detects Email Collection."),
    make_row("BEST-E5", "T1114", "protect significant", comments="Best protects.\nLicense Requirements: Suite E5"),
    make_row("BEST-E5", "T1114", "respond partial"),
    make_row("ALSO-E3", "T1114", "protect significant"),
    make_row("BARE-E3", "T1114", ""),
    make_row("ALONE-E3", "T1114", "", comments="Alone blocks something."),
]


def entry(mappings: MappingSet, technique: str = "T1114", **recipe: Json) -> dict[str, Json]:
    """Return what a layer of these mappings says of a technique."""
    return technique_of(make_layer(mappings, Recipe(**recipe)).text, technique)
