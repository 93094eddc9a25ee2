"""What is covered, how well, and by what: of a selection of mappings, or of anybody's layer.

"Covered" says that a mapping, or a score, relates something to the technique: some coverage, not protection. A
technique never vouches for its sub-techniques, nor they for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from navigator_export.analysis.means import Means, Origin
from navigator_export.analysis.statements import Statement, statement_of
from navigator_export.attack import Catalogue, Release
from navigator_export.errors import Problem, SelectionError, SourceError
from navigator_export.frameworks import framework
from navigator_export.layer.format import DOMAIN_NAMES, Layer, Number
from navigator_export.layer.naming import title
from navigator_export.layer.scales import rounded, shown
from navigator_export.layer.scoring import Weights, score
from navigator_export.model import CATEGORIES, VALUES, Category, Domain, Mapping, Source, Value
from navigator_export.preparation import Prepared, Settled, settle
from navigator_export.recipe import Recipe
from navigator_export.tiers import Tiers
from navigator_export.wording import counted, quoted


class Covered(msgspec.Struct, frozen=True):
    """One technique that is covered."""

    technique: str
    value: Number
    """The score."""
    means: tuple[Means, ...] = ()
    """Sorted by id; empty where a layer does not tell."""


class Measure(msgspec.Struct, frozen=True):
    """What the values of a coverage are."""

    name: str
    """Of the strategy that scored; `score` where a layer does not tell."""
    top: Number
    """As good as it gets."""
    rated: bool
    """Whether values tell how well, and not only how often or that at all."""
    weakest: Number = 0
    """The highest value that counts as weak, where values are rated."""
    bottom: Number = 0
    """As bad as it gets."""
    of: tuple[str, ...] = ()
    """The frameworks whose capabilities are counted, where that is what the values are."""
    weights: tuple[Number, ...] = ()
    """What minimal, partial and significant count, where values are made of that."""

    @property
    def kind(self) -> tuple[object, ...]:
        """Return what two measures have in common whose values compare: a scale's end is no part of what a score is."""
        ends = (self.bottom, self.top) if self.name == _UNKNOWN else ()
        return (self.name, self.rated, self.of, self.weights, ends)

    def word(self, value: Number | None) -> str:
        """Return a value for people; empty for None."""
        if value is None:
            return ""
        words = {0: "not rated", **dict(zip(self.weights, VALUES, strict=False))} if self.name == "best" else {}
        return words.get(value) or shown(rounded(value))


class Coverage(msgspec.Struct, frozen=True):
    """What is covered at one ATT&CK release of one domain."""

    name: str
    domain: Domain
    attack_version: str
    measure: Measure
    techniques: dict[str, Covered]
    """By id, sorted."""
    notes: tuple[str, ...] = ()
    """What of the source did not go in, each a sentence."""
    exposing: tuple[str, ...] = ()
    """Names of frameworks in it that tell what was used, and not what works against it."""
    origins: tuple[Origin, ...] = ()
    """The files that it was made from."""
    selection: str = ""
    """What of them is selected, in words; empty where a layer is all that there is."""

    def is_weak(self, technique: str) -> bool:
        """Return whether a covered technique is so by what is rated minimal at best, or not at all."""
        return self.measure.rated and self.techniques[technique].value <= self.measure.weakest

    def share_of_top(self, technique: str) -> float:
        """Return a technique's value as a share of the best one, 0 to 1; 0 where it is not covered."""
        covered = self.techniques.get(technique)
        if covered is None:
            return 0.0
        bottom, top = self.measure.bottom, self.measure.top
        return min(max((covered.value - bottom) / (top - bottom), 0.0), 1.0)


def coverage_of(prepared: Prepared, recipe: Recipe) -> Coverage:
    """Return what a recipe's selection of prepared mappings covers. Raises SelectionError as `settle` does."""
    settled = settle(prepared, recipe)
    scored = score(settled.selected.mappings, settled.strategy, recipe.scoring.weights)
    moved = prepared.moved
    frameworks = {mapping.capability.framework for mapping in settled.selected.mappings}
    left_out = settled.tally.retargeting.dropped
    notes = [f"{counted(left_out, 'mapping')} on inactive techniques left out"] if left_out else []
    return Coverage(
        name=title(settled),
        domain=moved.domain,
        attack_version=prepared.release.version,
        measure=_measure(settled),
        techniques={s.technique: Covered(s.technique, s.score, means(s.mappings, prepared.tiers)) for s in scored},
        notes=tuple(notes),
        exposing=tuple(sorted(framework(id_).name for id_ in frameworks if framework(id_).shows == "exposure")),
        origins=tuple(map(_origin, settled.tally.sources)),
        selection=settled.selection,
    )


def _origin(source: Source) -> Origin:
    name = f"{framework(source.framework).name} {source.framework_version}".rstrip()
    return Origin(source.name, source.sha256, name, f"{source.attack_version} {source.domain}")


def means(mappings: Iterable[Mapping], tiers: Tiers) -> tuple[Means, ...]:
    """Return what each capability of some mappings of one technique has against it, sorted by id."""
    ratings: dict[tuple[str, str], set[tuple[Category, Value]]] = {}
    capabilities = {}
    for mapping in mappings:
        capability = mapping.capability
        found = ratings.setdefault((capability.id, capability.framework), set())
        capabilities[capability.id, capability.framework] = capability
        if mapping.category and mapping.value:
            found.add((mapping.category, mapping.value))
    return tuple(
        Means(id_, capabilities[id_, owner].name, owner, tiers.of(capabilities[id_, owner]) or "", tuple(sorted(found)))
        for (id_, owner), found in sorted(ratings.items())
    )


def _measure(settled: Settled) -> Measure:
    frameworks = {mapping.capability.framework for mapping in settled.selected.mappings}
    rated = settled.strategy != "count" and any(mapping.rated for mapping in settled.selected.mappings)
    names = (framework(id_).name for id_ in frameworks)
    return _measure_of(settled.strategy, settled.recipe.scoring.weights, settled.scale.maximum, names, rated=rated)


def _measure_of(strategy: str, weights: Weights, maximum: Number, frameworks: Iterable[str], *, rated: bool) -> Measure:
    """Return what the scores of one of our strategies are."""
    minimal, _, significant = weights
    top, weakest = {
        "best": (significant, minimal),
        "mean": (significant, minimal),
        "breadth": (len(CATEGORIES), 1),
        "category": (len(CATEGORIES), 1),
    }.get(strategy, (maximum, 0))
    return Measure(
        name=strategy,
        top=top,
        rated=rated,
        weakest=weakest,
        of=() if rated else tuple(sorted(frameworks)),
        weights=weights if rated and strategy in _WEIGHED else (),
    )


_UNKNOWN: Final = "score"
"""What values are called where a layer does not tell what made them."""

_WEIGHED: Final = frozenset({"best", "mean", "sum"})
"""Strategies whose scores are made of weights."""


def refuse_exposure(coverages: Iterable[Coverage]) -> None:
    """Raise SelectionError where a coverage is none: its frameworks tell what was used, or is open to use."""
    for coverage in coverages:
        if coverage.exposing:
            names = " and ".join(coverage.exposing)
            message = f"{names}: these mappings tell what was used against others, and nothing that works against it"
            raise SelectionError(Problem(message, "", "name what your capabilities are mapped in"))


def coverage_of_layer(layer: Layer, file: str, catalogue: Catalogue, attack_version: str | None = None) -> Coverage:
    """Return what anybody's layer covers: techniques that are enabled and have a score.

    A score of 0 is coverage in layers of our own making alone, where it stands for a mapping that is not rated. With
    `attack_version`, the layer is moved to that release.
    Raises SourceError, with `file` as the place, where the layer is of no domain or release that is known, has no
    scores, or is itself the result of an analysis.
    """
    own = layer_release(layer, file, catalogue)
    release = own if attack_version is None else catalogue.require(own.domain, attack_version)
    statement = statement_of(layer)
    if statement.analysis:
        message = f"this layer shows {statement.analysis}, and not what is covered"
        raise SourceError(file, [Problem(message, hint="name the layers or mappings that it was made from")])
    techniques: dict[str, Covered] = {}
    gone: dict[str, None] = {}
    scored = zeros = 0
    for entry in layer.techniques or ():
        if not isinstance(entry.score, int | float) or entry.enabled is False:
            continue
        scored += 1
        if not entry.score and not statement.ours:
            zeros += 1
            continue
        target = _moved(entry.technique_id, release)
        if target is None:
            gone[entry.technique_id] = None
        elif target not in techniques or techniques[target].value < entry.score:
            techniques[target] = Covered(target, entry.score, statement.means(entry))
    if not scored:
        hint = "scores are what is compared; give its techniques some"
        raise SourceError(file, [Problem("no technique of the layer has a score", "$.techniques", hint)])
    notes = []
    if zeros:
        notes.append(f"{counted(zeros, 'technique')} with the score 0 taken as not covered")
    if gone:
        notes.append(f"not active in ATT&CK {release.version}, left out: {', '.join(gone)}")
    frameworks = [one.name for one in statement.frameworks if one.shows == "exposure"]
    return Coverage(
        name=layer.name,
        domain=release.domain,
        attack_version=release.version,
        measure=_layer_measure(layer, statement),
        techniques=dict(sorted(techniques.items())),
        notes=tuple(notes),
        exposing=tuple(sorted(frameworks)),
    )


def layer_release(layer: Layer, file: str, catalogue: Catalogue) -> Release:
    """Return the release that a layer states. Raises SourceError where it or its domain is not known."""
    domain = _DOMAINS.get(layer.domain)
    if domain is None:
        hint = f"known are {', '.join(DOMAIN_NAMES.values())}"
        raise SourceError(file, [Problem(f"the layer is of the domain {quoted(layer.domain)}", "$.domain", hint)])
    attack = layer.versions.attack if layer.versions else None
    # Of a release the Navigator reads the first digits only.
    digits = re.search(r"[0-9]{1,3}", attack) if isinstance(attack, str) else None
    release = catalogue.release(domain, digits[0]) if digits else None
    if release is None:
        message = f"ATT&CK {quoted(attack)} is not known" if attack else "the layer names no ATT&CK release"
        hint = "write the release in versions.attack, or let `upgrade` find it"
        raise SourceError(file, [Problem(message, "$.versions.attack", hint)])
    return release


_DOMAINS: Final[dict[str, Domain]] = {name: domain for domain, name in DOMAIN_NAMES.items()} | {
    "mitre-enterprise": "enterprise",
    "mitre-mobile": "mobile",
}
"""With the old names that the Navigator still takes."""


def _moved(technique: str, release: Release) -> str | None:
    return technique if technique in release.active else release.standing(technique).replacement


def _layer_measure(layer: Layer, statement: Statement) -> Measure:
    scores = [entry.score for entry in layer.techniques or () if isinstance(entry.score, int | float)]
    bottom, top = min(0, *scores), max(1, *scores)
    if layer.gradient:
        bottom, top = layer.gradient.min_value, layer.gradient.max_value
    if statement.strategy:
        names = {one.name for one in statement.frameworks}
        rated = statement.strategy != "count" and any(scores)
        return _measure_of(statement.strategy, statement.weights, top, names, rated=rated)
    # Of a gradient that is not ours nothing is known but its ends: the lowest third is weak.
    return Measure(_UNKNOWN, top, rated=True, weakest=bottom + (top - bottom) / 3, bottom=bottom)
