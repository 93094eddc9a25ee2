"""Parts of made-up layers, and what is told of them."""

from __future__ import annotations

from navigator_export import Finding, validate
from tests.made_inputs import Json, layer_bytes


def technique(id_: str = "T1114", **fields: Json) -> list[dict[str, Json]]:
    """Return one entry; it has a score unless that is `...`."""
    entry = {"techniqueID": id_, "score": 1, **fields}
    return [{key: value for key, value in entry.items() if value is not ...}]


def versions(**stated: Json) -> dict[str, Json]:
    """Return the `versions` of a layer of ATT&CK 16, with some replaced; `...` leaves one out."""
    stated = {"attack": "16", "navigator": "5.1.0", "layer": "4.5"} | stated
    return {key: value for key, value in stated.items() if value is not ...}


def told(**fields: Json) -> list[str]:
    """Return what is told of a layer with these fields, each as `rule severity path`."""
    return [f"{found.rule} {found.severity} {found.path}" for found in validate(layer_bytes(**fields))]


def only(**fields: Json) -> Finding:
    """Return the one thing that is told of a layer with these fields."""
    [finding] = validate(layer_bytes(**fields))
    return finding
