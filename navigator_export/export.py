"""The path of the data: from mappings and a recipe to the checked text of a layer."""

from __future__ import annotations

from collections import Counter

import msgspec

from navigator_export.annotation import annotate
from navigator_export.attack import Catalogue, Release, builtin
from navigator_export.errors import LayerError, Problem, SelectionError
from navigator_export.frameworks import framework
from navigator_export.layer import (
    DOMAIN_NAMES,
    Divider,
    Gradient,
    Layer,
    LayerTechnique,
    Layout,
    LegendItem,
    Metadata,
    Versions,
    encode,
)
from navigator_export.model import Capability, MappingSet
from navigator_export.palette import GRADIENT, color_at
from navigator_export.recipe import Recipe, command, file_name, selection_words, title
from navigator_export.retargeting import Fate, Retargeted, retarget
from navigator_export.scoring import Scale, choose_strategy, scale_of, score
from navigator_export.selection import Selected, select
from navigator_export.tiers import assign_tiers
from navigator_export.validation import Finding, gate
from navigator_export.version import __version__


class Tally(msgspec.Struct, frozen=True):
    """What went into a layer, and what did not; every row of the sources is in exactly one of the counts."""

    rows: int
    mappings: int
    capabilities: int
    techniques: int
    not_selected: int
    duplicates: int
    unmapped: int
    inactive: tuple[Fate, ...] = ()
    without_tier: tuple[Capability, ...] = ()
    remarks: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Findings of techniques that the recipe kept although they are not active."""

    @property
    def dropped(self) -> int:
        """Return the number of mappings left out because their technique is not active."""
        return sum(fate.mappings for fate in self.inactive if fate.outcome == "dropped")


class Product(msgspec.Struct, frozen=True):
    """A finished layer."""

    layer: Layer
    text: bytes
    """The checked text, as it is to be written."""
    file_name: str
    tally: Tally


def make_layer(mappings: MappingSet, recipe: Recipe | None = None, catalogue: Catalogue | None = None) -> Product:
    """Return the layer that a recipe makes of mappings, with its checked text.

    Raises SelectionError where the recipe does not fit the mappings, and LayerError where the layer has a finding.
    """
    recipe = recipe or Recipe()
    catalogue = catalogue or builtin()
    release = _release(mappings, catalogue)
    tiers = assign_tiers(mappings, recipe.tiers)
    retargeted = _retarget(mappings, release, recipe)
    selected = select(retargeted.mappings, recipe.selection, tiers)
    strategy = choose_strategy(selected.mappings, recipe.scoring)
    scale = scale_of(strategy, recipe.scoring)
    scored = score(selected.mappings, strategy, recipe.scoring)
    techniques = annotate(scored, retargeted.mappings, tiers, release.active, recipe.comments)
    tally = _tally(mappings, retargeted, selected, len(techniques))
    layer = _layer(retargeted.mappings, recipe, scale, techniques, tally)
    text = encode(layer)
    findings = gate(text, catalogue)
    refused = [f for f in findings if not (recipe.on_inactive == "keep" and f.rule.startswith("technique-"))]
    if refused:
        raise LayerError(refused)
    return Product(
        layer,
        text,
        file_name(retargeted.mappings, recipe, strategy),
        msgspec.structs.replace(tally, findings=findings),
    )


def _release(mappings: MappingSet, catalogue: Catalogue) -> Release:
    release = catalogue.release(mappings.domain, mappings.attack_version)
    if release is None:
        listed = catalogue.domains[mappings.domain].releases
        raise SelectionError(
            Problem(
                f"ATT&CK {mappings.attack_version} is not known for {mappings.domain}",
                hint=f"known are {listed[0]} to {listed[-1]}",
            )
        )
    return release


def _retarget(mappings: MappingSet, release: Release, recipe: Recipe) -> Retargeted:
    retargeted = retarget(mappings, release, move=False, keep=recipe.on_inactive == "keep")
    if retargeted.fates and recipe.on_inactive == "error":
        raise SelectionError(
            *(Problem(str(fate), hint="--on-inactive drop leaves it out") for fate in retargeted.fates)
        )
    if not retargeted.mappings.mappings:
        raise SelectionError(Problem(f"no technique of the sources is active in ATT&CK {release.version}"))
    return retargeted


def _tally(mappings: MappingSet, retargeted: Retargeted, selected: Selected, techniques: int) -> Tally:
    return Tally(
        rows=sum(source.rows for source in mappings.sources),
        mappings=len(selected.mappings),
        capabilities=len({(m.capability.framework, m.capability.id) for m in selected.mappings}),
        techniques=techniques,
        not_selected=len(retargeted.mappings.mappings) - len(selected.mappings),
        duplicates=len(mappings.duplicates),
        unmapped=len(mappings.unmapped),
        inactive=retargeted.fates,
        without_tier=selected.without_tier,
        remarks=tuple(f"{source.name}: {remark}" for source in mappings.sources for remark in source.remarks),
    )


def _layer(
    mappings: MappingSet, recipe: Recipe, scale: Scale, techniques: tuple[LayerTechnique, ...], tally: Tally
) -> Layer:
    span = scale.maximum - scale.minimum
    return Layer(
        name=title(mappings, recipe, scale.strategy),
        versions=Versions(attack=mappings.attack_version.partition(".")[0]),
        domain=DOMAIN_NAMES[mappings.domain],
        description=_description(mappings, recipe, scale, tally) if recipe.description is None else recipe.description,
        sorting=3,
        layout=Layout(
            aggregate_function=scale.aggregate,
            show_aggregate_scores=recipe.aggregate,
            expanded_subtechniques="none" if recipe.fold else "annotated",
        ),
        gradient=Gradient(GRADIENT, scale.minimum, scale.maximum),
        legend_items=tuple(
            LegendItem(label, color_at((value - scale.minimum) / span)) for value, label in scale.labelled()
        ),
        metadata=_layer_metadata(mappings, recipe, scale, tally),
        techniques=techniques,
    )


def _description(mappings: MappingSet, recipe: Recipe, scale: Scale, tally: Tally) -> str:
    frameworks = " and ".join(dict.fromkeys(framework(s.framework).name for s in mappings.sources))
    return (
        f"ATT&CK {mappings.attack_version} techniques that {frameworks} is mapped to; the score is {scale.meaning}. "
        f"Selected: {selection_words(recipe)}. "
        f"{tally.mappings} mappings of {tally.capabilities} capabilities on {tally.techniques} techniques."
    )


def _layer_metadata(mappings: MappingSet, recipe: Recipe, scale: Scale, tally: Tally) -> tuple[Metadata | Divider, ...]:
    entries: list[Metadata | Divider] = []
    for source in mappings.sources:
        release = f"{source.attack_version} {source.domain}"
        entries += [
            Metadata("source", source.name),
            Metadata("SHA-256", source.sha256),
            Metadata("framework", f"{framework(source.framework).name} {source.framework_version}".strip()),
            Metadata("ATT&CK release", release),
            Divider(),
        ]
    entries += [
        Metadata("selection", selection_words(recipe)),
        Metadata("score", f"{scale.strategy}: {scale.meaning}"),
        Metadata("mappings", f"{tally.mappings} on {tally.techniques} techniques"),
        Metadata("left out", _left_out(tally)),
        Metadata("command", command(mappings, recipe)),
        Metadata("made with", f"navigator-export {__version__}"),
    ]
    return tuple(entries)


def _left_out(tally: Tally) -> str:
    counts = Counter(
        {
            "not selected": tally.not_selected,
            "repeated": tally.duplicates,
            "rows that map nothing": tally.unmapped,
            "on inactive techniques": tally.dropped,
        }
    )
    words = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    inactive = ", ".join(fate.technique for fate in tally.inactive if fate.outcome == "dropped")
    return (f"{words} ({inactive})" if inactive else words) or "nothing"
