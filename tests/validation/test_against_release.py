"""Layers checked against another ATT&CK release than their own, and layers that are to be used together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from navigator_export.validation import validate, validate_files
from tests.made_inputs import Json, layer_bytes, make_layer_json
from tests.real_inputs import shared
from tests.running import Run


def entry(id_: str) -> list[dict[str, Json]]:
    return [{"techniqueID": id_, "score": 1}]


def versions(attack: str) -> dict[str, str]:
    return {"attack": attack, "navigator": "5.1.0", "layer": "4.5"}


@pytest.mark.parametrize(
    ("id_", "own", "against", "rule", "hint"),
    [
        ("T1562.001", "16", "20.0", "technique-revoked", "T1685"),
        ("T1656", "16", "8.0", "technique-not-yet", "14.0"),
        ("T1086", "20", "20", "technique-revoked", "T1059.001"),
        ("T1175", "16", "20.0", "technique-deprecated", "nothing replaces"),
        ("T1430", "16", "20.0", "technique-other-domain", "mobile"),
        ("T9999", "16", "20.0", "technique-unknown", ""),
    ],
)
def test_technique_is_checked_against_the_release_asked_for(
    id_: str, own: str, against: str, rule: str, hint: str, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(layer_bytes(techniques=entry(id_), versions=versions(own)))
    outcome = run("validate", file, "--against", against, "--format", "json")
    [finding] = json.loads(outcome.out)["findings"]
    assert outcome.code == 1
    assert finding["rule"] == rule
    assert finding["path"] == "$.techniques[0].techniqueID"
    assert hint in finding.get("hint", "")


@pytest.mark.parametrize(("own", "against"), [("20", "16.1"), ("20", "16"), ("20", "17.1"), ("20", "18.0")])
def test_technique_that_the_release_asked_for_has_is_no_finding(own: str, against: str) -> None:
    data = layer_bytes(techniques=entry("T1562.001"), versions=versions(own))
    assert {finding.rule for finding in validate(data)} == {"technique-revoked"}
    assert validate(data, against=against) == ()


def test_tactics_are_those_of_the_release_asked_for() -> None:
    table = json.loads(shared("attack/techniques.json").read_text("utf-8"))["techniques"]
    [fact] = [f for f in table if f["domain"] == "enterprise" and f["id"] == "T1027"]
    assert [release for release, _ in fact["tactics"]][-1] == "19.1"
    data = layer_bytes(techniques=[{"techniqueID": "T1027", "tactic": "defense-evasion", "score": 1}])
    assert validate(data) == ()
    assert [finding.rule for finding in validate(data, against="20.0")] == ["tactic-unknown"]


@pytest.mark.parametrize("asked", ["33", "v20", "", "newest"])
def test_release_that_is_not_known_is_a_usage_error(asked: str, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(layer_bytes())
    outcome = run("validate", file, f"--against={asked}")
    assert outcome.code == 2
    assert outcome.out == b""
    assert "--against" in outcome.err


# ---- layers that are to be used together -----------------------------------------------------------------------------

ENTERPRISE_16 = layer_bytes()
ENTERPRISE_20 = layer_bytes(versions=versions("20"))
MOBILE_16 = layer_bytes(domain="mobile-attack", techniques=entry("T1430"))
MOBILE_20 = layer_bytes(domain="mobile-attack", techniques=entry("T1430"), versions=versions("20"))
OLD_NAME_20 = layer_bytes(domain="mitre-enterprise", versions=versions("20"))


def mixed(files: dict[str, bytes]) -> list[tuple[str, str, str]]:
    findings = [finding for finding in validate_files(files) if finding.rule != "layer-names-alike"]
    assert {finding.rule for finding in findings} <= {"mixed-releases", "domain-old"}
    assert {finding.severity for finding in findings} <= {"warning"}
    return [(finding.file, finding.path, finding.message) for finding in findings if finding.rule == "mixed-releases"]


def test_layers_of_one_release_are_not_mixed() -> None:
    assert mixed({"a": ENTERPRISE_16, "b": ENTERPRISE_16}) == []
    assert mixed({"a": ENTERPRISE_16, "b": layer_bytes(versions=versions("16.1"))}) == []


def test_every_layer_that_differs_from_the_first_of_its_domain_is_told() -> None:
    files = {"a": ENTERPRISE_16, "b": ENTERPRISE_20, "c": ENTERPRISE_16, "d": MOBILE_16, "e": OLD_NAME_20}
    assert mixed(files) == [
        ("b", "$", "enterprise 20 beside enterprise 16"),
        ("e", "$", "enterprise 20 beside enterprise 16"),
    ]


def test_layers_of_several_domains_are_no_fault() -> None:
    assert mixed({"a": ENTERPRISE_16, "b": MOBILE_16, "c": MOBILE_20}) == [("c", "$", "mobile 20 beside mobile 16")]


def test_layers_in_one_list_are_told_by_their_place() -> None:
    both = json.dumps([json.loads(ENTERPRISE_16), json.loads(ENTERPRISE_20)]).encode()
    assert mixed({"a": both}) == [("a", "$[1]", "enterprise 20 beside enterprise 16")]
    assert [place for _, place, _ in mixed({"a": both, "b": both})] == ["$[1]", "$[1]"]


def test_layers_without_domain_or_release_are_passed_over() -> None:
    nothing = make_layer_json(versions={"layer": "4.5", "navigator": "5.1.0"})
    findings = validate_files({"a": json.dumps(nothing).encode(), "b": ENTERPRISE_20, "c": ENTERPRISE_20})
    assert "mixed-releases" not in {finding.rule for finding in findings}


def test_mixed_releases_alone_do_not_fail(run: Run, tmp_path: Path) -> None:
    for name, data in (("a", ENTERPRISE_16), ("b", ENTERPRISE_20)):
        (tmp_path / f"{name}.json").write_bytes(data)
    outcome = run("validate", tmp_path / "a.json", tmp_path / "b.json")
    assert outcome.code == 0
    assert b"[mixed-releases]" in outcome.out
    assert "0 errors, 1 warning" in outcome.err
