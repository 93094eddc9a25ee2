"""From annotated techniques to a whole layer: names, layout, gradient, legend, and metadata that let it be redone."""

from __future__ import annotations

from navigator_export.frameworks import framework
from navigator_export.layer.format import (
    DOMAIN_NAMES,
    LAYER_FORMAT,
    NAVIGATOR,
    Divider,
    Gradient,
    Layer,
    LayerTechnique,
    Layout,
    LegendItem,
    Metadata,
    Versions,
)
from navigator_export.layer.palette import GRADIENT, color_at
from navigator_export.layer.scoring import Scale
from navigator_export.layer.tally import Tally
from navigator_export.model import MappingSet, Source
from navigator_export.recipe import Recipe, command, selection_words, title
from navigator_export.version import __version__


def compose(
    techniques: tuple[LayerTechnique, ...], mappings: MappingSet, recipe: Recipe, scale: Scale, tally: Tally
) -> Layer:
    """Return the layer of annotated techniques; `mappings` is the whole set at the layer's release.

    No clock, machine name or folder goes in, so the same input gives the same layer.
    """
    span = scale.maximum - scale.minimum
    return Layer(
        name=title(mappings, tally.sources, recipe, scale.strategy),
        versions=Versions(attack=mappings.attack_version.partition(".")[0], navigator=NAVIGATOR, layer=LAYER_FORMAT),
        domain=DOMAIN_NAMES[mappings.domain],
        description=_description(mappings, recipe, scale, tally) if recipe.description is None else recipe.description,
        sorting=3,
        layout=Layout(
            aggregate_function=scale.aggregate,
            layout="side",
            show_name=True,
            show_id=False,
            show_aggregate_scores=recipe.aggregate,
            count_unscored=False,
            expanded_subtechniques="none" if recipe.fold else "annotated",
        ),
        gradient=Gradient(GRADIENT, scale.minimum, scale.maximum),
        legend_items=tuple(
            LegendItem(label, color_at((value - scale.minimum) / span)) for value, label in scale.labelled()
        ),
        metadata=_metadata(mappings, recipe, scale, tally),
        techniques=techniques,
    )


def _description(mappings: MappingSet, recipe: Recipe, scale: Scale, tally: Tally) -> str:
    frameworks = " and ".join(dict.fromkeys(framework(source.framework).name for source in tally.sources))
    return (
        f"Mappings of {frameworks} to ATT&CK {mappings.attack_version}. The score is {scale.meaning}. "
        f"Selected: {selection_words(recipe)}. "
        f"{tally.mappings} mappings of {tally.capabilities} capabilities on {tally.techniques} techniques."
    )


def _metadata(mappings: MappingSet, recipe: Recipe, scale: Scale, tally: Tally) -> tuple[Metadata | Divider, ...]:
    entries: list[Metadata | Divider] = []
    for source in mappings.sources:
        entries += [*_source_metadata(source), Divider()]
    pairs = (
        ("layer's ATT&CK release", f"{mappings.attack_version} {mappings.domain}"),
        ("selection", selection_words(recipe)),
        ("score", f"{scale.strategy}: {scale.meaning}"),
        ("mappings", f"{tally.mappings} on {tally.techniques} techniques"),
        ("left out", tally.left_out() or "nothing"),
        ("moved", _moved(tally)),
        ("command", command(mappings, recipe)),
        ("made with", f"navigator-export {__version__}"),
    )
    return (*entries, *(Metadata(name, value) for name, value in pairs if value))


def _source_metadata(source: Source) -> tuple[Metadata, ...]:
    return (
        Metadata("source", source.name),
        Metadata("SHA-256", source.sha256),
        Metadata("framework", f"{framework(source.framework).name} {source.framework_version}".rstrip()),
        Metadata("ATT&CK release", f"{source.attack_version} {source.domain}"),
    )


def _moved(tally: Tally) -> str:
    return ", ".join(f"{fate.technique} to {fate.target}" for fate in tally.retargeting.fates if fate.target)
