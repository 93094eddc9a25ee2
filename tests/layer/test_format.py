from __future__ import annotations

import json

import msgspec
import pytest
from msgspec import Raw
from msgspec.structs import replace

from navigator_export import Recipe, make_layer, validate
from navigator_export.layer.format import (
    Filters,
    Gradient,
    Layer,
    LayerFile,
    LayerTechnique,
    Layout,
    Metadata,
    Other,
    Versions,
    encode,
    encode_file,
)
from tests.made_inputs import make_row, mapping_set, rated_rows
from tests.results import metadata_of, walk

MAPPINGS = mapping_set(rated_rows())


def test_text_is_indented_utf_8_that_ends_in_one_newline() -> None:
    text = make_layer(MAPPINGS, Recipe(name="Größe — “x”")).text
    assert text.startswith(b'{\n  "name": "')
    assert "Größe — “x”".encode() in text
    assert text.endswith(b"}\n")
    assert not text.endswith(b"\n\n")
    assert b"\r" not in text
    assert None not in list(walk(json.loads(text)))


def test_text_says_what_the_layer_holds_and_is_the_same_each_time() -> None:
    product = make_layer(MAPPINGS)
    assert json.loads(product.text) == json.loads(json.dumps(msgspec.to_builtins(product.layer)))
    assert encode(product.layer) == product.text


@pytest.mark.parametrize("text", ["\u2028", "\U0001f600", "</script>", '"\\'])
def test_any_character_in_a_name_survives_the_text(text: str) -> None:
    product = make_layer(MAPPINGS, Recipe(name=f"x{text}"))
    assert json.loads(product.text)["name"] == f"x{text}"
    assert {finding.rule for finding in validate(product.text)} <= {"layer-name"}


@pytest.mark.parametrize("text", ["\u2028", "\U0001f600", "</script>", '"\\', "\u00e9"])
def test_any_printed_character_of_a_source_survives_the_text(text: str) -> None:
    rows = [make_row(f"A{text}B", comments=f"It detects {text} it.")]
    product = make_layer(mapping_set(rows), Recipe(comments="full"))
    [technique] = json.loads(product.text)["techniques"]
    assert metadata_of(technique, "capability") == [f"A{text}B"]
    assert f"It detects {text} it." in technique["comment"]
    assert {finding.rule for finding in validate(product.text)} <= {"layer-name"}


@pytest.mark.parametrize("text", ["\x00", "\x1b[31m", "\x07", "\x7f", "\x9b"])
def test_a_source_with_control_characters_makes_a_valid_layer(text: str) -> None:
    rows = [make_row(f"A{text}B", comments=f"It detects {text} it.", capability_group=text, mapping_type=text)]
    assert validate(make_layer(mapping_set(rows), Recipe(comments="full")).text) == ()


OTHER: Other = (("z", Raw(b'{"name":[1,2.50]}')), ("other", Raw(b"null")))
SMALL = Layer(name="Mail", domain="enterprise-attack")


def test_fields_that_a_layer_does_not_have_are_not_written() -> None:
    assert encode(SMALL) == b'{\n  "name": "Mail",\n  "domain": "enterprise-attack"\n}\n'


def test_empty_fields_are_written() -> None:
    technique = LayerTechnique(technique_id="T1114", comment="", metadata=(), links=(), score=0)
    layer = replace(SMALL, versions=Versions(), filters=Filters(platforms=()), layout=Layout(), techniques=(technique,))
    assert json.loads(encode(layer)) == {
        "name": "Mail",
        "versions": {},
        "domain": "enterprise-attack",
        "filters": {"platforms": []},
        "layout": {},
        "techniques": [{"techniqueID": "T1114", "score": 0, "comment": "", "metadata": [], "links": []}],
    }


@pytest.mark.parametrize(
    ("field", "value", "known"),
    [
        ("versions", Versions(attack="16", other=OTHER), {"attack": "16"}),
        ("filters", Filters(platforms=("Linux",), other=OTHER), {"platforms": ["Linux"]}),
        ("layout", Layout(show_id=True, other=OTHER), {"showID": True}),
        ("gradient", Gradient(("#ffffff",), 0, 2.5, OTHER), {"colors": ["#ffffff"], "minValue": 0, "maxValue": 2.5}),
    ],
)
def test_unknown_fields_are_written_after_the_known(
    field: str, value: msgspec.Struct, known: dict[str, object]
) -> None:
    again = json.loads(encode(replace(SMALL, **{field: value})))
    assert again[field] == {**known, "z": {"name": [1, 2.5]}, "other": None}
    assert list(again[field]) == [*known, "z", "other"]


def test_unknown_fields_of_layers_and_techniques_are_written() -> None:
    technique = LayerTechnique(technique_id="T1114", metadata=(Metadata("a", "b"), Raw(b'{"a":1}')), other=OTHER)
    layer = replace(SMALL, techniques=(LayerTechnique(technique_id="T1078"), technique), other=OTHER)
    again = json.loads(encode(layer))
    assert list(again) == ["name", "domain", "techniques", "z", "other"]
    assert again["techniques"] == [
        {"techniqueID": "T1078"},
        {
            "techniqueID": "T1114",
            "metadata": [{"name": "a", "value": "b"}, {"a": 1}],
            "z": {"name": [1, 2.5]},
            "other": None,
        },
    ]


def test_unknown_fields_change_nothing_else_of_the_text() -> None:
    product = make_layer(MAPPINGS)
    with_other = encode(replace(product.layer, other=(("x", Raw(b"1")),)))
    assert with_other == product.text.removesuffix(b"\n}\n") + b',\n  "x": 1\n}\n'


@pytest.mark.parametrize("layers", [(SMALL,), (SMALL, replace(SMALL, other=OTHER))])
def test_a_list_of_layers_is_written_as_a_list(layers: tuple[Layer, ...]) -> None:
    text = encode_file(LayerFile(layers, is_list=True))
    assert json.loads(text) == [json.loads(encode(layer)) for layer in layers]
    assert text.startswith(b'[\n  {\n    "name"')


def test_a_file_of_one_layer_is_the_layer() -> None:
    assert encode_file(LayerFile((SMALL,), is_list=False)) == encode(SMALL)
