"""What metadata says of capabilities, and of a layer whose mappings share it."""

from __future__ import annotations

import json
import re
from collections import defaultdict

from navigator_export import MappingSet, Recipe, TierOptions, make_layer, read
from navigator_export.readers.assembly import assemble
from navigator_export.readers.unified.json_text import read_unified
from tests.layer.entries import MIXED, entry
from tests.made_inputs import NIST, Json, joined_set, make_row, mapping_bytes, mapping_set, rated_rows, unrated_rows
from tests.real_inputs import M365_2025, corpus, plain_rows
from tests.results import metadata_of


def test_metadata_names_what_is_known_of_a_capability_in_order() -> None:
    row = make_row("BEST-E5", "T1114", "protect partial", comments="Text.\nLicense Requirements: Suite E5")
    assert entry(mapping_set([row]), comments="full")["metadata"] == [
        {"name": "capability", "value": "BEST-E5"},
        {"name": "name", "value": "Name of BEST-E5"},
        {"name": "group", "value": "Mail Protection"},
        {"name": "category", "value": "protect"},
        {"name": "value", "value": "partial"},
        {"name": "tier", "value": "E5"},
        {"name": "licence", "value": "Suite E5"},
        {"name": "mapping type", "value": "Technique Scores"},
    ]


def test_metadata_has_a_divider_between_capabilities_in_the_order_of_the_comment() -> None:
    metadata = entry(mapping_set(MIXED))["metadata"]
    dividers = [index for index, item in enumerate(metadata) if item == {"divider": True}]
    assert len(dividers) == 4
    assert [metadata[index + 1]["name"] for index in dividers] == ["capability"] * 4
    names = ["ALSO-E3", "BEST-E5", "LOW-E3", "ALONE-E3", "BARE-E3"]
    assert metadata_of({"metadata": metadata}, "capability") == names


def test_metadata_has_no_empty_values() -> None:
    row = make_row("A", "T1114", "", capability_description=None, capability_group=None, mapping_type=None)
    assert entry(mapping_set([row]))["metadata"] == [{"name": "capability", "value": "A"}]


def test_metadata_names_the_groups_of_the_rows_and_no_other_of_the_capability() -> None:
    rows = [make_row("A"), make_row("A", "T1078", capability_group="identity")]
    assert metadata_of(entry(mapping_set(rows)), "group") == ["Mail Protection"]
    both = [make_row("A"), make_row("A", comments="other", capability_group="identity")]
    assert metadata_of(entry(mapping_set(both)), "group") == ["Identity, Mail Protection"]


def test_metadata_names_the_assigned_tier() -> None:
    tiers = TierOptions(assigned=(("*", "A-E3", "E5"),))
    shown = entry(mapping_set([make_row("A-E3")]), tiers=tiers, comments="full")
    assert metadata_of(shown, "tier") == ["E5"]


def test_metadata_names_the_framework_where_there_are_several() -> None:
    tables = [
        read_unified(mapping_bytes(rated_rows()), "a.json", "a.json"),
        read_unified(mapping_bytes(unrated_rows(), **NIST), "b.json", "b.json"),
    ]
    both = entry(assemble(tables), comments="full")
    assert set(metadata_of(both, "framework")) == {"Microsoft 365", "NIST 800-53"}
    short = entry(assemble(tables))
    assert set(metadata_of(short, "framework")) == {"Microsoft 365"}
    assert metadata_of(short, "AC-03") == ["Name of AC-03 · NIST 800-53 · Access Control · Mitigates"]
    assert metadata_of(entry(mapping_set(rated_rows())), "framework") == []


def test_one_id_in_two_frameworks_is_two_capabilities() -> None:
    shown = entry(joined_set(one=[make_row("A", "T1114", "")], two=[make_row("A", "T1114", "")]))
    assert shown["score"] == 2
    assert metadata_of(shown, "A") == ["Name of A · one", "Name of A · two"]


def test_licences_of_m365_stand_in_metadata() -> None:
    file = corpus(M365_2025)
    stated = defaultdict(set)
    for row in plain_rows(file).mapping:
        if re.search(r"licen[sc]e requirements", row.get("comments") or "", re.IGNORECASE):
            stated[row["attack_object_id"]].add(row["capability_id"])
    layer = json.loads(make_layer(read(file), Recipe(comments="full")).text)
    assert len(stated) == 100
    for technique in layer["techniques"]:
        licensed, capability = set(), ""
        for item in technique["metadata"]:
            capability = item["value"] if item.get("name") == "capability" else capability
            if item.get("name") == "licence":
                licensed.add(capability)
        assert stated[technique["techniqueID"]] <= licensed


def layer_metadata(mappings: MappingSet, **recipe: Json) -> dict[str, str]:
    items = json.loads(make_layer(mappings, Recipe(**recipe)).text)["metadata"]
    return {item["name"]: item["value"] for item in items if "name" in item}


def test_what_all_mappings_share_is_said_once_for_the_layer() -> None:
    rows = [make_row("A-E3", "T1114", "protect partial"), make_row("B-E3", "T1078", "protect minimal")]
    said = layer_metadata(mapping_set(rows))
    shared = {
        "group": "Mail Protection", "category": "protect", "tier": "E3", "mapping type": "Technique Scores"
    }  # fmt: skip
    assert said.items() >= shared.items()
    assert [item["name"] for item in entry(mapping_set(rows))["metadata"]] == ["capability", "name", "value"]


def test_what_not_all_mappings_share_is_said_of_each() -> None:
    rows = [make_row("A-E3"), make_row("B-E5", "T1078", "detect partial", mapping_type=None, capability_group=None)]
    assert not layer_metadata(mapping_set(rows)).keys() & {"group", "category", "tier", "mapping type"}
    names = [item["name"] for item in entry(mapping_set(rows))["metadata"]]
    assert names == ["capability", "name", "group", "category", "value", "tier", "mapping type"]


def test_full_comments_repeat_what_is_shared_and_the_layer_does_not() -> None:
    assert "tier" not in layer_metadata(mapping_set([make_row("A-E3")]), comments="full")
    assert metadata_of(entry(mapping_set([make_row("A-E3")]), comments="full"), "tier") == ["E3"]
