"""Layer files as people keep them: what validation says of each, against what the Navigator does with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from navigator_export import Finding, validate
from tests.real_inputs import shared, shared_files

SAID: dict[str, set[str]] = {
    "domain-old-enterprise.json": {"domain-old warning", "technique-revoked error"},
    "version-top-4.5.json": {"field-old warning", "attack-version-missing warning"},
    "version-top-overrides.json": {"format-version error"},
    "viewmode-mini.json": {"field-old warning"},
    "platforms-old-names.json": {"platform-old warning"},
    "platforms-hide-annotated.json": {"platform-hides warning"},
    "platforms-no-release.json": {"attack-version-missing warning", "platform-unknown error"},
    "filters-misspelt.json": {"unknown-field warning"},
    "sub-disabled-not-annotated.json": set(),
    "sub-hidden-other-tactic.json": {"subtechnique-hidden warning"},
    "sub-folded-aggregate.json": set(),
    "sub-dead-counted.json": {"technique-deprecated error", "subtechnique-hidden warning"},
    "duplicate-identical.json": {"technique-duplicate warning"},
    "duplicate-dead.json": {"technique-revoked error"},
    "metadata-name-and-divider.json": {"metadata-entry error"},
    "colour-names-and-no-colour.json": {"colour-name warning", "colour-invalid error"},
    "attack-number.json": {"attack-version-missing error", "technique-revoked error"},
    "attack-7.json": {"attack-version-unchecked warning"},
    "no-version-old-ids.json": {
        "format-version error",
        "attack-version-missing warning",
        "technique-revoked error",
    },
    "other-matrix.json": {"custom-matrix error"},
    "customDataURL.json": {"custom-matrix error"},
    "scores-above-gradient.json": {"scores-alike warning"},
    "all-scores-one-colour.json": {"scores-alike warning"},
    "technique-no-annotation.json": {"no-techniques warning"},
    "stix-bundle.json": {"no-layer error"},
    "mapping-file.json": {"no-layer error"},
}
"""The rules, each with how bad it is, that are to be told of a file."""

CASES = [case for case in shared_files("layer-cases/*.json") if case.id != "expected.json"]


def found(name: str) -> tuple[Finding, ...]:
    return validate(shared(f"layer-cases/{name}").read_bytes(), name)


@pytest.mark.parametrize("file", CASES)
def test_every_case_is_told_as_the_navigator_takes_it(file: Path) -> None:
    assert {f"{finding.rule} {finding.severity}" for finding in found(file.name)} == SAID[file.name]


def test_every_case_is_judged() -> None:
    assert json.loads(shared("layer-cases/expected.json").read_text("utf-8")).keys() == SAID.keys()


@pytest.mark.parametrize(
    ("name", "rule", "words"),
    [
        ("sub-hidden-other-tactic.json", "subtechnique-hidden", "in 3 cells"),
        ("sub-dead-counted.json", "subtechnique-hidden", "1 annotated sub-technique is"),
        ("platforms-hide-annotated.json", "platform-hides", "2 annotated techniques"),
        ("platforms-hide-annotated.json", "platform-hides", "T1609 (Containers), T1595 (PRE)"),
        ("scores-above-gradient.json", "scores-alike", "3 of 3 scores"),
        ("attack-7.json", "attack-version-unchecked", "techniques are not checked"),
        ("no-version-old-ids.json", "attack-version-missing", "checked as the newest, 20.0"),
        ("other-matrix.json", "custom-matrix", "techniques not checked"),
    ],
)
def test_finding_says_what_is_lost(name: str, rule: str, words: str) -> None:
    assert any(words in finding.message for finding in found(name) if finding.rule == rule)
