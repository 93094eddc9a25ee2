"""The same mappings give the same layer, whatever form they come in; forms are told by content."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from navigator_export import MappingSet, Recipe, SourceError, make_layer, read, read_bytes
from navigator_export.conversion import convert
from navigator_export.readers import ReadOptions
from navigator_export.readers.formats import MEANINGS, READERS, find_format
from navigator_export.readers.options import DEFAULT, FORMATS
from navigator_export.reading import read_tables
from tests.made_inputs import make_row, mapping_bytes, mapping_document, rated_rows
from tests.readers.lists.made_lists import exported_rows, xlsx_bytes
from tests.real_inputs import MAPPING_FILES, ROOT, shared

AWS = "aws-12.12.2024_attack-16.1-enterprise"
PAGE_START = b"""T1114 Mail Mappings

Capability ID\tCapability Description\tMapping Type\tATT&CK ID\tATT&CK Name\tNotes
"""


def as_csv(document: dict[str, Any]) -> bytes:
    rows = exported_rows(document)
    text = io.StringIO()
    writer = csv.DictWriter(text, ["", *rows[0]])
    writer.writeheader()
    writer.writerows({"": str(i), **row} for i, row in enumerate(rows))
    return text.getvalue().encode()


def as_xlsx(document: dict[str, Any]) -> bytes:
    rows = exported_rows(document)
    return xlsx_bytes([list(rows[0]), *(list(row.values()) for row in rows)], sheet="Sheet1")


def as_yaml(document: dict[str, Any]) -> bytes:
    return yaml.dump(document, Dumper=yaml.CSafeDumper, allow_unicode=True).encode()


def techniques(mappings: MappingSet) -> list[dict[str, Any]]:
    """Return the techniques of a layer of everything, with whole comments."""
    found: list[dict[str, Any]] = json.loads(make_layer(mappings, Recipe(comments="full")).text)["techniques"]
    return found


def without(found: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Return techniques without some of their metadata."""
    return [t | {"metadata": [item for item in t["metadata"] if item.get("name") not in names]} for t in found]


@pytest.mark.parametrize("suffix", ["csv", "yaml", "xlsx"])
def test_published_exports_of_aws_give_the_layer_of_the_json(suffix: str) -> None:
    original = techniques(read(shared(f"corpus/mappings/{AWS}.json")))
    assert techniques(read(shared(f"corpus/exports/{AWS}.{suffix}"))) == original


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_the_published_lists_lost(suffix: str) -> None:
    """Lists name groups instead of giving their ids, and have no status; the status of rows is in the mapping type."""
    original = read(shared(f"corpus/mappings/{AWS}.json"))
    listed = read(shared(f"corpus/exports/{AWS}.{suffix}"))
    assert {g.name for c in listed.capabilities for g in c.groups} == {
        g.name for c in original.capabilities for g in c.groups
    }
    groups = [group for capability in listed.capabilities for group in capability.groups]
    assert len(groups) >= len(listed.capabilities) > 1
    assert [group for group in groups if group.id != group.name] == []
    assert [u.reason for u in listed.unmapped] == [u.reason for u in original.unmapped]
    assert listed.sources[0].groups == ()
    for field in ("framework", "framework_version", "attack_version", "domain", "rows", "mappings"):
        assert getattr(listed.sources[0], field) == getattr(original.sources[0], field)


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_every_published_set_is_the_same_in_every_form(file: Path) -> None:
    document = json.loads(file.read_text("utf-8"))
    original = read(file)
    expected = techniques(original)
    assert techniques(read_bytes(as_yaml(document), "x")) == expected
    # A list has no status: what only the status denies is a mapping there; and it names types instead of their ids.
    for listed in (as_csv(document), as_xlsx(document)):
        mappings = read_bytes(listed, "x")
        assert [(m.capability.id, m.technique, m.category, m.value) for m in mappings.mappings] == [
            (m.capability.id, m.technique, m.category, m.value) for m in original.mappings
        ]
        assert without(techniques(mappings), "mapping type") == without(expected, "mapping type")
    converted, _ = convert(read_tables(file))
    assert techniques(read_bytes(converted[0].text, "x")) == expected


def test_made_up_set_is_the_same_in_every_form() -> None:
    document = mapping_document([*rated_rows(), make_row("X", None, ""), make_row("MAIL-E3", comments='a "b";\n=c, d')])
    expected = techniques(read_bytes(mapping_bytes(document["mapping_objects"]), "x"))
    for data in (as_csv(document), as_xlsx(document), as_yaml(document)):
        assert techniques(read_bytes(data, "x")) == expected


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"{}", "json"),
        (b"", "json"),
        (b"\xef\xbb\xbf [", "rows"),
        (b'{"controls": [{"id": "A"}]}', "rows"),
        (b'{"metadata": {"list": [1]}}', "json"),
        (b"[Control],[Technique]\n", "csv"),
        (b"{Control};Technique\n", "csv"),
        (b"# own\n- id: A\n  technique: T1114\n", "rows"),
        (b"- {id: A, technique: T1114}\n", "rows"),
        (b"version: 1\ncontrols:\n  - id: A\n", "rows"),
        (b'id,technique,notes\nA,T1114,"say:\n- one: two\n"\n', "csv"),
        (b"file_type: technique-administration\nname: x\nplatform: all\n", "dettect"),
        (b"title: x\nid: 1\nlogsource:\n  product: windows\n", "sigma"),
        (b"name: x\nid: 1\nsearch: y\ndata_source: []\n", "splunk"),
        (b'[metadata]\nx = 1\n\n[rule]\nrule_id = "1"\n', "elastic"),
        ("{}".encode("utf-16"), "json"),
        (b"PK\x03\x04", "xlsx"),
        (b"# words\nmetadata:\n  x: y\n", "yaml"),
        (b"mapping_objects:\n", "yaml"),
        (b"version: 1\nname: x\nplatform: AWS\ntechniques: []\n", "stack"),
        (b"Control,Technique\n", "csv"),
        (b"x;y\nControl;Technique\n", "csv"),
        (b"a,b\nc,d\n", "csv"),
        (PAGE_START, "page"),
    ],
)
def test_form_is_told_by_content(data: bytes, form: str) -> None:
    assert find_format(data, "any.name", DEFAULT) == form


@pytest.mark.parametrize("data", [b"hello", b"hello\n- world\n", b"one line, of words"])
def test_content_of_no_known_form_is_told_with_the_known_ones(data: bytes) -> None:
    with pytest.raises(SourceError, match="not JSON, nor any other known format") as raised:
        read_bytes(data, "x")
    assert len(raised.value.problems) == 1


@pytest.mark.parametrize(
    ("data", "sort"),
    [
        (b"<!DOCTYPE html>\n<html></html>", "a web page"),
        (b"\n<HTML lang='en'>", "a web page"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "a picture"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x1f\x8b\x08", "a compressed file"),
        (b"PK\x03\x04xxxxword/document.xml", "a Word document"),
        (b"sources: [a.json]\nlayers:\n  - file: x.json\n", "a manifest of layers"),
        (b"file_type: data-source-administration\nname: x\nplatform: all\n", "DeTT&CT's data-source-administration"),
        (b'{"domain": "enterprise-attack", "techniques": []}', "a Navigator layer"),
        (b'{"versions": {}, "techniques": [], "metadata": []}', "a Navigator layer"),
        (b'[{"domain": "enterprise-attack", "techniques": []}]', "a list of Navigator layers"),
        (b'{"type": "bundle", "id": "x", "objects": []}', "a STIX bundle"),
        (b'{"generator": "x", "manifest": "y", "layers": [], "groups": []}', "the index of a build"),
        (b'{"rule_id": "1", "threat": [], "name": "x"}', "a detection rule as Kibana exports it"),
    ],
)
def test_file_of_another_sort_is_told_for_what_it_is(data: bytes, sort: str) -> None:
    with pytest.raises(SourceError) as raised:
        read_bytes(data, "x")
    [problem] = raised.value.problems
    assert problem.message == f"this is {sort}, not a mapping file"


def test_list_that_is_no_json_tells_its_columns() -> None:
    for data in (b"[ID],[Where]\nA,T1114\n", b"Our controls\n\nID;Where\nA;T1114\nB;T1078\n"):
        with pytest.raises(
            SourceError, match=r"its cells are .*'\[?Where\]?'; `reading.columns` names each by its header"
        ):
            read_bytes(data, "x")


def test_format_can_be_named() -> None:
    assert read_bytes(b"Control,Technique\nA,T1114\n", "x", ReadOptions(format="csv")).sources[0].format == "csv"
    with pytest.raises(SourceError, match="not valid JSON"):
        read_bytes(b"Control,Technique\nA,T1114\n", "x", ReadOptions(format="json"))


def test_every_format_has_a_reader_and_a_meaning() -> None:
    assert tuple(READERS) == tuple(MEANINGS) == FORMATS


@pytest.mark.parametrize("arguments", [["--help"], ["export", "sample"]])
def test_json_and_help_load_no_other_reader(arguments: list[str]) -> None:
    code = (
        "import sys; sys.argv[1:] = " + repr(arguments) + "\n"
        "from navigator_export.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "names = ('yaml', 'openpyxl', 'csv', 'zipfile', 'navigator_export.readers.lists.listing')\n"
        "print([n for n in names if n in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = done.stderr.strip().splitlines()[-1]
    assert "yaml" not in loaded
    assert "openpyxl" not in loaded
    assert "listing" not in loaded
