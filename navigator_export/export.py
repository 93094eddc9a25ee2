"""The path of the data: from mappings and a recipe to the checked text of a layer."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from navigator_export.attack import Catalogue, known
from navigator_export.errors import LayerError
from navigator_export.layer.annotation import annotate
from navigator_export.layer.composition import Opening, compose, with_others_disabled
from navigator_export.layer.format import Layer, encode
from navigator_export.layer.naming import file_name, title, with_number
from navigator_export.layer.profiles import shared_by
from navigator_export.layer.scoring import StrategyName, clear_of_top, score
from navigator_export.layer.tally import Tally
from navigator_export.model import MappingSet
from navigator_export.preparation import Prepared, prepare, renamed, settle
from navigator_export.provenance import heading_of
from navigator_export.recipe import Recipe
from navigator_export.validation import Finding, gate
from navigator_export.validation.rules.visibility import HIDDEN


class Product(msgspec.Struct, frozen=True):
    """A finished layer."""

    layer: Layer
    text: bytes
    """The checked text, as it is to be written."""
    strategy: StrategyName
    selection: str
    """What is selected, in words."""
    command: str
    """Command that makes the same layer."""
    file_name: str
    """A name that tells framework, release, selection and score."""
    tally: Tally
    warnings: tuple[str, ...] = ()
    """What to know before scores are read as ratings, each a sentence."""
    findings: tuple[Finding, ...] = ()
    """Findings of inactive techniques that the recipe keeps; no layer with any other finding is finished."""


def make_layer(
    mappings: MappingSet | Sequence[MappingSet], recipe: Recipe | None = None, catalogue: Catalogue | None = None
) -> Product:
    """Return the layer that a recipe makes of mappings, with its checked text.

    Several sets, one a source, are those that `read_each` gives together: they are moved first and merged then.
    Raises SourceError where sources do not go together, SelectionError where the recipe does not fit the mappings, and
    LayerError where the layer has a finding.
    """
    recipe = recipe or Recipe()
    sets = (mappings,) if isinstance(mappings, MappingSet) else mappings
    return finish_layer(prepare(sets, recipe, catalogue or known()), recipe)


def finish_layer(prepared: Prepared, recipe: Recipe, number: int | None = None) -> Product:
    """Return the layer that a recipe makes of prepared mappings; raises as `make_layer` does.

    With a number, that goes before the name of its own that the layer gets.
    """
    settled = settle(prepared, recipe)
    if number is not None:
        settled = renamed(settled, with_number(number, title(settled)))
    recipe, moved, scale = settled.recipe, prepared.moved, settled.scale
    raw = score(settled.selected.mappings, settled.strategy, recipe.scoring.weights)
    scored, moved_scores = clear_of_top(raw, settled.strategy, scale)
    passages = prepared.passages if recipe.comments == "short" else None
    shared = () if recipe.comments == "full" else shared_by(settled.selected.mappings, prepared.tiers)
    techniques = annotate(scored, moved, prepared.tiers, prepared.release, recipe.comments, passages, shared)
    if recipe.hide_unscored:
        techniques = with_others_disabled(techniques, prepared.release.active)
    heading = heading_of(settled, shared)
    layer = compose(techniques, heading, scale, moved.domain, moved.attack_version, _opening(recipe))
    text = encode(layer)
    findings = _check(text, prepared.catalogue, recipe)
    return Product(
        layer=layer,
        text=text,
        strategy=settled.strategy,
        selection=settled.selection,
        command=settled.command,
        file_name=file_name(settled),
        tally=settled.tally,
        warnings=(*settled.warnings, *moved_scores),
        findings=findings,
    )


def _opening(recipe: Recipe) -> Opening:
    return Opening(
        fold=recipe.fold,
        aggregate=recipe.aggregate,
        layout=recipe.layout,
        show_id=recipe.show_id,
        hide_disabled=recipe.hide_unscored,
        platforms=recipe.platforms,
    )


def _check(text: bytes, catalogue: Catalogue, recipe: Recipe) -> tuple[Finding, ...]:
    """Return the findings that the recipe asks for; raise LayerError with any other."""
    asked_for = []
    if recipe.on_inactive == "keep":
        asked_for.append("technique-")
    if recipe.fold:
        asked_for.append(HIDDEN.id)
    findings = gate(text, catalogue)
    refused = [finding for finding in findings if not finding.rule.startswith(tuple(asked_for))]
    if refused:
        raise LayerError(refused)
    return tuple(finding for finding in findings if finding.rule != HIDDEN.id)
