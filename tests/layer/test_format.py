from __future__ import annotations

import json

import msgspec
import pytest

from navigator_export import Recipe, make_layer, validate
from navigator_export.layer.format import encode
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


@pytest.mark.parametrize("text", ["\x00", "\x1b[31m", "\x7f", "\x9b", "\u2028", "\U0001f600", "</script>", '"\\'])
def test_any_character_in_a_name_survives_the_text(text: str) -> None:
    product = make_layer(MAPPINGS, Recipe(name=f"x{text}"))
    assert json.loads(product.text)["name"] == f"x{text}"
    assert validate(product.text) == ()


@pytest.mark.parametrize("text", ["\u2028", "\U0001f600", "</script>", '"\\', "\u00e9"])
def test_any_printed_character_of_a_source_survives_the_text(text: str) -> None:
    rows = [make_row(f"A{text}B", comments=f"It detects {text} it.")]
    product = make_layer(mapping_set(rows), Recipe(comments="full"))
    [technique] = json.loads(product.text)["techniques"]
    assert metadata_of(technique, "capability") == [f"A{text}B"]
    assert f"It detects {text} it." in technique["comment"]
    assert validate(product.text) == ()


@pytest.mark.parametrize("text", ["\x00", "\x1b[31m", "\x07", "\x7f", "\x9b"])
def test_a_source_with_control_characters_makes_a_valid_layer(text: str) -> None:
    rows = [make_row(f"A{text}B", comments=f"It detects {text} it.", capability_group=text, mapping_type=text)]
    assert validate(make_layer(mapping_set(rows), Recipe(comments="full")).text) == ()
