"""Names of techniques, as lists give them beside ids or instead of them."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache

from navigator_export.model import DOMAINS


def ids_named(name: str) -> tuple[str, ...]:
    """Return the ids of the techniques of a name: one, several where a name is shared, none where nothing has it.

    A sub-technique's may follow its parent's, `Phishing: Spearphishing Link`. Of techniques of one name those count
    that are active today, then those of Enterprise.
    """
    ids = _ids_by_name().get(_plain(name), ())
    if ids or ":" not in name:
        return ids
    parent, _, child = name.rpartition(":")
    parents = _ids_by_name().get(_plain(parent), ())
    return tuple(id_ for id_ in _ids_by_name().get(_plain(child), ()) if id_.partition(".")[0] in parents)


def names_like(text: str) -> tuple[str, ...]:
    """Return up to three techniques, each as id and name, whose name a text may have meant; the nearest first."""
    close = get_close_matches(_plain(text), _ids_by_name(), n=3, cutoff=0.7)
    return tuple(f"{id_} {name_of(id_)}" for name in close for id_ in _ids_by_name()[name])[:3]


def subtechniques_named(name: str, parents: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sub-techniques of the given techniques that have a name, whether active or not."""
    child = _plain(name.rpartition(":")[2])
    return tuple(
        id_
        for parent in parents
        for id_, known in _names_of_children().get(parent.partition(".")[0], ())
        if known == child and (id_ == parent or "." not in parent)
    )


def fits(id_: str, name: str) -> bool:
    """Return whether a name can be that of a technique: its own, its parent's or a sub-technique's, or nobody's.

    Only names of today are known, and one that a technique had before can be that of another domain's today: `Network
    Service Scanning` was T1046 of Enterprise, and is T1423 of Mobile. So names of other domains say nothing.
    """
    plain = _plain(name.rpartition(":")[2])
    others = [id_of for id_of in _ids_by_any_name().get(plain, ()) if _domains(id_of) & _domains(id_)]
    return not others or any(
        other == id_ or other == id_.partition(".")[0] or other.partition(".")[0] == id_ for other in others
    )


@lru_cache(maxsize=8192)
def _domains(id_: str) -> frozenset[str]:
    from navigator_export.attack import builtin  # slow to load

    return frozenset(domain for domain, table in builtin().domains.items() if table.knows(id_))


def name_of(id_: str) -> str:
    """Return the name of a technique today; empty where it is not known."""
    from navigator_export.attack import builtin  # slow to load

    for table in builtin().domains.values():
        if table.knows(id_):
            return table.name(id_)
    return ""


@lru_cache(maxsize=1)
def all_ids() -> frozenset[str]:
    """Return the ids of all techniques of all domains and releases."""
    from navigator_export.attack import builtin  # slow to load

    return frozenset(id_ for table in builtin().domains.values() for id_ in table.by_id)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


@lru_cache(maxsize=1)
def _ids_by_name() -> dict[str, tuple[str, ...]]:
    from navigator_export.attack import builtin  # slow to load

    tables = builtin().domains
    found: dict[str, tuple[bool, set[str]]] = {}
    for domain in DOMAINS:
        of_domain: dict[str, tuple[bool, set[str]]] = {}
        for technique in tables[domain].techniques:
            if not technique.name:
                continue
            active = technique.last is None
            best, ids = of_domain.get(_plain(technique.name), (False, set()))
            if active > best:
                best, ids = active, set()
            if active == best:
                ids.add(technique.id)
            of_domain[_plain(technique.name)] = best, ids
        for name, (active, ids) in of_domain.items():
            if name not in found or active > found[name][0]:
                found[name] = active, ids
    return {name: tuple(sorted(ids)) for name, (_, ids) in found.items()}


@lru_cache(maxsize=1)
def _ids_by_any_name() -> dict[str, frozenset[str]]:
    from navigator_export.attack import builtin  # slow to load

    found: dict[str, set[str]] = {}
    for table in builtin().domains.values():
        for technique in table.techniques:
            if technique.name:
                found.setdefault(_plain(technique.name), set()).add(technique.id)
    return {name: frozenset(ids) for name, ids in found.items()}


@lru_cache(maxsize=1)
def _names_of_children() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for name, ids in _ids_by_any_name().items():
        for id_ in ids:
            if "." in id_:
                found.setdefault(id_.partition(".")[0], []).append((id_, name))
    return {parent: tuple(sorted(children)) for parent, children in found.items()}
