"""What is taken for granted where neither a source nor its reader's user says it: framework, domain and release."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from navigator_export.attack import builtin
from navigator_export.characters import clean_name
from navigator_export.frameworks import FRAMEWORKS
from navigator_export.model import DOMAINS, Category, Domain
from navigator_export.readers.table import Table

ASSUMED_CATEGORY: Final[Category] = "protect"
"""Category of a list's values where it has none at all."""


def completed(table: Table) -> list[Table]:
    """Return a table with what it does not state taken for granted and remarked on, one table per framework.

    A form that has a place for all of it is left as it is: there, what is missing is wrong.
    """
    if table.states_all:
        return [table]
    return _with_frameworks(_with_domain_and_release(table))


def _with_domain_and_release(table: Table) -> Table:
    domain, release = table.metadata.technology_domain, table.metadata.attack_version
    if domain and release:
        return table
    remarks = []
    guessed = _domain_of({row.attack_object_id for row in table.rows if row.attack_object_id})
    if not domain:
        domain = guessed
        if guessed != "enterprise":
            remarks.append(f"no domain is stated; it is assumed to be {guessed}, whose techniques these are")
    if not release:
        release = builtin().newest(next((d for d in DOMAINS if d == domain.casefold()), guessed))
        remarks.append(f"no ATT&CK release is stated; assuming {release}; `reading.attack_version` changes that")
    return replace(
        table,
        metadata=replace(table.metadata, technology_domain=domain, attack_version=release),
        remarks=(*table.remarks, *remarks),
    )


def _with_frameworks(table: Table) -> list[Table]:
    """Return the rows of each framework that their capability ids tell; without that, a list's name is its own."""
    if table.metadata.mapping_framework:
        return [table]
    name = framework_id(clean_name(Path(table.name).stem))
    if not table.row_frameworks:
        return [replace(table, metadata=replace(table.metadata, mapping_framework=name))]
    indices: dict[str, list[int]] = {}
    for index, told in enumerate(table.row_frameworks):
        indices.setdefault(told or name, []).append(index)
    told = ", ".join(f"{framework} {len(own)}" for framework, own in indices.items())
    remark = f"no framework is stated; by the capability ids: {told}"
    places = table.row_places or []
    return [
        replace(
            table,
            metadata=replace(table.metadata, mapping_framework=framework),
            rows=[table.rows[index] for index in own],
            row_places=[places[index] for index in own],
            row_frameworks=(),
            reading=table.reading if number == 0 else (),
            remarks=(*table.remarks, remark) if number == 0 else (),
        )
        for number, (framework, own) in enumerate(indices.items())
    ]


def _domain_of(techniques: Iterable[str]) -> Domain:
    """Return the domain that has, or had, most of the techniques; enterprise where none has more."""
    tables = builtin().domains
    ids = set(techniques)
    return max(DOMAINS, key=lambda domain: sum(tables[domain].knows(id_) for id_ in ids))


def framework_id(name: str) -> str:
    """Return the id of a published framework by its id or name; any other name as it is."""
    wanted = " ".join(name.split())
    for id_, known in FRAMEWORKS.items():
        if wanted.casefold() in (id_, known.name.casefold()):
            return id_
    return wanted
