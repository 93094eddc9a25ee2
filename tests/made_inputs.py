"""Small builders of made-up mapping files and layers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from navigator_export import MappingSet, read_bytes
from navigator_export.readers.assembly import assemble
from navigator_export.readers.unified.json_text import read_unified

Json = Any
"""A value as `json` reads it."""


def make_row(
    capability: str | None = "MAIL-E3", technique: str | None = "T1114", rating: str = "protect partial", **other: Json
) -> dict[str, Json]:
    """Return one row; `rating` is a category and a value, or empty."""
    category, _, value = rating.partition(" ")
    row = {
        "capability_id": capability,
        "capability_description": f"Name of {capability}" if capability else None,
        "capability_group": "mail" if capability else None,
        "mapping_type": "technique_score",
        "attack_object_id": technique,
        "score_category": category or None,
        "score_value": value or None,
        "comments": None,
        "references": [],
        "status": "complete",
    }
    return row | other


def mapping_document(rows: Iterable[dict[str, Json]], **metadata: Json) -> dict[str, Json]:
    """Return a mapping file of these rows as JSON values; M365 at ATT&CK 16.1 unless told otherwise."""
    stated = {
        "mapping_framework": "m365",
        "mapping_framework_version": "07/18/2025",
        "attack_version": "16.1",
        "technology_domain": "enterprise",
        "mapping_types": {"technique_score": {"name": "Technique Scores", "description": ""}},
        "capability_groups": {"mail": "Mail Protection", "identity": "Identity"},
    }
    return {"metadata": stated | metadata, "mapping_objects": list(rows)}


def mapping_bytes(rows: Iterable[dict[str, Json]], **metadata: Json) -> bytes:
    """Return the text of a mapping file of these rows."""
    return json.dumps(mapping_document(rows, **metadata)).encode()


def mapping_file(folder: Path, rows: Iterable[dict[str, Json]], name: str = "mappings.json", **metadata: Json) -> Path:
    """Write a mapping file of these rows and return its path."""
    path = folder / name
    path.write_bytes(mapping_bytes(rows, **metadata))
    return path


def mapping_set(rows: Iterable[dict[str, Json]], **metadata: Json) -> MappingSet:
    """Return these rows as the package reads them."""
    return read_bytes(mapping_bytes(rows, **metadata), "mappings.json")


def joined_set(**rows_of: Iterable[dict[str, Json]]) -> MappingSet:
    """Return the rows of several frameworks as one set, each from a source that is called by its framework."""
    return assemble(
        [
            read_unified(mapping_bytes(rows, mapping_framework=framework), framework, framework)
            for framework, rows in rows_of.items()
        ]
    )


IMPAIRED = [
    make_row("MAIL-E3", "T1562.001", "protect partial"),
    make_row("HUNT-E5", "T1562", "detect significant"),
    make_row("LOGIN-E3", "T1685", "respond minimal"),
]
"""T1562.001 and T1562 are revoked in 19.1 by T1685, which 16.1 does not have."""


def rated_rows() -> list[dict[str, Json]]:
    """Return rows that differ in every aspect that a selection knows: 3 capabilities, 4 techniques, 7 mappings."""
    identity = {"capability_group": "identity", "mapping_type": "other_type"}
    return [
        make_row("MAIL-E3", "T1114", "protect partial"),
        make_row("MAIL-E3", "T1114.003", "detect minimal"),
        make_row("HUNT-E5", "T1114", "detect significant"),
        make_row("HUNT-E5", "T1566", "detect partial"),
        make_row("HUNT-E5", "T1566", "respond minimal"),
        make_row("LOGIN-E3", "T1078", "protect significant", **identity),
        make_row("LOGIN-E3", "T1114", "", **identity),
    ]


def unrated_rows() -> list[dict[str, Json]]:
    """Return rows of a framework without ratings."""
    pairs = (("AC-03", "T1114"), ("AC-03", "T1078"), ("AC-16", "T1114"), ("SC-07", "T1114.002"))
    return [
        make_row(capability, technique, "", mapping_type="mitigates", capability_group=capability[:2])
        for capability, technique in pairs
    ]


NIST = {
    "mapping_framework": "nist_800_53",
    "mapping_framework_version": "rev5",
    "mapping_types": {"mitigates": {"name": "Mitigates", "description": ""}},
    "capability_groups": {"AC": "Access Control", "SC": "System and Communications Protection"},
}
"""Metadata of `unrated_rows`."""


def make_layer_json(**fields: Json) -> dict[str, Json]:
    """Return a small layer that nothing can be said against, with some fields replaced; `...` leaves one out."""
    layer = {
        "name": "Mail",
        "versions": {"attack": "16", "navigator": "5.1.0", "layer": "4.5"},
        "domain": "enterprise-attack",
        "description": "What is done for mail",
        "layout": {"layout": "side", "expandedSubtechniques": "annotated"},
        "techniques": [
            {"techniqueID": "T1114", "score": 1, "comment": "by rules"},
            {"techniqueID": "T1114.003", "score": 2},
        ],
        "gradient": {"colors": ["#ffffff", "#66b1ff"], "minValue": 0, "maxValue": 3},
    }
    return {key: value for key, value in (layer | fields).items() if value is not ...}


def layer_bytes(**fields: Json) -> bytes:
    """Return the text of `make_layer_json`."""
    return json.dumps(make_layer_json(**fields)).encode()


def nested_lists(levels: int) -> bytes:
    """Return JSON text of lists in lists."""
    return b"[" * levels + b"]" * levels


def shuffled(items: Sequence[Json], seed: int) -> list[Json]:
    """Return the items in another order, the same for the same seed."""
    keys = {index: hashlib.sha256(f"{seed} {index}".encode()).digest() for index in range(len(items))}
    return [items[index] for index in sorted(keys, key=keys.__getitem__)]
