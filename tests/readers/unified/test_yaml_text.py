"""The unified form as YAML, and YAML as plain values."""

from __future__ import annotations

import pytest

from navigator_export import MappingSet, SourceError, read_bytes
from navigator_export.readers import ReadOptions
from navigator_export.readers.options import DEFAULT, Limits
from navigator_export.readers.origin import Origin
from navigator_export.readers.unified.yaml_text import read_unified_yaml
from navigator_export.readers.yaml_fields import yaml_value
from tests.made_inputs import make_row, mapping_bytes
from tests.readers.lists.made_lists import pairs

METADATA = """\
metadata:
  mapping_framework: m365
  mapping_framework_version: 07/18/2025
  attack_version: 16.10
  technology_domain: enterprise
  mapping_types: {score: {name: Technique Scores}, other: Other}
  capability_groups: {mail: Mail Protection}
"""
ROWS = """\
mapping_objects:
- capability_id: MAIL-E3
  capability_group: mail
  mapping_type: score
  attack_object_id: T1114
  score_category: protect
  score_value: partial
  comments: >-
    said in
    two lines
  references: [https://example.org/a]
- {capability_id: 007, attack_object_id: null, status: non_mappable}
"""


def read_yaml(text: str, **options: object) -> MappingSet:
    return read_bytes(text.encode(), "x.yaml", ReadOptions(**options))


def problems(text: str, **options: object) -> list[str]:
    with pytest.raises(SourceError) as raised:
        read_yaml(text, **options)
    return raised.value.lines()


def test_unified_yaml() -> None:
    mappings = read_yaml(METADATA + ROWS)
    assert pairs(mappings) == [("MAIL-E3", "T1114")]
    [mapping] = mappings.mappings
    assert mapping.comment == "said in two lines"
    assert mapping.mapping_type is not None
    assert mapping.mapping_type.name == "Technique Scores"
    assert mapping.references == ("https://example.org/a",)
    assert mappings.attack_version == "16.10"
    assert [c.id for c in mappings.capabilities] == ["007", "MAIL-E3"]
    assert [u.place for u in mappings.unmapped] == ["line 19"]
    assert mappings.sources[0].format == "yaml"


def test_order_of_the_parts_does_not_matter() -> None:
    assert read_yaml(ROWS + METADATA).mappings == read_yaml(METADATA + ROWS).mappings


def test_all_problems_are_told_with_their_lines() -> None:
    text = (
        METADATA.replace("  technology_domain: enterprise\n", "")
        + ROWS.replace("[https://example.org/a]", "x")
        + "- 5\n"
    )
    lines = problems(text)
    assert len(lines) == 3
    assert "line 2, metadata.technology_domain: error technology_domain is missing" in lines[0]
    assert "line 19, mapping_objects: error expected an object, found text" in lines[1]
    assert "line 8, references: error expected a list of texts, found text" in lines[2]


def test_options_stand_in_for_missing_metadata() -> None:
    text = "metadata: {mapping_framework: x}\n" + ROWS
    assert read_yaml(text, attack_version="16.1", domain="enterprise").attack_version == "16.1"


def test_wrong_words_are_told_with_their_lines() -> None:
    [line] = problems(METADATA + ROWS.replace("partial", "prtial"))
    assert line.startswith("x.yaml::line 9, score_value: error unknown value 'prtial'; expected minimal, partial")


def test_own_rating_words_in_yaml() -> None:
    mappings = read_yaml(METADATA + ROWS.replace("partial", "High"), ratings=(("high", "significant"),))
    assert mappings.mappings[0].value == "significant"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("metadata: {}\nmapping_objects: *a\n", r"line 2: error the alias \*a names nothing above it"),
        ("metadata: &a {x: *a}\n", r"line 1: error the alias \*a refers to itself"),
        ("metadata: {x: &a y}\nmapping_objects:\n- <<: *a\n", "line 3: error the merge key << is not read"),
        ("metadata:\n  a: 1\n  a: 2\n", r"line 3: error duplicate key 'a' \(first on line 2\)"),
        ("metadata: !!python/object:os.system {}\n", "the tag !!python/object:os.system is not known here"),
        ("metadata: !include /etc/passwd\n", "the tag !include is not known here"),
        ("metadata: !!binary aGk=\n", "the tag !!binary is not known here"),
        ("metadata: {}\n---\nmetadata: {}\n", "line 2: error another document begins here"),
        ("metadata: {? [a] : b}\n", "a key must be text"),
        ("metadata: [a\n", "this is not valid YAML"),
        ("metadata: a: b\n", "line 1, column 12: error this is not valid YAML: mapping values are not allowed"),
        ("metadata: \x1b[31m\n", "this is not valid YAML"),
        ('metadata: "\\ud800"\n', "this is not valid YAML"),
        ("metadata: " + "[" * 70 + "]" * 70, "nested deeper than 64 levels"),
        ("metadata: x\n", "expected an object under metadata, found text"),
    ],
)
def test_yaml_that_is_wrong_or_means_harm(text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_yaml(text)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(values=5), "more than 5 values"),
        (Limits(depth=2), "deeper than 2 levels"),
        (Limits(rows=1), "more than 1 row"),
        (Limits(cell=5), "more than 5 characters"),
    ],
)
def test_limits(limits: Limits, message: str) -> None:
    assert message in problems(METADATA + ROWS, limits=limits)[0]
    assert "`reading.limits." in problems(METADATA + ROWS, limits=limits)[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1", {"a": "1"}),
        ("a: 1.10", {"a": "1.10"}),
        ("a: yes", {"a": "yes"}),
        ("a: 2024-01-01", {"a": "2024-01-01"}),
        ("a: 1e999", {"a": "1e999"}),
        ("a: .nan", {"a": ".nan"}),
        ("a:", {"a": None}),
        ("a: ~", {"a": None}),
        ("a: ''", {"a": ""}),
        ('a: "null"', {"a": "null"}),
        ("a: !!str null", {"a": "null"}),
        ("[a, [b]]", ["a", ["b"]]),
        ("", None),
    ],
)
def test_values_stay_as_they_are_written(text: str, value: object) -> None:
    assert yaml_value(text, "x", Limits()) == value


EDITOR = """\
mapping_objects:
  - capability_id: W-1
    attack_object_id: T1059.001
    attack_object_name: PowerShell
    score_category: Protect
    score_value: Significant
    author: Ann
    mapping_framework: acme
    mapping_framework_version: r1
    technology_domain: enterprise
    attack_version: "16.1"
    creation_date: &a1 2026-01-05T00:00:00.000Z
    modified_date: *a1
  - capability_id: W-2
    attack_object_id: T1003.001
    mapping_framework: acme
    mapping_framework_version: r2
    technology_domain: enterprise
    attack_version: "16.1"
    creation_date: *a1
"""


def test_rows_alone_say_what_is_metadata_elsewhere() -> None:
    """As Mappings Editor writes them, with aliases for dates."""
    [table] = read_unified_yaml(EDITOR.encode(), Origin("x", "x", "", "yaml"), DEFAULT)
    meta = table.metadata
    assert (meta.mapping_framework, meta.mapping_framework_version) == ("acme", "r1")
    assert (meta.attack_version, meta.technology_domain) == ("16.1", "enterprise")
    assert meta.provenance.creation_date == meta.provenance.last_update == "2026-01-05T00:00:00.000Z"
    assert meta.provenance.author == "Ann"
    assert [row.mapping_framework_version for row in table.rows] == [None, "r2"]
    assert [row.attack_version for row in table.rows] == [None, None]
    mappings = read_bytes(EDITOR.encode(), "x")
    assert [(m.capability.id, m.technique, m.value) for m in mappings.mappings] == [
        ("W-1", "T1059.001", "significant"),
        ("W-2", "T1003.001", None),
    ]


def test_rows_of_several_frameworks_are_tables_of_their_own() -> None:
    text = EDITOR.replace("acme", "other", 1)
    tables = read_unified_yaml(text.encode(), Origin("x", "x", "", "yaml"), DEFAULT)
    assert [(t.metadata.mapping_framework, t.row_places) for t in tables] == [
        ("other", ["line 2"]),
        ("acme", ["line 14"]),
    ]


def test_row_may_name_another_framework_than_its_file() -> None:
    rows = [make_row(), make_row("B", mapping_framework="other"), make_row("C", mapping_framework="m365")]
    mappings = read_bytes(mapping_bytes(rows), "x")
    assert [(s.framework, s.rows) for s in mappings.sources] == [("m365", 2), ("other", 1)]
