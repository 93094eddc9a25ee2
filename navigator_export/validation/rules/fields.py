"""Fields: those that are not what the schema asks for, and those that the format does not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from navigator_export import schemas
from navigator_export.validation.findings import Finding
from navigator_export.validation.hints import Hints
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import LayerView

SCHEMA = Rule("schema", "error", "A field is not what the layer format asks for, or what the Navigator can take.")
UNKNOWN_FIELD = Rule("unknown-field", "warning", "A field is not part of the layer format: the Navigator ignores it.")


def check_schema(view: LayerView) -> Iterator[Finding]:
    """Find every violation of the layer schema."""
    for violation in schemas.each_violation("navigator-layer-4.5", view.layer, rows="techniques"):
        yield SCHEMA.finding(
            view.path + violation.path.removeprefix("$"),
            violation.message,
            violation.hint,
            violation.severity,
        )


def check_fields(view: LayerView) -> Iterator[Finding]:
    """Find fields that the format does not know, at the layer, its layout and its techniques."""
    layer_fields, layout_fields, technique_fields = _known_fields()
    yield from _unknown_fields([(view.path, view.layer)], layer_fields)
    layout = view.layer.get("layout")
    if isinstance(layout, dict):
        yield from _unknown_fields([(f"{view.path}.layout", layout)], layout_fields)
    yield from _unknown_fields(view.techniques, technique_fields)


def _unknown_fields(places: Iterable[tuple[str, dict[str, Any]]], known: frozenset[str]) -> Iterator[Finding]:
    fields = Hints(known, "fields")
    for path, value in places:
        for field in sorted(value.keys() - known):
            place = path + schemas.json_path([field]).removeprefix("$")
            yield UNKNOWN_FIELD.finding(place, f"unknown field {field!r}", fields.near(field))


@cache
def _known_fields() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the fields of a layer, its layout and a technique, as the schema lists them."""
    layer = schemas.load("navigator-layer-4.5")
    nodes = (layer, layer["properties"]["layout"], layer["$defs"]["technique"])
    return (
        frozenset(nodes[0]["properties"]),
        frozenset(nodes[1]["properties"]),
        frozenset(nodes[2]["properties"]),
    )
