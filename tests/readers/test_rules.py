"""Detection rules of Sigma, Splunk and Elastic: what is taken for a capability, its techniques and its groups."""

from __future__ import annotations

from pathlib import Path

import pytest

from navigator_export import MappingSet, SourceError, read, read_bytes
from navigator_export.readers import ReadOptions
from navigator_export.readers.options import Limits
from tests.readers.lists.made_lists import pairs

SIGMA = """\
title: Odd mail
id: 1b2c
status: deprecated # in favour of another
description: Mail that is odd.
references: https://example.org/a
tags:
    - attack.collection
    - attack.t1114.003
    - attack.T1078
    - attack.s0002
    - car.2016-03-001
logsource:
    category: process_creation
    product: windows
detection:
    condition: selection
"""
CORRELATION = """\
title: Much odd mail
correlation:
    type: event_count
tags: attack.t1566
"""
SPLUNK = """\
name: Odd mail
id: 1b2c
status: production
search: '| x'
description: Mail that is odd.
data_source:
    - Exchange
    - Proxy
mitre_attack_id: [T1114.003]
references: [https://example.org/a]
"""
OLD_SPLUNK = """\
name: Older
id: 9z
search: '| x'
how_to_implement: y
tags:
  asset_type: Endpoint
  mitre_attack_id:
  - T1078
"""
ELASTIC = '''\
[metadata]
maturity = "deprecated"
integration = ["endpoint"]
creation_date = 2026-01-05

[rule]
name = "Odd mail"
rule_id = "1b2c"
risk_score = 47
description = """
Mail that is odd.
"""
references = ["https://example.org/a"]
tags = ["Domain: Endpoint", "Data Source: Mail", "Data Source: Proxy"]

[[rule.threat]]
framework = "MITRE ATT&CK"
[[rule.threat.technique]]
id = "T1566"
[[rule.threat.technique]]
id = "T1114"
[[rule.threat.technique.subtechnique]]
id = "T1114.003"

[[rule.threat]]
framework = "MITRE ATLAS"
[[rule.threat.technique]]
id = "AML.T0051"
'''


def read_rule(text: str, **options: object) -> MappingSet:
    return read_bytes(text.encode(), "rule", ReadOptions(attack_version="16.1", **options))


@pytest.mark.parametrize(
    ("text", "form", "techniques", "groups"),
    [
        (SIGMA, "sigma", ["T1114.003", "T1078"], ["windows"]),
        (SPLUNK, "splunk", ["T1114.003"], ["Exchange", "Proxy"]),
        (ELASTIC, "elastic", ["T1566", "T1114.003"], ["Mail", "Proxy"]),
    ],
)
def test_rule_is_a_capability(text: str, form: str, techniques: list[str], groups: list[str]) -> None:
    mappings = read_rule(text)
    assert pairs(mappings) == [("1b2c", technique) for technique in techniques]
    [capability] = mappings.capabilities
    assert (capability.name, capability.framework) == ("Odd mail", form)
    assert [group.id for group in capability.groups] == groups
    assert {m.comment for m in mappings.mappings} == {"Mail that is odd."}
    assert {m.references for m in mappings.mappings} == {("https://example.org/a",)}
    assert {m.mapping_type.name for m in mappings.mappings if m.mapping_type} == {"Detects"}
    assert {m.rated for m in mappings.mappings} == {False}


@pytest.mark.parametrize("text", [SIGMA, ELASTIC])
def test_deprecated_rule_is_told(text: str) -> None:
    [source] = read_rule(text).sources
    assert "1 rule is deprecated, and counted like the others" in source.remarks
    assert ("status deprecated", "1 rule") in source.reading


def test_documents_of_one_file_are_rules_of_their_own() -> None:
    mappings = read_rule(f"{SIGMA}---\n{CORRELATION}")
    assert pairs(mappings)[-1] == ("Much odd mail", "T1566")
    assert mappings.sources[0].rows == 3


def test_older_detection_has_its_techniques_among_its_tags() -> None:
    mappings = read_rule(OLD_SPLUNK)
    assert pairs(mappings) == [("9z", "T1078")]
    assert [group.id for group in mappings.capabilities[0].groups] == ["Endpoint"]


def test_rule_without_a_technique_is_counted() -> None:
    mappings = read_rule(f"{SIGMA}---\ntitle: Other\ndetection: {{}}\n")
    assert [(u.capability, u.reason) for u in mappings.unmapped] == [("Other", "no technique")]


def test_folder_of_rules_of_several_kinds(tmp_path: Path) -> None:
    (tmp_path / "windows").mkdir()
    for name, text in {
        "windows/a.yml": SIGMA,
        "b.yaml": SPLUNK,
        "c.toml": ELASTIC,
        "pyproject.toml": "[project]\nname = 'x'\n",
        "workflow.yml": "on: push\n",
        "README.md": "x",
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
    mappings = read(tmp_path, options=ReadOptions(attack_version="16.1"))
    assert [source.framework for source in mappings.sources] == ["splunk", "elastic", "sigma"]
    assert mappings.sources[0].remarks[0] == (
        "2 files are no rules and no controls and are left out: pyproject.toml, workflow.yml"
    )
    assert len({source.sha256 for source in mappings.sources}) == 1


def test_folder_without_rules(tmp_path: Path) -> None:
    (tmp_path / "workflow.yml").write_text("on: push\n", "utf-8")
    with pytest.raises(SourceError, match="no rules and no security stack in this folder"):
        read(tmp_path)


def test_problems_of_all_files_are_told_with_their_places(tmp_path: Path) -> None:
    texts = {
        "a.yml": SIGMA.replace("title: Odd mail", "title: [x]"),
        "b.yml": SIGMA + "broken: [\n",
        "c.toml": ELASTIC.replace('name = "Odd mail"', "name = 5"),
        "d.toml": ELASTIC + "= x\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    for name, told in {
        "a.yml": "a.yml, line 1, title: error expected text, found a list",
        "b.yml": "b.yml, line ",
        "c.toml": "c.toml, $.rule.name: error expected `str`, got `int`",
        "d.toml": "d.toml, line 29, column 1: error this is not valid TOML",
    }.items():
        form = "elastic" if name.endswith("toml") else "sigma"
        with pytest.raises(SourceError) as raised:
            read(tmp_path, options=ReadOptions(format=form))
        assert told in "\n".join(raised.value.lines()), name


@pytest.mark.parametrize("tag", ["attack.t111", "attack.t1114.1.1", "attack.t1114x"])
def test_tag_that_is_nearly_a_technique_is_told(tag: str) -> None:
    with pytest.raises(SourceError, match="is not a technique id"):
        read_rule(SIGMA.replace("attack.t1114.003", tag))


@pytest.mark.parametrize(
    ("form", "text", "limits"),
    [
        ("sigma", SIGMA.replace("Mail that is odd.", "x" * 200), Limits(cell=100)),
        ("sigma", f"{SIGMA}---\n" * 100, Limits(values=500)),
        ("sigma", f"{SIGMA}---\n" * 100, Limits(rows=50)),
        ("elastic", ELASTIC.replace("Mail that is odd.", "some words\n" * 20), Limits(cell=100)),
        ("elastic", ELASTIC + f"x = {'[' * 10_000}\n", Limits()),
        ("elastic", ELASTIC + f"x = {'1' * 10_000}\n", Limits()),
        ("elastic", "[rule]\nrule_id = '1'\nname = 'x'\nthreat = " + "{technique = [" * 3_000, Limits()),
        ("splunk", SPLUNK + "x: &a [*a]\n", Limits()),
    ],
)
def test_hostile_rule_is_refused(form: str, text: str, limits: Limits) -> None:
    with pytest.raises(SourceError) as raised:
        read_rule(text, format=form, limits=limits)
    assert all(problem.message for problem in raised.value.problems)
