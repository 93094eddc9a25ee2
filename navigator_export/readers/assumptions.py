"""What is taken for granted where neither a source nor its reader's user says it: framework, domain and release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from navigator_export.attack import builtin
from navigator_export.characters import clean_name
from navigator_export.frameworks import FRAMEWORKS
from navigator_export.model import DOMAINS, Category, Domain
from navigator_export.readers.table import Table
from navigator_export.wording import counted

ASSUMED_CATEGORY: Final[Category] = "protect"
"""Category of a list's values where it has none at all."""


def completed(table: Table) -> list[Table]:
    """Return a table with the framework and domain that it does not state taken for granted, one per framework.

    A form that has a place for all of it is left as it is: there, what is missing is wrong.
    """
    if table.states_all:
        return [table]
    return _with_frameworks(_with_domain(table))


def with_releases(tables: Sequence[Table]) -> list[Table]:
    """Return tables that are read together, each with an ATT&CK release, those taken for granted remarked on.

    A table that does not state its release takes that of the others of its domain, where they state one and the same;
    else all that state none are taken to be at the newest release in which the most of their technique ids are active.
    """
    told: set[str] = set()
    completed_tables = []
    for table in tables:
        completed_table = table
        if not table.states_all and not table.metadata.attack_version and (domain := _known_domain(table)):
            others = [other for other in tables if _known_domain(other) == domain]
            completed_table = _with_release(table, domain, others, say=table.file not in told)
            told.add(table.file)
        completed_tables.append(completed_table)
    return completed_tables


def _with_release(table: Table, domain: Domain, others: Sequence[Table], *, say: bool) -> Table:
    """Return a table with a release; `others` are all tables of its domain."""
    stated = {other.metadata.attack_version: other.name for other in others if other.metadata.attack_version}
    silent = [other for other in others if not other.metadata.attack_version]
    if len(stated) == 1:
        [(release, name)] = stated.items()
        assumed = f"taking {release}, which {name} states"
    else:
        release = _release_of(_technique_ids(silent), domain)
        assumed = f"assuming {release}"
    remark = f"no ATT&CK release is stated; {assumed}"
    own = _technique_ids(other for other in silent if other.file == table.file)
    if listed := builtin().resolve(domain, release.casefold().removeprefix("v")):
        active = sum(builtin().domains[domain].has(id_, listed) for id_ in own)
        remark += (
            f", in which {active:,} of its {counted(len(own), 'technique id')} {'is' if active == 1 else 'are'} active"
        )
    return replace(
        table,
        metadata=replace(table.metadata, attack_version=release),
        remarks=(*table.remarks, f"{remark}; `reading.attack_version` changes that") if say else table.remarks,
    )


def _release_of(techniques: Set[str], domain: Domain) -> str:
    """Return the newest release in which the most of some technique ids are active."""
    table = builtin().domains[domain]
    active = Counter(release for id_ in techniques for release in table.releases_with(id_))
    return max(reversed(table.releases), key=lambda release: active[release])


def _technique_ids(tables: Iterable[Table]) -> set[str]:
    ids = ((row.attack_object_id or "").strip().upper() for table in tables for row in table.rows)
    return set(filter(None, ids))


def _known_domain(table: Table) -> Domain | None:
    stated = table.metadata.technology_domain.casefold().removesuffix("-attack")
    return next((domain for domain in DOMAINS if domain == stated), None)


def _with_domain(table: Table) -> Table:
    if table.metadata.technology_domain:
        return table
    domain = _domain_of({row.attack_object_id for row in table.rows if row.attack_object_id})
    remark = f"no domain is stated; it is assumed to be {domain}, whose techniques these are"
    return replace(
        table,
        metadata=replace(table.metadata, technology_domain=domain),
        remarks=table.remarks if domain == "enterprise" else (*table.remarks, remark),
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
