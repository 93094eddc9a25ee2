"""Rebuilds `techniques.json`, the built-in facts, from a table of ATT&CK technique facts.

Run as `python -m navigator_export.attack.compile FACTS.json`. The table holds `releases` per domain and, in
`techniques`, a row per technique with its domain, id, name, first and last release, tactics over time,
`replaced_by` and `deprecated`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from navigator_export.attack.catalogue import DomainTable, Technique
from navigator_export.model import DOMAINS

TARGET = Path(__file__).with_name("techniques.json")


def compile_facts(facts: dict[str, Any]) -> bytes:
    """Return the compact form of a facts table: JSON with one technique a line, sorted by id."""
    parts = []
    for domain in DOMAINS:
        table = DomainTable(
            releases=tuple(facts["releases"][domain]),
            techniques=tuple(
                sorted(
                    (_technique(row) for row in facts["techniques"] if row["domain"] == domain),
                    key=lambda t: t.id,
                )
            ),
        )
        lines = b",\n".join(msgspec.json.encode(technique) for technique in table.techniques)
        parts.append(
            b'"%s":{"releases":%s,\n"techniques":[\n%s\n]}'
            % (domain.encode(), msgspec.json.encode(table.releases), lines)
        )
    return b'{"domains":{\n' + b",\n".join(parts) + b"\n}}\n"


def _technique(row: dict[str, Any]) -> Technique:
    return Technique(
        id=row["id"],
        name=row["name"] or "",
        first=row["first"],
        last=row["last"] if row["first"] else None,
        absent=tuple(row.get("absent", ())),
        tactics=tuple((release, tuple(tactics)) for release, tactics in row["tactics"]),
        replaced_by=row.get("replaced_by"),
        deprecated=row.get("deprecated", False),
    )


if __name__ == "__main__":
    TARGET.write_bytes(compile_facts(msgspec.json.decode(Path(sys.argv[1]).read_bytes())))
