"""Which capabilities tables name: each under one spelling of its id and one name, with the groups of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping as Dictionary, Sequence
from operator import attrgetter
from typing import Final

from navigator_export.characters import clean_name
from navigator_export.frameworks import identity
from navigator_export.model import Capability, Term
from navigator_export.readers.table import Table

Groups = tuple[Term, ...]


class Capabilities:
    """The capabilities of all tables, each under one spelling of its id and one name: the more frequent ones.

    Of spellings that are as frequent the longer stands, `AC-02` before `AC-2`.
    """

    def __init__(self, tables: Sequence[Table]) -> None:
        spellings: dict[tuple[str, str], Counter[str]] = {}
        names: dict[tuple[str, str], Counter[str]] = {}
        groups: dict[tuple[str, str], set[Term]] = {}
        self._key_by_spelling: dict[tuple[str, str | None], tuple[str, str] | None] = {}
        for table in tables:
            framework_id = table.metadata.mapping_framework
            groups_of = GroupsOf(table)
            for (spelling, said_name, *said_groups), count in Counter(map(_NAMED, table.rows)).items():
                id_ = clean_name(spelling or "").strip()
                name = clean_name(said_name or "")
                if not id_:
                    self._key_by_spelling[framework_id, spelling] = None
                    continue
                key = (framework_id, identity(id_))
                self._key_by_spelling[framework_id, spelling] = key
                spellings.setdefault(key, Counter())[id_] += count
                names.setdefault(key, Counter())[" ".join(name.split())] += count
                groups.setdefault(key, set()).update(groups_of(*said_groups))
        self._by_key = {
            key: Capability(
                id=max(ids.items(), key=lambda item: (item[1], len(item[0]), item[0]))[0],
                name=min(names[key].items(), key=lambda item: (not item[0], -item[1], item[0]))[0],
                framework=key[0],
                groups=_sorted(groups[key]),
            )
            for key, ids in spellings.items()
        }

    def by_spelling(self, framework_id: str) -> dict[str | None, Capability | None]:
        """Return the capability for every spelling of an id in a framework's tables; None for no id."""
        return {
            spelling: None if key is None else self._by_key[key]
            for (owner, spelling), key in self._key_by_spelling.items()
            if owner == framework_id
        }

    def of(self, table: Table) -> tuple[Capability, ...]:
        """Return the capabilities that a table names, sorted by id."""
        by_spelling = self.by_spelling(table.metadata.mapping_framework)
        named = {by_spelling[spelling] for spelling in spellings_in(table)}
        return tuple(sorted(filter(None, named), key=lambda c: c.id))


_NAMED: Final = attrgetter("capability_id", "capability_description", "capability_group", "capability_groups")
"""What a row says of its capability; rows are many, and what they say of it is little."""


def spellings_in(table: Table) -> set[str | None]:
    """Return the capability ids of a table's rows, as they are spelled there."""
    return set(map(attrgetter("capability_id"), table.rows))


class GroupsOf:
    """The groups that a row of a table names; each combination is worked out once."""

    def __init__(self, table: Table) -> None:
        self._names = table.metadata.capability_groups
        self._known: dict[tuple[str | None, tuple[str, ...] | None], Groups] = {}

    def __call__(self, group: str | None, further: tuple[str, ...] | None) -> Groups:
        """Return the groups of a row that names one, and maybe further ones, sorted by id."""
        said = (group, further)
        found = self._known.get(said)
        if found is None:
            ids = (clean_name(name or "").strip() for name in (group, *(further or ())))
            found = self._known[said] = _sorted({term(self._names, id_) for id_ in ids if id_})
        return found


def _sorted(terms: Iterable[Term]) -> Groups:
    return tuple(sorted(terms, key=lambda term: (term.id, term.name)))


def term(names: Dictionary[str, str], id_: str) -> Term:
    """Return an id of a source's own vocabulary with its display name, which is the id where none is given."""
    return Term(id_, " ".join(names.get(id_, id_).split()) or id_)
