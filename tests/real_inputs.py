"""Real inputs, which are no part of the project: where they are, and how they read without the package."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.made_inputs import Json

ROOT = Path(__file__).parents[1]


SHARED = ROOT.parent / "shared"
"""Real inputs that are no part of the project."""


def shared_files(pattern: str) -> list[Any]:
    """Return the files in the shared folder as parameters; one that is skipped where there is none."""
    files = sorted(SHARED.glob(pattern))
    if files:
        return [pytest.param(file, id=file.name) for file in files]
    return [pytest.param(None, id="none", marks=pytest.mark.skip(reason=f"there is no ../shared/{pattern}"))]


MAPPING_FILES = shared_files("corpus/mappings/*.json")


AWS = "aws-12.12.2024_attack-16.1-enterprise.json"


M365_2023 = "m365-12.11.2023_attack-14.1-enterprise.json"


M365_2025 = "m365-07.18.2025_attack-16.1-enterprise.json"


NIST_14 = "nist_800_53-rev5_attack-14.1-enterprise.json"


NIST_16 = "nist_800_53-rev5_attack-16.1-enterprise.json"


def shared(path: str) -> Path:
    """Return a file or folder of the shared folder; skip the test where it is missing."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"there is no ../shared/{path}")
    return found


def corpus(name: str) -> Path:
    """Return a published mapping file; skip the test where it is missing."""
    return shared(f"corpus/mappings/{name}")


class Rows(NamedTuple):
    """A mapping file as plain JSON, read without the package, and the rows in it that map something."""

    metadata: dict[str, Json]
    all: list[dict[str, Json]]
    mapping: list[dict[str, Json]]


def plain_rows(file: Path) -> Rows:
    """Return a mapping file as plain JSON."""
    document = json.loads(file.read_text("utf-8"))
    rows = document["mapping_objects"]
    return Rows(document["metadata"], rows, [row for row in rows if maps_something(row)])


def maps_something(row: dict[str, Json]) -> bool:
    """Return whether a row relates a capability to a technique."""
    return bool(
        (row.get("capability_id") or "").strip()
        and (row.get("attack_object_id") or "").strip()
        and "non_mappable" not in (row.get("status"), row.get("mapping_type"))
    )


VALUES = ("minimal", "partial", "significant")


def technique(row: dict[str, Json]) -> str:
    """Return the technique id of a row that maps something."""
    id_: str = row["attack_object_id"].strip()
    return id_


def one_spelling(capability_id: str) -> str:
    """Return a capability id as all spellings of it share it."""
    return re.sub("^([a-z]+-)0", r"\1", capability_id.strip().lower())


def expected_scores(rows: list[dict[str, Json]], homes: dict[str, str | None]) -> dict[str, float]:
    """Return the score of each technique: the best value, or the number of distinct capabilities of unrated rows.

    `homes` says under which id the rows of an id stand, None for those that stand nowhere.
    """
    by_home: dict[str, list[dict[str, Json]]] = {}
    for row in rows:
        home = homes[technique(row)]
        if home:
            by_home.setdefault(home, []).append(row)

    def is_rated(row: dict[str, Json]) -> bool:
        return bool(row.get("score_category") and row.get("score_value"))

    if any(map(is_rated, rows)):
        return {
            home: max((VALUES.index(row["score_value"]) + 1 for row in own if is_rated(row)), default=0)
            for home, own in by_home.items()
        }
    return {home: len({one_spelling(row["capability_id"]) for row in own}) for home, own in by_home.items()}
