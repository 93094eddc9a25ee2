"""Every mend of the format: what was there, what is there now, and that nothing else changes."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

from navigator_export.upgrading import MENDS
from navigator_export.upgrading.mends import RELEASE_STEP
from tests.made_inputs import Json, layer_bytes, make_layer_json
from tests.real_inputs import ROOT
from tests.upgrading.upgraded import mended, result, rules, upgraded

ENTRY = {"techniqueID": "T1114", "score": 1}


def test_layer_of_today_stays_as_it_is() -> None:
    done = upgraded(layer_bytes())
    assert (done.data, done.changes, done.notes) == (layer_bytes(), (), ())


@pytest.mark.parametrize(
    ("field", "before", "after", "rule"),
    [
        ("score", "85", 85, "wrong-type"),
        ("score", " 0.50", 0.5, "wrong-type"),
        ("score", "high", ..., "wrong-type"),
        ("score", True, ..., "wrong-type"),
        ("score", None, ..., "null"),
        ("comment", 7, "7", "wrong-type"),
        ("comment", None, ..., "null"),
        ("comment", ["a"], ..., "wrong-type"),
        ("color", "#ff666", ..., "colour"),
        ("color", None, ..., "null"),
        ("enabled", "False", False, "wrong-type"),
        ("enabled", 1, True, "wrong-type"),
        ("enabled", "perhaps", ..., "wrong-type"),
        ("showSubtechniques", "true", True, "wrong-type"),
        ("tactic", "", ..., "tactic-name"),
        ("tactic", None, ..., "null"),
        ("tactic", "Collection", "collection", "tactic-name"),
        ("tactic", "TA0009", "collection", "tactic-name"),
        ("techniqueID", " t1114", "T1114", "technique-id"),
        ("metadata", None, ..., "null"),
        ("metadata", {"a": 1}, [{"name": "a", "value": "1"}], "metadata"),
        ("metadata", {"name": "a", "value": "b"}, [{"name": "a", "value": "b"}], "metadata"),
        ("metadata", [{"name": "a", "value": 5}], [{"name": "a", "value": "5"}], "wrong-type"),
        ("metadata", [{"name": "a", "value": ""}, None, "x"], [], "metadata"),
        ("metadata", [{"name": "DIVIDER", "value": True}], [{"divider": True}], "divider"),
        ("metadata", [{"name": "a", "divider": True}], [{"divider": True}], "divider"),
        ("metadata", [{"divider": False}], [], "divider"),
        ("links", [{"label": "a", "url": "a.org/b"}], [{"label": "a", "url": "https://a.org/b"}], "link-protocol"),
        ("links", [{"label": "a", "url": "javascript:b()"}], [], "link-protocol"),
        ("links", [{"label": "a", "url": "see the wiki"}], [], "link-protocol"),
        ("links", [{"url": "https://a.org"}], [{"url": "https://a.org", "label": "https://a.org"}], "link"),
        ("links", [{"label": "a", "url": None}], [], "link"),
        ("links", [{"label": "DIVIDER", "url": True}], [{"divider": True}], "divider"),
    ],
)
def test_field_of_a_technique_is_mended(field: str, before: Json, after: Json, rule: str) -> None:
    layer, told = mended(techniques=[ENTRY | {field: before}])
    expected = {name: value for name, value in (ENTRY | {field: after}).items() if value is not ...}
    assert layer == make_layer_json(techniques=[expected])
    assert rule in told


@pytest.mark.parametrize(
    ("field", "before", "after", "rule"),
    [
        ("name", 5, "5", "wrong-type"),
        ("name", None, "layer", "name"),
        ("name", " ", "layer", "name"),
        ("domain", "mitre-enterprise", "enterprise-attack", "domain"),
        ("domain", "Enterprise", "enterprise-attack", "domain"),
        ("domain", ..., "enterprise-attack", "domain"),
        ("description", None, ..., "null"),
        ("description", 5, "5", "wrong-type"),
        ("sorting", "3", 3, "wrong-type"),
        ("sorting", 9, ..., "unknown-word"),
        ("hideDisabled", "true", True, "wrong-type"),
        ("hideDisable", True, ..., "hide-disabled"),
        ("layout", None, ..., "null"),
        ("layout", {"layout": "Mini", "showID": "no", "expandedSubtechniques": "all"}, ..., "unknown-word"),
        ("filters", None, ..., "null"),
        ("filters", {"stages": ["act"], "platforms": ["Windows"]}, {"platforms": ["Windows"]}, "filter-stages"),
        ("filters", {"platforms": ["windows", "AWS", "GCP"]}, {"platforms": ["Windows", "IaaS"]}, "platform"),
        ("filters", {"platforms": ["Office 365"]}, {"platforms": ["Office Suite"]}, "platform"),
        ("filters", {"platforms": ["Abacus"]}, {}, "platform"),
        ("filters", {"platforms": "Windows"}, {}, "wrong-type"),
        ("legendItems", None, ..., "null"),
        ("legendItems", [{"label": "a", "color": "grün"}, {"label": 1, "color": "gold"}], ..., "legend-item"),
        ("tacticRowBackground", "grün", ..., "colour"),
        ("links", None, ..., "null"),
        ("metadata", "x", ..., "wrong-type"),
        ("customDataURL", "", ..., "custom-data"),
        ("techniques", None, [], "techniques"),
        ("techniques", ..., [], "techniques"),
        ("techniques", [None, "T1114", 5], [{"techniqueID": "T1114"}], "technique-entry"),
        ("techniques", [{"techniqueId": "T1114"}], [{"techniqueID": "T1114"}], "technique-id"),
        ("techniques", [{"score": 1}, {"techniqueID": "TA0001"}], [], "technique-id"),
        ("gradient", None, ..., "null"),
        ("version", "2.2", ..., "format"),
        ("viewMode", 2, ..., "view-mode"),
    ],
)
def test_field_of_a_layer_is_mended(field: str, before: Json, after: Json, rule: str) -> None:
    layer, told = mended(**{field: before})
    if field == "layout" and before:
        after = {"layout": "mini", "expandedSubtechniques": "all"}
    if field == "legendItems" and before:
        after = [{"label": "1", "color": "gold"}]
    assert layer == make_layer_json(**({"hideDisabled": True} if field == "hideDisable" else {field: after}))
    assert rule in told


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"version": "2.2"}, {"navigator": "5.1.0", "layer": "4.5"}),
        ({}, {"navigator": "5.1.0", "layer": "4.5"}),
        ({"versions": None}, {"navigator": "5.1.0", "layer": "4.5"}),
        ({"versions": {"attack": "16", "layer": "4.3"}}, {"attack": "16", "layer": "4.5", "navigator": "5.1.0"}),
        ({"versions": {"attack": 16, "layer": "4.5"}}, {"attack": "16", "layer": "4.5"}),
        ({"versions": {"attack": "v16.1", "layer": "4.5"}}, {"attack": "16.1", "layer": "4.5"}),
        ({"versions": {"attack": "", "layer": "4.5"}}, {"layer": "4.5"}),
        ({"versions": {"attack": "16", "navigator": "2.0", "layer": "4.5"}}, ...),
    ],
)
def test_versions_are_those_of_today(before: Json, after: Json) -> None:
    layer, _ = mended(**{"versions": ..., **before})
    assert layer == make_layer_json(versions=before["versions"] if after is ... else after)


@pytest.mark.parametrize(
    ("old", "layout"),
    [
        ({"viewMode": 0}, ...),
        ({"viewMode": 1}, {"layout": "side", "showID": True, "showName": False}),
        ({"viewMode": 2}, {"layout": "mini", "showID": False, "showName": False}),
        ({"viewFullTable": True}, ...),
        ({"viewFullTable": False}, {"layout": "side", "showID": True, "showName": False}),
    ],
)
def test_view_mode_becomes_a_layout(old: Json, layout: Json) -> None:
    assert mended(layout=..., **old) == (make_layer_json(layout=layout), ["view-mode"])


OWN = ["#ff6666", "#ffe766", "#8ec843"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"colors": ["#fff"], "minValue": 0, "maxValue": 3}, {"colors": OWN, "minValue": 0, "maxValue": 3}),
        ({"colors": ["#fff", "x"], "minValue": 0, "maxValue": 3}, {"colors": OWN, "minValue": 0, "maxValue": 3}),
        ({"colors": OWN}, {"colors": OWN, "minValue": 0, "maxValue": 100}),
        ({}, {"colors": OWN, "minValue": 0, "maxValue": 100}),
        ({"colors": OWN, "minValue": "1", "maxValue": "5"}, {"colors": OWN, "minValue": 1, "maxValue": 5}),
        ({"colors": OWN, "minValue": 5, "maxValue": 1}, {"colors": OWN[::-1], "minValue": 1, "maxValue": 5}),
        ({"colors": OWN, "minValue": 2, "maxValue": 2}, {"colors": OWN, "minValue": 1, "maxValue": 2}),
        ({"colors": OWN, "minValue": 0, "maxValue": 2.005}, {"colors": OWN, "minValue": 0, "maxValue": 2}),
    ],
)
def test_gradient_colours_every_score(before: Json, after: Json) -> None:
    assert mended(gradient=before)[0]["gradient"] == after


def test_of_entries_for_one_cell_the_last_stays_as_the_navigator_has_it() -> None:
    spread = [{"techniqueID": "T1053", "tactic": "execution"}, {"techniqueID": "T1053"}]
    partly = [{"techniqueID": "T1053"}, {"techniqueID": "T1053", "tactic": "execution"}]
    assert mended(techniques=[ENTRY, ENTRY | {"score": 2}])[0]["techniques"] == [ENTRY | {"score": 2}]
    assert mended(techniques=spread) == (make_layer_json(techniques=spread[1:]), ["repeated-cell"])
    assert mended(techniques=partly) == (make_layer_json(techniques=partly), [])


def test_entries_that_nobody_sees_stay_and_are_told() -> None:
    techniques = [{"techniqueID": "T1086"}, {"techniqueID": "T1114", "tactic": "impact"}]
    done = upgraded(layer_bytes(techniques=techniques))
    assert (done.changes, result(done)["techniques"]) == ((), techniques)
    assert ["T1086" in done.notes[0], "T1114" in done.notes[1]] == [True, True]


def test_no_change_tells_less_than_what_was_there() -> None:
    done = upgraded(layer_bytes(techniques=[ENTRY | {"score": "85", "comment": None}]))
    assert [str(change) for change in done.changes] == [
        '$.techniques[0].score: "85" is now 85 [wrong-type]',
        "$.techniques[0].comment: null left out [null]",
    ]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (codecs.BOM_UTF8 + layer_bytes(), "byte-order-mark"),
        (codecs.BOM_UTF16_LE + layer_bytes().decode().encode("utf-16-le"), "encoding"),
        (layer_bytes().decode().encode("utf-16-be"), "encoding"),
        (layer_bytes().decode().encode("utf-32-le"), "encoding"),
        (codecs.BOM_UTF32_BE + layer_bytes().decode().encode("utf-32-be"), "encoding"),
    ],
)
def test_file_is_written_as_utf_8(data: bytes, rule: str) -> None:
    done = upgraded(data)
    assert done.data == layer_bytes()
    assert rule in rules(done)


def test_code_page_is_read_where_it_is_beyond_doubt() -> None:
    text = json.dumps(make_layer_json(name="Überblick café"), ensure_ascii=False)
    assert upgraded(text.encode("cp1252")).data == text.encode()
    spanish = json.dumps(make_layer_json(name="España"), ensure_ascii=False).encode("cp1252")
    assert [finding.rule for finding in upgraded(spanish).findings] == ["encoding"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[%s,]", "trailing-comma"),
        ("[[%s]]", "layers-wrapped"),
        ('{"layers": [%s]}', "layers-wrapped"),
        ("[null, %s]", "no-layer"),
    ],
)
def test_list_of_layers_is_mended(text: str, rule: str) -> None:
    done = upgraded((text % layer_bytes().decode()).encode())
    assert result(done) == [make_layer_json()]
    assert rule in rules(done)


def test_text_that_is_almost_json_is_mended() -> None:
    text = '{"name": "a\tb", "name": "c\td",' + layer_bytes(name=..., comment="x").decode()[1:]
    done = upgraded(text.replace('"score": 1', '"score": NaN').encode())
    assert set(rules(done)) == {"control-character", "duplicate-key", "wrong-type"}
    assert result(done)["name"] == "c\td"
    assert "score" not in result(done)["techniques"][0]


@pytest.mark.parametrize(
    ("data", "rule", "place"),
    [
        (b"{", "not-json", "line 1, column 2"),
        (b"", "not-json", "line 1, column 1"),
        (b"5", "no-layer", "$"),
        (b"[]", "no-layer", "$"),
        (b'{"mapping_objects": []}', "no-layer", "$"),
        (layer_bytes(domain="pre-attack"), "not-mendable", "$.domain"),
        (layer_bytes(domain=..., techniques=[]), "not-mendable", "$.domain"),
        (layer_bytes(versions={"attack": "99", "layer": "4.5"}), "not-mendable", "$.versions.attack"),
        (layer_bytes(versions={"attack": "latest", "layer": "4.5"}), "not-mendable", "$.versions.attack"),
        (layer_bytes(techniques={"T1114": 1}), "not-mendable", "$.techniques"),
        (layer_bytes(own=1).replace(b'"own": 1', b'"own": NaN'), "not-mendable", "$.own"),
    ],
)
def test_what_has_no_mend_is_a_finding_with_its_place(data: bytes, rule: str, place: str) -> None:
    done = upgraded(data, "a.json")
    assert (done.data, done.changes) == (None, ())
    assert [(finding.rule, finding.path, finding.file) for finding in done.findings] == [(rule, place, "a.json")]


@pytest.mark.parametrize(
    "fields", [{"domain": "atlas-atlas"}, {"domain": "f3-financial"}, {"customDataURL": "https://a.b"}]
)
def test_layer_of_another_matrix_stays_as_it_is(fields: Json) -> None:
    data = layer_bytes(version="2.2", **fields)
    done = upgraded(data)
    assert (done.data, done.changes, done.findings) == (data, (), ())
    assert "another matrix" in done.notes[0]


def test_layer_beside_one_of_another_matrix_is_mended() -> None:
    layers = [make_layer_json(domain="atlas-atlas"), make_layer_json(domain="mitre-enterprise")]
    done = upgraded(json.dumps(layers).encode())
    assert result(done) == [layers[0], make_layer_json()]


def test_layer_is_called_after_its_file() -> None:
    assert result(upgraded(layer_bytes(name=...), "a/b c.json"))["name"] == "b c"


def test_every_rule_is_documented_and_has_its_own_id() -> None:
    page = (ROOT / Path("docs/upgrade.md")).read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    documented = [f"| `{mend.id}` | {mend.doc} |" for mend in MENDS]
    assert rows == documented
    assert len({mend.id for mend in MENDS}) == len(MENDS)
    assert set(RELEASE_STEP) < set(MENDS)
