from __future__ import annotations

import pytest

from tests.made_inputs import Json
from tests.validation.made_layers import only, technique, told


@pytest.mark.parametrize(
    "entries",
    [
        [*technique(score=1), *technique(score=2)],
        [*technique(comment="a"), *technique(comment="b")],
        [*technique(comment="a"), *technique(score=1)],
        [*technique(tactic="collection", score=2), *technique()],
        [*technique(tactic="collection", score=2), *technique(tactic="collection")],
        [*technique(showSubtechniques=True), *technique()],
    ],
)
def test_entry_that_replaces_another_is_an_error(entries: list[Json]) -> None:
    finding = only(techniques=entries)
    assert (finding.rule, finding.severity, finding.path) == ("technique-duplicate", "error", "$.techniques[1]")


@pytest.mark.parametrize(
    "entries",
    [
        [*technique(comment="same"), *technique(comment="same")],
        [*technique(tactic="collection"), *technique()],
        [*technique(comment=""), *technique(enabled=True, metadata=[])],
        [*technique(score=...), *technique()],
    ],
)
def test_entry_that_loses_nothing_is_a_warning(entries: list[Json]) -> None:
    finding = only(techniques=entries)
    assert (finding.rule, finding.severity, finding.path) == ("technique-duplicate", "warning", "$.techniques[1]")


@pytest.mark.parametrize(
    "entries",
    [
        [*technique(), *technique(tactic="collection", score=2)],
        [*technique("T1078", tactic="persistence"), *technique("T1078", tactic="initial-access", score=2)],
        [*technique(), *technique("T1114.003", score=2)],
    ],
)
def test_entries_of_different_cells_or_that_refine_another_are_no_finding(entries: list[Json]) -> None:
    assert told(techniques=entries) == []


@pytest.mark.parametrize("id_", ["T1086", "T9999", "T1430"])
def test_entries_that_are_in_no_cell_replace_nothing(id_: str) -> None:
    found = told(techniques=[*technique(id_, score=1), *technique(id_, score=2)])
    assert [finding.partition(" ")[0] for finding in found if "duplicate" in finding] == []
    assert len(found) == 2


def test_each_entry_is_compared_with_the_one_that_it_replaces() -> None:
    entries = [*technique(score=1), *technique(score=2), *technique(score=2)]
    assert told(techniques=entries) == [
        "technique-duplicate error $.techniques[1]",
        "technique-duplicate warning $.techniques[2]",
    ]
