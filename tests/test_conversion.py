"""What `convert` writes, value by value."""

from __future__ import annotations

import json

import pytest

from navigator_export.conversion import convert
from navigator_export.readers.table import Metadata, Row, Table
from tests.made_inputs import Json


def table(*rows: Row, framework: str = "own", name: str = "own.csv", **metadata: Json) -> Table:
    """Return rows of a source that names few of its words."""
    stated = {
        "mapping_framework": framework,
        "attack_version": "16.1",
        "technology_domain": "enterprise",
        "mapping_types": {"kind": "Kind"},
        "capability_groups": {"mail": "Mail"},
    }
    return Table(name, name, "0" * 64, Metadata(**(stated | metadata)), list(rows), "row {}")


def document(*tables: Table) -> dict[str, Json]:
    """Return the one document that tables are converted to."""
    [converted], _ = convert(tables)
    read: dict[str, Json] = json.loads(converted.text)
    assert len(read["mapping_objects"]) == converted.rows
    return read


def converted_row(**fields: Json) -> dict[str, Json]:
    """Return one row as it is converted, beside one that maps something."""
    rows: list[dict[str, Json]] = document(table(Row("A", attack_object_id="T1114"), Row(**fields)))["mapping_objects"]
    return rows[1]


def test_every_field_of_a_row_is_cleaned_and_kept() -> None:
    row = Row(
        capability_id=" A\x00 ",
        capability_description="Name\r\nof A",
        capability_group=" mail",
        mapping_type="kind ",
        attack_object_id=" t1114.003 ",
        score_category=" Protect",
        score_value="PARTIAL ",
        comments=" It\rblocks\r\nmail.\x1b ",
        references=["https://example.org/a", "javascript:x", None, "https://example.org/a"],
        status="complete",
        mapping_framework_version=" 1 ",
        attack_version="16.1 ",
        capability_groups=["identity ", " "],
    )
    converted = document(table(row))
    assert converted["mapping_objects"] == [
        {
            "capability_id": "A",
            "capability_description": "Name\nof A",
            "capability_group": "mail",
            "mapping_type": "kind",
            "attack_object_id": "T1114.003",
            "attack_object_name": "Email Forwarding Rule",
            "score_category": "protect",
            "score_value": "partial",
            "comments": "It\nblocks\nmail.",
            "references": ["https://example.org/a"],
            "status": "complete",
            "capability_groups": ["identity"],
            "mapping_framework_version": "1",
            "attack_version": "16.1",
        }
    ]


def test_a_row_that_says_nothing_is_kept_with_empty_fields() -> None:
    assert converted_row() == {
        **dict.fromkeys(("capability_id", "capability_description", "capability_group", "mapping_type")),
        **dict.fromkeys(("attack_object_id", "attack_object_name", "score_category", "score_value")),
        "comments": "",
        "references": [],
        "status": "non_mappable",
    }


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"capability_id": "B", "attack_object_id": "T1114"}, "complete"),
        ({"capability_id": "B", "attack_object_id": "T1114", "status": "in progress"}, "complete"),
        ({"capability_id": "B"}, "non_mappable"),
        ({"capability_id": "B", "attack_object_id": "  "}, "non_mappable"),
        ({"attack_object_id": "T1114"}, "non_mappable"),
        ({"capability_id": " ", "attack_object_id": "T1114"}, "non_mappable"),
        ({"capability_id": "B", "attack_object_id": "T1114", "status": "non_mappable"}, "non_mappable"),
        ({"capability_id": "B", "attack_object_id": "T1114", "mapping_type": "non_mappable"}, "non_mappable"),
    ],
)
def test_status_tells_whether_a_row_maps_something(fields: dict[str, Json], status: str) -> None:
    assert converted_row(**fields)["status"] == status


@pytest.mark.parametrize(
    ("technique", "name"), [("T1114", "Email Collection"), ("T1053.001", "At (Linux)"), ("T9999", None)]
)
def test_technique_has_its_name_where_it_is_known(technique: str, name: str | None) -> None:
    assert converted_row(capability_id="B", attack_object_id=technique)["attack_object_name"] == name


def test_words_that_rows_alone_use_are_listed_in_order() -> None:
    rows = [
        Row(
            "A",
            attack_object_id="T1114",
            mapping_type="zeta",
            capability_group="web",
            capability_groups=["app", "mail"],
        ),
        Row("B", attack_object_id="T1114", mapping_type="alpha", capability_group="identity"),
        Row("C", attack_object_id="T1114", mapping_type="non_mappable"),
    ]
    assert document(table(*rows))["metadata"] == {
        "mapping_framework": "own",
        "mapping_framework_version": "",
        "attack_version": "16.1",
        "technology_domain": "enterprise",
        "mapping_types": {
            "alpha": {"name": "alpha", "description": ""},
            "kind": {"name": "Kind", "description": ""},
            "zeta": {"name": "zeta", "description": ""},
        },
        "capability_groups": {"app": "app", "identity": "identity", "mail": "Mail", "web": "web"},
    }
    listed = document(table(*rows))["metadata"]
    assert list(listed["mapping_types"]) == ["alpha", "kind", "zeta"]
    assert list(listed["capability_groups"]) == ["app", "identity", "mail", "web"]


def test_tables_of_one_framework_become_one_document_and_others_one_each() -> None:
    tables = [
        table(Row("A", attack_object_id="T1114"), framework="two", name="a"),
        table(Row("B", attack_object_id="T1078"), framework="one", name="b", mapping_framework_version="r/5"),
        table(Row("C", attack_object_id="T1566"), framework="two", name="c", capability_groups={"x": "X"}),
    ]
    converted, sources = convert(tables)
    assert [(c.framework, c.file_name, c.rows) for c in converted] == [
        ("one", "one-r.5_attack-16.1-enterprise.json", 1),
        ("two", "two_attack-16.1-enterprise.json", 2),
    ]
    one, two = (json.loads(c.text) for c in converted)
    assert [row["capability_id"] for row in one["mapping_objects"]] == ["B"]
    assert [row["capability_id"] for row in two["mapping_objects"]] == ["A", "C"]
    assert two["metadata"]["mapping_framework"] == "two"
    assert two["metadata"]["capability_groups"] == {"mail": "Mail", "x": "X"}
    assert [source.name for source in sources] == ["a", "b", "c"]


def test_tables_of_one_framework_at_different_releases_or_of_different_domains_are_a_document_each() -> None:
    tables = [
        table(Row("A", attack_object_id="T1114"), attack_version=release, technology_domain=domain)
        for release, domain in (("16.1", "enterprise"), ("14.1", "enterprise"), ("16.1", "mobile"))
    ]
    converted, _ = convert(tables)
    assert [c.file_name for c in converted] == [
        f"own_attack-{release}.json" for release in ("14.1-enterprise", "16.1-enterprise", "16.1-mobile")
    ]
    for conversion in converted:
        metadata = json.loads(conversion.text)["metadata"]
        assert f"{metadata['attack_version']}-{metadata['technology_domain']}" in conversion.file_name


def test_text_is_indented_by_two_and_ends_in_one_newline() -> None:
    [converted], _ = convert([table(Row("Ä", attack_object_id="T1114"))])
    assert converted.text.startswith(b'{\n  "metadata": {\n    "mapping_framework": "own",\n')
    assert converted.text.endswith(b"}\n")
    assert "Ä".encode() in converted.text


@pytest.mark.parametrize(
    ("framework", "start"),
    [
        ("A.b_c-1", "A.b_c-1"),
        ("a/b", "a.b"),
        ("a b:é*", "a-b---"),
        ("x" * 99, "x" * 99),
        ("x" * 101, "x" * 100),
    ],
)
def test_file_name_is_safe_and_not_too_long(framework: str, start: str) -> None:
    [converted], _ = convert([table(Row("A", attack_object_id="T1114"), framework=framework)])
    assert converted.file_name == f"{start}_attack-16.1-enterprise.json"
