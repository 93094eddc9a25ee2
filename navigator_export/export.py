"""The path of the data: from mappings and a recipe to the checked text of a layer."""

from __future__ import annotations

from functools import cached_property

import msgspec

from navigator_export.attack import Catalogue, Release, known
from navigator_export.errors import LayerError, Problem, SelectionError
from navigator_export.layer.annotation import annotate
from navigator_export.layer.composition import compose
from navigator_export.layer.format import Layer, encode
from navigator_export.layer.passages import Passages
from navigator_export.layer.scoring import StrategyName, choose_strategy, scale_of, score
from navigator_export.layer.tally import Tally, take_account
from navigator_export.model import MappingSet
from navigator_export.recipe import Recipe, command, file_name
from navigator_export.retargeting import retarget
from navigator_export.selection import select
from navigator_export.tiers import Tiers, assign_tiers
from navigator_export.validation import Finding, gate
from navigator_export.validation.rules import HIDDEN


class Product(msgspec.Struct, frozen=True):
    """A finished layer."""

    layer: Layer
    text: bytes
    """The checked text, as it is to be written."""
    strategy: StrategyName
    command: str
    """Command that makes the same layer."""
    file_name: str
    """A name that tells framework, release, selection and score."""
    tally: Tally
    findings: tuple[Finding, ...] = ()
    """Findings of inactive techniques that the recipe keeps; no layer with any other finding is finished."""


def make_layer(mappings: MappingSet, recipe: Recipe | None = None, catalogue: Catalogue | None = None) -> Product:
    """Return the layer that a recipe makes of mappings, with its checked text.

    Raises SelectionError where the recipe does not fit the mappings, and LayerError where the layer has a finding.
    """
    recipe = recipe or Recipe()
    return finish_layer(prepare(mappings, recipe, catalogue or known()), recipe)


class Prepared(msgspec.Struct, frozen=True, dict=True):
    """Mappings at the release of a layer, with all that many layers of them share."""

    moved: MappingSet
    """At the layer's release."""
    release: Release
    tiers: Tiers
    catalogue: Catalogue

    @cached_property
    def passages(self) -> Passages:
        """Return the sentences of all comments."""
        return Passages(self.moved.mappings)


def prepare(mappings: MappingSet, recipe: Recipe, catalogue: Catalogue) -> Prepared:
    """Return mappings ready for a recipe, and for any other with the same release, policy and tiers.

    Raises SelectionError where the release is not known, or the tiers do not fit the mappings.
    """
    release = _release(mappings, recipe, catalogue)
    tiers = assign_tiers(mappings, recipe.tiers)
    moved = retarget(mappings, release, move=recipe.attack_version is not None, keep=recipe.on_inactive == "keep")
    return Prepared(moved, release, tiers, catalogue)


def finish_layer(prepared: Prepared, recipe: Recipe) -> Product:
    """Return the layer that a recipe makes of prepared mappings; raises as `make_layer` does."""
    moved = prepared.moved
    if recipe.attack_version is not None:
        recipe = msgspec.structs.replace(recipe, attack_version=moved.attack_version)
    selected = select(moved, recipe.selection, prepared.tiers)
    tally = take_account(moved, selected, prepared.release)
    if recipe.on_inactive == "error":
        _refuse_dropped(tally)
    strategy = choose_strategy(selected.mappings, recipe.scoring)
    scale = scale_of(strategy, recipe.scoring)
    scored = score(selected.mappings, strategy, recipe.scoring)
    passages = prepared.passages if recipe.comments == "short" else None
    techniques = annotate(scored, moved, prepared.tiers, prepared.release, recipe.comments, passages)
    layer = compose(techniques, moved, recipe, scale, tally)
    text = encode(layer)
    findings = _check(text, prepared.catalogue, recipe)
    return Product(
        layer,
        text,
        strategy,
        command(moved, recipe),
        file_name(moved, tally.sources, recipe, strategy),
        tally,
        findings,
    )


def _refuse_dropped(tally: Tally) -> None:
    dropped = [fate for fate in tally.retargeting.fates if fate.outcome == "dropped"]
    if dropped:
        release = tally.retargeting.to_release
        raise SelectionError(
            *(
                Problem(
                    f"{fate.technique} {fate.name} is not active in ATT&CK {release} ({fate.standing})",
                    "--on-inactive error",
                    "--on-inactive drop leaves it out, --attack-version moves it to what replaces it",
                )
                for fate in dropped
            )
        )


def _release(mappings: MappingSet, recipe: Recipe, catalogue: Catalogue) -> Release:
    version = mappings.attack_version if recipe.attack_version is None else recipe.attack_version
    release = catalogue.release(mappings.domain, version)
    if release is None:
        listed = catalogue.domains[mappings.domain].releases
        raise SelectionError(
            Problem(
                f"ATT&CK {version or repr(version)} is not known for {mappings.domain}",
                "" if recipe.attack_version is None else "--attack-version",
                f"known are {listed[0]} to {listed[-1]}; --attack-version moves mappings to one of them",
            )
        )
    return release


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
