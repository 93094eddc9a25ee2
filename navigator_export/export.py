"""The path of the data: from mappings and a recipe to the checked text of a layer."""

from __future__ import annotations

import msgspec

from navigator_export.annotation import annotate
from navigator_export.attack import Catalogue, Release, builtin
from navigator_export.composition import compose
from navigator_export.errors import LayerError, Problem, SelectionError
from navigator_export.layer import Layer, encode
from navigator_export.model import MappingSet
from navigator_export.recipe import NEWEST, Recipe, file_name
from navigator_export.retargeting import OnInactive, retarget
from navigator_export.scoring import choose_strategy, scale_of, score
from navigator_export.selection import select
from navigator_export.tally import Tally, take_account
from navigator_export.tiers import assign_tiers
from navigator_export.validation import Finding, gate


class Product(msgspec.Struct, frozen=True):
    """A finished layer."""

    layer: Layer
    text: bytes
    """The checked text, as it is to be written."""
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
    catalogue = catalogue or builtin()
    release = _release(mappings, recipe, catalogue)
    if recipe.attack_version:
        recipe = msgspec.structs.replace(recipe, attack_version=release.version)
    tiers = assign_tiers(mappings, recipe.tiers)
    moved, retargeting = retarget(mappings, release, move=bool(recipe.attack_version), on_inactive=recipe.on_inactive)
    selected = select(moved, recipe.selection, tiers)
    tally = take_account(mappings, retargeting, selected)
    strategy = choose_strategy(selected.mappings, recipe.scoring)
    scale = scale_of(strategy, recipe.scoring)
    scored = score(selected.mappings, strategy, recipe.scoring)
    techniques = annotate(scored, moved, tiers, release, recipe.comments)
    layer = compose(techniques, moved, recipe, scale, tally)
    text = encode(layer)
    findings = _check(text, catalogue, recipe.on_inactive)
    return Product(layer, text, file_name(moved, tally.sources, recipe, strategy), tally, findings)


def _release(mappings: MappingSet, recipe: Recipe, catalogue: Catalogue) -> Release:
    version = recipe.attack_version or mappings.attack_version
    if version == NEWEST:
        version = catalogue.newest(mappings.domain)
    release = catalogue.release(mappings.domain, version)
    if release is None:
        listed = catalogue.domains[mappings.domain].releases
        raise SelectionError(
            Problem(
                f"ATT&CK {version} is not known for {mappings.domain}",
                "--attack-version" if recipe.attack_version else "",
                f"known are {listed[0]} to {listed[-1]}; --attack-version moves mappings to one of them",
            )
        )
    return release


def _check(text: bytes, catalogue: Catalogue, on_inactive: OnInactive) -> tuple[Finding, ...]:
    findings = gate(text, catalogue)
    refused = [f for f in findings if not (on_inactive == "keep" and f.rule.startswith("technique-"))]
    if refused:
        raise LayerError(refused)
    return findings
