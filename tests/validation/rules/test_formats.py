from __future__ import annotations

import pytest

from tests.made_inputs import Json
from tests.validation.made_layers import only, technique, told, versions

PLACE = "$.versions.layer"


@pytest.mark.parametrize("stated", ["4.5", "4.5.0", "4.5.1"])
def test_current_format_is_no_finding(stated: str) -> None:
    assert told(versions=versions(layer=stated)) == []


@pytest.mark.parametrize("stated", ["4.0", "4.3", "4.4", "4", 4.3, 4, "4.50", 4.5])
def test_format_that_loses_nothing_is_a_warning(stated: Json) -> None:
    finding = only(versions=versions(layer=stated))
    assert (finding.rule, finding.severity, finding.path) == ("format-version", "warning", PLACE)
    assert finding.hint == 'write "4.5"'


@pytest.mark.parametrize("stated", ["3.0", "2.2", "5.0", 3, "v4.5", "", None, True, "latest", []])
def test_format_that_opens_with_a_dialog_is_an_error(stated: Json) -> None:
    assert told(versions=versions(layer=stated)) == [f"format-version error {PLACE}"]


@pytest.mark.parametrize(("stated", "place"), [(..., "$"), ({"attack": "16"}, "$.versions")])
def test_missing_format_is_an_error_and_what_to_write_is_said(stated: Json, place: str) -> None:
    assert f"format-version error {place}" in told(versions=stated)


@pytest.mark.parametrize("stated", [None, "4.5", 4.5, True])
def test_versions_that_are_no_object_are_refused(stated: Json) -> None:
    assert told(versions=stated) == ["versions-invalid error $.versions"]


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ("4.5", ["field-old warning $.version"]),
        ("4.5.0", ["field-old warning $.version"]),
        (4.5, ["field-old warning $.version"]),
        ("4.3", ["format-version warning $.version"]),
        ("2.2", ["format-version error $.version"]),
        (None, ["format-version error $.version"]),
    ],
)
def test_top_level_version_counts(stated: Json, says: list[str]) -> None:
    assert told(version=stated) == says
    assert told(version=stated, versions=...) == [*says, "attack-version-missing warning $"]


def test_top_level_version_that_is_current_makes_an_old_one_harmless() -> None:
    assert told(version="4.5", versions=versions(layer="2.2")) == ["field-old warning $.version"]


@pytest.mark.parametrize(
    ("mode", "says"), [(0, "is obeyed"), (1, "is obeyed"), (2, "is obeyed"), (3, "means nothing"), ("2", "nothing")]
)
def test_old_view_mode_is_told_for_what_it_does(mode: Json, says: str) -> None:
    finding = only(layout=..., viewMode=mode, techniques=technique())
    assert (finding.rule, finding.path) == ("field-old", "$.viewMode")
    assert says in finding.message
    assert finding.hint.startswith('write "layout": {"layout": ')


def test_old_view_mode_beside_a_layout_is_ignored() -> None:
    assert "ignored" in only(viewMode=2).message


@pytest.mark.parametrize("name", ["mitre-enterprise", "mitre-mobile"])
def test_old_domain_is_read_as_todays_and_checked(name: str) -> None:
    found = told(domain=name, techniques=technique("T9999"))
    assert found == ["domain-old warning $.domain", "technique-unknown error $.techniques[0].techniqueID"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [("enterprise", "enterprise-attack"), ("Mobile", "mobile-attack"), ("attack-ics", "ics-attack"),
     ("Enterprise ATT&CK", "enterprise-attack"), ("enterprise_attack", "enterprise-attack"),
     ("enterprise-attack-v16", "enterprise-attack"), ("mitre-ics", "ics-attack")],
)  # fmt: skip
def test_misspelt_domain_is_told_with_the_right_one(name: str, meant: str) -> None:
    finding = only(domain=name)
    assert (finding.rule, finding.hint) == ("domain-unknown", f'write "{meant}"')


@pytest.mark.parametrize("name", [..., "", " ", "mitre-attack", "-", None, 5, []])
def test_domain_that_is_none_is_told(name: Json) -> None:
    assert only(domain=name).rule == "domain-unknown"


@pytest.mark.parametrize(
    "fields",
    [
        {"domain": "atlas-atlas", "techniques": [*technique("AML.T0010"), *technique("AML.T0010.001")]},
        {"domain": "f3-financial", "techniques": technique("F1001", tactic="x"), "layout": ...},
        {"domain": "f3-financial", "versions": versions(attack="1.0"), "filters": {"platforms": ["Toaster"]}},
        {"domain": "f3-financial", "versions": versions(attack=...), "techniques": technique("F1", score=...)},
        {"domain": "mitre-prepare", "techniques": technique("T1001")},
        {"customDataURL": "https://example.org/bundle.json", "techniques": technique("AML.T0010")},
        {"customDataURL": "https://example.org/bundle.json", "domain": "mine", "techniques": technique("T1086")},
    ],
)
def test_layer_of_another_matrix_is_one_finding(fields: dict[str, Json]) -> None:
    finding = only(**fields)
    assert (finding.rule, finding.severity) == ("custom-matrix", "error")
    assert "custom matrix" in finding.message
    assert "techniques not checked" in finding.message


@pytest.mark.parametrize("address", ["", None])
def test_empty_address_of_a_matrix_is_refused_and_techniques_are_checked(address: Json) -> None:
    found = told(customDataURL=address, techniques=technique("T1086"))
    assert found == ["domain-unknown error $.customDataURL", "technique-revoked error $.techniques[0].techniqueID"]
