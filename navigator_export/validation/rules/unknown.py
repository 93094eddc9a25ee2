"""Fields that the layer format does not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

from navigator_export import schemas
from navigator_export.validation.findings import Finding
from navigator_export.validation.hints import Hints
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import LayerView

UNKNOWN_FIELD = Rule("unknown-field", "warning", "A field is not part of the layer format: the Navigator ignores it.")


def check_fields(view: LayerView) -> Iterator[Finding]:
    """Find fields that the format does not know, at the layer, its parts and its techniques."""
    known = _known_fields()
    yield from _unknown_fields([(view.path, view.layer)], known["layer"] | _OLD_BUT_OBEYED)
    for name in _PARTS:
        yield from _unknown_fields([(f"{view.path}.{name}", view.part(name))], known[name])
    legend = view.layer.get("legendItems")
    lines = enumerate(legend if isinstance(legend, list) else ())
    yield from _unknown_fields(
        [(f"{view.path}.legendItems[{i}]", line) for i, line in lines if isinstance(line, dict)], known["legendItems"]
    )
    yield from _unknown_fields(view.techniques, known["technique"])


_PARTS: Final = ("versions", "filters", "layout", "gradient")

_OLD_BUT_OBEYED: Final = {"version", "viewMode"}
"""Fields of older formats, of which another check tells."""

_GONE: Final = {"stages": "stages went with PRE-ATT&CK in format 4; leave it out"}
"""Fields of older formats that mean nothing any more."""


@cache
def _known_fields() -> dict[str, frozenset[str]]:
    """Return the fields of a layer and of its parts, as the schema lists them."""
    layer = schemas.load("navigator-layer-4.5")
    parts = {name: layer["properties"][name] for name in _PARTS}
    nodes = {"layer": layer, **parts, "technique": layer["$defs"]["technique"]}
    nodes["legendItems"] = layer["properties"]["legendItems"]["items"]
    return {name: frozenset(node["properties"]) for name, node in nodes.items()}


def _unknown_fields(places: Iterable[tuple[str, dict[str, Any]]], known: frozenset[str]) -> Iterator[Finding]:
    fields = Hints(known, "fields")
    for path, value in places:
        for field in sorted(value.keys() - known):
            place = path + schemas.json_path([field]).removeprefix("$")
            yield UNKNOWN_FIELD.finding(place, f"unknown field {field!r}", _GONE.get(field) or fields.near(field))
