"""The values that pass from reading to writing; all frozen.

A mapping set comes from one source or from several that agree on domain and ATT&CK release.
The words are those of MITRE's Mappings Explorer and of ATT&CK itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal

import msgspec

Domain = Literal["enterprise", "mobile", "ics"]
DOMAINS: Final[tuple[Domain, ...]] = ("enterprise", "mobile", "ics")

Category = Literal["protect", "detect", "respond"]
CATEGORIES: Final[tuple[Category, ...]] = ("protect", "detect", "respond")

Value = Literal["minimal", "partial", "significant"]
VALUES: Final[tuple[Value, ...]] = ("minimal", "partial", "significant")
"""From the weakest to the strongest."""

TECHNIQUE_ID: Final = re.compile(r"T[0-9]{4}(\.[0-9]{3})?")
"""An ATT&CK id of a technique, `T1114`, or of a sub-technique, `T1114.003`."""


class Term(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A word of a source's own vocabulary (a group, a mapping type): its id and its display name."""

    id: str
    name: str


class Capability(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A control or product feature of one framework."""

    id: str
    name: str
    framework: str
    """Id of the framework; capabilities of different frameworks are different, whatever their ids."""
    groups: tuple[Term, ...] = ()
    """All product areas that some row puts it in, sorted by id; which of them a mapping is of, the mapping tells."""


class Origin(msgspec.Struct, frozen=True, cache_hash=True, order=True, gc=False):
    """Where a mapping stood before it was moved to another ATT&CK release."""

    technique: str
    release: str
    """Release that its source states."""

    def __str__(self) -> str:
        return f"{self.technique} at {self.release}"


class Mapping(msgspec.Struct, frozen=True, gc=False):
    """One capability related to one technique."""

    capability: Capability
    technique: str
    """ATT&CK id, `T1114` or `T1114.003`."""
    mapping_type: Term | None = None
    category: Category | None = None
    value: Value | None = None
    comment: str = ""
    references: tuple[str, ...] = ()
    """Addresses with a protocol and a host, in the source's order, each once."""
    groups: tuple[Term, ...] = ()
    """The product areas that its row names, sorted by id; two rows that differ in nothing else are two mappings."""
    origin: Origin | None = None
    """Where the source has it, if it was moved from there to another technique."""

    @property
    def rated(self) -> bool:
        """Whether the mapping has both a category and a value."""
        return self.category is not None and self.value is not None


class UnmappedRow(msgspec.Struct, frozen=True, gc=False):
    """A row of a source that relates no capability to a technique, and so colours nothing."""

    place: str
    reason: Literal["no technique", "no capability", "non-mappable"]
    capability: str = ""
    technique: str = ""


class RowFate(msgspec.Struct, frozen=True, gc=False):
    """What became of one row of a source."""

    source: str
    place: str
    taken_as: Literal["mapping", "repeated", "no technique", "no capability", "non-mappable"]
    capability: str = ""
    technique: str = ""
    category: Category | None = None
    value: Value | None = None
    mapping_type: str = ""


class Source(msgspec.Struct, frozen=True):
    """Where mappings came from, and what the source says of itself."""

    name: str
    """File name without folders, `standard input`, the name of a built-in sample or a published set, or an address."""
    sha256: str
    framework: str
    framework_version: str
    attack_version: str
    """Full ATT&CK release that the source states, `16.1`."""
    domain: Domain
    rows: int
    mappings: int
    """Rows that map something, as the source counts them: before exact duplicates are counted once."""
    mapping_types: tuple[Term, ...] = ()
    groups: tuple[Term, ...] = ()
    remarks: tuple[str, ...] = ()
    """Oddities that were mended or left out while reading, each a sentence with its count."""
    format: str = "json"
    """One of `readers.options.FORMATS`."""
    reading: tuple[tuple[str, str], ...] = ()
    """What was taken for what, as (what, how) pairs."""
    whereabouts: tuple[tuple[str, str], ...] = ()
    """Where it was fetched from, as (what, where) pairs."""
    read_options: tuple[tuple[str, str | None], ...] = ()
    """The command-line options that it was read with; None for the value of a flag."""


def stated_releases(sources: Iterable[Source]) -> tuple[str, ...]:
    """Return the ATT&CK releases that sources state, each once, oldest first."""
    stated = {source.attack_version for source in sources}
    return tuple(sorted(stated, key=lambda release: [int(part) for part in release.split(".")]))


class MappingSet(msgspec.Struct, frozen=True):
    """The mappings of one or more sources at one ATT&CK release and domain."""

    sources: tuple[Source, ...]
    domain: Domain
    attack_version: str
    """Release that the mappings are at: what the source states, or what they were moved to."""
    capabilities: tuple[Capability, ...]
    """Every capability that the sources name, also those that map nothing; sorted by framework and id."""
    mappings: tuple[Mapping, ...]
    """Distinct mappings in the order of the sources."""
    duplicates: tuple[Mapping, ...] = ()
    """Exact repetitions of a mapping, left out of `mappings`."""
    unmapped: tuple[UnmappedRow, ...] = ()
    inactive: tuple[Mapping, ...] = ()
    """Mappings set apart because their technique is not active in the release; see `retargeting`."""
