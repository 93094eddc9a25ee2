"""Bad and odd files: every one gives mappings, or an error that says what and where."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from hypothesis import given, strategies as st

from navigator_export import MappingSet
from navigator_export.errors import NavigatorExportError, Problem, SourceError
from navigator_export.readers.assembly import assemble
from navigator_export.readers.options import Limits
from navigator_export.readers.unified.json_text import read_unified
from tests.made_inputs import Json, layer_bytes, make_row, mapping_bytes, mapping_document, nested_lists, rated_rows


def read_json(data: bytes, name: str = "x.json") -> MappingSet:
    """Return the mappings of a file that is taken for JSON, whatever it is."""
    return assemble([read_unified(data, name, name)])


def problems(data: bytes) -> tuple[Problem, ...]:
    """Return what is said against a file; each problem has words."""
    with pytest.raises(SourceError) as caught:
        read_json(data, "x.json")
    assert caught.value.file == "x.json"
    assert caught.value.problems
    assert all(problem.message.strip() for problem in caught.value.problems)
    return caught.value.problems


def places(data: bytes) -> list[str]:
    return [problem.place for problem in problems(data)]


GOOD = mapping_bytes(rated_rows())


def test_source_tells_what_the_file_says_of_itself() -> None:
    [source] = read_json(GOOD, "x.json").sources
    assert (source.name, source.sha256) == ("x.json", hashlib.sha256(GOOD).hexdigest())
    assert (source.framework, source.framework_version) == ("m365", "07/18/2025")
    assert (source.attack_version, source.domain, source.rows, source.mappings) == ("16.1", "enterprise", 7, 7)
    assert [(t.id, t.name) for t in source.mapping_types] == [("technique_score", "Technique Scores")]
    assert [(g.id, g.name) for g in source.groups] == [("identity", "Identity"), ("mail", "Mail Protection")]


def test_byte_order_mark_is_passed_over() -> None:
    marked = read_json(b"\xef\xbb\xbf" + GOOD, "x.json")
    assert marked.mappings == read_json(GOOD, "x.json").mappings
    assert marked.sources[0].sha256 == hashlib.sha256(b"\xef\xbb\xbf" + GOOD).hexdigest()


def test_fields_that_are_not_known_are_passed_over() -> None:
    document = mapping_document([make_row() | {"extra": [{}]}], author=None, extra={"a": 1})
    assert len(read_json(json.dumps(document | {"more": 1}).encode(), "x").mappings) == 1


@pytest.mark.parametrize("value", [None, {}])
def test_mapping_types_and_groups_may_be_missing_or_null(value: Json) -> None:
    mappings = read_json(mapping_bytes([make_row()], mapping_types=value, capability_groups=value), "x")
    assert mappings.sources[0].mapping_types == ()
    assert mappings.capabilities[0].groups[0].name == "mail"


def test_mapping_type_may_be_its_name_alone() -> None:
    types = {"a": "Type A", "b": {"name": None}, "c": None}
    [source] = read_json(mapping_bytes([make_row()], mapping_types=types), "x").sources
    assert [(t.id, t.name) for t in source.mapping_types] == [("a", "Type A"), ("b", "b"), ("c", "c")]


@pytest.mark.parametrize("data", [b"", b"   \n", b"\xef\xbb\xbf"], ids=["nothing", "blank", "mark"])
def test_empty_file(data: bytes) -> None:
    assert "is empty" in problems(data)[0].message


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"{", "line 1, column 2"),
        (b'{"metadata": {},\n  oops}', "line 2, column 3"),
        (b"<html></html>", "line 1, column 1"),
        (b"capability_id,attack_object_id\n", "line 1, column 1"),
        (GOOD[:-1], f"line 1, column {len(GOOD)}"),
        (b'{"metadata": NaN}', "line 1, column 14"),
    ],
    ids=["cut", "word", "html", "csv", "end", "nan"],
)
def test_no_json(data: bytes, place: str) -> None:
    [problem] = problems(data)
    assert problem.message.startswith("this is not valid JSON: ")
    assert problem.place == place


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_other_encodings_are_named(encoding: str) -> None:
    [problem] = problems(GOOD.decode().encode(encoding))
    assert "UTF-16 or UTF-32" in problem.message
    assert "UTF-8" in problem.hint


def test_latin_1_is_told_with_its_place() -> None:
    data = json.dumps(mapping_document([make_row(comments="Ä")], author="x"), ensure_ascii=False, indent=1)
    [problem] = problems(data.encode("latin-1"))
    assert problem.message == "the text is not UTF-8: byte 0xc4"
    line = next(n for n, text in enumerate(data.splitlines(), 1) if "Ä" in text)
    assert problem.place.startswith(f"line {line}, column ")


@pytest.mark.parametrize("data", [b"[]", b'"text"', b"5", b"null", b"[{}]"])
def test_json_that_is_no_object(data: bytes) -> None:
    [problem] = problems(data)
    assert problem.message.startswith("expected an object, found ")


def test_all_that_is_missing_is_told_at_once() -> None:
    assert [p.message for p in problems(b"{}")] == ["metadata is missing", "mapping_objects is missing"]
    assert [p.message for p in problems(b'{"metadata": {}, "mapping_objects": []}')] == [
        "mapping_framework is missing",
        "attack_version is missing",
        "technology_domain is missing",
    ]


def test_layer_instead_of_a_mapping_file_is_told() -> None:
    [problem] = problems(layer_bytes())
    assert "Navigator layer" in problem.message
    assert "validate" in problem.hint


@pytest.mark.parametrize("column", [key for key, value in make_row().items() if key != "references"])
@pytest.mark.parametrize("value", [5, 1.5, True, [], {}])
def test_anything_but_text_in_a_column_is_told_with_its_place(column: str, value: Json) -> None:
    data = mapping_bytes([make_row(), make_row() | {column: value}])
    [problem] = problems(data)
    assert problem.place == f"$.mapping_objects[1].{column}"
    assert problem.message.startswith("expected text or nothing, found ")


def test_all_problems_of_form_are_told_at_once_with_their_places() -> None:
    rows = [
        make_row(),
        make_row() | {"capability_id": 5, "comments": ["x"]},
        make_row() | {"references": "https://example.org"},
        make_row() | {"references": ["https://example.org", 5]},
        "row",
    ]
    assert sorted(places(mapping_bytes(rows, attack_version=16.1, mapping_types=[]))) == [
        "$.mapping_objects[1].capability_id",
        "$.mapping_objects[1].comments",
        "$.mapping_objects[2].references",
        "$.mapping_objects[3].references[1]",
        "$.mapping_objects[4]",
        "$.metadata.attack_version",
        "$.metadata.mapping_types",
    ]


def test_problems_are_told_in_the_order_of_the_rows() -> None:
    rows = [make_row(score_value=5 if index in (2, 10, 100) else None) for index in range(101)]
    assert places(mapping_bytes(rows)) == [f"$.mapping_objects[{index}].score_value" for index in (2, 10, 100)]


@pytest.mark.parametrize("rows", [{}, None, "rows", 5])
def test_rows_that_are_no_list(rows: Json) -> None:
    data = json.dumps(mapping_document([]) | {"mapping_objects": rows}).encode()
    assert places(data) == ["$.mapping_objects"]


WRONG_FIRST = b'{"metadata": 5, '
"""What comes after is read only to tell what is wrong with it."""


@pytest.mark.parametrize(
    "rest",
    [
        b"oops",
        b'"mapping_objects": [',
        b'"x": "\xff"}',
        b'"x": "\\ud800"}',
        b'"x": ' + nested_lists(100_000) + b"}",
        b'"x": ' + b"[" * 100_000,
        mapping_bytes(rated_rows())[1:],
    ],
    ids=["word", "cut", "latin-1", "surrogate", "deep", "deep and cut", "key twice"],
)
def test_a_file_that_is_wrong_in_form_and_broken_later_is_told_in_words(rest: bytes) -> None:
    assert problems(WRONG_FIRST + rest)


@pytest.mark.parametrize(
    "data",
    [nested_lists(100_000), b'{"a":' * 100_000, GOOD[:-1] + b', "x": ' + nested_lists(100_000) + b"}"],
    ids=["lists", "objects", "in a field that is not read"],
)
def test_deep_nesting_is_told(data: bytes) -> None:
    assert problems(data)


def test_huge_numbers_are_told() -> None:
    assert problems(GOOD.replace(b'"protect"', b"1" * 5000))


# ---- metadata --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "read"), [("enterprise", "enterprise"), (" Enterprise ", "enterprise"), ("ics-attack", "ics")]
)
def test_domain_in_any_spelling(stated: str, read: str) -> None:
    assert read_json(mapping_bytes([make_row()], technology_domain=stated), "x").domain == read


@pytest.mark.parametrize("domain", ["", "cloud", "enterprise mobile", "PRE"])
def test_unknown_domain(domain: str) -> None:
    [problem] = problems(mapping_bytes([make_row()], technology_domain=domain))
    assert problem.place == "$.metadata.technology_domain"
    assert "enterprise, mobile, ics" in problem.hint


@pytest.mark.parametrize(("stated", "read"), [("16.1", "16.1"), (" 16.1 ", "16.1"), ("v16.1", "16.1"), ("14", "14")])
def test_release_in_any_spelling(stated: str, read: str) -> None:
    assert read_json(mapping_bytes([make_row()], attack_version=stated), "x").attack_version == read


@pytest.mark.parametrize(
    "release", ["", "latest", "16.x", "16.1.2", "16,1", "1616.1", "08", "08.1", "16.01", "１６.１", "١٦"]
)
def test_bad_release(release: str) -> None:
    [problem] = problems(mapping_bytes([make_row()], attack_version=release))
    assert problem.place == "$.metadata.attack_version"
    assert "16.1" in problem.hint


def test_all_problems_of_metadata_are_told_at_once() -> None:
    data = mapping_bytes([make_row()], mapping_framework=" ", attack_version="x", technology_domain="y")
    assert places(data) == ["$.metadata.mapping_framework", "$.metadata.technology_domain", "$.metadata.attack_version"]


# ---- rows ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows", [[], [make_row("A", None)], [make_row(None, "T1114")], [make_row(status="non_mappable")]]
)
def test_file_that_maps_nothing(rows: list[dict[str, Json]]) -> None:
    [problem] = problems(mapping_bytes(rows))
    assert problem.place == "$.mapping_objects"


@pytest.mark.parametrize(
    "id_", ["TA0009", "1114", "T114", "T1114.03", "T1114.003.1", "S0002", "Email Collection", "T1114/003", "T١١١٤", "x"]
)
def test_id_that_is_no_technique(id_: str) -> None:
    [problem] = problems(mapping_bytes([make_row(), make_row("A", id_)]))
    assert problem.place == "$.mapping_objects[1].attack_object_id"
    assert id_ in problem.message
    assert "T1114" in problem.hint


@pytest.mark.parametrize(("column", "hint"), [("score_category", "protect"), ("score_value", "minimal")])
@pytest.mark.parametrize("word", ["protects", "high", "1", "Protect!", "partially"])
def test_unknown_category_or_value(column: str, hint: str, word: str) -> None:
    [problem] = problems(mapping_bytes([make_row() | {column: word}]))
    assert problem.place == f"$.mapping_objects[0].{column}"
    assert word in problem.message
    assert hint in problem.hint


def test_every_wrong_word_is_told_with_its_row() -> None:
    rows = [make_row("A", "T1"), make_row(), make_row("A", "T1"), make_row(score_category="x", score_value="y")]
    with pytest.raises(SourceError) as error:
        read_json(mapping_bytes(rows), "x")
    assert "2 times; also $.mapping_objects[2].attack_object_id" in error.value.problems[0].message
    assert places(mapping_bytes(rows)) == [
        "$.mapping_objects[0].attack_object_id",
        "$.mapping_objects[3].score_category",
        "$.mapping_objects[3].score_value",
    ]


def test_wrong_words_of_rows_that_map_nothing_do_not_matter() -> None:
    rows = [make_row(), make_row("A", None, score_value="x"), make_row(status="non_mappable", score_category="x")]
    assert len(read_json(mapping_bytes(rows), "x").mappings) == 1


# ---- keys that stand twice -------------------------------------------------------------------------------------------


def twice(row: str) -> bytes:
    """Return a file of one row as it is written, and one that lacks what the other has too often."""
    whole = mapping_bytes([make_row(), {"capability_id": "B", "attack_object_id": "T1078"}])
    return whole.replace(json.dumps(make_row()).encode(), row.encode())


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ('"score_value": "minimal", "score_value": "partial"', "score_value"),
        ('"score_value": null, "score_value": "partial"', "score_value"),
        ('"score_value": "partial", "score_value": null', "score_value"),
        ('"score_value": "minimal", "score\\u005fvalue": "partial"', "score_value"),
        ('"score\\u005fvalue": "minimal", "score\\u005Fvalue": "partial"', "score_value"),
        ('"score_value" : "minimal", "score_value"\n:\t"partial"', "score_value"),
        ('"status": "complete", "status": "non_mappable"', "status"),
        ('"unread": 1, "unread": 2', "unread"),
        pytest.param(
            f'"unread": {"9" * 5000}, "status": "complete", "status": "non_mappable"', "status", id="huge number"
        ),
        ('"attack_version": null, "attack_version": "15.1"', "attack_version"),
    ],
)
@pytest.mark.parametrize("whole", [True, False], ids=["with all keys", "with few"])
def test_key_that_stands_twice_in_a_row_is_told(said: str, key: str, whole: bool) -> None:
    others = {name: value for name, value in make_row().items() if name not in said.replace("\\u005f", "_")}
    if not whole:
        others = {"capability_id": "A", "attack_object_id": "T1114"}
    data = twice("{" + json.dumps(others)[1:-1] + ", " + said + "}")
    [problem] = problems(data)
    assert problem == Problem(f"duplicate key {key!r}", "$.mapping_objects[0]", "keep one")


@pytest.mark.parametrize(
    ("once", "again", "place"),
    [
        ('"attack_version": "16.1"', '"attack_version": "9.0"', "$.metadata"),
        ('"capability_groups": {', '"capability_groups": {}', "$.metadata"),
        ('"mail": "Mail Protection"', '"mail": "x"', "$.metadata.capability_groups"),
        ('"metadata": {', '"metadata": {}', "$"),
        ('"mapping_objects": [', '"mapping\\u005fobjects": []', "$"),
    ],
)
def test_key_that_stands_twice_around_the_rows_is_told(once: str, again: str, place: str) -> None:
    [problem] = problems(GOOD.decode().replace(once, f"{again}, {once}", 1).encode())
    assert problem.place == place
    assert problem.message.startswith("duplicate key ")


@pytest.mark.parametrize(
    "row",
    [
        make_row(comments='"score_value": "a", "score_value": "b"'),
        make_row(comments=': "a":', capability_description='x": '),
        make_row(references=['"status":']),
        make_row(score_value=None, score_category=None),
        make_row(related_score=None, attack_version=None),
        make_row(author="A", author_contact=None, technology_domain="enterprise"),
        {"capability_id": "A", "attack_object_id": "T1114"},
    ],
)
def test_what_only_looks_like_a_key_is_none(row: dict[str, Json]) -> None:
    assert len(read_json(mapping_bytes([make_row("B"), row])).mappings) == 2


@given(
    st.lists(st.sampled_from([*make_row(), "x", "attack_version", "score\\u005fvalue", "statu\\u0073"]), max_size=14),
    st.sampled_from(["null", '"T1114"', '"\\": "', '{"x": 1}']),
    st.sampled_from([":", " : ", "\n:"]),
)
def test_keys_of_a_row_are_told_if_and_only_if_one_says_two_things(keys: list[str], value: str, colon: str) -> None:
    values = {"references": "[]", "x": value}
    again = {"references": '["x"]', "x": "7"}
    said = [again.get(k, '"T1078"') if k in keys[:i] else values.get(k, "null") for i, k in enumerate(keys)]
    row = ", ".join(f'"{key}"{colon}{text}' for key, text in zip(keys, said, strict=True))
    data = mapping_bytes([make_row(), make_row("B", "T1078")]).replace(b'"capability_id": "B"', b"@", 1)
    data = data[: data.index(b"{@")] + b"{" + row.encode() + b"}]}"
    said = [json.loads(f'"{key}"') for key in keys]
    if len(set(said)) < len(said):
        assert all(problem.message.startswith("duplicate key ") for problem in problems(data))
    else:
        assert len(read_json(data).mappings) == 1


def test_key_that_says_the_same_twice_is_read() -> None:
    """As in a published file, which says null twice."""
    data = mapping_bytes([make_row()]).replace(
        b'"capability_group": ', b'"capability_group": "mail", "capability_group": ', 1
    )
    assert len(read_json(data).mappings) == 1


# ---- limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("comments", ".comments"),
        ("capability_description", ".capability_description"),
        ("mapping_type", ".mapping_type"),
        ("references", ".references"),
    ],
)
@pytest.mark.parametrize("character", ["a", "ä", '"', "\n"])
def test_longest_text_is_read_and_one_more_character_is_refused(path: str, place: str, character: str) -> None:
    for length in (300, 301):
        text = character * length
        data = mapping_bytes([make_row(), make_row("B", **{path: [text] if path == "references" else text})])
        if length == 300:
            assert read_unified(data, "x", "x", Limits(cell=300)).rows[1].capability_id == "B"
            continue
        with pytest.raises(SourceError) as raised:
            read_unified(data, "x", "x", Limits(cell=300))
        [problem] = raised.value.problems
        assert problem.place == f"$.mapping_objects[1]{place}"
        assert (problem.message, problem.hint) == (
            "a text has more than 300 characters",
            "`reading.limits.cell` allows more",
        )


@pytest.mark.parametrize("stated", [{"capability_groups": {"a": "x" * 301}}, {"mapping_framework": "x" * 301}])
def test_longer_text_of_the_metadata_is_refused(stated: dict[str, Json]) -> None:
    with pytest.raises(SourceError, match=r"\$\.metadata: error a text has more than 300 characters"):
        read_unified(mapping_bytes([make_row()], **stated), "x", "x", Limits(cell=300))


@pytest.mark.parametrize("length", [90, 102, 2000])
def test_boundaries_of_texts_are_found_in_any_writing(length: int) -> None:
    document = mapping_document([make_row("B", comments='\\"' * (length // 2)), make_row(comments="x" * 99)])
    for separators, indent in (((",", ":"), None), ((", ", ": "), None), ((",", ": "), 1)):
        data = json.dumps(document, separators=separators, indent=indent).encode()
        refused = length > 100
        if refused:
            with pytest.raises(SourceError, match="more than 100 characters"):
                read_unified(data, "x", "x", Limits(cell=100))
        else:
            assert len(read_unified(data, "x", "x", Limits(cell=100)).rows) == 2


def test_as_many_rows_as_the_limit_are_read_and_one_more_is_refused() -> None:
    assert len(read_unified(mapping_bytes([make_row()] * 5), "x", "x", Limits(rows=5)).rows) == 5
    with pytest.raises(SourceError, match="more than 5 rows"):
        read_unified(mapping_bytes([make_row()] * 6), "x", "x", Limits(rows=5))


# ---- anything --------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=8,
)


def reads_or_says_why(data: bytes) -> None:
    """Assert that bytes give mappings, or an error with words."""
    try:
        mappings = read_json(data, "x.json")
    except NavigatorExportError as error:
        assert re.match(r"x\.json(::.+)?: error \S", str(error)), error  # noqa: PT017 - either may come out
    else:
        assert mappings.mappings


@given(st.binary())
def test_any_bytes_are_read_or_told_in_words(data: bytes) -> None:
    reads_or_says_why(data)


@given(JSON)
def test_any_json_is_read_or_told_in_words(value: Json) -> None:
    reads_or_says_why(json.dumps(value).encode())


@given(field=st.sampled_from(list(mapping_document([])["metadata"])), value=JSON)
def test_any_json_in_metadata_is_read_or_told_in_words(field: str, value: Json) -> None:
    reads_or_says_why(mapping_bytes(rated_rows(), **{field: value}))


@given(field=st.sampled_from([*make_row(), "related_score", "mapping_framework_version", "attack_version"]), value=JSON)
def test_any_json_in_a_row_is_read_or_told_in_words(field: str, value: Json) -> None:
    reads_or_says_why(mapping_bytes([*rated_rows(), make_row() | {field: value}]))


@given(position=st.integers(0, len(GOOD)), piece=st.binary(max_size=4), cut=st.integers(0, 40))
def test_any_damage_is_read_or_told_in_words(position: int, piece: bytes, cut: int) -> None:
    reads_or_says_why(GOOD[:position] + piece + GOOD[position + cut :])
