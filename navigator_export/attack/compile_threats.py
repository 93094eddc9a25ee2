"""Rebuilds `threats.json`, the built-in facts of groups, campaigns and software, from a table of them.

Run as `python -m navigator_export.attack.compile_threats FACTS.json`. The table holds `attack_version`, `domain`, and
`groups`, `campaigns` and `software`, each with rows of an id, a name, aliases, techniques, and, where they have them,
software and the groups that a campaign is attributed to.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import msgspec

from navigator_export.attack.threats import Threat, ThreatKind, Threats

TARGET = Path(__file__).with_name("threats.json")

_TABLES: Final[dict[str, ThreatKind]] = {"groups": "group", "campaigns": "campaign", "software": "software"}


def compile_threats(facts: dict[str, Any]) -> bytes:
    """Return the compact form of a facts table: JSON with one threat a line, sorted by id."""
    threats = Threats(
        domain=facts["domain"],
        # A bundle states an exact release; a table may state the number 18.1.
        attack_version=str(facts["attack_version"]),
        threats=tuple(sorted((_threat(row, kind) for table, kind in _TABLES.items() for row in facts[table]), key=_id)),
    )
    lines = b",\n".join(map(msgspec.json.encode, threats.threats))
    head = msgspec.json.encode(msgspec.structs.replace(threats, threats=()))
    return head.removesuffix(b"[]}") + b"[\n" + lines + b"\n]}\n"


def _threat(row: dict[str, Any], kind: ThreatKind) -> Threat:
    others = [alias for alias in row.get("aliases", ()) if alias != row["name"]]
    return Threat(
        id=row["id"],
        name=row["name"],
        kind=kind,
        techniques=tuple(sorted(set(row.get("techniques", ())))),
        aliases=tuple(dict.fromkeys(others)),
        software=tuple(sorted(set(row.get("software", ())))),
        attributed_to=tuple(sorted(set(row.get("attributed_to", ())))),
    )


def _id(threat: Threat) -> str:
    return threat.id


if __name__ == "__main__":
    TARGET.write_bytes(compile_threats(msgspec.json.decode(Path(sys.argv[1]).read_bytes())))
