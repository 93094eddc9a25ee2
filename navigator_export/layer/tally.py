"""The account of a layer: what of its sources went into it, and what did not."""

from __future__ import annotations

from operator import attrgetter

import msgspec

from navigator_export.attack import Release
from navigator_export.model import Capability, MappingSet, Source, stated_releases
from navigator_export.retargeting import Retargeting, account_for
from navigator_export.selection import Selected


class Tally(msgspec.Struct, frozen=True):
    """Every row of the sources is in exactly one of the counts."""

    sources: tuple[Source, ...]
    """Sources that mappings of the layer come from."""
    rows: int
    mappings: int
    """In the layer."""
    capabilities: int
    techniques: int
    not_selected: int
    duplicates: int
    unmapped: int
    retargeting: Retargeting
    """What became of mappings whose technique is not active in the layer's release."""
    without_tier: tuple[Capability, ...] = ()
    """Capabilities left out only because they have no tier."""
    remarks: tuple[str, ...] = ()
    """Oddities that were mended or left out while reading."""

    def left_out(self) -> str:
        """Return in words what is not in the layer; empty where all is."""
        counts = (
            (self.not_selected, "not selected"),
            (self.duplicates, "repeated"),
            (self.unmapped, "without a mapping"),
            (self.retargeting.dropped, "on inactive techniques"),
        )
        words = ", ".join(f"{count} {what}" for count, what in counts if count)
        dropped = ", ".join(fate.technique for fate in self.retargeting.fates if fate.outcome == "dropped")
        return f"{words} ({dropped})" if dropped else words


def take_account(mappings: MappingSet, selected: Selected, release: Release) -> Tally:
    """Return the account of a selection of mappings that were retargeted to a release."""
    capabilities = {(one.framework, one.id) for one in set(map(attrgetter("capability"), selected.mappings))}
    frameworks = {framework for framework, _ in capabilities}
    sources = tuple(source for source in mappings.sources if source.framework in frameworks)
    stated = ", ".join(stated_releases(sources))
    retargeting = account_for(selected.mappings, selected.inactive, release, stated)
    all_mappings = len(mappings.mappings) + len(mappings.inactive)
    return Tally(
        sources=sources,
        rows=sum(source.rows for source in mappings.sources),
        mappings=len(selected.mappings),
        capabilities=len(capabilities),
        techniques=len(set(map(attrgetter("technique"), selected.mappings))),
        not_selected=all_mappings - retargeting.mappings_in,
        duplicates=len(mappings.duplicates),
        unmapped=len(mappings.unmapped),
        retargeting=retargeting,
        without_tier=selected.without_tier,
        remarks=tuple(f"{source.name}: {remark}" for source in mappings.sources for remark in source.remarks),
    )
