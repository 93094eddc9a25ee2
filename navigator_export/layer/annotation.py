"""What a layer says of a technique: its comment, its metadata and its links.

The Navigator's tooltip has a text column of about 17 characters and 20 to 30 lines, so the first lines of a comment
say the whole; links are in the right-click menu, by their label.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from navigator_export.attack import Release
from navigator_export.layer.comments import Said, full_comment, short_comment
from navigator_export.layer.format import Divider, LayerTechnique, Metadata
from navigator_export.layer.links import MOST, links_of
from navigator_export.layer.passages import Passages
from navigator_export.layer.profiles import Profile, Profiles, Shared, mapping_rank
from navigator_export.layer.room import TOOLTIP, fitting, height_of
from navigator_export.layer.scoring import ScoredTechnique
from navigator_export.model import Capability, Mapping, MappingSet
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
    shared: Shared = (),
) -> tuple[LayerTechnique, ...]:
    """Return each scored technique with its comment, metadata and links, in the same order.

    With `full` comments all is there; else as much as fits the tooltip and the menu, best capability first, and counts
    of the rest. `mappings` is the whole set: what a capability says of other techniques tells what it says of this one.
    `release` is the layer's; it knows the techniques' names. `passages`, of the whole set, spare making them again.
    `shared` is what the layer says once for all.
    """
    if comments == "short" and passages is None:
        passages = Passages(mappings.mappings)
    annotator = _Annotator(mappings, tiers, release, comments, passages, shared)
    return tuple(annotator.technique(technique) for technique in scored)


_Ranked = tuple[Profile, Sequence[Mapping]]


class _Annotator:
    def __init__(
        self,
        mappings: MappingSet,
        tiers: Tiers,
        release: Release,
        comments: CommentStyle,
        passages: Passages | None,
        shared: Shared,
    ) -> None:
        self._release = release
        self._comments = comments
        self._passages = passages
        self._profiles = Profiles(mappings, tiers, shared, whole=comments == "full")

    def technique(self, scored: ScoredTechnique) -> LayerTechnique:
        groups: defaultdict[Capability, list[Mapping]] = defaultdict(list)
        for mapping in scored.mappings:
            groups[mapping.capability].append(mapping)
        for group in groups.values():
            if len(group) > 1:
                group.sort(key=mapping_rank)
        ranked = sorted(zip(map(self._profiles.of, groups.values()), groups.values(), strict=True), key=_rank)
        profiles = [profile for profile, _ in ranked]
        links = links_of(ranked)
        comment, room = "", TOOLTIP
        if self._comments == "full":
            comment = full_comment(profiles, _origins(scored.mappings), self._said(ranked, scored.technique))
            metadata = _joined(profile.details for profile in profiles)
        else:
            if self._comments == "short":
                said = self._said(ranked, scored.technique)
                comment, used = short_comment(profiles, _origins(scored.mappings), said)
                room -= used
            metadata = _fitting(profiles, room, len(links))
            links = links[:MOST]
        return LayerTechnique(
            technique_id=scored.technique,
            score=scored.score,
            comment=comment or msgspec.UNSET,
            metadata=metadata,
            links=links or msgspec.UNSET,
        )

    def _said(self, ranked: Sequence[_Ranked], technique: str) -> list[Said]:
        """Return what the source says of each capability and this technique, where it says something of it."""
        commented = ((profile, [m for m in group if m.comment]) for profile, group in ranked)
        return [(profile, text) for profile, group in commented if group and (text := self._words(group, technique))]

    def _words(self, commented: Sequence[Mapping], technique: str) -> str:
        if self._passages is None:
            return "\n".join(dict.fromkeys(m.comment for m in commented))
        names = ((m, self._release.name(m.origin.technique if m.origin else technique)) for m in commented)
        return next(filter(None, (self._passages.about(m, name) for m, name in names)), "")


def _rank(ranked: _Ranked) -> tuple[int, str, str]:
    return ranked[0].rank


def _origins(mappings: Iterable[Mapping]) -> list[str]:
    return [str(origin) for origin in sorted({m.origin for m in mappings if m.origin})]


def _fitting(profiles: Sequence[Profile], room: int, links: int) -> tuple[Metadata | Divider, ...]:
    """Return the metadata that fit into the room, and how many capabilities and links are not shown."""
    left_out = [Metadata("links", f"{MOST} of {links:,}, best first")] if links > MOST else []
    shown = fitting((profile.details_height for profile in profiles), room - _COUNTS)
    if shown < len(profiles):
        left_out.insert(0, Metadata("and", f"{len(profiles) - shown:,} more"))
    parts = [profile.details for profile in profiles[:shown]]
    return _joined([*parts, tuple(left_out)] if left_out else parts)


_COUNTS: Final = height_of([Metadata("and", "9,999 more"), Metadata("links", f"{MOST} of 9,999, best first")])


def _joined(parts: Iterable[tuple[Metadata, ...]]) -> tuple[Metadata | Divider, ...]:
    """Return parts one below the other, with a divider beside each that has several entries."""
    entries: list[Metadata | Divider] = []
    single = True
    for part in parts:
        if entries and not (single and len(part) == 1):
            entries.append(_DIVIDER)
        single = len(part) == 1
        entries += part
    return tuple(entries)
