"""A Navigator layer, format 4.5, and its canonical text.

The fields are those of the format's own document (`layers/spec/v4.5/layerformat.md` in mitre-attack/attack-navigator).
Fields that a layer does not need are left out: the Navigator takes a missing field, but stumbles over a null.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from navigator_export.model import Domain

Number = int | float
Aggregate = Literal["average", "min", "max", "sum"]
"""How a technique's score joins with those of its sub-techniques."""

LAYER_FORMAT: Final = "4.5"
NAVIGATOR: Final = "5.1.0"
"""The Navigator that the layers were seen in."""


class Versions(msgspec.Struct, frozen=True):
    """What the layer was made for, all as text."""

    attack: str
    """Major ATT&CK release, `16`: of anything longer the Navigator reads the first digits only."""
    navigator: str = NAVIGATOR
    layer: str = LAYER_FORMAT


class Layout(msgspec.Struct, frozen=True, rename="camel"):
    """How the matrix opens."""

    aggregate_function: Aggregate
    layout: Literal["side", "flat", "mini"] = "side"
    show_name: bool = True
    show_id: bool = msgspec.field(default=False, name="showID")
    show_aggregate_scores: bool = False
    count_unscored: bool = False
    expanded_subtechniques: Literal["none", "annotated", "all"] = "annotated"


class Gradient(msgspec.Struct, frozen=True, rename="camel"):
    """Colours from the lowest score to the highest."""

    colors: tuple[str, ...]
    min_value: Number
    max_value: Number


class LegendItem(msgspec.Struct, frozen=True):
    """What a colour means."""

    label: str
    color: str


class Metadata(msgspec.Struct, frozen=True, gc=False):
    """One line of a tooltip, `name: value`; neither may be empty."""

    name: str
    value: str


class Divider(msgspec.Struct, frozen=True):
    """A line between metadata or links."""

    divider: Literal[True] = True


class Link(msgspec.Struct, frozen=True, gc=False):
    """An entry of the right-click menu; the address needs a protocol."""

    label: str
    url: str


class LayerTechnique(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One technique; without a tactic, so that it fills every tactic it belongs to."""

    technique_id: str = msgspec.field(name="techniqueID")
    score: Number
    comment: str = ""
    metadata: tuple[Metadata | Divider, ...] = ()
    links: tuple[Link | Divider, ...] = ()


class Layer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One layer."""

    name: str
    versions: Versions
    domain: Literal["enterprise-attack", "mobile-attack", "ics-attack"]
    description: str
    sorting: int
    """3: highest score first within a tactic."""
    layout: Layout
    gradient: Gradient
    legend_items: tuple[LegendItem, ...]
    metadata: tuple[Metadata | Divider, ...]
    techniques: tuple[LayerTechnique, ...]
    """Sorted by id."""


DOMAIN_NAMES: Final[dict[Domain, Literal["enterprise-attack", "mobile-attack", "ics-attack"]]] = {
    "enterprise": "enterprise-attack",
    "mobile": "mobile-attack",
    "ics": "ics-attack",
}


_encoder = msgspec.json.Encoder()


def encode(layer: Layer) -> bytes:
    """Return the canonical text of a layer: UTF-8 JSON, indented by two, a newline at the end.

    The same layer gives the same bytes on every platform.
    """
    return msgspec.json.format(_encoder.encode(layer), indent=2) + b"\n"
