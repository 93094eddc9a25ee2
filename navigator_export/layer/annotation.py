"""What a layer says of a technique: its comment, its metadata and its links.

The Navigator's tooltip has a text column of about 17 characters and 20 to 30 lines, so the first lines of a comment
say the whole; links are in the right-click menu, by their label.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from navigator_export.attack import Release
from navigator_export.frameworks import framework
from navigator_export.layer.format import Divider, LayerTechnique, Link, Metadata
from navigator_export.layer.passages import Passages, licence_of
from navigator_export.layer.scoring import ScoredTechnique
from navigator_export.model import CATEGORIES, VALUES, Capability, Mapping, MappingSet, Term
from navigator_export.readers.references import host
from navigator_export.tiers import Tiers

CommentStyle = Literal["short", "full", "none"]
COMMENT_STYLES: tuple[CommentStyle, ...] = ("short", "full", "none")

_DIVIDER = Divider()


def annotate(
    scored: Iterable[ScoredTechnique],
    mappings: MappingSet,
    tiers: Tiers,
    release: Release,
    comments: CommentStyle = "short",
    passages: Passages | None = None,
) -> tuple[LayerTechnique, ...]:
    """Return each scored technique with its comment, metadata and links, in the same order.

    `mappings` is the whole set: what a capability says of other techniques tells what it says of this one.
    `release` is the layer's; it knows the techniques' names. `passages`, of the whole set, spare making them again.
    """
    if comments == "short" and passages is None:
        passages = Passages(mappings.mappings)
    annotator = _Annotator(mappings, tiers, release, comments, passages)
    return tuple(annotator.technique(technique) for technique in scored)


class _Profile(msgspec.Struct, frozen=True):
    """What a capability's mappings to a technique say besides their comments; the same for many techniques."""

    rank: tuple[int, str, str]
    """Best value first, then id."""
    capability: Capability
    rating: str
    """`protect significant, detect partial`; empty where nothing is rated."""
    metadata: tuple[Metadata, ...]


class _Annotator:
    def __init__(
        self,
        mappings: MappingSet,
        tiers: Tiers,
        release: Release,
        comments: CommentStyle,
        passages: Passages | None,
    ) -> None:
        self._tiers = tiers
        self._release = release
        self._comments = comments
        self._passages = passages
        self._show_framework = len({source.framework for source in mappings.sources}) > 1
        self._profiles: dict[tuple[object, ...], _Profile] = {}

    def technique(self, scored: ScoredTechnique) -> LayerTechnique:
        groups: dict[tuple[str, str], list[Mapping]] = {}
        for mapping in scored.mappings:
            groups.setdefault((mapping.capability.framework, mapping.capability.id), []).append(mapping)
        ordered = [group if len(group) == 1 else sorted(group, key=_mapping_rank) for group in groups.values()]
        ranked = sorted(((self._profile(group), group) for group in ordered), key=_rank)
        return LayerTechnique(
            technique_id=scored.technique,
            score=scored.score,
            comment=self._comment(ranked, scored.technique) or msgspec.UNSET,
            metadata=_divided(profile.metadata for profile, _ in ranked) or msgspec.UNSET,
            links=_links(ranked) or msgspec.UNSET,
        )

    def _profile(self, group: Sequence[Mapping]) -> _Profile:
        capability = group[0].capability
        key = (
            capability.framework,
            capability.id,
            *((m.category, m.value, m.mapping_type, m.groups, m.origin, licence_of(m.comment)) for m in group),
        )
        if key not in self._profiles:
            self._profiles[key] = self._new_profile(capability, group)
        return self._profiles[key]

    def _new_profile(self, capability: Capability, group: Sequence[Mapping]) -> _Profile:
        ratings = dict.fromkeys((m.category, m.value) for m in group)
        best_by_category: dict[str, str] = {}
        for category, value in ratings:
            if category and value:
                best_by_category.setdefault(category, value)
        types = (m.mapping_type.name for m in group if m.mapping_type)
        pairs = (
            ("capability", capability.id),
            ("name", capability.name),
            ("framework", framework(capability.framework).name if self._show_framework else ""),
            ("group", ", ".join(term.name for term in _groups(group))),
            *(pair for category, value in ratings for pair in (("category", category), ("value", value))),
            ("tier", self._tiers.of(capability)),
            *(("licence", licence) for licence in dict.fromkeys(licence_of(m.comment) for m in group)),
            *(("mapping type", name) for name in dict.fromkeys(types)),
            *(("mapped as", str(origin)) for origin in sorted({m.origin for m in group if m.origin})),
        )
        best = max((_VALUE_RANK[value] for value in best_by_category.values()), default=0)
        return _Profile(
            rank=(-best, capability.id, capability.framework),
            capability=capability,
            rating=", ".join(f"{category} {value}" for category, value in best_by_category.items()),
            metadata=tuple(Metadata(name, value) for name, value in pairs if value),
        )

    def _comment(self, ranked: Sequence[_Ranked], technique: str) -> str:
        if self._comments == "none":
            return ""
        lines = [f"{profile.capability.id} {profile.rating}" for profile, _ in ranked if profile.rating]
        unrated = ", ".join(profile.capability.id for profile, _ in ranked if not profile.rating)
        if unrated:
            lines.append(unrated)
        origins = sorted({m.origin for _, group in ranked for m in group if m.origin})
        lines += [f"from {origin}" for origin in origins]
        paragraphs = ["\n".join(lines)]
        for profile, group in ranked:
            said = self._said([m for m in group if m.comment], technique)
            if said:
                capability = profile.capability
                heading = f"{capability.id} {capability.name}".rstrip()
                paragraphs.append(f"{heading}: {said}")
        return "\n\n".join(paragraphs)

    def _said(self, commented: Sequence[Mapping], technique: str) -> str:
        """Return what the source says of a capability and this technique; empty where it says nothing of it."""
        if self._passages is None:
            return "\n".join(dict.fromkeys(m.comment for m in commented))
        names = ((m, self._release.name(m.origin.technique if m.origin else technique)) for m in commented)
        return next(filter(None, (self._passages.about(m, name) for m, name in names)), "")


_Ranked = tuple[_Profile, Sequence[Mapping]]


def _rank(ranked: _Ranked) -> tuple[int, str, str]:
    return ranked[0].rank


def _divided(parts: Iterable[tuple[Metadata, ...]]) -> tuple[Metadata | Divider, ...]:
    entries: list[Metadata | Divider] = []
    for part in parts:
        if entries:
            entries.append(_DIVIDER)
        entries += part
    return tuple(entries)


def _groups(mappings: Sequence[Mapping]) -> list[Term]:
    """Return the groups that mappings are of, each once, sorted."""
    return sorted({term for m in mappings for term in m.groups}, key=lambda term: (term.id, term.name))


_VALUE_RANK: dict[str | None, int] = {value: rank for rank, value in enumerate((None, *VALUES))}
_CATEGORY_RANK: dict[str | None, int] = {category: rank for rank, category in enumerate((*CATEGORIES, None))}


def _mapping_rank(mapping: Mapping) -> tuple[bool, int, int, str, str, tuple[str, ...]]:
    type_id = mapping.mapping_type.id if mapping.mapping_type else ""
    return (
        not mapping.rated,
        -_VALUE_RANK[mapping.value],
        _CATEGORY_RANK[mapping.category],
        type_id,
        mapping.comment,
        mapping.references,
    )


def _links(ranked: Sequence[_Ranked]) -> tuple[Link, ...]:
    """Return one link per address, labelled by the capabilities that refer to it and by its host."""
    owners: dict[str, dict[str, None]] = {}
    for profile, group in ranked:
        for mapping in group:
            for address in mapping.references:
                owners.setdefault(address, {})[profile.capability.id] = None
    links = []
    used: dict[str, int] = {}
    for address, capabilities in owners.items():
        label = f"{', '.join(capabilities)} · {host(address)}"
        used[label] = used.get(label, 0) + 1
        links.append(Link(label if used[label] == 1 else f"{label} ({used[label]})", address))
    return tuple(links)
