"""A layer as rules look at it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, TypeGuard

import msgspec

from navigator_export.attack import Catalogue, Release
from navigator_export.layer.format import DOMAIN_NAMES
from navigator_export.model import Domain


class LayerView(msgspec.Struct, frozen=True, dict=True):
    """A layer's JSON, with safe access to the parts that rules look at, whatever is in it."""

    layer: dict[str, Any]
    path: str
    catalogue: Catalogue
    against: str | None = None
    """ATT&CK release to check techniques against instead of the layer's own."""

    @cached_property
    def domain(self) -> Domain | None:
        """Return the layer's domain; None where it names none."""
        return next((d for d, name in DOMAIN_NAMES.items() if name == self.layer.get("domain")), None)

    @cached_property
    def attack(self) -> str | None:
        """Return what the layer states as its ATT&CK release; None where it states nothing."""
        versions = self.layer.get("versions")
        stated = versions.get("attack") if isinstance(versions, dict) else None
        return None if stated is None or isinstance(stated, bool | dict | list) else str(stated)

    @cached_property
    def major(self) -> int | None:
        """Return the major ATT&CK release as the Navigator reads it: the first run of digits."""
        digits = re.search(r"[0-9]{1,6}", self.attack or "")
        return int(digits[0]) if digits else None

    @cached_property
    def release(self) -> Release | None:
        """Return the techniques of the layer's release, the newest where it names none; None where not known."""
        if self.domain is None:
            return None
        if self.against:
            return self.catalogue.release(self.domain, self.against)
        if not self.attack:
            return self.catalogue.release(self.domain, self.catalogue.newest(self.domain))
        return None if self.major is None else self.catalogue.release(self.domain, str(self.major))

    @cached_property
    def techniques(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """Return the entries of `techniques` that are objects, each with its path."""
        entries = self.layer.get("techniques")
        if not isinstance(entries, list):
            return ()
        return tuple((f"{self.path}.techniques[{i}]", e) for i, e in enumerate(entries) if isinstance(e, dict))


def is_number(value: object) -> TypeGuard[int | float]:
    """Return whether a JSON value is a number; a boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
