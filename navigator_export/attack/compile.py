"""Rebuilds `techniques.json`, the built-in facts, from a table of ATT&CK technique facts.

Run as `python -m navigator_export.attack.compile FACTS.json`. The table holds `releases` per domain and, in
`techniques`, a row per technique with its domain, id, name, first and last release, tactics over time, platforms,
`replaced_by` and `deprecated`. What it lacks is mended here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from navigator_export.attack.catalogue import DomainTable, Technique
from navigator_export.attack.matrix import tactic
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

STATED_BY_BUNDLES: Final = {
    ("enterprise", "T1053.004"): {
        "tactics": [["8.0", ["execution", "persistence", "privilege-escalation"]]],
        "platforms": ["macOS"],
    },
}
"""What the table does not know of a technique; the official bundles of 8.0 to 10.1 and of 15.0 state it so."""

_BEFORE_EVASION: Final = {
    "reconnaissance": "TA0043",
    "resource-development": "TA0042",
    "initial-access": "TA0001",
    "execution": "TA0002",
    "persistence": "TA0003",
    "privilege-escalation": "TA0004",
}
_AFTER_EVASION: Final = {
    "credential-access": "TA0006",
    "discovery": "TA0007",
    "lateral-movement": "TA0008",
    "collection": "TA0009",
    "command-and-control": "TA0011",
    "exfiltration": "TA0010",
    "impact": "TA0040",
}
_MOBILE: Final = {
    "initial-access": "TA0027",
    "execution": "TA0041",
    "persistence": "TA0028",
    "privilege-escalation": "TA0029",
    "defense-evasion": "TA0030",
    "credential-access": "TA0031",
    "discovery": "TA0032",
    "lateral-movement": "TA0033",
    "collection": "TA0035",
    "command-and-control": "TA0037",
    "exfiltration": "TA0036",
    "impact": "TA0034",
}
_ICS: Final = {
    "initial-access": "TA0108",
    "execution": "TA0104",
    "persistence": "TA0110",
    "privilege-escalation": "TA0111",
    "evasion": "TA0103",
    "discovery": "TA0102",
    "lateral-movement": "TA0109",
    "collection": "TA0100",
    "command-and-control": "TA0101",
    "inhibit-response-function": "TA0107",
    "impair-process-control": "TA0106",
    "impact": "TA0105",
}


def _marked(*unmarked: str) -> dict[str, str]:
    """Return the ICS matrix as it was before 13.0, when all but a few short names ended in `-ics`."""
    without = {"inhibit-response-function", "impair-process-control", *unmarked}
    return {name if name in without else f"{name}-ics": id_ for name, id_ in _ICS.items()}


MATRICES: Final[dict[Domain, dict[str, dict[str, str]]]] = {
    "enterprise": {
        "8.0": {**_BEFORE_EVASION, "defense-evasion": "TA0005", **_AFTER_EVASION},
        "19.0": {**_BEFORE_EVASION, "stealth": "TA0005", "defense-impairment": "TA0112", **_AFTER_EVASION},
    },
    "mobile": {
        "8.0": {**_MOBILE, "network-effects": "TA0038", "remote-service-effects": "TA0039"},
        "11.3": _MOBILE,
    },
    "ics": {
        "8.0": {name: id_ for name, id_ in _marked().items() if name != "privilege-escalation-ics"},
        "9.0": _marked(),
        "11.2": _marked("privilege-escalation"),
        "13.0": _ICS,
    },
}
"""Short names and ids of the tactics in the order of the columns, by the release from which on they are so.

The official bundles of 8.0 to 18.1 state them; 19 parted Defense Evasion of Enterprise into two.
"""


def compile_facts(facts: dict[str, Any]) -> bytes:
    """Return the compact form of a facts table: JSON with one matrix or technique a line, these sorted by id."""
    parts = []
    for domain in DOMAINS:
        table = DomainTable(
            releases=tuple(facts["releases"][domain]),
            techniques=tuple(sorted(_techniques(facts["techniques"], domain), key=lambda t: t.id)),
            matrices=tuple(
                (since, tuple(tactic(name, id_) for name, id_ in columns.items()))
                for since, columns in MATRICES[domain].items()
            ),
        )
        parts.append(
            b'"%s":{"releases":%s,\n"matrices":[\n%s\n],\n"techniques":[\n%s\n]}'
            % (domain.encode(), msgspec.json.encode(table.releases), _lines(table.matrices), _lines(table.techniques))
        )
    return b'{"domains":{\n' + b",\n".join(parts) + b"\n}}\n"


def _lines(values: Iterable[object]) -> bytes:
    return b",\n".join(map(msgspec.json.encode, values))


def _techniques(rows: list[dict[str, Any]], domain: Domain) -> Iterator[Technique]:
    if domain == "enterprise":
        yield from (Technique(id_, name, deprecated=True) for id_, name in DEPRECATED_BEFORE_8.items())
    yield from (_technique(row) for row in rows if row["domain"] == domain)


def _technique(row: dict[str, Any]) -> Technique:
    row = row | STATED_BY_BUNDLES.get((row["domain"], row["id"]), {})
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
