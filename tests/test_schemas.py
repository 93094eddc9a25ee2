"""The schemas of `schemas/`, and the words that the package has for what is not as they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

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
from navigator_export.schemas import SchemaName, each_violation, is_valid, json_path, load, violations
from navigator_export.version import __version__
from tests.made_inputs import NIST, Json, make_layer_json, make_row, mapping_document, rated_rows, unrated_rows
from tests.real_inputs import MAPPING_FILES, ROOT

SCHEMAS = sorted((ROOT / "schemas").glob("*.schema.json"))


def read_schema(file: Path) -> dict[str, Json]:
    schema: dict[str, Json] = json.loads(file.read_text("utf-8"))
    return schema


MAPPINGS = read_schema(ROOT / "schemas" / "mappings.schema.json")
LAYER = read_schema(ROOT / "schemas" / "navigator-layer-4.5.schema.json")


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
    schema = read_schema(file)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    assert jsonschema_rs.meta.is_valid(schema)


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.name)
def test_schema_has_the_address_of_its_release(file: Path) -> None:
    home = "https://raw.githubusercontent.com/navigator-export/navigator-export"
    assert read_schema(file)["$id"] == f"{home}/v{__version__}/schemas/{file.name}"


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.name)
def test_every_property_is_described(file: Path) -> None:
    schema = read_schema(file)
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
    errors = [
        error.message
        for error in jsonschema.Draft202012Validator(MAPPINGS).iter_errors(json.loads(file.read_text("utf-8")))
    ]
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


def test_every_schema_file_has_its_name_in_the_package() -> None:
    assert sorted(file.name.removesuffix(".schema.json") for file in SCHEMAS) == sorted(get_args(SchemaName))


# ---- what the package says of documents ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", get_args(SchemaName))
def test_schema_is_the_one_at_the_top_level(name: str) -> None:
    assert load(name) == read_schema(ROOT / "schemas" / f"{name}.schema.json")


def test_valid_documents_have_no_violation() -> None:
    assert violations("navigator-layer-4.5", make_layer_json()) == []
    assert violations("mappings", mapping_document(rated_rows())) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": 5}, "expected text, found 5"),
        ({"name": None}, "expected text, found null"),
        ({"name": ""}, '"" is blank'),
        ({"name": ...}, "name is missing"),
        ({"techniques": {}}, "expected a list, found an object"),
        ({"layout": []}, "expected an object, found a list"),
        ({"hideDisabled": "x"}, 'expected true or false, found "x"'),
        ({"sorting": 1.5}, "expected a whole number, found 1.5"),
        ({"sorting": -1}, "-1 is less than 0"),
        ({"sorting": 9}, "9 is more than 3"),
        ({"customDataURL": "x"}, "must not be there"),
        ({"versions": {"layer": "4.4"}}, 'expected "4.5", found "4.4"'),
        ({"tacticRowBackground": "red"}, '"red" is not of the expected form'),
        ({"name": ["x" * 100]}, "expected text, found a list"),
        ({"hideDisabled": "x" * 100}, f'expected true or false, found "{"x" * 59}…'),
    ],
)
def test_violation_is_told_in_words_with_a_hint(fields: dict[str, Json], message: str) -> None:
    [violation] = violations("navigator-layer-4.5", make_layer_json(**fields))
    assert violation.message == message
    assert violation.hint


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"techniques": [{"techniqueID": "T1114\n"}]}, "$.techniques[0].techniqueID"),
        ({"tacticRowBackground": "#ffffff\n"}, "$.tacticRowBackground"),
    ],
)
def test_what_the_gate_refuses_has_a_violation(fields: dict[str, Json], path: str) -> None:
    document = make_layer_json(**fields)
    assert not is_valid("navigator-layer-4.5", document)
    assert [violation.path for violation in violations("navigator-layer-4.5", document)] == [path]


@pytest.mark.parametrize(
    ("parts", "path"),
    [([], "$"), (["a", 3, "b"], "$.a[3].b"), (["a b"], "$['a b']"), ([0], "$[0]"), (["ä"], "$.ä")],
)
def test_json_path(parts: list[str | int], path: str) -> None:
    assert json_path(parts) == path


# ---- long lists ------------------------------------------------------------------------------------------------------

GOOD, BAD = (
    {"techniqueID": "T1114", "score": 1},
    {"techniqueID": "t1", "score": "x", "links": [{"label": "", "url": ""}]},
)


@pytest.mark.parametrize(
    "fields",
    [
        {"techniques": [BAD] * 12, "name": 5, "versions": {"layer": 4}, "links": None, "domain": "x"},
        {"techniques": [GOOD, BAD, None, GOOD, "T1114", {}], "gradient": {}},
        {"techniques": {}, "name": ...},
        {"techniques": [], "name": ""},
    ],
)
def test_items_one_by_one_have_the_violations_of_the_whole_in_the_same_order(fields: dict[str, Json]) -> None:
    document = make_layer_json(**fields)
    whole = violations("navigator-layer-4.5", document)
    assert whole
    assert list(each_violation("navigator-layer-4.5", document, rows="techniques")) == whole


def test_what_is_no_object_has_its_violation_too() -> None:
    assert [v.message for v in each_violation("navigator-layer-4.5", [], rows="techniques")] == [
        "expected an object, found a list"
    ]


def test_only_items_that_are_not_valid_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    explained = []
    descend = jsonschema.Draft202012Validator.descend

    def noting(self: jsonschema.Draft202012Validator, instance: Json, schema: Json, *path: Json, **more: Json) -> Json:
        if schema == {"$ref": "#/$defs/technique"}:
            explained.append(instance)
        return descend(self, instance, schema, *path, **more)

    monkeypatch.setattr(jsonschema.Draft202012Validator, "descend", noting)
    document = make_layer_json(techniques=[*[GOOD] * 300, BAD, *[GOOD] * 300, BAD])
    assert len(list(each_violation("navigator-layer-4.5", document, rows="techniques"))) == 2 * 4
    assert explained == [BAD, BAD]
