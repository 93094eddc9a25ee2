from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from navigator_export import Finding, validate
from navigator_export.validation.document import parse
from tests.made_inputs import layer_bytes, make_layer_json, mapping_bytes, nested_lists, rated_rows
from tests.real_inputs import ROOT

GOOD = layer_bytes()


def findings(data: bytes) -> dict[str, Finding]:
    return {finding.rule: finding for finding in validate(data, "x.json")}


def test_good_layer_has_no_finding() -> None:
    assert validate(GOOD) == ()


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", "line 1, column 1"),
        (b" \n ", "line 2, column 2"),
        (b"{", "line 1, column 2"),
        (b'{\n "name": }', "line 2, column 10"),
        (b"<html>", "line 1, column 1"),
        (GOOD + b",", f"line 1, column {len(GOOD) + 1}"),
        (b'{"name" "x"}', "line 1, column 9"),
    ],
)
def test_no_json_is_told_with_its_place(data: bytes, place: str) -> None:
    found = findings(data)
    assert set(found) == {"not-json"}
    assert found["not-json"].path == place


def test_empty_file_is_told_as_empty() -> None:
    assert "empty" in findings(b"")["not-json"].message


@pytest.mark.parametrize("constant", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"1" * 5000])
def test_numbers_that_json_does_not_have_are_told(constant: bytes) -> None:
    data = GOOD.replace(b'"score": 1', b'"score": ' + constant)
    assert data != GOOD
    found = findings(data)
    assert set(found) == {"not-json"}
    column = GOOD.index(b'"score": 1') + len('"score": ') + 1
    assert found["not-json"].path == f"line 1, column {column}"
    assert len(found["not-json"].message) < 80


@pytest.mark.parametrize(
    "data",
    [
        nested_lists(100_000),
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"[" * 100_000,
        GOOD[:-1] + b', "links": ' + nested_lists(100_000) + b"}",
    ],
    ids=["lists", "objects", "cut", "in a layer"],
)
def test_deep_nesting_is_told(data: bytes) -> None:
    assert {finding.severity for finding in validate(data)} == {"error"}


DEPTHS = """
from navigator_export import validate

for levels in (*range(850, 1010), 1500, 2000, 3000, 5000, 10_000, 20_000, 50_000):
    for field in (b"links", b"techniques", b"name", b"layout", b"other"):
        assert validate(b'{"name": "x", "%s": %s}' % (field, b"[" * levels + b"]" * levels))
"""


def test_nesting_of_any_depth_is_told() -> None:
    """In a process of its own: how deep Python can go depends on how deep it is already."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", DEPTHS], env=environment, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()[-300:]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (GOOD.decode().encode("utf-16-le"), "encoding"),
        (GOOD.decode().encode("utf-16-be"), "encoding"),
        (GOOD.decode().encode("utf-32-le"), "encoding"),
        (GOOD.replace(b"Mail", b"M\xe4il"), "encoding"),
        (b"\xef\xbb\xbf" + GOOD, "byte-order-mark"),
        (GOOD.decode().encode("utf-16"), "byte-order-mark"),
    ],
    ids=["utf-16-le", "utf-16-be", "utf-32", "latin-1", "mark", "utf-16"],
)
def test_encoding_is_told(data: bytes, rule: str) -> None:
    assert set(findings(data)) == {rule}
    assert "UTF-8" in findings(data)[rule].hint


def test_wrong_byte_after_a_byte_order_mark_is_told() -> None:
    found = findings(b"\xef\xbb\xbf" + GOOD.replace(b"Mail", b"M\xe4il"))
    assert set(found) == {"byte-order-mark", "encoding"}
    assert found["encoding"].message == "byte 0xe4 is not UTF-8"


def test_wrong_byte_is_told_with_its_line() -> None:
    data = json.dumps(make_layer_json(), indent=1).encode().replace(b"by rules", b"by r\xfcles")
    line = data[: data.index(b"\xfc")].count(b"\n") + 1
    assert findings(data)["encoding"].path == f"line {line}"


def test_file_in_wrong_encoding_is_checked_all_the_same() -> None:
    data = layer_bytes(domain="enterprise").replace(b"Mail", b"M\xe4il")
    assert set(findings(data)) == {"encoding", "domain-unknown"}


def test_each_repeated_key_is_told_once() -> None:
    data = b'{"name": "a", "name": "b", "name": "c", ' + GOOD[1:]
    found = [finding for finding in validate(data) if finding.rule == "duplicate-key"]
    assert [finding.message for finding in found] == ["duplicate key 'name'"]


def test_repeated_keys_are_told_with_their_places() -> None:
    data = layer_bytes(techniques=[{"techniqueID": "T1114", "score": 1, "enabled": True}])
    again = b'{"x": {}, "name": "a", ' + data[1:].replace(b'"enabled"', b'"score"')
    found = [finding for finding in validate(again) if finding.rule == "duplicate-key"]
    assert {(finding.path, finding.message.split("'")[1]) for finding in found} == {
        ("$", "name"),
        ("$.techniques[0]", "score"),
    }


def test_the_last_of_repeated_keys_is_checked() -> None:
    assert set(findings(GOOD[:-1] + b', "domain": "x"}')) == {"duplicate-key", "custom-matrix"}


@pytest.mark.parametrize("data", [b"5", b'"text"', b"null", b"true", b"[]", b"[5]", b"[[]]", b'{"layers": []}'])
def test_json_without_a_layer_is_told(data: bytes) -> None:
    assert set(findings(data)) == {"no-layer"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (mapping_bytes(rated_rows()), "this is a mapping file"),
        (b'{"type": "bundle", "id": "bundle--1", "objects": []}', "this is a STIX bundle"),
    ],
)
def test_another_file_is_named_for_what_it_is(data: bytes, words: str) -> None:
    [finding] = validate(data)
    assert finding.rule == "no-layer"
    assert finding.message.startswith(words)


def test_each_layer_of_a_list_is_checked_with_its_place() -> None:
    layers = [make_layer_json(), make_layer_json(domain="x"), 5, make_layer_json(name="")]
    found = validate(json.dumps(layers).encode())
    assert [(finding.rule, finding.path) for finding in found] == [
        ("no-layer", "$[2]"),
        ("custom-matrix", "$[1].domain"),
        ("field-missing", "$[3].name"),
    ]


def test_finding_names_file_place_severity_message_hint_and_rule() -> None:
    [finding] = validate(layer_bytes(domain="enterprise"), "folder/x.json")
    assert str(finding).startswith("folder/x.json::$.domain: error unknown domain ")
    assert str(finding).endswith(" [domain-unknown]")
    assert finding.hint in str(finding)


def test_index_of_a_build_is_passed_over() -> None:
    """`validate FOLDER/*.json` takes it in; it is no layer, and that is as it should be."""
    index = (ROOT / "layers" / "index.json").read_bytes()
    assert validate(index) == ()
    assert validate(index.replace(b'"groups"', b'"other"')) != ()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\n<!DOCTYPE html><html>", "a web page or XML"),
        (b"<svg/>", "a web page or XML"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "a pointer of Git LFS"),
        (b'{"type": "bundle", "objects": []}', "a STIX bundle"),
        (b'{"metadata": {}, "mapping_objects": []}', "a mapping file"),
        (b'{"$schema": "x", "properties": {}}', "a JSON schema"),
    ],
)
def test_file_of_another_sort_is_told_for_what_it_is(data: bytes, what: str) -> None:
    [finding] = validate(data)
    assert finding.message == f"this is {what}, not {'the file itself' if 'LFS' in what else 'a layer'}"
    assert finding.hint


@pytest.mark.parametrize(
    ("data", "other"),
    [
        (GOOD, ""),
        (b"[" + GOOD + b"]", ""),
        (b'{"domain": "enterprise-attack", "techniques": 5}', ""),
        (b'{"techniques": [5, {"techniqueID": "T1114"}]}', ""),
        (b'[{"name": "x"}, {"techniques": [], "versions": {}}]', ""),
        (b'{"layers": []}', ""),
        (b'{"domain": "enterprise-attack", "versions": {}}', ""),
        (b"{", ""),
        (b'{"name": "package", "version": "1.0"}', "JSON of another kind"),
        (b'{"techniques": [{"id": "T1114"}]}', "JSON of another kind"),
        (b'["a"]', "JSON of another kind"),
        (b"[]", "JSON of another kind"),
        (b'[{"type": "bundle", "objects": []}]', "a STIX bundle"),
        (b'{"mapping_objects": []}', "a mapping file"),
        (b'{"generator": "navigator-export 1", "layers": [], "groups": []}', "the index of a build"),
    ],
)
def test_document_says_what_it_is_where_nothing_in_it_is_meant_to_be_a_layer(data: bytes, other: str) -> None:
    assert parse(data).other == other
