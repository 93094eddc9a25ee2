"""Reading what came out: layers and texts as plain values."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.made_inputs import Json


def scores(text: bytes) -> dict[str, float]:
    """Return technique id to score of a layer's text."""
    return {entry["techniqueID"]: entry["score"] for entry in json.loads(text)["techniques"]}


def metadata_of(entry: dict[str, Json], name: str) -> list[str]:
    """Return the values of a name in the metadata of a layer or a technique."""
    return [item["value"] for item in entry.get("metadata", ()) if item.get("name") == name]


def capabilities_of(entry: dict[str, Json]) -> list[str]:
    """Return the ids of the capabilities that the metadata of a technique name: in a block each, or in an entry."""
    blocks = metadata_of(entry, "capability")
    inside = {"capability", "name", "framework", "group", "category", "value", "tier", "licence", "mapping type"}
    named = [one["name"] for one in entry.get("metadata", ()) if "name" in one and one["name"] not in inside]
    return blocks or named


def technique_of(text: bytes, technique: str) -> dict[str, Json]:
    """Return the one entry of a technique in a layer's text."""
    [entry] = [entry for entry in json.loads(text)["techniques"] if entry["techniqueID"] == technique]
    return entry


def walk(value: Json) -> Iterator[Json]:
    """Yield a JSON value and all values in it."""
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from walk(child)


def without_source_hash(text: bytes) -> dict[str, Json]:
    """Return a layer as JSON values, without the hashes of its sources."""
    layer = json.loads(text)
    layer["metadata"] = [item for item in layer["metadata"] if item.get("name") != "SHA-256"]
    return layer


def control_characters(text: str) -> set[str]:
    """Return the characters of a text that can steer a terminal."""
    return {c for c in text if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160}
