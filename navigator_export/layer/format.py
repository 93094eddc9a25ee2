"""A Navigator layer, format 4.5, as a value, and its canonical text.

The fields are those of the format's own document (`layers/spec/v4.5/layerformat.md` in mitre-attack/attack-navigator).
A layer that was read (`reading.py`) is the same kind of value as one of our making: a field that it does not have is
UNSET, which is neither empty nor null, and what the format does not know is kept beside what it knows. What a field
says may still be nonsense to the Navigator; validation judges that.

Fields are written in the order that they have here, with `techniques`, the long part, at the end of a layer. Fields
that a layer does not need are left out: the Navigator takes a missing field, but stumbles over a null.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from navigator_export.model import Domain

Number = int | float

LAYER_FORMAT: Final = "4.5"
NAVIGATOR: Final = "5.1.0"
"""The Navigator that the layers were seen in."""

Other = tuple[tuple[str, msgspec.Raw], ...]
"""Fields that the format does not know: their names with their JSON texts, in the file's order."""


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """What the layer was made for, all as text."""

    attack: str | UnsetType = UNSET
    """Major ATT&CK release, `16`: of anything longer the Navigator reads the first digits only."""
    navigator: str | UnsetType = UNSET
    layer: str | UnsetType = UNSET
    other: Other | UnsetType = UNSET


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What part of the matrix shows."""

    platforms: tuple[str, ...] | UnsetType = UNSET
    other: Other | UnsetType = UNSET


class Layout(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How the matrix opens."""

    aggregate_function: str | UnsetType = UNSET
    """`average`, `min`, `max` or `sum`."""
    layout: str | UnsetType = UNSET
    """`side`, `flat` or `mini`."""
    show_name: bool | UnsetType = UNSET
    show_id: bool | UnsetType = msgspec.field(default=UNSET, name="showID")
    show_aggregate_scores: bool | UnsetType = UNSET
    count_unscored: bool | UnsetType = UNSET
    expanded_subtechniques: str | UnsetType = UNSET
    """`none`, `annotated` or `all`."""
    other: Other | UnsetType = UNSET


class Gradient(msgspec.Struct, frozen=True, rename="camel"):
    """Colours from the lowest score to the highest."""

    colors: tuple[str, ...]
    min_value: Number
    max_value: Number
    other: Other | UnsetType = UNSET


class LegendItem(msgspec.Struct, frozen=True, gc=False):
    """What a colour means."""

    label: str
    color: str


class Metadata(msgspec.Struct, frozen=True, gc=False):
    """One line of a tooltip, `name: value`; the Navigator drops one where either is empty."""

    name: str
    value: str


class Link(msgspec.Struct, frozen=True, gc=False):
    """An entry of the right-click menu; the address needs a protocol."""

    label: str
    url: str


class Divider(msgspec.Struct, frozen=True):
    """A line between metadata or links."""

    divider: Literal[True] = True


MetadataEntry = Metadata | Divider | msgspec.Raw
LinkEntry = Link | Divider | msgspec.Raw
LegendEntry = LegendItem | msgspec.Raw
"""Entries of lists; one of any other form than the format's own is kept as its JSON text."""


class LayerTechnique(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """One technique under one tactic; without a tactic it fills every tactic that it belongs to."""

    technique_id: str = msgspec.field(name="techniqueID")
    tactic: str | UnsetType = UNSET
    score: Number | UnsetType = UNSET
    color: str | UnsetType = UNSET
    """Goes before the score's colour; empty is none."""
    comment: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    metadata: tuple[MetadataEntry, ...] | UnsetType = UNSET
    links: tuple[LinkEntry, ...] | UnsetType = UNSET
    show_subtechniques: bool | UnsetType = UNSET
    other: Other | UnsetType = UNSET


class Layer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One layer."""

    name: str
    versions: Versions | UnsetType = UNSET
    domain: str
    """`enterprise-attack`, `mobile-attack` or `ics-attack`; other Navigators have others."""
    custom_data_url: str | UnsetType = msgspec.field(default=UNSET, name="customDataURL")
    description: str | UnsetType = UNSET
    filters: Filters | UnsetType = UNSET
    sorting: Number | UnsetType = UNSET
    """3: highest score first within a tactic."""
    layout: Layout | UnsetType = UNSET
    hide_disabled: bool | UnsetType = UNSET
    gradient: Gradient | UnsetType = UNSET
    legend_items: tuple[LegendEntry, ...] | UnsetType = UNSET
    show_tactic_row_background: bool | UnsetType = UNSET
    tactic_row_background: str | UnsetType = UNSET
    select_techniques_across_tactics: bool | UnsetType = UNSET
    select_subtechniques_with_parent: bool | UnsetType = UNSET
    select_visible_techniques: bool | UnsetType = UNSET
    metadata: tuple[MetadataEntry, ...] | UnsetType = UNSET
    links: tuple[LinkEntry, ...] | UnsetType = UNSET
    techniques: tuple[LayerTechnique, ...] | UnsetType = UNSET
    """Those of our making are sorted by id."""
    other: Other | UnsetType = UNSET


class LayerFile(msgspec.Struct, frozen=True):
    """What a layer file holds: one layer, or a list of layers."""

    layers: tuple[Layer, ...]
    is_list: bool


DOMAIN_NAMES: Final[dict[Domain, Literal["enterprise-attack", "mobile-attack", "ics-attack"]]] = {
    "enterprise": "enterprise-attack",
    "mobile": "mobile-attack",
    "ics": "ics-attack",
}


def encode(layer: Layer) -> bytes:
    """Return the canonical text of a layer: UTF-8 JSON, indented by two, a newline at the end.

    The same layer gives the same bytes on every platform.
    """
    return _text(_writable(layer))


def encode_file(file: LayerFile) -> bytes:
    """Return the canonical text of a layer file; a list stays a list, also with one layer in it."""
    return _text([_writable(layer) for layer in file.layers]) if file.is_list else encode(*file.layers)


def encode_compactly(layer: Layer) -> bytes:
    """Return the shortest text of a layer, for where its length counts; it reads back as the same layer."""
    return _encoder.encode(_writable(layer))


_encoder = msgspec.json.Encoder()


def _text(value: Any) -> bytes:
    return msgspec.json.format(_encoder.encode(value), indent=2) + b"\n"


def _writable(layer: Layer) -> Any:
    """Return what is encoded of a layer: itself, or objects that hold its unknown fields among the known."""
    parts = (layer, layer.versions, layer.filters, layer.layout, layer.gradient, *(layer.techniques or ()))
    return _flat(layer) if any(part and part.other for part in parts) else layer


def _flat(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_flat(item) for item in value]
    if not isinstance(value, Versions | Filters | Layout | Gradient | LayerTechnique | Layer):
        return value
    names = zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True)
    fields = {written: _flat(getattr(value, name)) for written, name in names if name != "other"}
    return {name: field for name, field in fields.items() if field is not UNSET} | dict(value.other or ())
