"""What a manifest asks for besides layers of mappings: comparisons, and threats laid over coverage."""

from __future__ import annotations

import msgspec

from navigator_export.analysis.comparison import Change
from navigator_export.layer.format import Number
from navigator_export.recipe import Recipe


class SideRequest(msgspec.Struct, frozen=True):
    """Sources of a manifest, by their names there, and what is selected of them."""

    sources: tuple[str, ...]
    recipe: Recipe


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One item of `compare` or `gaps`."""

    key: str
    """`compare` or `gaps`."""
    index: int
    place: str
    """Line of the manifest, for messages."""
    path: str
    """Of its layer, below the output folder."""
    name: str | None
    description: str | None

    @property
    def table(self) -> str:
        """Return the path of its table, beside the layer."""
        return table_of(self.path)


class CompareRequest(Request, frozen=True, kw_only=True):
    """One comparison."""

    old: SideRequest
    new: SideRequest
    fail_on: tuple[Change, ...] = ()
    """Kinds of change that fail the build."""


class GapsRequest(Request, frozen=True, kw_only=True):
    """One threat laid over coverage."""

    coverage: SideRequest
    threats: tuple[str, ...]
    with_software: bool = False
    with_campaigns: bool = False
    offers: tuple[SideRequest, ...] = ()
    fail_under: Number | None = None
    """Percentage of use that has to be covered."""
    fail_on: tuple[str, ...] = ()
    """Techniques that have to be covered."""
    no_worse_than: str | None = None
    """File of an earlier answer, or of an earlier build's index: what was covered then has to be covered still."""


def table_of(path: str) -> str:
    """Return the path of the table beside a layer."""
    return f"{path.removesuffix('.json')}.md"
