"""Lists of objects in JSON and YAML are lists like any other."""

from __future__ import annotations

import json

import pytest

from navigator_export import MappingSet, SourceError, read_bytes
from navigator_export.readers import ReadOptions
from navigator_export.readers.options import Limits
from tests.readers.lists.made_lists import pairs

ROWS = [
    {"Control ID": "A-1", "Technique": ["T1114", "T1078"], "Score": "partial", "Notes": None},
    {"Control ID": "A-2", "Technique": "T1566", "Score": "minimal", "Family": "Mail"},
]
YAML = """\
# ours
- Control ID: 3.10
  Technique: T1114
- Control ID: 007
  Technique: [T1078, T1566]
"""


def read_rows(data: object, **options: object) -> MappingSet:
    text = data if isinstance(data, str) else json.dumps(data)
    return read_bytes(text.encode(), "own", ReadOptions(attack_version="16.1", **options))


@pytest.mark.parametrize("document", [ROWS, {"version": 1, "controls": ROWS, "tags": ["x"]}])
def test_list_of_objects_in_json(document: object) -> None:
    mappings = read_rows(document)
    assert pairs(mappings) == [("A-1", "T1114"), ("A-1", "T1078"), ("A-2", "T1566")]
    assert [m.value for m in mappings.mappings] == ["partial", "partial", "minimal"]
    assert mappings.sources[0].format == "rows"


def test_keys_beside_the_list_are_told() -> None:
    assert ("not read", "version, tags") in read_rows({"version": 1, "controls": ROWS, "tags": []}).sources[0].reading


def test_list_of_objects_in_yaml() -> None:
    assert pairs(read_rows(YAML)) == [("3.10", "T1114"), ("007", "T1078"), ("007", "T1566")]
    below = "version: 1\ncontrols:\n" + "".join(f"  {line}\n" for line in YAML.splitlines())
    assert pairs(read_rows(below)) == pairs(read_rows(YAML))


def test_numbers_are_read_as_they_are_written() -> None:
    assert pairs(read_rows('[{"id": 3.10, "technique": "T1114"}]')) == [("3.10", "T1114")]


def test_what_is_nested_has_its_keys_with_dots_between() -> None:
    row = {"rule": {"id": "A"}, "threat": [{"technique": {"id": "T1114"}}, {"technique": {"id": "T1078"}}]}
    columns = (("capability_id", "rule.id"), ("technique_id", "threat.technique.id"))
    assert pairs(read_rows([row], columns=columns)) == [("A", "T1114"), ("A", "T1078")]


def test_places_are_items_in_json_and_lines_in_yaml() -> None:
    with pytest.raises(SourceError, match="item 2, column Technique: error"):
        read_rows([ROWS[0], {**ROWS[1], "Technique": "T15"}])
    with pytest.raises(SourceError, match="line 4, column Technique: error"):
        read_rows(YAML.replace("T1566", "T15"))


@pytest.mark.parametrize("data", ['[{"foo": "A", "bar": "T1114"}]', "- foo: A\n  bar: T1114\n"])
def test_unknown_columns_are_told_and_can_be_said(data: str) -> None:
    with pytest.raises(SourceError, match=r"its cells are 'foo', 'bar'; `reading.columns` names each by its header"):
        read_rows(data)
    assert pairs(read_rows(data, columns=(("capability_id", "foo"), ("technique_id", "bar")))) == [("A", "T1114")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("[{]", "line 1, column 3: error this is not valid JSON"),
        ('[{"id": "A", "id": "B"}]', "duplicate key 'id'"),
        ("[1, 2]", "item 1: error expected an object"),
        ("[]", "there is nothing in it"),
        ('{"a": [{}], "b": [{}]}', "not told which list holds the mappings; its lists are 'a', 'b'"),
        ('{"a": [1]}', "not told which list holds the mappings"),
        ("- id: A\n- x\n", "line 2: error expected an object"),
        ("[" * 100_000, "nested too deeply"),
        ('[{"a": ' + "[" * 100 + "]" * 100 + "}]", "nested deeper than 64 levels"),
        (json.dumps([{f"c{i}": "x" for i in range(1_100)}]), "more than 1,024 columns"),
        (f'[{{"id": {"1" * 5_000}, "technique": "T11"}}]', "is not a technique id|technique"),
    ],
)
def test_what_is_wrong_is_told(data: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_rows(data, format="rows")


def test_rows_beyond_the_limit_are_refused() -> None:
    with pytest.raises(SourceError, match="more than 1 row"):
        read_rows(ROWS, limits=Limits(rows=1))
