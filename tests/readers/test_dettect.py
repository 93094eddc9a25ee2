"""DeTT&CT's technique administration: scores as ratings, systems as groups."""

from __future__ import annotations

import pytest

from navigator_export import MappingSet, SourceError, read_bytes
from navigator_export.readers import ReadOptions
from navigator_export.readers.options import Limits

ADMINISTRATION = """\
version: 1.2
file_type: technique-administration
name: example
domain: enterprise-attack
platform: [Windows]
techniques:
- technique_id: T1114
  technique_name: Email Collection
  detection:
  - applicable_to: [client endpoints, servers]
    location: [EDR, Use case 7]
    comment: ''
    score_logbook:
    - date: 2017-01-01
      score: 4
      comment: old
    - date: 2019-01-01
      score: 3
      comment: new
  - applicable_to: [printers]
    location: ['']
    score_logbook: [{date: , score: 0}]
  visibility:
    applicable_to: [all]
    comment: Seen
    score_logbook: [{date: 2019-03-01, score: 1, comment: '', auto_generated: true}]
- technique_id: T1078
  detection:
    applicable_to: [all]
    score_logbook: [{date: , score: -1, comment: ''}]
  visibility:
    applicable_to: [all]
    score_logbook: [{date: 2019-03-01, score: 4}]
"""


def read_scores(text: str = ADMINISTRATION, **options: object) -> MappingSet:
    return read_bytes(text.encode(), "x.yaml", ReadOptions(attack_version="16.1", **options))


def values(mappings: MappingSet) -> list[tuple[str, str, str | None]]:
    return [(m.capability.id, m.technique, m.value) for m in mappings.mappings]


def test_newest_scores_are_ratings() -> None:
    mappings = read_scores()
    assert values(mappings) == [
        ("detection: client endpoints", "T1114", "partial"),
        ("detection: servers", "T1114", "partial"),
        ("visibility: all", "T1114", "minimal"),
        ("visibility: all", "T1078", "significant"),
    ]
    assert {m.category for m in mappings.mappings} == {"detect"}
    assert [m.mapping_type.id for m in mappings.mappings if m.mapping_type] == ["detection"] * 2 + ["visibility"] * 2
    assert mappings.mappings[0].comment == "Where: EDR, Use case 7\nnew"
    assert {c.id: [group.id for group in c.groups] for c in mappings.capabilities}["detection: servers"] == ["servers"]
    [source] = mappings.sources
    assert (source.framework, source.domain, source.format) == ("dettect example", "enterprise", "dettect")


def test_scores_of_none_map_nothing_and_are_counted() -> None:
    assert [(u.capability, u.technique, u.reason) for u in read_scores().unmapped] == [
        ("detection: printers", "T1114", "non-mappable"),
        ("detection: all", "T1078", "non-mappable"),
    ]


def test_rule_of_the_scores_is_told_and_can_be_changed() -> None:
    remarks = read_scores().sources[0].remarks
    assert remarks[0].startswith("scores: 1 is minimal, 2 and 3 partial, 4 and 5 significant, -1 and 0 none")
    changed = read_scores(ratings=(("3", "significant"), ("0", "minimal")))
    assert ("detection: servers", "T1114", "significant") in values(changed)
    assert ("detection: printers", "T1114", "minimal") in values(changed)
    assert ("visibility: all", "T1078", "significant") in values(changed)


@pytest.mark.parametrize("score", ["6", "-2", "high", "''", "3.5"])
def test_score_that_is_none_is_told(score: str) -> None:
    with pytest.raises(SourceError, match=r"line 24: error this is not a score of visibility; expected one from -1"):
        read_scores(ADMINISTRATION.replace("score: 1,", f"score: {score},"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ADMINISTRATION.replace("technique_id: T1078", "id: T1078"), "line 27: error technique_id is missing"),
        (ADMINISTRATION.replace("T1078", "T107"), "'T107' is not a technique id"),
        (ADMINISTRATION.replace("score: -1", "score: [1]"), "expected text, found a list"),
        ("file_type: other\n", "not a technique administration"),
        ("- x\n", "not a technique administration"),
        (ADMINISTRATION.replace("domain: enterprise-attack", "domain: space"), "unknown domain 'space'"),
    ],
)
def test_what_is_wrong_is_told(text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_scores(text, format="dettect")


def test_rows_beyond_the_limit_are_refused() -> None:
    with pytest.raises(SourceError, match="more than 3 rows"):
        read_scores(limits=Limits(rows=3))
