"""What of a mapping set goes into a layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from navigator_export.errors import NothingSelectedError, Problem, SelectionError, nearest
from navigator_export.frameworks import framework
from navigator_export.model import CATEGORIES, VALUES, Capability, Category, Mapping, MappingSet, Value
from navigator_export.patterns import matches, matching
from navigator_export.tiers import Tiers
from navigator_export.wording import counted


class Aspect(msgspec.Struct, frozen=True):
    """One kind of thing to select by; `Criteria` has a field for each."""

    field: str
    """Field of `Criteria`."""
    option: str
    """Option of the command line, without dashes in front."""
    meaning: str
    """What one value of it is, in words."""
    values: tuple[str, ...] = ()
    """All values that there are; empty where a value is a pattern."""

    @property
    def key(self) -> str:
        """Return the key in a manifest."""
        return self.option.replace("-", "_")


ASPECTS: Final = (
    Aspect("frameworks", "framework", "a framework, by id or name"),
    Aspect("capabilities", "capability", "a capability, by id"),
    Aspect("groups", "group", "a group (product area), by id or name"),
    Aspect("categories", "category", "a category", CATEGORIES),
    Aspect("values", "value", "a value", VALUES),
    Aspect("mapping_types", "mapping-type", "a mapping type, by id or name"),
    Aspect("techniques", "technique", "a technique, by id (T1114* takes its sub-techniques too)"),
)
"""The one table of what can be selected by; the command line, the manifest and the reproducing command follow it."""


class Criteria(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to pick, per aspect; within an aspect any may fit, and every aspect that is named must fit."""

    frameworks: tuple[str, ...] = ()
    """Patterns of framework ids or names."""
    capabilities: tuple[str, ...] = ()
    """Patterns of capability ids."""
    groups: tuple[str, ...] = ()
    """Patterns of group ids or names."""
    categories: tuple[Category, ...] = ()
    values: tuple[Value, ...] = ()
    mapping_types: tuple[str, ...] = ()
    """Patterns of mapping type ids or names."""
    techniques: tuple[str, ...] = ()
    """Patterns of technique ids: `T1114` is that technique alone, `T1114*` its sub-techniques too."""


class Selection(msgspec.Struct, frozen=True, omit_defaults=True):
    """What of a mapping set goes into a layer; empty for all of it."""

    include: Criteria = Criteria()
    exclude: Criteria = Criteria()
    """A mapping that fits any aspect of it is left out."""
    tier: str | None = None
    exact_tier: bool = False
    """Only `tier` itself, without the lower tiers that it includes."""
    min_value: Value | None = None
    """The least value; unrated mappings are left out then."""
    exclude_tiers: tuple[str, ...] = ()
    """Names of tiers to leave out, each for itself alone."""


class Selected(msgspec.Struct, frozen=True):
    """The mappings that a selection picked, and what it passed over without being told to."""

    mappings: tuple[Mapping, ...]
    inactive: tuple[Mapping, ...] = ()
    """Mappings that fit too, but were set apart because their technique is not active in the release."""
    without_tier: tuple[Capability, ...] = ()
    """Capabilities left out only because they have no tier."""


Test = Callable[[Mapping], bool]


def select(mappings: MappingSet, selection: Selection, tiers: Tiers) -> Selected:
    """Return the mappings that fit the selection, in the same order.

    Raises SelectionError with every pattern that matches nothing in the whole set, or where nothing is left.
    """
    if selection == Selection() and mappings.mappings:
        return Selected(mappings.mappings, mappings.inactive)
    fits, in_tier = _predicates(mappings, selection, tiers)
    fitting = [mapping for mapping in mappings.mappings if fits(mapping)]
    selected = tuple(mapping for mapping in fitting if in_tier(mapping))
    inactive = tuple(mapping for mapping in mappings.inactive if fits(mapping) and in_tier(mapping))
    if not selected:
        raise NothingSelectedError(_nothing_left(mappings, selection, inactive))
    without_tier: dict[tuple[str, str], Capability] = {}
    if selection.tier is not None:
        without_tier = {
            (m.capability.framework, m.capability.id): m.capability for m in fitting if not tiers.of(m.capability)
        }
    return Selected(selected, inactive, tuple(without_tier[key] for key in sorted(without_tier)))


def _predicates(mappings: MappingSet, selection: Selection, tiers: Tiers) -> tuple[Test, Test]:
    """Return what tells whether a mapping fits the selection but for its tier, and whether its tier is included."""
    problems: list[Problem] = []
    wanted = _tests(selection.include, _Words(mappings, tiers, "selection.include", problems))
    unwanted_words = _Words(mappings, tiers, "selection.exclude", problems)
    unwanted = _tests(selection.exclude, unwanted_words)
    if selection.exclude_tiers:
        unwanted.append(unwanted_words.tiers(selection.exclude_tiers))
    if selection.min_value:
        values = VALUES[VALUES.index(selection.min_value) :]
        wanted.append(lambda m: m.rated and m.value in values)
    included: frozenset[str | None] | None = None
    if selection.tier is not None:
        try:
            included = tiers.included(selection.tier, exact=selection.exact_tier)
        except SelectionError as error:
            problems.extend(error.problems)
    if problems:
        raise SelectionError(*problems)
    return _all_of(wanted, unwanted), lambda m: included is None or tiers.of(m.capability) in included


def _all_of(wanted: Sequence[Test], unwanted: Sequence[Test]) -> Test:
    """Return a test for what passes all of some tests and none of others."""
    if len(wanted) == 1 and not unwanted:
        # A build asks this of every mapping for every layer: most ask for one thing.
        return wanted[0]
    return lambda m: all(test(m) for test in wanted) and not any(test(m) for test in unwanted)


def _tests(criteria: Criteria, words: _Words) -> list[Test]:
    """Return one test per aspect that is named."""
    named = ((aspect.field, getattr(criteria, aspect.field)) for aspect in ASPECTS)
    return [getattr(words, field)(patterns) for field, patterns in named if patterns]


class _Words:
    """The words that a mapping set knows; turns patterns into tests, and notes each that matches nothing.

    It has a method for each aspect, by the name of the field of `Criteria`.
    """

    def __init__(self, mappings: MappingSet, tiers: Tiers, path: str, problems: list[Problem]) -> None:
        self._mappings = mappings
        self._tiers = tiers
        self._path = path
        self._problems = problems

    def frameworks(self, patterns: Iterable[str]) -> Test:
        known = ((source.framework, framework(source.framework).name) for source in self._mappings.sources)
        ids = self._pick(patterns, known, f"{self._path}.frameworks", "frameworks")
        return lambda m: m.capability.framework in ids

    def capabilities(self, patterns: Iterable[str]) -> Test:
        picked: list[Capability] = []
        for pattern in patterns:
            found = matching(pattern, self._mappings.capabilities)
            picked += found
            if not found:
                hint = nearest(pattern, (c.id for c in self._mappings.capabilities), "ids")
                message = f"there is no capability {pattern!r}"
                self._problems.append(Problem(message, f"{self._path}.capabilities", hint))
        return _one_of(picked)

    def groups(self, patterns: Iterable[str]) -> Test:
        known = {(term.id, term.name) for c in self._mappings.capabilities for term in c.groups}
        ids = self._pick(patterns, known, f"{self._path}.groups", "groups")
        return lambda m: any(group.id in ids for group in m.groups)

    def tiers(self, patterns: Iterable[str]) -> Test:
        names = self._pick(patterns, ((name, name) for name in self._tiers.names), "selection.exclude_tiers", "tiers")
        return _one_of(c for c in self._mappings.capabilities if self._tiers.of(c) in names)

    def mapping_types(self, patterns: Iterable[str]) -> Test:
        known = {(term.id, term.name) for source in self._mappings.sources for term in source.mapping_types}
        known |= {(m.mapping_type.id, m.mapping_type.name) for m in self._mappings.mappings if m.mapping_type}
        ids = self._pick(patterns, known, f"{self._path}.mapping_types", "mapping types")
        return lambda m: m.mapping_type is not None and m.mapping_type.id in ids

    def techniques(self, patterns: Iterable[str]) -> Test:
        all_mappings = (*self._mappings.mappings, *self._mappings.inactive)
        known = {(m.technique, m.technique) for m in all_mappings}
        ids = self._pick(patterns, known, f"{self._path}.techniques", "technique ids")
        return lambda m: m.technique in ids

    def categories(self, categories: Sequence[str]) -> Test:
        return lambda m: m.category in categories

    def values(self, values: Sequence[str]) -> Test:
        return lambda m: m.value in values

    def _pick(self, patterns: Iterable[str], known: Iterable[tuple[str, str]], place: str, kind: str) -> set[str]:
        """Return the ids whose id or name some pattern matches."""
        terms = list(known)
        picked = set()
        for pattern in patterns:
            found = {id_ for id_, name in terms if matches(pattern, id_) or matches(pattern, name)}
            picked |= found
            if not found:
                words = {word for term in terms for word in term}
                hint = nearest(pattern, words, kind)
                self._problems.append(Problem(f"{pattern!r} matches nothing", place, hint))
        return picked


def _one_of(capabilities: Iterable[Capability]) -> Test:
    keys = {(c.framework, c.id) for c in capabilities}
    return lambda m: (m.capability.framework, m.capability.id) in keys


def _nothing_left(mappings: MappingSet, selection: Selection, inactive: Sequence[Mapping]) -> Problem:
    if inactive:
        ids = ", ".join(sorted({mapping.technique for mapping in inactive}))
        return Problem(
            f"no selected technique is active in ATT&CK {mappings.attack_version}: {ids}",
            hint="`attack_version` moves mappings to techniques that are",
        )
    unmapped = {row.capability for row in mappings.unmapped if row.capability}
    named = {
        capability.id
        for pattern in selection.include.capabilities
        for capability in matching(pattern, mappings.capabilities)
    }
    if named and named <= unmapped - {m.capability.id for m in mappings.mappings}:
        return Problem(
            f"the source maps {', '.join(sorted(named))} to no technique", hint="`inspect` lists what it maps"
        )
    return Problem(
        f"the selection leaves none of the {counted(len(mappings.mappings), 'mapping')}",
        hint="`inspect` shows groups, tiers, categories and values",
    )
