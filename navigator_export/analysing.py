"""Coverage compared, laid against threats, and planned: the same as the commands, as functions of values."""

from __future__ import annotations

from collections.abc import Collection, Mapping as Dictionary, Sequence

from navigator_export.analysis import comparison, coverage, gaps as gaps_, plan as plan_
from navigator_export.analysis.comparison import Comparison
from navigator_export.analysis.coverage import Coverage
from navigator_export.analysis.gaps import Gaps
from navigator_export.analysis.layers import Making, comparison_layer, gaps_layer, plan_layer, use_layer
from navigator_export.analysis.plan import Key, Plan
from navigator_export.analysis.use import ThreatUse
from navigator_export.analysis.words import read_use
from navigator_export.attack import known
from navigator_export.attack.known_threats import known_threats
from navigator_export.layer.format import Layer, Number
from navigator_export.model import Domain, MappingSet
from navigator_export.preparation import prepare
from navigator_export.readers.options import ReadOptions
from navigator_export.recipe import Recipe

Threat = str | Sequence[str] | ThreatUse
"""Words that name threats, or what they use."""


def coverage_of(source: MappingSet | Sequence[MappingSet] | Layer, recipe: Recipe | None = None) -> Coverage:
    """Return what mappings cover with what a recipe selects, or what a layer covers.

    A recipe's `attack_version` moves either to that release. Raises as `make_layer` does, and SourceError for a layer
    that tells nothing of coverage.
    """
    recipe, catalogue = recipe or Recipe(), known()
    if isinstance(source, Layer):
        return coverage.coverage_of_layer(source, source.name, catalogue, recipe.attack_version)
    sets = (source,) if isinstance(source, MappingSet) else source
    return coverage.coverage_of(prepare(sets, recipe, catalogue), recipe)


def compare(old: Coverage, new: Coverage) -> Comparison:
    """Return what changed from one coverage to another. Raises SelectionError where they are of different releases."""
    return comparison.compare(old, new, known())


def threat_use(
    threat: str | Sequence[str],
    attack_version: str,
    *,
    domain: Domain = "enterprise",
    with_software: bool = False,
    with_campaigns: bool = False,
) -> ThreatUse:
    """Return what threats use, at a release: named as `gaps --threat` takes them.

    Raises SelectionError where a word names nothing, and SourceError where a file cannot be read.
    """
    catalogue = known()
    return read_use(
        (threat,) if isinstance(threat, str) else threat,
        known_threats(catalogue, domain),
        catalogue.require(domain, attack_version),
        ReadOptions(),
        with_software=with_software,
        with_campaigns=with_campaigns,
    )


def gaps(coverage: Coverage, threat: Threat, offers: Sequence[Coverage] = ()) -> Gaps:
    """Return what threats use and a coverage leaves open; `offers` are coverages that may close it.

    Raises SelectionError as `threat_use` does, and where releases differ.
    """
    return gaps_.gaps(coverage, _use(threat, coverage), known(), offers)


def plan(
    coverage: Coverage,
    threat: Threat,
    *,
    have: Collection[Key] = (),
    target: float | None = None,
    budget: Number | None = None,
    costs: Dictionary[Key, Number] | None = None,
) -> Plan:
    """Return the cheapest set of a coverage's capabilities that covers the `target` share of use, 0 to 1.

    With a `budget`, the set that covers most within it; with neither, all that can be covered. `have` and `costs` name
    capabilities by framework and id. Raises SelectionError where the target is out of reach.
    """
    use = _use(threat, coverage)
    return plan_.plan(coverage, use, have=have, target=target, budget=budget, costs=costs)


def layer_of(result: Comparison | Gaps | Plan | ThreatUse, name: str | None = None) -> Layer:
    """Return a result as a layer; it names no command that makes it again."""
    making = Making("", name)
    match result:
        case Comparison():
            return comparison_layer(result, making)
        case Gaps():
            return gaps_layer(result, making)
        case Plan():
            return plan_layer(result, making)
    return use_layer(result, making)


def _use(threat: Threat, coverage: Coverage) -> ThreatUse:
    if isinstance(threat, ThreatUse):
        return threat
    return threat_use(threat, coverage.attack_version, domain=coverage.domain)
