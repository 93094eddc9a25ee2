"""From annotated techniques to a whole layer: what it is called, how it opens, how its scores are read."""

from __future__ import annotations

import msgspec

from navigator_export.layer.format import (
    DOMAIN_NAMES,
    LAYER_FORMAT,
    NAVIGATOR,
    Divider,
    Gradient,
    Layer,
    LayerTechnique,
    Layout,
    Metadata,
    Versions,
)
from navigator_export.layer.scales import Scale, painted
from navigator_export.model import Domain


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
        sorting=3,
        layout=Layout(
            aggregate_function=scale.aggregate,
            layout="side",
            show_name=True,
            show_id=False,
            show_aggregate_scores=opening.aggregate,
            count_unscored=False,
            expanded_subtechniques="none" if opening.fold else "annotated",
        ),
        gradient=Gradient(scale.colors, scale.minimum, scale.maximum),
        legend_items=scale.legend,
        metadata=heading.metadata,
        techniques=painted(techniques, scale),
    )
