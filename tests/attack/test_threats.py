from __future__ import annotations

import json

import pytest

from navigator_export.attack.compile_threats import TARGET, compile_threats
from navigator_export.attack.threats import Threat, Threats, builtin_threats
from navigator_export.errors import SelectionError
from tests.real_inputs import shared


@pytest.mark.parametrize(
    "word", ["G0016", "g0016", "APT29", "apt 29", "APT-29", "Midnight Blizzard", " midnight_blizzard "]
)
def test_threat_is_found_by_id_name_and_alias(word: str) -> None:
    assert builtin_threats().find(word).id == "G0016"


def test_group_goes_before_software_of_its_name() -> None:
    assert builtin_threats().find("Akira").kind == "group"


def test_alias_of_several_is_refused_with_both() -> None:
    with pytest.raises(SelectionError, match=r"Ember Bear \(G1003\), Saint Bear \(G1031\)"):
        builtin_threats().find("UAC-0056")


def test_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(SelectionError, match="Sandworm Team"):
        builtin_threats().find("Sandworm")


def test_every_name_finds_its_own() -> None:
    threats = builtin_threats()
    found = {threat.id: threats.find(threat.id).id for threat in threats.threats}
    assert all(id_ == other for id_, other in found.items())
    named = [(threat, threats.find(threat.name)) for threat in threats.threats]
    assert all(threat.id == other.id or threat.kind != other.kind for threat, other in named)


def test_built_in_facts_are_those_of_the_table() -> None:
    facts = json.loads(shared("attack/threats.json").read_text("utf-8"))
    assert compile_threats(facts) == TARGET.read_bytes()
    groups = builtin_threats().of("group")
    assert sum(len(group.techniques) for group in groups) == sum(len(row["techniques"]) for row in facts["groups"])


def test_threats_without_techniques_are_not_counted() -> None:
    threats = Threats("enterprise", "1.0", (Threat("G0001", "A", "group"), Threat("G0002", "B", "group", ("T1114",))))
    assert [threat.id for threat in threats.of("group")] == ["G0002"]
