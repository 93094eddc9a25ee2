from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from navigator_export import Finding, make_layer, validate
from navigator_export.validation import RULES, hints
from tests.made_inputs import Json, layer_bytes, make_layer_json, mapping_set, nested_lists, rated_rows
from tests.validation.made_layers import technique, versions

GOOD = layer_bytes()


GRADIENT = {"colors": ["#ffffff", "#66b1ff"], "minValue": 0, "maxValue": 100}

CASES: dict[str, bytes] = {
    "not-json": b"{",
    "encoding": GOOD.replace(b"Mail", b"M\xe4il"),
    "byte-order-mark": b"\xef\xbb\xbf" + GOOD,
    "duplicate-key": b'{"name": "first", ' + GOOD[1:],
    "no-layer": b"[]",
    "navigator-crash": layer_bytes(techniques=technique(metadata=None)),
    "field-missing": layer_bytes(name=...),
    "field-type": layer_bytes(techniques=technique(comment=5)),
    "field-value": layer_bytes(sorting=4),
    "unknown-field": layer_bytes(techniques=technique(comments="x")),
    "versions-invalid": layer_bytes(versions=None),
    "format-version": layer_bytes(versions=versions(layer="3.0")),
    "field-old": layer_bytes(version="4.5"),
    "domain-unknown": layer_bytes(domain="enterprise"),
    "domain-old": layer_bytes(domain="mitre-enterprise"),
    "custom-matrix": layer_bytes(domain="atlas-atlas", techniques=technique("AML.T0010")),
    "attack-version-missing": layer_bytes(versions={"layer": "4.5"}),
    "attack-version-unknown": layer_bytes(versions=versions(attack="99")),
    "attack-version-spelling": layer_bytes(versions=versions(attack="v16")),
    "attack-version-unchecked": layer_bytes(versions=versions(attack="7")),
    "technique-id": layer_bytes(techniques=[*technique(), *technique("t1114")]),
    "technique-unknown": layer_bytes(techniques=technique("T9999")),
    "technique-other-domain": layer_bytes(techniques=technique("T1430")),
    "technique-not-yet": layer_bytes(versions=versions(attack="8"), techniques=technique("T1656")),
    "technique-revoked": layer_bytes(techniques=technique("T1086")),
    "technique-deprecated": layer_bytes(techniques=technique("T1175")),
    "tactic-unknown": layer_bytes(techniques=technique(tactic="Collection")),
    "tactic-mismatch": layer_bytes(techniques=technique(tactic="impact")),
    "technique-duplicate": layer_bytes(techniques=[*technique(score=1), *technique(score=2)]),
    "no-techniques": layer_bytes(techniques=[]),
    "subtechnique-hidden": layer_bytes(layout=..., techniques=technique("T1114.003", score=1)),
    "gradient-range": layer_bytes(gradient=GRADIENT | {"maxValue": 0}),
    "gradient-top": layer_bytes(gradient=GRADIENT, techniques=technique(score=99.6)),
    "scores-alike": layer_bytes(gradient=GRADIENT, techniques=[*technique(score=500), *technique("T1078", score=600)]),
    "colour-invalid": layer_bytes(techniques=technique(color="#ff666")),
    "colour-name": layer_bytes(techniques=technique(color="PaleGoldenrod")),
    "metadata-entry": layer_bytes(techniques=technique(metadata=[{"name": "a", "value": ""}])),
    "link-entry": layer_bytes(techniques=technique(links=[{"label": "a", "url": ""}])),
    "platform-old": layer_bytes(filters={"platforms": ["Windows", "Office Suite", "AWS"]}),
    "platform-hides": layer_bytes(filters={"platforms": ["Containers"]}),
    "platform-unknown": layer_bytes(filters={"platforms": ["Windows", "Office 365"]}),
    "link-protocol": layer_bytes(techniques=technique(links=[{"label": "x", "url": "example.org"}])),
    "layer-name": layer_bytes(name="Mail 07/18/2025"),
    "layer-names-alike": json.dumps([make_layer_json(name="Our mail A"), make_layer_json(name="our mail B")]).encode(),
    "mixed-releases": json.dumps([make_layer_json(), make_layer_json(versions=versions(attack="15"))]).encode(),
}
"""A smallest file for each rule."""


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == {rule.id for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_case_triggers_its_rule_alone(rule: Json) -> None:
    findings = validate(CASES[rule.id], "x.json")
    assert {finding.rule for finding in findings} == {rule.id}
    assert {finding.severity for finding in findings} == {rule.severity}
    assert all(finding.message and finding.file == "x.json" for finding in findings)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_is_documented_in_one_sentence(rule: Json) -> None:
    assert rule.doc.endswith(".")
    assert rule.id == rule.id.lower().strip()
    assert " " not in rule.id


def test_rule_ids_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


VALID: list[dict[str, Json]] = [
    {},
    {"description": ...},
    {"layout": ..., "techniques": technique(score=0)},
    {"gradient": ...},
    {"versions": versions(attack="16.1")},
    {"versions": versions(attack="20")},
    {"domain": "ics-attack", "techniques": technique("T0800")},
    {"domain": "mobile-attack", "techniques": technique("T1430")},
    {"techniques": technique(tactic="collection")},
    {"techniques": [*technique("T1078", tactic="persistence"), *technique("T1078", tactic="initial-access")]},
    {"techniques": [*technique("T1078"), *technique("T1078", tactic="initial-access")]},
    {"techniques": technique(enabled=False, color="#ff0000", comment="", metadata=[], links=[], score=-5.5)},
    {"techniques": technique(color="")},
    {"techniques": technique(metadata=[{"name": "a", "value": "b"}, {"divider": True}])},
    {"techniques": technique(links=[{"label": "a", "url": "https://example.org"}, {"divider": True}])},
    {"techniques": technique(links=[{"label": "a", "url": "mailto:a@example.org"}])},
    {"layout": ..., "techniques": [*technique(showSubtechniques=True), *technique("T1114.003", score=1)]},
    {"layout": {"expandedSubtechniques": "all"}},
    {"layout": ..., "techniques": [*technique(), *technique("T1114.003", score=...)]},
    {"filters": {"platforms": ["Office Suite", "Windows"]}},
    {"filters": {"platforms": []}},
    {"versions": versions(attack="15"), "filters": {"platforms": ["Office 365"]}},
    {"gradient": GRADIENT, "techniques": technique(score=100)},
    {"gradient": GRADIENT, "techniques": technique(score=99.4)},
    {"gradient": GRADIENT, "techniques": technique(score=500)},
    {"legendItems": [{"label": "x", "color": "#ffffff"}], "metadata": [], "links": [], "sorting": 3},
    {"hideDisabled": True, "showTacticRowBackground": True, "tacticRowBackground": "#dddddd"},
    {"selectTechniquesAcrossTactics": True, "selectSubtechniquesWithParent": False, "selectVisibleTechniques": True},
]


@pytest.mark.parametrize("fields", VALID)
def test_valid_layer_triggers_no_rule(fields: dict[str, Json]) -> None:
    assert validate(layer_bytes(**fields)) == ()


INVALID: list[tuple[str, dict[str, Json], str]] = [
    ("field-missing", {"name": ...}, "$"),
    ("field-missing", {"name": None}, "$.name"),
    ("field-missing", {"name": "  "}, "$.name"),
    ("domain-unknown", {"domain": ...}, "$"),
    ("domain-old", {"domain": "mitre-enterprise"}, "$.domain"),
    ("format-version", {"versions": ...}, "$"),
    ("versions-invalid", {"versions": None}, "$.versions"),
    ("format-version", {"versions": versions(layer="4.4")}, "$.versions.layer"),
    ("format-version", {"versions": versions(layer=4.5)}, "$.versions.layer"),
    ("attack-version-missing", {"versions": versions(attack=16)}, "$.versions.attack"),
    ("field-type", {"versions": versions(navigator=None)}, "$.versions.navigator"),
    ("domain-unknown", {"customDataURL": ""}, "$.customDataURL"),
    ("no-techniques", {"techniques": ...}, "$"),
    ("navigator-crash", {"techniques": None}, "$.techniques"),
    ("field-type", {"techniques": {}}, "$.techniques"),
    ("navigator-crash", {"techniques": [*technique(), None]}, "$.techniques[1]"),
    ("navigator-crash", {"techniques": [*technique(), "T1114"]}, "$.techniques[1]"),
    ("technique-id", {"techniques": [{"score": 1}]}, "$.techniques[0]"),
    ("technique-id", {"techniques": technique("t1114")}, "$.techniques[0].techniqueID"),
    ("technique-id", {"techniques": technique(" T1114")}, "$.techniques[0].techniqueID"),
    ("technique-id", {"techniques": technique("T1114\n")}, "$.techniques[0].techniqueID"),
    ("technique-id", {"techniques": technique("T١١١٤")}, "$.techniques[0].techniqueID"),
    ("field-type", {"techniques": technique(tactic=None)}, "$.techniques[0].tactic"),
    ("field-type", {"techniques": technique(score="1")}, "$.techniques[0].score"),
    ("field-type", {"techniques": technique(score=None)}, "$.techniques[0].score"),
    ("field-type", {"techniques": technique(score=True)}, "$.techniques[0].score"),
    ("field-type", {"techniques": technique(comment=None)}, "$.techniques[0].comment"),
    ("field-type", {"techniques": technique(comment=5)}, "$.techniques[0].comment"),
    ("field-type", {"techniques": technique(enabled="true")}, "$.techniques[0].enabled"),
    ("colour-name", {"techniques": technique(color="red")}, "$.techniques[0].color"),
    ("colour-name", {"techniques": technique(color="#ffffff\n")}, "$.techniques[0].color"),
    ("field-type", {"techniques": technique(color=None)}, "$.techniques[0].color"),
    ("navigator-crash", {"techniques": technique(metadata=None)}, "$.techniques[0].metadata"),
    ("navigator-crash", {"techniques": technique(metadata={})}, "$.techniques[0].metadata"),
    ("navigator-crash", {"techniques": technique(metadata=[None])}, "$.techniques[0].metadata[0]"),
    ("metadata-entry", {"techniques": technique(metadata=[{"name": "x"}])}, "$.techniques[0].metadata[0]"),
    (
        "metadata-entry",
        {"techniques": technique(metadata=[{"name": "x", "value": ""}])},
        "$.techniques[0].metadata[0].value",
    ),
    (
        "metadata-entry",
        {"techniques": technique(metadata=[{"name": "x", "value": 5}])},
        "$.techniques[0].metadata[0].value",
    ),
    ("metadata-entry", {"techniques": technique(metadata=[{"divider": False}])}, "$.techniques[0].metadata[0].divider"),
    ("link-entry", {"techniques": technique(links=[{"url": "https://a.example"}])}, "$.techniques[0].links[0]"),
    (
        "link-entry",
        {"techniques": technique(links=[{"label": "", "url": "https://a.b"}])},
        "$.techniques[0].links[0].label",
    ),
    ("navigator-crash", {"gradient": None}, "$.gradient"),
    ("navigator-crash", {"gradient": {}}, "$.gradient"),
    ("navigator-crash", {"gradient": GRADIENT | {"colors": ["#ffffff"]}}, "$.gradient.colors"),
    ("colour-name", {"gradient": GRADIENT | {"colors": ["#ffffff", "blue"]}}, "$.gradient.colors[1]"),
    ("field-type", {"gradient": GRADIENT | {"minValue": "0"}}, "$.gradient.minValue"),
    ("navigator-crash", {"legendItems": None}, "$.legendItems"),
    ("navigator-crash", {"filters": None}, "$.filters"),
    ("navigator-crash", {"layout": None}, "$.layout"),
    ("field-value", {"layout": {"layout": "round", "expandedSubtechniques": "all"}}, "$.layout.layout"),
    ("metadata-entry", {"metadata": [{"name": "DIVIDER", "value": True}]}, "$.metadata[0].value"),
    ("navigator-crash", {"links": None}, "$.links"),
    ("field-value", {"sorting": 4}, "$.sorting"),
    ("unknown-field", {"extra": 1}, "$.extra"),
    ("unknown-field", {"layout": {"showIds": True, "expandedSubtechniques": "all"}}, "$.layout.showIds"),
    ("unknown-field", {"techniques": technique(Score=1)}, "$.techniques[0].Score"),
    ("attack-version-missing", {"versions": versions(attack="")}, "$.versions.attack"),
    ("attack-version-unknown", {"versions": versions(attack="latest")}, "$.versions.attack"),
    ("attack-version-unknown", {"versions": versions(attack="3")}, "$.versions.attack"),
    ("attack-version-unknown", {"versions": versions(attack="21")}, "$.versions.attack"),
    ("attack-version-unknown", {"versions": versions(attack="١٦")}, "$.versions.attack"),
    ("attack-version-unknown", {"versions": versions(attack="１６")}, "$.versions.attack"),
    ("attack-version-spelling", {"versions": versions(attack="ATT&CK v16.1")}, "$.versions.attack"),
    ("technique-unknown", {"techniques": technique("T9999", tactic="collection")}, "$.techniques[0].techniqueID"),
    ("technique-not-yet", {"techniques": technique("T1684")}, "$.techniques[0].techniqueID"),
    ("tactic-unknown", {"techniques": technique(tactic="TA0009")}, "$.techniques[0].tactic"),
    ("tactic-unknown", {"techniques": technique(tactic="")}, "$.techniques[0].tactic"),
    ("tactic-unknown", {"techniques": technique(tactic="stealth")}, "$.techniques[0].tactic"),
    (
        "technique-duplicate",
        {"techniques": [*technique(tactic="collection"), *technique(tactic="collection")]},
        "$.techniques[1]",
    ),
    ("technique-duplicate", {"techniques": [*technique(tactic="collection"), *technique()]}, "$.techniques[1]"),
    ("subtechnique-hidden", {"layout": {}}, "$.techniques[1]"),
    ("subtechnique-hidden", {"layout": {"expandedSubtechniques": "none"}}, "$.techniques[1]"),
    ("gradient-range", {"gradient": GRADIENT | {"minValue": 100}}, "$.gradient"),
    ("gradient-top", {"gradient": GRADIENT, "techniques": technique(score=99.5)}, "$.techniques[0].score"),
    ("platform-unknown", {"filters": {"platforms": ["Windows", "Azure AD"]}}, "$.filters.platforms[1]"),
    ("platform-old", {"filters": {"platforms": ["windows"]}}, "$.filters.platforms[0]"),
    ("link-protocol", {"links": [{"label": "x", "url": "//example.org"}]}, "$.links[0].url"),
    ("link-protocol", {"links": [{"label": "x", "url": "example.org:8080/a"}]}, "$.links[0].url"),
    ("link-protocol", {"links": [{"label": "x", "url": "JavaScript:alert(1)"}]}, "$.links[0].url"),
    ("link-protocol", {"links": [{"label": "x", "url": " java\nscript:alert(1)"}]}, "$.links[0].url"),
    ("link-protocol", {"links": [{"label": "x", "url": "data:text/html,x"}]}, "$.links[0].url"),
]


@pytest.mark.parametrize(("rule", "fields", "path"), INVALID)
def test_invalid_layer_has_a_finding_at_its_place(rule: str, fields: dict[str, Json], path: str) -> None:
    findings = validate(layer_bytes(**fields))
    assert (rule, path) in {(finding.rule, finding.path) for finding in findings}


def only(data: bytes) -> Finding:
    [finding] = validate(data)
    return finding


def test_hints_say_what_to_do() -> None:
    assert only(CASES["technique-revoked"]).hint == "use T1059.001 PowerShell"
    assert "T1114.003" in only(layer_bytes(techniques=technique("T1114.033"))).hint
    assert "mobile" in only(CASES["technique-other-domain"]).hint
    assert "collection" in only(CASES["tactic-mismatch"]).hint
    assert only(CASES["platform-unknown"]).hint == 'write "Office Suite", its name since ATT&CK 16'
    assert only(CASES["unknown-field"]).hint == "nearest fields: comment"
    assert only(CASES["attack-version-spelling"]).hint == 'write "16"'


@pytest.mark.parametrize(
    ("attack", "id_", "is_active"),
    [("19", "T1562", False), ("18", "T1562", True), ("16", "T1053.001", False), ("9", "T1053.001", True)],
)
def test_techniques_are_checked_at_the_release_of_the_layer(attack: str, id_: str, is_active: bool) -> None:
    findings = validate(layer_bytes(versions=versions(attack=attack), techniques=technique(id_)))
    assert (findings == ()) == is_active


def test_techniques_can_be_checked_at_another_release() -> None:
    data = layer_bytes(techniques=technique("T1562"))
    assert validate(data) == ()
    [finding] = validate(data, against="20.0")
    assert finding.rule == "technique-revoked"
    assert "since 19" in finding.message


def test_layer_without_release_is_checked_as_the_newest() -> None:
    data = layer_bytes(versions={"layer": "4.5"}, techniques=technique("T1086"))
    assert {finding.rule for finding in validate(data)} == {"attack-version-missing", "technique-revoked"}


def test_nearest_words_are_looked_up_once_each_and_for_the_first_wrong_words_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up: list[str] = []

    def noting(word: str, known: Json, kind: str) -> str:
        looked_up.append(word)
        return f"nearest {kind}"

    monkeypatch.setattr(hints, "nearest", noting)
    ids = [f"T9{number:03}" for number in range(hints.MOST + 20)]
    findings = validate(layer_bytes(techniques=[{"techniqueID": id_, f"f{id_}": 1} for id_ in [*ids, ids[0]]]))
    of = {rule: [f.hint for f in findings if f.rule == rule] for rule in ("technique-unknown", "unknown-field")}
    assert of["technique-unknown"] == [*["nearest ids"] * hints.MOST, *[""] * 20, "nearest ids"]
    assert of["unknown-field"] == [*["nearest fields"] * hints.MOST, *[""] * 20, "nearest fields"]
    assert sorted(looked_up) == sorted([*ids[: hints.MOST], *(f"f{id_}" for id_ in ids[: hints.MOST])])


@pytest.mark.parametrize("annotation", [{"score": 0}, {"color": "#ff0000"}, {"comment": "x"}])
def test_any_annotation_of_a_sub_technique_can_be_hidden(annotation: dict[str, Json]) -> None:
    data = layer_bytes(layout=..., techniques=technique("T1114.003", **annotation))
    assert [finding.rule for finding in validate(data)] == ["subtechnique-hidden"]


def test_sub_technique_without_annotation_is_not_called_hidden() -> None:
    assert (
        validate(layer_bytes(layout=..., techniques=[*technique(), *technique("T1114.003", score=..., enabled=True)]))
        == ()
    )


@pytest.mark.parametrize("protocol", ["javascript", "JavaScript", "data", "vbscript", "VBScript", " vbscript"])
def test_link_that_runs_code_is_told(protocol: str) -> None:
    links = [{"label": "x", "url": f"{protocol}:msgbox(1)"}]
    [finding] = validate(layer_bytes(techniques=technique(links=links)))
    assert finding.rule == "link-protocol"
    assert finding.message == f"{protocol.strip()}: runs code"


def test_all_findings_of_a_layer_are_told() -> None:
    data = layer_bytes(
        domain="enterprise",
        techniques=[*technique("bad", score="1"), *technique(comment=None)],
        links=None,
    )
    assert {finding.path for finding in validate(data)} == {
        "$.domain",
        "$.techniques[0].techniqueID",
        "$.techniques[0].score",
        "$.techniques[1].comment",
        "$.links",
    }


# ---- anything --------------------------------------------------------------------------------------------------------

NUMBERS = (
    st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([10**400, -(10**400), 1e308])
)
TEXT = st.text(st.characters()) | st.sampled_from(
    ["\ud800", "T1114", "T1114\n", "#ffffff\n", "javascript:", "16", "4.5"]
)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(TEXT, children, max_size=3),
    max_leaves=8,
)
FIELDS = sorted(
    {*make_layer_json(), "filters", "links", "metadata", "legendItems", "sorting", "customDataURL", "hideDisabled", "x"}
)
TECHNIQUE_FIELDS = [
    "techniqueID", "tactic", "score", "comment", "color", "enabled", "metadata", "links", "showSubtechniques", "x",
]  # fmt: skip


def told(findings: tuple[Finding, ...]) -> bool:
    return all(str(finding).strip() and finding.severity in ("error", "warning") for finding in findings)


@given(st.binary())
def test_any_bytes_are_checked(data: bytes) -> None:
    assert told(validate(data))


@given(JSON)
def test_any_json_is_checked(value: Json) -> None:
    assert told(validate(json.dumps(value).encode()))


@given(fields=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3))
def test_any_json_in_the_fields_of_a_layer_is_checked(fields: dict[str, Json]) -> None:
    assert told(validate(layer_bytes(**fields)))


@given(fields=st.dictionaries(st.sampled_from(TECHNIQUE_FIELDS), JSON, min_size=1, max_size=3))
def test_any_json_in_the_fields_of_a_technique_is_checked(fields: dict[str, Json]) -> None:
    assert told(validate(layer_bytes(techniques=[{"techniqueID": "T1114", "score": 1, **fields}])))


@pytest.mark.parametrize("part", ["versions", "gradient", "layout", "filters"])
@given(fields=st.dictionaries(st.sampled_from(
    ["attack", "layer", "navigator", "colors", "minValue", "maxValue", "platforms", "expandedSubtechniques"]
), JSON, max_size=3))  # fmt: skip
def test_any_json_in_the_parts_of_a_layer_is_checked(part: str, fields: dict[str, Json]) -> None:
    base = make_layer_json().get(part, {})
    assert told(validate(layer_bytes(**{part: base | fields})))


@given(low=NUMBERS, high=NUMBERS, score=NUMBERS)
def test_any_numbers_in_a_gradient_are_checked(low: float, high: float, score: float) -> None:
    gradient = GRADIENT | {"minValue": low, "maxValue": high}
    findings = validate(layer_bytes(gradient=gradient, techniques=technique(score=score)))
    assert told(findings)
    assert low < high or findings


HUGE = 10**400
"""Whole, but no finite number to a browser."""


@pytest.mark.parametrize(
    "fields",
    [
        {"techniques": technique(score=HUGE)},
        {"techniques": technique(score=-HUGE)},
        {"gradient": GRADIENT | {"maxValue": HUGE}},
        {"gradient": GRADIENT | {"minValue": -HUGE}},
    ],
)
def test_numbers_that_are_not_finite_in_a_browser_are_told(fields: dict[str, Json]) -> None:
    assert "error" in {finding.severity for finding in validate(layer_bytes(**fields))}


@given(position=st.integers(0, len(GOOD)), piece=st.binary(max_size=4), cut=st.integers(0, 30))
def test_any_damage_is_checked(position: int, piece: bytes, cut: int) -> None:
    assert told(validate(GOOD[:position] + piece + GOOD[position + cut :]))


@given(levels=st.integers(0, 3000))
def test_any_depth_is_checked(levels: int) -> None:
    assert told(validate(GOOD[:-1] + b', "metadata": ' + nested_lists(levels) + b"}"))


def test_layers_of_our_own_have_no_finding() -> None:
    assert validate(make_layer(mapping_set(rated_rows())).text) == ()
