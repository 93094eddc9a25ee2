"""Rebuilds `techniques.json`, the built-in facts, from a table of ATT&CK technique facts.

Run as `python -m navigator_export.attack.compile FACTS.json`. The table holds `releases` per domain and, in
`techniques`, a row per technique with its domain, id, name, first and last release, tactics over time, platforms,
`replaced_by` and `deprecated`. What it lacks is mended here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from navigator_export.attack.catalogue import DomainTable, Technique
from navigator_export.model import DOMAINS, Domain

TARGET = Path(__file__).with_name("techniques.json")

DEPRECATED_BEFORE_8: Final = {
    "T1026": "Multiband Communication",
    "T1034": "Path Interception",
    "T1043": "Commonly Used Port",
    "T1051": "Shared Webroot",
    "T1061": "Graphical User Interface",
    "T1062": "Hypervisor",
    "T1064": "Scripting",
    "T1108": "Redundant Access",
    "T1149": "LC_MAIN Hijacking",
    "T1153": "Source",
    "T1175": "Component Object Model and Distributed COM",
}
"""Enterprise techniques that the table leaves out; the official bundles of 10.1 and of 15.0 state them so."""

DEPRECATED_WHILE_ABSENT: Final = frozenset({"T1451", "T1476"})
"""Mobile techniques that went and came back; the official bundle of 15.0 states them so for the time between."""


def compile_facts(facts: dict[str, Any]) -> bytes:
    """Return the compact form of a facts table: JSON with one technique a line, sorted by id."""
    parts = []
    for domain in DOMAINS:
        table = DomainTable(
            releases=tuple(facts["releases"][domain]),
            techniques=tuple(sorted(_techniques(facts["techniques"], domain), key=lambda t: t.id)),
        )
        lines = b",\n".join(msgspec.json.encode(technique) for technique in table.techniques)
        parts.append(
            b'"%s":{"releases":%s,\n"techniques":[\n%s\n]}'
            % (domain.encode(), msgspec.json.encode(table.releases), lines)
        )
    return b'{"domains":{\n' + b",\n".join(parts) + b"\n}}\n"


def _techniques(rows: list[dict[str, Any]], domain: Domain) -> Iterator[Technique]:
    if domain == "enterprise":
        yield from (Technique(id_, name, deprecated=True) for id_, name in DEPRECATED_BEFORE_8.items())
    yield from (_technique(row) for row in rows if row["domain"] == domain)


def _technique(row: dict[str, Any]) -> Technique:
    return Technique(
        id=row["id"],
        name=row["name"] or "",
        first=row["first"],
        last=row["last"] if row["first"] else None,
        absent=tuple(row.get("absent", ())),
        tactics=tuple((release, tuple(tactics)) for release, tactics in row["tactics"]),
        replaced_by=row.get("replaced_by"),
        deprecated=row.get("deprecated", False) or row["id"] in DEPRECATED_WHILE_ABSENT,
        platforms=tuple(platform for platform in row.get("platforms") or () if platform != "None"),
    )


if __name__ == "__main__":
    TARGET.write_bytes(compile_facts(msgspec.json.decode(Path(sys.argv[1]).read_bytes())))
