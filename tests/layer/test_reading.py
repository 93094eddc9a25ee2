from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from navigator_export import Recipe, SourceError, make_layer, schemas
from navigator_export.layer.format import Divider, Layer, LayerTechnique, LegendItem, Link, Metadata, encode_file
from navigator_export.layer.reading import read_layer_file, read_layers
from navigator_export.schemas import json_path
from tests.made_inputs import Json, layer_bytes, make_layer_json, mapping_bytes, mapping_set, nested_lists, rated_rows
from tests.real_inputs import ROOT, shared, shared_files

CANONICAL = [
    *(ROOT / "tests" / "golden").glob("*.json"),
    *(file for file in (ROOT / "layers").glob("*.json") if file.name != "index.json"),
]
CASES = [
    case
    for folder in ("navigator-cases", "layer-cases")
    for case in shared_files(f"{folder}/*.json")
    if case.id != "expected.json"
]
PUBLISHED = shared_files("corpus/published/*.json")

SCHEMA = schemas.load("navigator-layer-4.5")
FIELDS = {
    "layer": set(SCHEMA["properties"]),
    **{name: set(SCHEMA["properties"][name]["properties"]) for name in ("versions", "filters", "layout", "gradient")},
    "technique": set(SCHEMA["$defs"]["technique"]["properties"]),
}
"""The fields that the format knows of each object."""

ENTRIES: list[Json] = [{"name": "a", "value": ""}, {"divider": True}, {"label": "a", "url": "b"}]
FULL: dict[str, Json] = {
    "name": "Mail",
    "versions": {"attack": "16", "navigator": "5.1.0", "layer": "4.5"},
    "domain": "enterprise-attack",
    "customDataURL": "https://example.org/bundle.json",
    "description": "",
    "filters": {"platforms": ["Windows", "Linux"]},
    "sorting": 3,
    "layout": {
        "aggregateFunction": "max",
        "layout": "side",
        "showName": True,
        "showID": False,
        "showAggregateScores": False,
        "countUnscored": False,
        "expandedSubtechniques": "all",
    },
    "hideDisabled": False,
    "gradient": {"colors": ["#ffffff", "#66b1ff"], "minValue": 0, "maxValue": 2.5},
    "legendItems": [{"label": "much", "color": "#66b1ff"}],
    "showTacticRowBackground": False,
    "tacticRowBackground": "#dddddd",
    "selectTechniquesAcrossTactics": True,
    "selectSubtechniquesWithParent": True,
    "selectVisibleTechniques": False,
    "metadata": ENTRIES,
    "links": ENTRIES,
    "techniques": [
        {
            "techniqueID": "T1114",
            "tactic": "collection",
            "score": 1,
            "color": "",
            "comment": "by rules",
            "enabled": True,
            "metadata": ENTRIES,
            "links": ENTRIES,
            "showSubtechniques": True,
        }
    ],
}
"""A layer with every field that the format knows, in the order that they are written in."""


def as_written(value: Json) -> str:
    """Return JSON values as text that tells 5 from 5.0 and 1 from true, and that order of keys does not change."""
    return json.dumps(value, sort_keys=True)


def read_one(data: bytes) -> Layer:
    [layer] = read_layers(data, "x.json")
    return layer


def written(data: bytes) -> Json:
    """Return what is left of a layer file that was read and written, as JSON values."""
    return json.loads(encode_file(read_layer_file(data, "x.json")))


def problems(data: bytes) -> list[tuple[str, str]]:
    """Return place and message of every problem of a file that is refused."""
    with pytest.raises(SourceError) as caught:
        read_layers(data, "x.json")
    assert caught.value.file == "x.json"
    return [(problem.place, problem.message) for problem in caught.value.problems]


def test_the_full_layer_has_every_field_that_the_schema_knows() -> None:
    assert set(FULL) == FIELDS["layer"]
    assert set(FULL["techniques"][0]) == FIELDS["technique"]
    for name in ("versions", "filters", "layout", "gradient"):
        assert set(FULL[name]) == FIELDS[name]


def test_every_field_survives_in_the_order_of_the_format() -> None:
    assert json.dumps(written(json.dumps(FULL).encode())) == json.dumps(FULL)
    turned = {name: FULL[name] for name in reversed(FULL)}
    assert json.dumps(written(json.dumps(turned).encode())) == json.dumps(FULL)


@pytest.mark.parametrize("file", CANONICAL, ids=lambda file: file.name)
def test_layers_of_our_making_are_written_back_byte_for_byte(file: Path) -> None:
    data = file.read_bytes()
    assert encode_file(read_layer_file(data, file.name)) == data


@pytest.mark.parametrize("comments", ["short", "full", "none"])
def test_a_layer_that_was_read_equals_the_one_that_was_made(comments: Any) -> None:
    product = make_layer(mapping_set(rated_rows()), Recipe(comments=comments))
    assert read_one(product.text) == product.layer


@pytest.mark.parametrize("file", PUBLISHED)
def test_published_layers_keep_every_field(file: Path) -> None:
    data = file.read_bytes()
    assert as_written(written(data)) == as_written(json.loads(data))


@pytest.mark.parametrize("file", CASES)
def test_a_layer_file_keeps_every_field_or_is_refused(file: Path) -> None:
    with nullcontext() if is_valid_file(file) else suppress(SourceError):
        assert as_written(written(file.read_bytes())) == as_written(json.loads(file.read_text("utf-8-sig")))


def is_valid_file(file: Path) -> bool:
    """Return whether a file is strict JSON, and each layer in it is as the schema asks for."""
    try:
        content = json.loads(file.read_text("utf-8-sig"), parse_constant=lambda _: None, object_pairs_hook=unique)
    except ValueError:
        return False
    layers = content if isinstance(content, list) else [content]
    return all(schemas.is_valid("navigator-layer-4.5", layer) for layer in layers)


def unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


def test_many_cases_are_valid() -> None:
    shared("layer-cases")
    assert sum(is_valid_file(case.values[0]) for case in CASES) > 40


def unknown(*known: str) -> st.SearchStrategy[dict[str, Json]]:
    """Return a strategy for fields that the format does not know of these objects."""
    names = st.sampled_from(["other", "version", "viewMode", "hideDisable", "", "x y", "größe", "\0"]) | TEXTS
    return st.dictionaries(
        names.filter(lambda name: not any(name in FIELDS[object_] for object_ in known)), JSON_VALUES
    )


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
NUMBERS = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
FLAGS = st.booleans()
JSON_VALUES = st.recursive(
    st.none() | FLAGS | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
DIVIDERS = st.just({"divider": True})
METADATA = st.lists(st.fixed_dictionaries({"name": TEXTS, "value": TEXTS}) | DIVIDERS | JSON_VALUES, max_size=4)
LINKS = st.lists(st.fixed_dictionaries({"label": TEXTS, "url": TEXTS}) | DIVIDERS | JSON_VALUES, max_size=4)
LEGEND = st.lists(st.fixed_dictionaries({"label": TEXTS, "color": TEXTS}) | DIVIDERS | JSON_VALUES, max_size=4)


def objects(
    name: str, required: dict[str, st.SearchStrategy[Json]], optional: dict[str, st.SearchStrategy[Json]]
) -> st.SearchStrategy[dict[str, Json]]:
    """Return a strategy for objects that may lack any optional field, and may have fields of no format."""
    known = st.fixed_dictionaries(required, optional=optional)
    return st.tuples(known, unknown(name)).map(lambda both: both[0] | both[1])


TECHNIQUES = objects(
    "technique",
    {"techniqueID": TEXTS},
    {
        **dict.fromkeys(("tactic", "color", "comment"), TEXTS),
        **dict.fromkeys(("enabled", "showSubtechniques"), FLAGS),
        "score": NUMBERS,
        "metadata": METADATA,
        "links": LINKS,
    },
)
LAYERS = objects(
    "layer",
    {"name": TEXTS, "domain": TEXTS},
    {
        **dict.fromkeys(("customDataURL", "description", "tacticRowBackground"), TEXTS),
        **dict.fromkeys(
            ("hideDisabled", "showTacticRowBackground", *(name for name in FULL if name.startswith("select"))), FLAGS
        ),
        "sorting": NUMBERS,
        "versions": objects("versions", {}, dict.fromkeys(FIELDS["versions"], TEXTS)),
        "filters": objects("filters", {}, {"platforms": st.lists(TEXTS, max_size=3)}),
        "layout": objects(
            "layout",
            {},
            {name: TEXTS if isinstance(value, str) else FLAGS for name, value in FULL["layout"].items()},
        ),
        "gradient": objects(
            "gradient", {"colors": st.lists(TEXTS, max_size=3), "minValue": NUMBERS, "maxValue": NUMBERS}, {}
        ),
        "legendItems": LEGEND,
        "metadata": METADATA,
        "links": LINKS,
        "techniques": st.lists(TECHNIQUES, max_size=3),
    },
)


@given(LAYERS | st.lists(LAYERS, min_size=1, max_size=3), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), FLAGS)
def test_no_layer_loses_a_field(content: Json, encoding: str, escaped: bool) -> None:
    file = read_layer_file(json.dumps(content, ensure_ascii=escaped).encode(encoding), "x.json")
    text = encode_file(file)
    assert as_written(json.loads(text)) == as_written(content)
    assert read_layer_file(text, "x.json") == file
    assert file.is_list is isinstance(content, list)


ANYTHING = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(sorted(FIELDS["layer"]), JSON_VALUES),
        "name": TEXTS,
        "domain": TEXTS,
        "techniques": st.lists(
            st.fixed_dictionaries({}, optional=dict.fromkeys(sorted(FIELDS["technique"]), JSON_VALUES))
        ),
    },
)


@given(ANYTHING | JSON_VALUES | st.lists(ANYTHING | JSON_VALUES, max_size=2))
def test_any_json_is_kept_or_refused(content: Json) -> None:
    with suppress(SourceError):
        assert as_written(written(json.dumps(content).encode())) == as_written(content)


@given(st.binary(max_size=40), st.integers(0, len(json.dumps(FULL))), FLAGS)
def test_any_bytes_are_read_or_refused(wrong: bytes, place: int, inserted: bool) -> None:
    text = json.dumps(FULL).encode()
    with suppress(SourceError):
        read_layers(text[:place] + wrong + text[place if inserted else place + len(wrong) :], "x.json")


def test_absent_and_empty_stay_different() -> None:
    empty = {"techniqueID": "T1114", "comment": "", "metadata": [], "links": []}
    techniques = read_one(layer_bytes(techniques=[empty, {"techniqueID": "T1114.001"}])).techniques
    assert techniques == (
        LayerTechnique(technique_id="T1114", comment="", metadata=(), links=()),
        LayerTechnique(technique_id="T1114.001"),
    )


@pytest.mark.parametrize("number", ["5", "5.0", "-0.0", "0", "1e2", "0.1", "123456789012345678901234567890", "1e300"])
def test_numbers_keep_their_kind(number: str) -> None:
    data = layer_bytes(sorting=1, techniques=[{"techniqueID": "T1114", "score": 7, "x": 7}])
    data = data.replace(b": 7", f": {number}".encode())
    again = written(data)["techniques"][0]
    assert (repr(again["score"]), repr(again["x"])) == (repr(json.loads(number)), repr(json.loads(number)))


def test_unknown_fields_are_written_last_in_their_own_order() -> None:
    again = written(layer_bytes(b=1, a={"z": [None], "y": {}}))
    assert list(again)[-3:] == ["techniques", "b", "a"]
    assert list(again["a"]) == ["z", "y"]


@pytest.mark.parametrize(
    "entry",
    [
        {"divider": False},
        {"divider": 1},
        {"divider": True, "name": "a"},
        {"name": "a", "value": "b", "x": 1},
        {"name": "a", "value": 1},
        {"label": "a"},
        {},
        [],
        None,
        "text",
    ],
)
def test_entries_of_another_form_stay_in_their_place(entry: Json) -> None:
    [technique] = (
        read_one(
            layer_bytes(
                techniques=[
                    {
                        "techniqueID": "T1114",
                        "metadata": [{"name": "a", "value": "b"}, entry, {"divider": True}],
                        "links": [{"label": "a", "url": "b"}, entry, {"divider": True}],
                    }
                ]
            )
        ).techniques
        or ()
    )
    kept = msgspec.Raw(msgspec.json.encode(entry))
    assert technique.metadata == (Metadata("a", "b"), kept, Divider())
    assert technique.links == (Link("a", "b"), kept, Divider())


def test_a_legend_has_no_dividers() -> None:
    legend = read_one(layer_bytes(legendItems=[{"label": "a", "color": "b"}, {"divider": True}])).legend_items
    assert legend == (LegendItem("a", "b"), msgspec.Raw(b'{"divider":true}'))


def test_a_list_of_one_layer_stays_a_list() -> None:
    assert written(b"[" + layer_bytes() + b"]") == [make_layer_json()]
    assert written(layer_bytes()) == make_layer_json()


@pytest.mark.parametrize(
    "fields",
    [
        {"versions": ..., "version": "2.2", "viewMode": 2, "domain": "mitre-enterprise"},
        {"domain": "atlas-atlas"},
        {"versions": {"attack": "99", "layer": "3.0"}},
        {"layout": {"layout": "round", "expandedSubtechniques": ""}},
        {"gradient": {"colors": [], "minValue": 3, "maxValue": 0}},
        {"techniques": ...},
        {"name": ""},
    ],
)
def test_what_the_navigator_would_not_take_can_be_read(fields: dict[str, Json]) -> None:
    assert written(layer_bytes(**fields)) == make_layer_json(**fields)


def places(value: Json, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of everything in a layer that has to be of one type."""
    if path:
        yield path
    if path and path[-1] in ("metadata", "links", "legendItems"):
        return
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, *path, key)


WRONG: dict[type, tuple[str, Json]] = {
    str: ("text", 5),
    int: ("a number", "5"),
    float: ("a number", True),
    bool: ("true or false", 1),
    list: ("a list", {}),
    dict: ("an object", []),
}


@pytest.mark.parametrize("path", list(places(FULL)), ids=json_path)
@pytest.mark.parametrize("as_null", [False, True])
def test_a_value_of_the_wrong_type_is_told_by_its_place(path: tuple[str | int, ...], as_null: bool) -> None:
    layer = copy.deepcopy(FULL)
    holder = layer
    for part in path[:-1]:
        holder = holder[part]
    kind, wrong = WRONG[type(holder[path[-1]])]
    holder[path[-1]] = None if as_null else wrong
    [(place, message)] = problems(json.dumps(layer).encode())
    assert place == json_path(path)
    assert message.startswith(f"expected {kind}, found ")


def test_every_problem_of_every_layer_is_told() -> None:
    layers = [
        make_layer_json(techniques=[{"techniqueID": "T1114", "score": "1"}, {"score": True, "comment": None}]),
        make_layer_json(name=..., domain=5, gradient={"colors": "red"}),
    ]
    assert problems(json.dumps(layers).encode()) == [
        ("$[0].techniques[0].score", 'expected a number, found "1"'),
        ("$[0].techniques[1].score", "expected a number, found true"),
        ("$[0].techniques[1].comment", "expected text, found null"),
        ("$[0].techniques[1]", "techniqueID is missing"),
        ("$[1].domain", "expected text, found 5"),
        ("$[1].gradient.colors", 'expected a list, found "red"'),
        ("$[1].gradient", "minValue is missing"),
        ("$[1].gradient", "maxValue is missing"),
        ("$[1]", "name is missing"),
    ]


def test_null_is_to_be_left_out_where_that_may_be() -> None:
    data = layer_bytes(name=None, techniques=[{"techniqueID": "T1114", "score": None}, None])
    with pytest.raises(SourceError) as caught:
        read_layers(data, "x.json")
    assert [problem.hint for problem in caught.value.problems] == ["", "leave the field out instead", ""]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (mapping_bytes(rated_rows()), "mapping file"),
        (b'{"type": "bundle", "id": "bundle--1", "objects": []}', "STIX bundle"),
        ((ROOT / "layers" / "index.json").read_bytes(), "index"),
        (b'{"layers": [{}]}', "wrapped"),
        (b"[]", "empty"),
        (b'"text"', "neither"),
        (b"", "empty"),
        (b"name: Mail", "not valid JSON"),
    ],
)
def test_another_file_is_named_for_what_it_is(data: bytes, word: str) -> None:
    [(_, message)] = problems(data)
    assert word in message


def test_a_key_that_stands_twice_is_told_by_name_and_place() -> None:
    data = layer_bytes(techniques=[{"techniqueID": "T1114", "x": {"score": 1, "y": 2}}])
    [(place, message)] = problems(data.replace(b'"y"', b'"score"'))
    assert (place, message) == ("$.techniques[0].x", "duplicate key 'score'")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_text_that_would_be_garbled_is_refused(encoding: str) -> None:
    data = json.dumps(make_layer_json(name="Größe"), ensure_ascii=False).encode(encoding)
    assert problems(data)


@pytest.mark.parametrize(("encoding", "wrong"), [("utf-8-sig", b"\xff"), ("utf-16", b"\x00\xd8")])
def test_wrong_bytes_after_a_byte_order_mark_are_refused(encoding: str, wrong: bytes) -> None:
    data = json.dumps(make_layer_json(name="ä"), ensure_ascii=False).encode(encoding)
    letter = "ä".encode(encoding.removesuffix("-sig")).removeprefix(b"\xff\xfe")
    assert "is not UTF" in problems(data.replace(letter, wrong))[0][1]


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "1" * 5000], ids=lambda number: number[:9])
@pytest.mark.parametrize("field", ["score", "x"])
def test_a_number_that_json_cannot_hold_is_told_by_its_place(number: str, field: str) -> None:
    text = json.dumps({"name": "NaN, 1e999", "techniques": [{field: 7}]}, indent=1)
    [(place, message)] = problems(text.replace("7", number).encode())
    assert place == f"line 5, column {len(field) + 8}"
    assert "number" in message
    assert len(message) < 80


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"name": "a\ud800"}, "$.name"),
        ({"techniques": [{"techniqueID": "T1114", "comment": "\udc00"}]}, "$.techniques[0].comment"),
        ({"metadata": [{"name": "a", "value": "\ud83d"}]}, "$.metadata[0].value"),
        ({"x": [{"y": "\ud83d"}]}, "$.x[0].y"),
        ({"\ud83d": 1}, "$"),
        ({"x": {"\ud83d": 1}}, "$.x"),
    ],
)
def test_half_a_character_is_told_by_its_place(fields: dict[str, Json], place: str) -> None:
    [(found, message)] = problems(layer_bytes(**fields))
    assert found == place
    assert "half a character" in message


def test_whole_characters_may_be_written_as_two_halves() -> None:
    assert read_one(layer_bytes(name="\U0001f600")).name == "\U0001f600"


@pytest.mark.parametrize("levels", [102, 500, 900, 1500, 100_000])
@pytest.mark.parametrize("field", ["x", "name", "links", "techniques"])
def test_nesting_of_any_depth_is_told(levels: int, field: str) -> None:
    data = layer_bytes(**{field: 7}).replace(b": 7", b": " + nested_lists(levels))
    assert problems(data)


def test_some_nesting_is_no_harm() -> None:
    nested = json.loads(nested_lists(100))
    assert written(layer_bytes(x=nested))["x"] == nested
