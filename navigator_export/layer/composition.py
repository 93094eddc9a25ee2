"""From annotated techniques to a whole layer: what it is called, how it opens, how its scores are read."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from typing import Final, Literal

import msgspec
from msgspec import UNSET

from navigator_export.layer.format import (
    DOMAIN_NAMES,
    LAYER_FORMAT,
    NAVIGATOR,
    Divider,
    Filters,
    Gradient,
    Layer,
    LayerTechnique,
    Layout,
    Metadata,
    Versions,
)
from navigator_export.layer.scales import Scale, painted
from navigator_export.model import Domain

LayoutName = Literal["flat", "side", "mini"]
LAYOUTS: Final[tuple[LayoutName, ...]] = ("flat", "side", "mini")


class Heading(msgspec.Struct, frozen=True):
    """What a layer says of itself, whatever it was made from."""

    name: str
    description: str
    metadata: tuple[Metadata | Divider, ...]
    """Where it came from, for whoever wants to make it again."""


class Opening(msgspec.Struct, frozen=True):
    """How a layer opens."""

    fold: bool = False
    """With sub-techniques folded away."""
    aggregate: bool = False
    """With techniques coloured by the scores of their sub-techniques too."""
    layout: LayoutName = "flat"
    """With sub-techniques below their technique, beside it, or all as small squares."""
    show_id: bool = False
    """With the ids of techniques in the cells."""
    hide_disabled: bool = False
    """Without the techniques that are disabled."""
    platforms: tuple[str, ...] = ()
    """With the techniques of these platforms alone; empty for all."""


def compose(
    techniques: tuple[LayerTechnique, ...],
    heading: Heading,
    scale: Scale,
    domain: Domain,
    attack_version: str,
    opening: Opening,
) -> Layer:
    """Return the layer of annotated techniques of a domain at an ATT&CK release such as `16.1`."""
    return Layer(
        name=heading.name,
        # Of a release the Navigator reads the first digits only.
        versions=Versions(attack=attack_version.partition(".")[0], navigator=NAVIGATOR, layer=LAYER_FORMAT),
        domain=DOMAIN_NAMES[domain],
        description=heading.description,
        filters=Filters(platforms=opening.platforms) if opening.platforms else UNSET,
        sorting=3,
        layout=Layout(
            aggregate_function=scale.aggregate,
            layout=opening.layout,
            # Names would turn the small squares into `side`.
            show_name=opening.layout != "mini",
            show_id=opening.show_id,
            show_aggregate_scores=opening.aggregate,
            count_unscored=False,
            expanded_subtechniques="none" if opening.fold else "annotated",
        ),
        hide_disabled=True if opening.hide_disabled else UNSET,
        gradient=Gradient(scale.colors, scale.minimum, scale.maximum),
        legend_items=scale.legend,
        metadata=heading.metadata,
        techniques=painted(techniques, scale),
    )


def with_others_disabled(
    techniques: tuple[LayerTechnique, ...], active: Dictionary[str, str]
) -> tuple[LayerTechnique, ...]:
    """Return annotated techniques with an entry that disables each other active one, all sorted by id.

    A technique of which a sub-technique is annotated stays as it is: the Navigator would show it greyed out.
    """
    annotated = {technique.technique_id for technique in techniques}
    needed = annotated | {id_.partition(".")[0] for id_ in annotated}
    disabled = (LayerTechnique(technique_id=id_, enabled=False) for id_ in active if id_ not in needed)
    return tuple(sorted((*techniques, *disabled), key=lambda technique: technique.technique_id))
