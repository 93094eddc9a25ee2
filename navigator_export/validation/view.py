"""A layer as rules look at it: what it states, and what the Navigator reads from that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeGuard

import msgspec

from navigator_export.attack import Catalogue, Release
from navigator_export.layer.format import DOMAIN_NAMES
from navigator_export.model import Domain

DOMAINS_BY_NAME: Final[dict[str, Domain]] = {name: domain for domain, name in DOMAIN_NAMES.items()}

OLD_DOMAIN_NAMES: Final[dict[str, Domain]] = {"mitre-enterprise": "enterprise", "mitre-mobile": "mobile"}
"""Names of format 3 and before, which the Navigator reads as today's."""

ANY: Final = ""
"""The tactic of cells of which it is not known where they are."""


class Entry(NamedTuple):
    """An entry of `techniques` that has an id which the layer's release may have."""

    path: str
    id: str
    tactics: tuple[str, ...]
    """The tactics under which it fills a cell."""
    fields: dict[str, Any]


class LayerView(msgspec.Struct, frozen=True, dict=True):
    """A layer's JSON, with safe access to the parts that rules look at, whatever is in it."""

    layer: dict[str, Any]
    path: str
    catalogue: Catalogue
    against: str | None = None
    """ATT&CK release to check techniques against instead of the layer's own."""

    @cached_property
    def domain(self) -> Domain | None:
        """Return the domain that the Navigator opens; None where the layer names none of ATT&CK's, or other data."""
        name = self.layer.get("domain")
        if not isinstance(name, str) or self.layer.get("customDataURL"):
            return None
        return DOMAINS_BY_NAME.get(name) or OLD_DOMAIN_NAMES.get(name)

    @property
    def is_custom(self) -> bool:
        """Return whether the layer belongs to another matrix than ATT&CK's, whose techniques are not known."""
        if self.layer.get("customDataURL"):
            return True
        name = self.layer.get("domain")
        return isinstance(name, str) and self.domain is None and bool(_words(name)) and meant_domain(name) is None

    @cached_property
    def attack(self) -> str | None:
        """Return what the layer states as its ATT&CK release; None where it states nothing that the Navigator reads."""
        stated = self.part("versions").get("attack")
        return stated if isinstance(stated, str) and stated else None

    @cached_property
    def major(self) -> int | None:
        """Return the major ATT&CK release as the Navigator reads it: the first run of digits."""
        digits = re.search(r"[0-9]+", self.attack or "")
        return int(digits[0]) if digits and re.fullmatch(r"[1-9][0-9]{0,5}", digits[0]) else None

    @cached_property
    def newest(self) -> int:
        """Return the newest major release of ATT&CK that is known."""
        return max(int(self.catalogue.newest(domain).partition(".")[0]) for domain in self.catalogue.domains)

    @cached_property
    def own_release(self) -> Release | None:
        """Return the release in which the Navigator opens the layer, the newest by default; None where not known."""
        if self.domain is None:
            return None
        if self.attack is None:
            return self.catalogue.release(self.domain, self.catalogue.newest(self.domain))
        return None if self.major is None else self.catalogue.release(self.domain, str(self.major))

    @cached_property
    def release(self) -> Release | None:
        """Return the release against which techniques are checked; None where that is not known."""
        if self.domain is not None and self.against:
            return self.catalogue.release(self.domain, self.against)
        return self.own_release

    @cached_property
    def techniques(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """Return the entries of `techniques` that are objects, each with its path."""
        entries = self.layer.get("techniques")
        if not isinstance(entries, list):
            return ()
        return tuple((f"{self.path}.techniques[{i}]", e) for i, e in enumerate(entries) if isinstance(e, dict))

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Return the entries that fill a cell, in their order; each replaces what earlier ones put there.

        Where the release is not known, all ids and tactics count, and an entry without tactic fills all that others of
        the same id name.
        """
        return tuple(self._placed())

    def _placed(self) -> Iterator[Entry]:
        named: dict[str, dict[str, None]] = {}
        if self.release is None:
            for _, fields in self.techniques:
                tactics = named.setdefault(str(fields.get("techniqueID")), {ANY: None})
                tactics[str(fields.get("tactic", ANY))] = None
        for path, fields in self.techniques:
            id_, tactic = fields.get("techniqueID"), fields.get("tactic", ANY)
            if not isinstance(id_, str) or not isinstance(tactic, str):
                continue
            has = tuple(named.get(id_, ())) if self.release is None else self.release.tactics.get(id_)
            if has is None:
                continue
            has = has or (ANY,)
            if "tactic" not in fields:
                yield Entry(path, id_, has, fields)
            elif tactic in has or has == (ANY,):
                yield Entry(path, id_, (tactic,), fields)

    @cached_property
    def cells(self) -> dict[tuple[str, str], Entry]:
        """Return the entry that each cell shows, by id and tactic."""
        return {(entry.id, tactic): entry for entry in self.entries for tactic in entry.tactics}

    def part(self, name: str) -> dict[str, Any]:
        """Return an object within the layer, such as its `layout`; an empty one where it is missing or no object."""
        value = self.layer.get(name)
        return value if isinstance(value, dict) else {}


def meant_domain(name: str) -> Domain | None:
    """Return the domain that somebody means by another spelling, such as `Enterprise` or `enterprise_attack`."""
    return next((domain for domain in DOMAIN_NAMES if _words(name) == {domain}), None)


def _words(name: str) -> set[str]:
    """Return the words of a domain's name that are not in all of them."""
    return set(re.findall(r"[^\W\d_]+", name.casefold())) - {"attack", "att", "ck", "mitre", "matrix", "v"}


def is_number(value: object) -> TypeGuard[int | float]:
    """Return whether a JSON value is a number; a boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
