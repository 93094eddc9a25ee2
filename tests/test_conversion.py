"""What `convert` writes, value by value."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from navigator_export import read_bytes
from navigator_export.conversion import convert
from navigator_export.readers.assembly import assemble
from navigator_export.readers.formats import tables_in_bytes
from navigator_export.readers.interpretation import interpret
from navigator_export.readers.options import DEFAULT
from navigator_export.readers.table import Metadata, Provenance, Row, Table
from navigator_export.reading import read_tables
from tests.fuzzing.strategies import FORMS
from tests.made_inputs import Json, make_row, mapping_document
from tests.mappings_explorer import MAPPINGS_EXPLORER
from tests.real_inputs import MAPPING_FILES

MADE_ON = date(2026, 1, 31)


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
    [converted], _ = convert(tables, MADE_ON)
    read: dict[str, Json] = json.loads(converted.text)
    assert len(read["mapping_objects"]) == converted.rows
    assert list(MAPPINGS_EXPLORER.iter_errors(read)) == []
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
        references=("https://example.org/a ", "see page 3", None, "https://example.org/a"),
        status="complete",
        mapping_framework_version=" 1 ",
        attack_version="16.1 ",
        attack_object_name="Forwarding",
        related_score=" T1114",
        author="Ann\x07",
        author_contact="ann@example.org",
        author_organization="Acme",
    )
    assert document(table(row))["mapping_objects"] == [
        {
            "capability_id": "A",
            "capability_description": "Name\nof A",
            "capability_group": "mail",
            "mapping_type": "kind",
            "attack_object_id": "T1114.003",
            "attack_object_name": "Forwarding",
            "score_category": "protect",
            "score_value": "partial",
            "related_score": "T1114",
            "comments": "It\nblocks\nmail.",
            "references": ["https://example.org/a", "see page 3", "https://example.org/a"],
            "status": "complete",
            "mapping_framework_version": "1",
            "attack_version": "16.1",
            "author": "Ann",
            "author_contact": "ann@example.org",
            "author_organization": "Acme",
        }
    ]


def test_a_row_is_written_once_for_each_of_its_groups() -> None:
    row = Row("A", capability_group="mail", capability_groups=("identity ", " ", "mail"), attack_object_id="T1114")
    assert [one["capability_group"] for one in document(table(row))["mapping_objects"]] == ["mail", "identity"]


def test_addresses_in_one_cell_of_a_list_come_out_one_by_one() -> None:
    row = Row("A", attack_object_id="T1114", references=("https://example.org/a http://example.org/b",))
    listed = table(row)
    assert document(listed)["mapping_objects"][0]["references"] == ["https://example.org/a http://example.org/b"]
    listed.column_names = {"references": "Links"}
    [written] = document(listed)["mapping_objects"]
    assert written["references"] == ["https://example.org/a", "http://example.org/b"]


def test_a_row_that_says_nothing_is_kept_with_empty_fields() -> None:
    assert converted_row() == {
        **dict.fromkeys(("capability_id", "capability_description", "capability_group", "mapping_type")),
        **dict.fromkeys(("attack_object_id", "attack_object_name")),
        "references": [],
        "status": "non_mappable",
    }


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"capability_id": "B", "attack_object_id": "T1114"}, "complete"),
        ({"capability_id": "B", "attack_object_id": "T1114", "status": "in progress"}, "in_progress"),
        ({"capability_id": "B", "attack_object_id": "T1114", "status": "Planned"}, "complete"),
        ({"capability_id": "B", "status": "complete"}, "complete"),
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
            capability_groups=("app", "mail"),
        ),
        Row("B", attack_object_id="T1114", mapping_type="alpha", capability_group="identity"),
        Row("C", attack_object_id="T1114", mapping_type="non_mappable"),
    ]
    listed = document(table(*rows))["metadata"]
    assert listed == {
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
        "mapping_version": "",
        "creation_date": "01/31/2026",
        **dict.fromkeys(("author", "contact", "organization")),
    }
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


def provenance(*said: Provenance) -> tuple[dict[str, Json], tuple[str, ...]]:
    """Return the metadata of tables that say so of their authors and dates, and the remarks."""
    tables = [table(Row("A", attack_object_id="T1114"), provenance=one) for one in said]
    [converted], _ = convert(tables, MADE_ON)
    return json.loads(converted.text)["metadata"], converted.remarks


def test_authors_and_dates_are_kept() -> None:
    said = Provenance(
        mapping_version="2",
        author="Ann",
        contact="ann@example.org",
        organization="",
        creation_date="1/5/2026",
        last_update="2026-01-06T10:00:00.000Z",
        mapping_framework_version_schema="ACCESS_DATE",
    )
    metadata, remarks = provenance(said)
    assert remarks == ()
    assert {field: metadata[field] for field in Provenance.__struct_fields__} == {
        "mapping_version": "2",
        "author": "Ann",
        "contact": "ann@example.org",
        "organization": "",
        "creation_date": "01/05/2026",
        "last_update": "01/06/2026",
        "mapping_framework_version_schema": "ACCESS_DATE",
    }


@pytest.mark.parametrize(
    ("said", "remark"),
    [
        (Provenance(), "no creation date is stated; it is 01/31/2026"),
        (Provenance(creation_date="01/05/2026", last_update="soon"), "the last update 'soon' is no date"),
        (Provenance(creation_date="01/05/2026", mapping_framework_version_schema="x"), "for which there is no place"),
    ],
)
def test_what_the_form_has_no_place_for_is_told(said: Provenance, remark: str) -> None:
    metadata, remarks = provenance(said)
    assert remark in remarks[0]
    assert metadata["creation_date"] in ("01/31/2026", "01/05/2026")
    assert "last_update" not in metadata


def test_several_authors_are_told() -> None:
    metadata, remarks = provenance(*(Provenance(author=name, creation_date="01/05/2026") for name in ("Ann", "Bob")))
    assert metadata["author"] == "Ann"
    assert remarks == ("the sources name more than one author; 'Ann' is kept",)


def test_own_status_is_told() -> None:
    [converted], _ = convert([table(Row("A", attack_object_id="T1114", status="Planned"))], MADE_ON)
    assert any("1 row has a status that the form does not know ('Planned')" in remark for remark in converted.remarks)


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_every_field_of_a_published_file_is_kept(file: Path) -> None:
    """But for space around texts, line ends, null where there is nothing, and references that are null or empty."""
    original = json.loads(file.read_bytes())
    [converted], _ = convert(read_tables(file), MADE_ON)
    written = json.loads(converted.text)
    assert converted.remarks == ()
    assert list(MAPPINGS_EXPLORER.iter_errors(written)) == []
    assert written["metadata"] == original["metadata"]
    assert [without_space(row) for row in written["mapping_objects"]] == [
        without_space(row) for row in original["mapping_objects"]
    ]


def without_space(row: dict[str, Json]) -> dict[str, Json]:
    """Return what a row says, without space around it and with plain line ends."""
    texts = {
        field: "\n".join(value.strip().splitlines()) for field, value in row.items() if isinstance(value, str) and value
    }
    references = [" ".join(text.split()) for text in row["references"] or () if text and text.strip()]
    return {**texts, "references": references}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_becomes_a_file_that_mappings_explorer_accepts(form: str) -> None:
    rows = [make_row("A-1"), make_row("B-2", "T1078", score_value=None, score_category=None)]
    data = FORMS[form](mapping_document([row | {"comments": "x"} for row in rows]))
    tables = interpret(tables_in_bytes(data, "x", "x", DEFAULT), DEFAULT)
    converted, _ = convert(tables, MADE_ON)
    found = set()
    for one in converted:
        assert list(MAPPINGS_EXPLORER.iter_errors(json.loads(one.text))) == []
        found |= {(m.capability.id, m.technique) for m in read_bytes(one.text, "y").mappings}
    assert found == {(m.capability.id, m.technique) for m in assemble(tables).mappings}
