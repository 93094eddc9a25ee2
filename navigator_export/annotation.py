"""What a layer says of a technique: its comment, its metadata and its links.

The Navigator's tooltip has a text column of about 17 characters and 20 to 30 lines, so the first lines of a comment
say the whole; links are in the right-click menu, by their label.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dictionary
from typing import Literal

from navigator_export.frameworks import framework
from navigator_export.layer import Divider, LayerTechnique, Link, Metadata
from navigator_export.model import CATEGORIES, VALUES, Capability, Mapping, MappingSet
from navigator_export.passages import Passages, licence_of
from navigator_export.readers.references import host
from navigator_export.scoring import ScoredTechnique
from navigator_export.tiers import Tiers

CommentStyle = Literal["short", "full", "none"]
COMMENT_STYLES: tuple[CommentStyle, ...] = ("short", "full", "none")

_DIVIDER = Divider()


def annotate(
    scored: Iterable[ScoredTechnique],
    mappings: MappingSet,
    tiers: Tiers,
    names: Dictionary[str, str],
    comments: CommentStyle = "short",
) -> tuple[LayerTechnique, ...]:
    """Return each scored technique with its comment, metadata and links, in the same order.

    `mappings` is the whole set: what a capability says of other techniques tells what it says of this one.
    `names` are the technique names by id.
    """
    annotator = _Annotator(mappings, tiers, names, comments)
    return tuple(annotator.technique(technique) for technique in scored)


class _Annotator:
    def __init__(self, mappings: MappingSet, tiers: Tiers, names: Dictionary[str, str], comments: CommentStyle) -> None:
        self._tiers = tiers
        self._names = names
        self._comments = comments
        self._passages = Passages(mappings.mappings) if comments == "short" else Passages(())
        self._show_framework = len({source.framework for source in mappings.sources}) > 1
        self._heads: dict[tuple[str, str], tuple[Metadata, ...]] = {}

    def technique(self, scored: ScoredTechnique) -> LayerTechnique:
        groups: dict[tuple[str, str], list[Mapping]] = {}
        for mapping in scored.mappings:
            groups.setdefault((mapping.capability.framework, mapping.capability.id), []).append(mapping)
        ranked = sorted((_Annotated(group) for group in groups.values()), key=lambda a: a.rank)
        return LayerTechnique(
            technique_id=scored.technique,
            score=scored.score,
            comment=self._comment(ranked, scored.technique),
            metadata=self._metadata(ranked),
            links=_links(ranked),
        )

    def _comment(self, ranked: Sequence[_Annotated], technique: str) -> str:
        if self._comments == "none":
            return ""
        lines = [f"{a.capability.id} {a.rating}" for a in ranked if a.rating]
        unrated = ", ".join(a.capability.id for a in ranked if not a.rating)
        if unrated:
            lines.append(unrated)
        paragraphs = ["\n".join(lines), *(self._said(a, technique) for a in ranked)]
        return "\n\n".join(filter(None, paragraphs))

    def _said(self, annotated: _Annotated, technique: str) -> str:
        """Return what the source says of a capability and this technique, under the capability's name."""
        capability = annotated.capability
        if self._comments == "full":
            said = "\n".join(dict.fromkeys(m.comment for m in annotated.mappings if m.comment))
        else:
            name = self._names.get(technique, "")
            said = next(filter(None, (self._passages.about(m, name) for m in annotated.mappings)), "")
        if not said:
            return ""
        return f"{capability.id}{f' {capability.name}' if capability.name else ''}: {said}"

    def _metadata(self, ranked: Sequence[_Annotated]) -> tuple[Metadata | Divider, ...]:
        entries: list[Metadata | Divider] = []
        for annotated in ranked:
            if entries:
                entries.append(_DIVIDER)
            entries += self._head(annotated.capability)
            for category, value in annotated.ratings:
                if category:
                    entries.append(Metadata("category", category))
                if value:
                    entries.append(Metadata("value", value))
            tier = self._tiers.of(annotated.capability)
            if tier:
                entries.append(Metadata("tier", tier))
            licences = dict.fromkeys(licence_of(m.comment) for m in annotated.mappings if m.comment)
            entries += [Metadata("licence", licence) for licence in licences if licence]
            types = dict.fromkeys(m.mapping_type.name for m in annotated.mappings if m.mapping_type)
            entries += [Metadata("mapping type", name) for name in types]
        return tuple(entries)

    def _head(self, capability: Capability) -> tuple[Metadata, ...]:
        key = (capability.framework, capability.id)
        if key not in self._heads:
            entries = [Metadata("capability", capability.id)]
            if capability.name:
                entries.append(Metadata("name", capability.name))
            if self._show_framework:
                entries.append(Metadata("framework", framework(capability.framework).name))
            if capability.groups:
                entries.append(Metadata("group", ", ".join(group.name for group in capability.groups)))
            self._heads[key] = tuple(entries)
        return self._heads[key]


class _Annotated:
    """A capability's mappings to one technique, in an order that does not depend on the source's."""

    __slots__ = ("capability", "mappings", "rank", "rating", "ratings")

    def __init__(self, group: list[Mapping]) -> None:
        self.capability = group[0].capability
        self.mappings = group if len(group) == 1 else sorted(group, key=_mapping_rank)
        self.ratings = tuple(dict.fromkeys((m.category, m.value) for m in self.mappings if m.category or m.value))
        best_by_category: dict[str | None, str | None] = {}
        for m in self.mappings:
            if m.rated:
                best_by_category.setdefault(m.category, m.value)
        self.rating = ", ".join(f"{category} {value}" for category, value in best_by_category.items())
        best = max((_VALUE_RANK[value] for value in best_by_category.values()), default=-1)
        self.rank = (-best, self.capability.id, self.capability.framework)


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


def _links(ranked: Sequence[_Annotated]) -> tuple[Link, ...]:
    """Return one link per address, labelled by the capabilities that refer to it and by its host."""
    owners: dict[str, dict[str, None]] = {}
    for annotated in ranked:
        for mapping in annotated.mappings:
            for address in mapping.references:
                owners.setdefault(address, {})[annotated.capability.id] = None
    if not owners:
        return ()
    links = []
    used: dict[str, int] = {}
    for address, capabilities in owners.items():
        label = f"{', '.join(capabilities)} · {host(address)}"
        used[label] = used.get(label, 0) + 1
        links.append(Link(label if used[label] == 1 else f"{label} ({used[label]})", address))
    return tuple(links)
