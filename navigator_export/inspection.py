"""What is in a mapping set, and what is odd about it, as values for a table or for JSON."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from navigator_export.attack import Catalogue, Release, known
from navigator_export.attack.catalogue import order
from navigator_export.frameworks import framework
from navigator_export.layer.passages import licence_of
from navigator_export.merging import merge
from navigator_export.model import CATEGORIES, VALUES, Capability, Mapping, MappingSet, Source, Term, UnmappedRow
from navigator_export.preparation import at_one_release
from navigator_export.tiers import Tiers

CapabilityKey = tuple[str, str]


class TierFacts(msgspec.Struct, frozen=True):
    """What a tier has, the lower tiers included."""

    tier: str
    capabilities: int
    mappings: int
    """As the sources count: one a row, repetitions included."""
    distinct: int
    techniques: int


class CapabilityFacts(msgspec.Struct, frozen=True):
    """One capability and what the sources say it does."""

    id: str
    name: str
    framework: str
    groups: tuple[str, ...]
    tier: str | None
    licences: tuple[str, ...]
    """Licence sentences of its comments, the most frequent first."""
    licence_disagrees: bool
    """Whether a licence sentence names a tier, and its lowest is not the capability's."""
    mappings: int
    """As the sources count: one a row, repetitions included."""
    distinct: int
    techniques: int
    ratings: dict[str, int]
    """Distinct mappings per rating, `protect significant`; `unrated` for those without."""


class TechniqueFacts(msgspec.Struct, frozen=True):
    """One technique and how often it is mapped."""

    id: str
    name: str
    """Empty where it is not known."""
    mappings: int
    """As the sources count: one a row, repetitions included."""
    distinct: int
    capabilities: int


class TacticFacts(msgspec.Struct, frozen=True):
    """One tactic of the ATT&CK release that is looked at; a technique with several tactics counts under each."""

    tactic: str
    """Its short name."""
    name: str
    techniques: int
    of: int
    """Techniques that the release has under the tactic, sub-techniques included."""
    mappings: int


class Contradiction(msgspec.Struct, frozen=True):
    """A capability that a source rates in two ways in one category of one technique."""

    capability: str
    technique: str
    category: str
    values: tuple[str, ...]


class Repetition(msgspec.Struct, frozen=True):
    """A mapping that stands in the sources more than once."""

    capability: str
    technique: str
    times: int


class GroupFacts(msgspec.Struct, frozen=True):
    """How many mappings a capability has in one of its groups, where it stands in several."""

    capability: str
    group: str
    """Empty for rows that name none."""
    mappings: int


class InactiveTechnique(msgspec.Struct, frozen=True):
    """A technique id that is not active in the ATT&CK release that is looked at."""

    id: str
    kind: str
    replacement: str | None
    mappings: int


class Inspection(msgspec.Struct, frozen=True):
    """A mapping set in figures."""

    sources: tuple[Source, ...]
    attack_version: str
    """Release that the techniques are looked at in."""
    domain: str
    tiers: tuple[TierFacts, ...]
    capabilities: tuple[CapabilityFacts, ...]
    tactics: tuple[TacticFacts, ...]
    techniques: tuple[TechniqueFacts, ...]
    unmapped: tuple[UnmappedRow, ...]
    duplicates: tuple[Repetition, ...]
    contradictions: tuple[Contradiction, ...]
    partly_rated: tuple[Repetition, ...]
    """Mappings that have only one of category and value."""
    inactive: tuple[InactiveTechnique, ...]
    several_groups: tuple[GroupFacts, ...]
    """Of capabilities whose mappings are not all of the same groups."""


def gather(sets: Sequence[MappingSet], attack_version: str | None, catalogue: Catalogue | None = None) -> MappingSet:
    """Return the mappings of all sources as one set to inspect: moved to a release, or as the sources have them.

    Unmoved, sources of different releases stand beside the newest of these. Nothing is set apart as inactive.
    Raises SourceError where the sources are of different domains, and SelectionError where a release is not known.
    """
    if attack_version is not None:
        return at_one_release(sets, attack_version, catalogue or known(), keep=True)
    newest = max((one.attack_version for one in sets), key=order)
    return merge([msgspec.structs.replace(one, attack_version=newest) for one in sets])


def inspect(mappings: MappingSet, tiers: Tiers, catalogue: Catalogue | None = None) -> Inspection:
    """Return what is in a mapping set; the order follows ids, not the sources' rows."""
    release = (catalogue or known()).release(mappings.domain, mappings.attack_version)
    by_capability: dict[CapabilityKey, list[Mapping]] = defaultdict(list)
    by_technique: dict[str, list[Mapping]] = defaultdict(list)
    for mapping in mappings.mappings:
        by_capability[mapping.capability.framework, mapping.capability.id].append(mapping)
        by_technique[mapping.technique].append(mapping)
    repeated = Counter(m.technique for m in mappings.duplicates)
    repetitions = Counter((m.capability.framework, m.capability.id) for m in mappings.duplicates)
    inactive = []
    for technique, group in sorted(by_technique.items()):
        if release and technique not in release.active:
            standing = release.standing(technique)
            inactive.append(InactiveTechnique(technique, standing.kind, standing.replacement, len(group)))
    return Inspection(
        sources=mappings.sources,
        attack_version=mappings.attack_version,
        domain=mappings.domain,
        tiers=tuple(_tier(tier, mappings, tiers) for tier in tiers.names),
        capabilities=tuple(
            _capability(c, by_capability.get((c.framework, c.id), []), repetitions[c.framework, c.id], tiers)
            for c in mappings.capabilities
        ),
        tactics=_tactics(by_technique, release) if release else (),
        techniques=tuple(
            TechniqueFacts(
                id=technique,
                name=release.name(technique) if release else "",
                mappings=len(group) + repeated[technique],
                distinct=len(group),
                capabilities=len({(m.capability.framework, m.capability.id) for m in group}),
            )
            for technique, group in sorted(by_technique.items())
        ),
        unmapped=mappings.unmapped,
        duplicates=_repetitions(mappings.duplicates),
        contradictions=_contradictions(mappings.mappings),
        partly_rated=tuple(
            Repetition(m.capability.id, m.technique, 1)
            for m in sorted(mappings.mappings, key=lambda m: (m.capability.id, m.technique))
            if (m.category is None) != (m.value is None)
        ),
        inactive=tuple(inactive),
        several_groups=_several_groups(mappings.mappings),
    )


def _tactics(by_technique: dict[str, list[Mapping]], release: Release) -> tuple[TacticFacts, ...]:
    """Return the tactics in the order of the matrix."""
    under: dict[str, list[str]] = defaultdict(list)
    for technique, tactics in release.tactics.items():
        for tactic in tactics:
            under[tactic].append(technique)
    return tuple(
        TacticFacts(
            tactic=tactic.short_name,
            name=tactic.name,
            techniques=sum(technique in by_technique for technique in under[tactic.short_name]),
            of=len(under[tactic.short_name]),
            mappings=sum(len(by_technique.get(technique, ())) for technique in under[tactic.short_name]),
        )
        for tactic in release.matrix
    )


def _tier(tier: str, mappings: MappingSet, tiers: Tiers) -> TierFacts:
    included = tiers.included(tier, exact=False)
    distinct = [m for m in mappings.mappings if tiers.of(m.capability) in included]
    repeated = [m for m in mappings.duplicates if tiers.of(m.capability) in included]
    return TierFacts(
        tier=tier,
        capabilities=sum(tiers.of(capability) in included for capability in mappings.capabilities),
        mappings=len(distinct) + len(repeated),
        distinct=len(distinct),
        techniques=len({m.technique for m in distinct}),
    )


def _capability(capability: Capability, group: list[Mapping], repeated: int, tiers: Tiers) -> CapabilityFacts:
    licences = Counter(licence for m in group if m.comment and (licence := licence_of(m.comment)))
    ratings = Counter(f"{m.category} {m.value}" if m.rated else "unrated" for m in group)
    tier = tiers.of(capability)
    scheme = framework(capability.framework).tiers
    named = {scheme.lowest_named(licence) for licence in licences} - {None} if scheme else set()
    return CapabilityFacts(
        id=capability.id,
        name=capability.name,
        framework=framework(capability.framework).name,
        groups=tuple(group.name for group in capability.groups),
        tier=tier,
        licences=tuple(licence for licence, _ in sorted(licences.items(), key=lambda item: (-item[1], item[0]))),
        licence_disagrees=bool(named - {tier}),
        mappings=len(group) + repeated,
        distinct=len(group),
        techniques=len({m.technique for m in group}),
        ratings={name: ratings[name] for name in _RATING_NAMES if ratings[name]},
    )


def _several_groups(mappings: tuple[Mapping, ...]) -> tuple[GroupFacts, ...]:
    combinations: dict[CapabilityKey, set[tuple[Term, ...]]] = defaultdict(set)
    counts: Counter[tuple[str, str, str]] = Counter()
    for m in mappings:
        combinations[m.capability.framework, m.capability.id].add(m.groups)
        for group in [term.name for term in m.groups] or [""]:
            counts[m.capability.framework, m.capability.id, group] += 1
    return tuple(
        GroupFacts(capability, group, count)
        for (owner, capability, group), count in sorted(counts.items())
        if len(combinations[owner, capability]) > 1
    )


def _repetitions(duplicates: tuple[Mapping, ...]) -> tuple[Repetition, ...]:
    counts = Counter((m.capability.id, m.technique) for m in duplicates)
    return tuple(Repetition(capability, technique, n + 1) for (capability, technique), n in sorted(counts.items()))


def _contradictions(mappings: tuple[Mapping, ...]) -> tuple[Contradiction, ...]:
    values: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for m in mappings:
        if m.category and m.value:
            values[m.capability.id, m.technique, m.category, m.capability.framework].add(m.value)
    return tuple(
        Contradiction(capability, technique, category, tuple(v for v in VALUES if v in given))
        for (capability, technique, category, _), given in sorted(values.items())
        if len(given) > 1
    )


_RATING_NAMES = (*(f"{category} {value}" for category in CATEGORIES for value in reversed(VALUES)), "unrated")
