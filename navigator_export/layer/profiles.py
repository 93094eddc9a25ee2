"""What a capability's mappings to a technique say besides their comments: a rating, a line, entries of metadata."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import msgspec

from navigator_export.frameworks import framework
from navigator_export.layer.format import Metadata
from navigator_export.layer.passages import licence_of
from navigator_export.layer.room import height, height_of
from navigator_export.model import CATEGORIES, VALUES, Capability, Mapping, MappingSet
from navigator_export.tiers import Tiers
from navigator_export.wording import shortened

Shared = tuple[Metadata, ...]
"""What all mappings of a layer have in common, to be said once."""

_LONGEST_LABEL: Final = 11
"""Characters of an id that can stand before its own entry; a longer one takes the room of every comment."""

_LONGEST_NAME: Final = 72
"""Characters of a name in a comment; the longest of the published controls."""


class Profile(msgspec.Struct, frozen=True, gc=False):
    """What a capability's mappings to a technique say besides their comments; the same for many techniques."""

    rank: tuple[int, str, str]
    """Best value first, then id."""
    capability: Capability
    line: str
    """`EOP-MFR-E3 protect significant, detect partial`; id and name where nothing is rated."""
    heading: str
    """Of what is said of it: id and name, the id alone where the line has the name."""
    details: tuple[Metadata, ...]
    line_height: int
    details_height: int


class Profiles:
    """The profiles of the capabilities of a mapping set, each made once."""

    def __init__(self, mappings: MappingSet, tiers: Tiers, shared: Shared, *, whole: bool) -> None:
        self._tiers = tiers
        self._shared = frozenset(shared)
        self._whole = whole
        self._show_framework = len({source.framework for source in mappings.sources}) > 1
        self._made: dict[tuple[object, ...], Profile] = {}

    def of(self, mappings: Sequence[Mapping]) -> Profile:
        """Return the profile of one capability's mappings to a technique, which are in order of their rank."""
        key = _told_by(mappings[0]) if len(mappings) == 1 else tuple(map(_told_by, mappings))
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._profile(mappings[0].capability, mappings)
        return found

    def _profile(self, capability: Capability, mappings: Sequence[Mapping]) -> Profile:
        best_by_category: dict[str, str] = {}
        for m in mappings:
            if m.category and m.value:
                best_by_category.setdefault(m.category, m.value)
        best = max((_VALUE_RANK[value] for value in best_by_category.values()), default=0)
        rating = ", ".join(f"{category} {value}" for category, value in best_by_category.items())
        line = f"{capability.id} {rating or shortened(capability.name, _LONGEST_NAME)}".rstrip()
        details = self._details(capability, mappings)
        return Profile(
            rank=(-best, capability.id, capability.framework),
            capability=capability,
            line=line,
            heading=f"{capability.id} {capability.name}".rstrip() if rating else capability.id,
            details=details,
            line_height=height(line),
            details_height=height_of(details),
        )

    def _details(self, capability: Capability, mappings: Sequence[Mapping]) -> tuple[Metadata, ...]:
        """Return an entry per fact; one for all where nothing tells more than what the capability is."""
        stated = [fact for fact in _facts(mappings, self._tiers) if fact not in self._shared]
        name = [Metadata("name", capability.name)] if capability.name else []
        if self._show_framework:
            name.append(Metadata("framework", framework(capability.framework).name))
        if self._whole or any(fact.name in _OF_ITS_OWN for fact in stated):
            return (Metadata("capability", capability.id), *name, *stated)
        words = " · ".join(fact.value for fact in (*name, *stated))
        if words and len(capability.id) <= _LONGEST_LABEL and capability.id != "DIVIDER":
            return (Metadata(capability.id, words),)
        return (Metadata("capability", f"{capability.id} {words}".rstrip()),)


def _told_by(m: Mapping) -> tuple[object, ...]:
    """Return all that a profile tells of a mapping."""
    licence = licence_of(m.comment) if m.comment else ""
    return m.capability, m.category, m.value, m.mapping_type, m.groups, m.origin, licence


_OF_ITS_OWN: Final = frozenset({"category", "value", "tier", "licence"})
"""Facts that are read one by one."""


def shared_by(mappings: Sequence[Mapping], tiers: Tiers) -> Shared:
    """Return the facts that every one of the mappings states alike, values of ratings apart."""
    stating: dict[str, Callable[[Mapping], object]] = {
        "group": lambda m: m.groups,
        "category": lambda m: m.category,
        "tier": lambda m: tiers.of(m.capability),
        "licence": lambda m: licence_of(m.comment),
        "mapping type": lambda m: m.mapping_type,
    }
    return tuple(
        fact
        for fact in _facts(mappings[:1], tiers)
        if fact.name in stating and _are_alike(map(stating[fact.name], mappings))
    )


def _are_alike(values: Iterator[object]) -> bool:
    first = next(values)
    return all(value == first for value in values)


def _facts(mappings: Sequence[Mapping], tiers: Tiers) -> Iterator[Metadata]:
    """Yield what mappings of one capability state, each once."""
    groups = sorted({term for m in mappings for term in m.groups}, key=lambda term: (term.id, term.name))
    ratings = dict.fromkeys((m.category, m.value) for m in mappings)
    yield from _named("group", [", ".join(term.name for term in groups)])
    for category, value in ratings:
        yield from _named("category", [category])
        yield from _named("value", [value])
    yield from _named("tier", [tiers.of(mappings[0].capability)])
    yield from _named("licence", dict.fromkeys(licence_of(m.comment) for m in mappings))
    yield from _named("mapping type", dict.fromkeys(m.mapping_type.name for m in mappings if m.mapping_type))
    yield from _named("mapped as", map(str, sorted({m.origin for m in mappings if m.origin})))


def _named(name: str, values: Iterable[str | None]) -> Iterator[Metadata]:
    return (Metadata(name, value) for value in values if value)


_VALUE_RANK: Final[dict[str | None, int]] = {value: rank for rank, value in enumerate((None, *VALUES))}
_CATEGORY_RANK: Final[dict[str | None, int]] = {category: rank for rank, category in enumerate((*CATEGORIES, None))}


def mapping_rank(mapping: Mapping) -> tuple[bool, int, int, str, str, tuple[str, ...]]:
    """Return what orders the mappings of one capability to a technique: best value first."""
    type_id = mapping.mapping_type.id if mapping.mapping_type else ""
    return (
        not mapping.rated,
        -_VALUE_RANK[mapping.value],
        _CATEGORY_RANK[mapping.category],
        type_id,
        mapping.comment,
        mapping.references,
    )
