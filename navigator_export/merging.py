"""Several mapping sets as one, once they are at one ATT&CK release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from navigator_export.errors import Problem, SourceError
from navigator_export.model import Mapping, MappingSet, Source
from navigator_export.wording import shortened


def merge(sets: Sequence[MappingSet]) -> MappingSet:
    """Return the mappings of sets that were read together as one set, in their order; repetitions are set apart.

    Raises SourceError where the sets are of different domains or at different ATT&CK releases.
    """
    require_one_domain(sets)
    first = sets[0]
    if len(sets) == 1:
        return first
    if any(other.attack_version != first.attack_version for other in sets):
        message = f"the sources are at different ATT&CK releases: {_stated(sets, 'attack_version')}"
        hint = "`attack_version` moves them all to one; `reading.attack_version` corrects what a source states"
        raise SourceError("", [Problem(message, hint=hint)])
    seen: dict[Mapping, Mapping] = {}
    repeated = [again for one in sets for again in _repeated(one.mappings, seen)]
    inactive: dict[Mapping, Mapping] = {}
    repeated += [again for one in sets for again in _repeated(one.inactive, inactive)]
    capabilities = {capability for one in sets for capability in one.capabilities}
    return MappingSet(
        sources=tuple(source for one in sets for source in one.sources),
        domain=first.domain,
        attack_version=first.attack_version,
        capabilities=tuple(sorted(capabilities, key=lambda c: (c.framework, c.id))),
        mappings=tuple(seen),
        duplicates=(*(again for one in sets for again in one.duplicates), *repeated),
        unmapped=tuple(row for one in sets for row in one.unmapped),
        inactive=tuple(inactive),
    )


def require_one_domain(sets: Sequence[MappingSet]) -> None:
    """Raise SourceError where sets are of different domains."""
    if any(other.domain != sets[0].domain for other in sets):
        message = f"the sources are of different domains: {_stated(sets, 'domain')}"
        hint = "one layer takes one domain; `reading.domain` says which, and leaves the others' techniques out by name"
        raise SourceError("", [Problem(message, hint=hint)])


def _repeated(mappings: Iterable[Mapping], seen: dict[Mapping, Mapping]) -> list[Mapping]:
    """Return those of the mappings that were seen before; the others are seen now."""
    return [mapping for mapping in mappings if seen.setdefault(mapping, mapping) is not mapping]


def _stated(sets: Sequence[MappingSet], field: str) -> str:
    """Return each source with what it states in a field, as `a.json (16.1), b.json and c.json (14.1)`."""
    sources: dict[str, list[Source]] = {}
    for source in (source for one in sets for source in one.sources):
        sources.setdefault(getattr(source, field), []).append(source)
    return ", ".join(
        f"{' and '.join(dict.fromkeys(shortened(source.name) for source in own))} ({value})"
        for value, own in sources.items()
    )
