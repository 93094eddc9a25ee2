"""What is taken for granted where a source does not say it: its domain and its ATT&CK release."""

from __future__ import annotations

from collections.abc import Iterable

from navigator_export.attack import builtin
from navigator_export.frameworks import FRAMEWORKS
from navigator_export.model import DOMAINS, Domain


def domain_of(techniques: Iterable[str]) -> Domain:
    """Return the domain that has, or had, most of the techniques; enterprise where none has more."""
    tables = builtin().domains
    ids = set(techniques)
    return max(DOMAINS, key=lambda domain: sum(tables[domain].knows(id_) for id_ in ids))


def newest_release(domain: Domain) -> str:
    """Return the newest built-in ATT&CK release of a domain."""
    return builtin().newest(domain)


def framework_id(name: str) -> str:
    """Return the id of a published framework by its id or name; any other name as it is."""
    wanted = " ".join(name.split())
    for id_, known in FRAMEWORKS.items():
        if wanted.casefold() in (id_, known.name.casefold()):
            return id_
    return wanted
