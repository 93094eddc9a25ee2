"""What covers a technique, and where that is known from."""

from __future__ import annotations

import msgspec

from navigator_export.model import VALUES, Category, Value


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file, or the facts, that a result was made from."""

    name: str
    sha256: str = ""
    """Empty for facts that are built in or imported."""
    framework: str = ""
    """With its version, of a mapping source."""
    attack_version: str = ""
    """Release and domain that it states."""


class Means(msgspec.Struct, frozen=True):
    """What one capability has against one technique."""

    id: str
    name: str
    framework: str = ""
    tier: str = ""
    ratings: tuple[tuple[Category, Value], ...] = ()
    """Sorted; empty where the capability is mapped without a rating."""

    @property
    def label(self) -> str:
        """Return the id with the ratings, `EOP-MFR-E3 protect significant`."""
        return " ".join((self.id, ", ".join(f"{category} {value}" for category, value in self.ratings))).rstrip()

    @property
    def best(self) -> int:
        """Return the rank of the best rating: 3 for significant, 0 where nothing is rated."""
        return max((VALUES.index(value) + 1 for _, value in self.ratings), default=0)
