from __future__ import annotations

import json

import jsonschema
import pytest

from navigator_export.schemas import each_violation, is_valid, json_path, load, violations
from tests.made_inputs import Json, make_layer_json, mapping_document, rated_rows
from tests.real_inputs import ROOT


@pytest.mark.parametrize("name", ["navigator-layer-4.5", "mappings"])
def test_schema_is_the_one_at_the_top_level(name: str) -> None:
    assert load(name) == json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text("utf-8"))


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


@pytest.mark.parametrize("fields", [{"techniques": [{"techniqueID": "T1114\n"}]}, {"tacticRowBackground": "#ffffff\n"}])
def test_what_the_gate_refuses_has_a_violation(fields: dict[str, Json]) -> None:
    document = make_layer_json(**fields)
    assert not is_valid("navigator-layer-4.5", document)
    assert violations("navigator-layer-4.5", document)


@pytest.mark.parametrize(
    ("parts", "path"),
    [([], "$"), (["a", 3, "b"], "$.a[3].b"), (["a b"], "$['a b']"), ([0], "$[0]"), (["ä"], "$.ä")],
)
def test_json_path(parts: list[str | int], path: str) -> None:
    assert json_path(parts) == path


# ---- long lists ------------------------------------------------------------------------------------------------------

GOOD, BAD = {"techniqueID": "T1114", "score": 1}, {"techniqueID": "t1", "score": "x", "links": [{"label": ""}]}


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
