from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from navigator_export.analysis.gaps import gaps, shares
from navigator_export.analysis.gates import failing
from navigator_export.attack import builtin
from navigator_export.errors import SelectionError
from navigator_export.recipe import Recipe
from tests.analysis.sides_made import at_tier, made_coverage, made_use
from tests.made_inputs import NIST, make_row, rated_rows, unrated_rows


def test_shares_are_of_techniques_of_use_and_of_rating() -> None:
    # T1114 significant, T1114.003 minimal; T1003 is not covered.
    found = shares(made_coverage(rated_rows()), made_use(T1114=6, T1114_003=3, T1003=1))
    assert (found.covered, found.weak, found.of) == (2, 1, 3)
    assert found.by_count == pytest.approx(2 / 3)
    assert found.by_use == pytest.approx(0.9)
    assert found.by_rating == pytest.approx((6 + 3 / 3) / 10)


def test_unrated_coverage_has_no_share_by_rating() -> None:
    assert shares(made_coverage(unrated_rows(), **NIST), made_use(T1114=1)).by_rating is None


def test_open_ones_come_first_by_use() -> None:
    found = gaps(made_coverage(rated_rows()), made_use(T1003=1, T1059=5, T1114_003=9, T1114=7), builtin())
    assert [(gap.technique, gap.state) for gap in found.techniques] == [
        ("T1059", "uncovered"),
        ("T1003", "uncovered"),
        ("T1114.003", "weak"),
        ("T1114", "covered"),
    ]


def test_covered_sub_technique_covers_its_technique_in_part_and_no_more() -> None:
    coverage = made_coverage([make_row(technique="T1114.003")])
    found = gaps(coverage, made_use(T1114=1), builtin())
    assert found.shares.covered == 0
    assert found.techniques[0].covered_parts == ("T1114.003",)


def test_technique_does_not_vouch_for_a_sub_technique() -> None:
    found = gaps(made_coverage([make_row(technique="T1114")]), made_use(T1114_003=1), builtin())
    assert found.techniques[0].state == "uncovered"
    assert found.techniques[0].covered_parts == ()


def test_what_would_close_a_gap_is_named_with_its_tier() -> None:
    coverage = made_coverage(rated_rows(), recipe=at_tier("E3"))
    found = gaps(coverage, made_use(T1566=1, T1114=1), builtin(), [made_coverage(rated_rows())])
    assert [(c.means.id, c.means.tier) for c in found.techniques[0].closers] == [("HUNT-E5", "E5")]
    covered = next(gap for gap in found.techniques if gap.technique == "T1114")
    assert covered.closers == ()


def test_weak_coverage_is_not_closed_by_what_is_no_better() -> None:
    coverage = made_coverage([make_row("A-E3", "T1114", "protect minimal")])
    same = made_coverage([make_row("B-E3", "T1114", "protect minimal")])
    better = made_coverage([make_row("C-E3", "T1114", "protect partial")])
    found = gaps(coverage, made_use(T1114=1), builtin(), [same, better])
    assert [closer.means.id for closer in found.techniques[0].closers] == ["C-E3"]


def test_other_release_is_refused() -> None:
    coverage = made_coverage(rated_rows(), recipe=Recipe(attack_version="18.1"))
    with pytest.raises(SelectionError, match="attack_version"):
        gaps(coverage, made_use(T1114=1), builtin())


def test_frameworks_of_what_was_used_are_refused() -> None:
    coverage = made_coverage(unrated_rows(), **NIST | {"mapping_framework": "veris"})
    with pytest.raises(SelectionError, match="VERIS"):
        gaps(coverage, made_use(T1114=1), builtin())


def test_gates_tell_what_fails() -> None:
    found = gaps(made_coverage(rated_rows()), made_use(T1114=1, T1003=3), builtin())
    assert failing(found, under=25) == ()
    assert failing(found, under=25.1) == ("25.0 % of use is covered, less than 25.1 %",)
    assert failing(found, required=["T1114", "T1003"]) == ("not covered: T1003",)


IDS = ("T1114", "T1566", "T1078", "T1059", "T1003")


@given(
    covered=st.sets(st.sampled_from(IDS), min_size=1),
    used=st.dictionaries(st.sampled_from(IDS), st.integers(1, 9), min_size=1),
)
def test_more_coverage_never_covers_less(covered: set[str], used: dict[str, int]) -> None:
    less = made_coverage([make_row(technique=id_) for id_ in sorted(covered)])
    more = made_coverage([make_row(technique=id_) for id_ in sorted({*covered, "T1059"})])
    use = made_use(**used)
    one, other = shares(less, use), shares(more, use)
    assert one.by_use <= other.by_use <= 1
    assert one.by_count <= other.by_count
    assert other.by_rating is not None
    assert other.by_rating <= other.by_use
