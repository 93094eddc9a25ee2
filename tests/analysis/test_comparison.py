from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from navigator_export.analysis.comparison import CHANGES, compare
from navigator_export.analysis.coverage import Coverage
from navigator_export.attack import builtin
from navigator_export.errors import SelectionError
from navigator_export.recipe import Recipe
from tests.analysis.sides_made import at_tier, made_coverage
from tests.made_inputs import NIST, make_row, rated_rows, unrated_rows

IDS = ("T1114", "T1566", "T1078", "T1059", "T1003.001")
VALUES = ("minimal", "partial", "significant")


def changes(old: Coverage, new: Coverage) -> dict[str, str]:
    return {d.technique: d.change for d in compare(old, new, builtin()).differences}


def test_each_technique_has_one_change() -> None:
    old = made_coverage(
        [make_row("A-E3", "T1114", "protect partial"), make_row("A-E3", "T1566"), make_row("A-E3", "T1078")]
    )
    new = made_coverage(
        [
            make_row("A-E3", "T1114", "protect significant"),
            make_row("A-E3", "T1566", "protect minimal"),
            make_row("A-E3", "T1059"),
            make_row("B-E3", "T1078"),
        ]
    )
    assert changes(old, new) == {
        "T1059": "gained",
        "T1114": "better",
        "T1566": "worse",
        "T1078": "same",
    }
    assert changes(new, old)["T1059"] == "lost"


def test_capabilities_that_make_the_difference_are_named() -> None:
    comparison = compare(
        made_coverage(rated_rows(), recipe=at_tier("E3")), made_coverage(rated_rows(), recipe=at_tier("E5")), builtin()
    )
    by = {d.technique: [means.id for means in d.by] for d in comparison.differences if d.change != "same"}
    assert by == {"T1566": ["HUNT-E5"], "T1114": ["HUNT-E5"]}
    assert comparison.total.counts == (3, 4)


def test_rated_and_unrated_are_compared_on_presence_alone() -> None:
    comparison = compare(made_coverage(rated_rows()), made_coverage(unrated_rows(), **NIST), builtin())
    assert "not rated" in comparison.presence_only
    assert {d.change for d in comparison.differences} == {"same", "lost", "gained"}


def test_counts_of_two_frameworks_are_compared_on_presence_alone() -> None:
    other = NIST | {"mapping_framework": "cis_controls"}
    comparison = compare(made_coverage(unrated_rows(), **NIST), made_coverage(unrated_rows(), **other), builtin())
    assert comparison.presence_only
    assert not comparison.differs


def test_technique_does_not_vouch_for_its_sub_techniques() -> None:
    old, new = made_coverage([make_row(technique="T1114")]), made_coverage([make_row(technique="T1114.003")])
    assert changes(old, new) == {"T1114": "lost", "T1114.003": "gained"}


def test_different_releases_are_refused() -> None:
    newer = made_coverage(rated_rows(), recipe=Recipe(attack_version="18.1"))
    with pytest.raises(SelectionError, match=r"at ATT&CK 16\.1"):
        compare(made_coverage(rated_rows()), newer, builtin())


def test_counts_per_tactic_are_of_the_matrix() -> None:
    comparison = compare(made_coverage(rated_rows()), made_coverage([make_row(technique="T1566")]), builtin())
    rows = {row.tactic: row for row in comparison.tactics}
    assert rows["initial-access"].counts == (2, 1)
    assert rows["initial-access"].of == 21
    assert comparison.total.of == 656


ratings = st.dictionaries(st.sampled_from(IDS), st.sampled_from(VALUES), min_size=1)


@given(old=ratings, new=ratings)
def test_turned_around_every_change_is_its_opposite(old: dict[str, str], new: dict[str, str]) -> None:
    sides = [
        made_coverage([make_row("A-E3", technique, f"protect {value}") for technique, value in side.items()])
        for side in (old, new)
    ]
    there, back = changes(sides[0], sides[1]), changes(sides[1], sides[0])
    opposite = {"gained": "lost", "lost": "gained", "better": "worse", "worse": "better", "same": "same"}
    assert {id_: opposite[change] for id_, change in there.items()} == back
    assert set(there.values()) <= set(CHANGES)
    assert there.keys() == old.keys() | new.keys()
