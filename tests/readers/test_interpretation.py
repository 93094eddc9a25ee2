"""What the user says of a source is laid over what it says itself, alike for every form."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from navigator_export import MappingSet, ReadOptions, SourceError, make_layer, read_bytes
from navigator_export.conversion import convert
from navigator_export.readers.formats import tables_in_bytes
from navigator_export.readers.interpretation import interpret
from tests.made_inputs import make_row, mapping_bytes, mapping_document
from tests.readers.lists.made_lists import read_csv, xlsx_bytes
from tests.readers.test_formats import as_csv, as_xlsx, as_yaml
from tests.readers.test_page import PAGE
from tests.readers.test_stack import CONTROL

ROWS = [
    make_row(mapping_framework_version="other", attack_version="15.1"),
    make_row("B", "T1078", mapping_framework_version=None, attack_version=None),
]


def as_json(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()


def page(_: dict[str, Any]) -> bytes:
    return PAGE.encode()


def control(_: dict[str, Any]) -> bytes:
    return CONTROL.encode()


FORMS: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "json": as_json,
    "yaml": as_yaml,
    "csv": as_csv,
    "xlsx": as_xlsx,
    "page": page,
    "stack": control,
}
SAID = ReadOptions(framework="NIST 800-53", framework_version="9", attack_version="17.1", domain="mobile")


@pytest.mark.parametrize("form", FORMS)
def test_all_that_is_said_of_a_source_stands_for_what_it_says(form: str) -> None:
    data = FORMS[form](mapping_document(ROWS))
    mappings = read_bytes(data, "x", SAID)
    [source] = mappings.sources
    assert (source.framework, source.framework_version) == ("nist_800_53", "9")
    assert (source.attack_version, source.domain) == ("17.1", "mobile")
    assert not [remark for remark in source.remarks if "stated" in remark or "another" in remark]


@pytest.mark.parametrize("form", ["json", "yaml"])
@pytest.mark.parametrize("field", ["mapping_framework", "attack_version", "technology_domain"])
def test_what_a_source_lacks_may_be_said(form: str, field: str) -> None:
    document = mapping_document([make_row()])
    del document["metadata"][field]
    with pytest.raises(SourceError, match=f"{field}: error {field} is missing"):
        read_bytes(FORMS[form](document), "x")
    assert len(read_bytes(FORMS[form](document), "x", SAID).mappings) == 1


@pytest.mark.parametrize("form", ["json", "yaml", "csv", "xlsx"])
def test_ratings_are_understood_in_every_form(form: str) -> None:
    data = FORMS[form](mapping_document([make_row(rating="Schutz hoch")]))
    options = ReadOptions(ratings=(("Schutz", "protect"), ("hoch", "significant")))
    [mapping] = read_bytes(data, "x", options).mappings
    assert (mapping.category, mapping.value) == ("protect", "significant")


def test_wrong_rating_names_the_setting() -> None:
    for data in (mapping_bytes([make_row()]), b"Control,Technique\nA,T1114\n"):
        with pytest.raises(SourceError) as raised:
            read_bytes(data, "x", ReadOptions(ratings=(("a", "b"),)))
        assert [problem.place for problem in raised.value.problems] == ["reading.ratings"]


def test_rows_of_a_list_that_name_another_release_are_told() -> None:
    text = "Control,Technique,ATT&CK version\nA,T1114,16.1\nB,T1114,16.1\nC,T1078,15.1\n"
    [source] = read_csv(text).sources
    assert source.attack_version == "16.1"
    assert source.remarks == ("1 row names another ATT&CK release (15.1) than the file (16.1)",)


def test_reading_twice_gives_the_same() -> None:
    options = ReadOptions(ratings=(("partial", "significant"),), category="detect")
    data = xlsx_bytes([("Control", "Technique", "Score"), ("A", "T1114", "partial")])
    assert read_bytes(data, "x", options) == read_bytes(data, "x", options)


TURNING = "\x1b[31m\u202e\u2066\u200f\x9b"


@pytest.mark.parametrize("form", ["json", "csv"])
def test_names_hold_no_characters_that_steer_or_turn(form: str) -> None:
    name = f"A{TURNING}B"
    row = make_row(name, mapping_type=name, capability_group=name, capability_description=name)
    stated = {
        "mapping_framework": name,
        "mapping_framework_version": name,
        "mapping_types": {name: {"name": name}},
        "capability_groups": {name: name},
    }
    mappings = read_bytes(FORMS[form](mapping_document([row], **stated)), f"{name}.x")
    layer = make_layer(mappings).text.decode()
    converted, _ = convert(interpret(tables_in_bytes(layer_source(form, row, stated), name, name, SAID), SAID))
    for text in (layer, json.dumps(json.loads(layer), ensure_ascii=False), converted[0].text.decode(), told(mappings)):
        assert "A" in text
        assert not set(TURNING.replace("[31m", "")) & set(text)


def layer_source(form: str, row: dict[str, Any], stated: dict[str, Any]) -> bytes:
    return FORMS[form](mapping_document([row], **stated))


def told(mappings: MappingSet) -> str:
    return "".join((s.name + s.framework + s.framework_version + str(s.groups)) for s in mappings.sources)


DOMAINS = b"Rule ID,Domain,Technique ID\nR-1,enterprise,T1059\nR-2,mobile,T1417\nR-3,ics,T0853\n"


def test_list_of_several_domains_names_the_setting_that_takes_one() -> None:
    with pytest.raises(SourceError, match=r"`reading\.domain` says which"):
        read_bytes(DOMAINS, "own.csv")


def test_rows_of_one_domain_are_taken_and_the_others_told() -> None:
    mappings = read_bytes(DOMAINS, "own.csv", ReadOptions(domain="mobile"))
    assert [(m.capability.id, m.technique) for m in mappings.mappings] == [("R-2", "T1417")]
    assert mappings.domain == "mobile"
    assert "2 rows are of another domain (enterprise, ics), and left out" in mappings.sources[0].remarks


def test_domain_that_no_row_names_is_that_of_all_rows() -> None:
    mappings = read_bytes(DOMAINS.replace(b"mobile", b"ics"), "own.csv", ReadOptions(domain="mobile"))
    assert mappings.sources[0].rows + sum(source.rows for source in mappings.sources[1:]) == 3
