from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import jsonschema_rs
import msgspec
import pytest

from navigator_export import make_layer, read
from navigator_export.layer.format import (
    Filters,
    Gradient,
    Layer,
    LayerTechnique,
    Layout,
    LegendItem,
    Versions,
)
from tests.made_inputs import NIST, Json, make_row, mapping_document, rated_rows, unrated_rows
from tests.real_inputs import MAPPING_FILES, ROOT

SCHEMAS = sorted((ROOT / "schemas").glob("*.schema.json"))


def load(file: Path) -> dict[str, Json]:
    schema: dict[str, Json] = json.loads(file.read_text("utf-8"))
    return schema


MAPPINGS = load(ROOT / "schemas" / "mappings.schema.json")
LAYER = load(ROOT / "schemas" / "navigator-layer-4.5.schema.json")


def properties(schema: Json, path: str = "$") -> Iterator[tuple[str, dict[str, Json]]]:
    """Yield every property that a schema defines, with its place."""
    if isinstance(schema, dict):
        for name, node in schema.get("properties", {}).items() if isinstance(schema.get("properties"), dict) else ():
            yield f"{path}.{name}", node
        for key, node in schema.items():
            yield from properties(node, f"{path}.{key}")
    elif isinstance(schema, list):
        for index, node in enumerate(schema):
            yield from properties(node, f"{path}[{index}]")


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.name)
def test_schema_is_valid_2020_12(file: Path) -> None:
    schema = load(file)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    assert jsonschema_rs.meta.is_valid(schema)


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.name)
def test_every_property_is_described(file: Path) -> None:
    schema = load(file)
    described = schema.get("$defs", {})
    found = list(properties(schema))
    missing = [
        path
        for path, node in found
        if not (
            node.get("description") or described.get(node.get("$ref", "").rpartition("/")[2], {}).get("description")
        )
        and set(node) != {"$ref"}
    ]
    assert found
    assert missing == []
    assert schema["description"]
    assert [name for name, node in described.items() if not node.get("description") and "items" not in node] == []


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_published_mapping_file_is_valid(file: Path) -> None:
    errors = [error.message for error in jsonschema.Draft202012Validator(MAPPINGS).iter_errors(load(file))]
    assert errors == []


@pytest.mark.parametrize(
    "document",
    [
        mapping_document(rated_rows()),
        mapping_document(unrated_rows(), **NIST),
        mapping_document([{}, make_row(None, None)]),
        mapping_document([], mapping_types=None, capability_groups=None),
    ],
)
def test_what_can_be_read_is_valid(document: Json) -> None:
    jsonschema.Draft202012Validator(MAPPINGS).validate(document)


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_layers_are_valid(file: Path) -> None:
    validator = jsonschema.Draft202012Validator(LAYER)
    assert [error.message for error in validator.iter_errors(json.loads(make_layer(read(file)).text))] == []


@pytest.mark.parametrize(
    ("struct", "node"),
    [
        (Layer, LAYER),
        (Versions, LAYER["properties"]["versions"]),
        (Filters, LAYER["properties"]["filters"]),
        (Layout, LAYER["properties"]["layout"]),
        (Gradient, LAYER["properties"]["gradient"]),
        (LegendItem, LAYER["properties"]["legendItems"]["items"]),
        (LayerTechnique, LAYER["$defs"]["technique"]),
    ],
)
def test_layers_as_values_have_the_fields_that_the_schema_knows(
    struct: type[msgspec.Struct], node: dict[str, Json]
) -> None:
    assert set(struct.__struct_encode_fields__) - {"other"} == set(node["properties"])
