from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings, strategies as st

from navigator_export.analysis.coverage import Coverage
from navigator_export.analysis.plan import plan
from navigator_export.analysis.use import ThreatUse
from navigator_export.errors import SelectionError
from tests.analysis.sides_made import made_coverage, made_use
from tests.made_inputs import make_row

IDS = ("T1114", "T1566", "T1078", "T1059", "T1003", "T1021")

SETS = {"A-E3": ("T1114", "T1566", "T1078"), "B-E3": ("T1114", "T1566", "T1059"), "C-E5": ("T1078", "T1003")}


def covering(sets: dict[str, tuple[str, ...]]) -> Coverage:
    return made_coverage([make_row(id_, technique) for id_, ids in sets.items() for technique in ids])


def chosen(**goal: object) -> list[str]:
    use = made_use(T1114=1, T1566=1, T1078=1, T1059=1, T1003=1)
    return sorted(step.means.id for step in plan(covering(SETS), use, **goal).steps)


def test_fewest_capabilities_are_found_where_the_greedy_choice_would_take_more() -> None:
    assert chosen() == ["B-E3", "C-E5"]


def test_target_needs_no_more_than_it_asks() -> None:
    assert len(chosen(target=0.6)) == 1


def test_budget_covers_as_much_as_it_can() -> None:
    assert chosen(budget=2) == ["B-E3", "C-E5"]


def test_what_is_there_already_is_not_bought_again() -> None:
    assert chosen(have=[("m365", "B-E3")]) == ["C-E5"]


def test_costs_decide() -> None:
    costs = {("m365", "A-E3"): 1, ("m365", "B-E3"): 9, ("m365", "C-E5"): 1}
    assert chosen(target=0.8, costs=costs) == ["A-E3", "C-E5"]


def test_steps_run_up_to_the_whole() -> None:
    use = made_use(T1114=1, T1566=1, T1078=1, T1059=1, T1003=1, T1021=5)
    found = plan(covering(SETS), use)
    assert [step.share for step in found.steps] == pytest.approx([0.3, 0.5])
    assert found.share == found.share_of_all == pytest.approx(0.5)
    assert found.proven


def test_target_out_of_reach_says_how_far_it_goes() -> None:
    with pytest.raises(SelectionError, match=r"90 %.*together cover 50\.0 %"):
        plan(covering(SETS), made_use(T1114=1, T1021=1), target=0.9)


def test_nothing_that_is_used_is_mapped() -> None:
    with pytest.raises(SelectionError, match="nothing that"):
        plan(covering(SETS), made_use(T1021=1))


def test_capability_without_a_cost_is_told() -> None:
    with pytest.raises(SelectionError, match="no cost for B-E3, C-E5"):
        plan(covering(SETS), made_use(T1114=1, T1003=1), costs={("m365", "A-E3"): 1})


sets = st.dictionaries(
    st.sampled_from(("A-E3", "B-E3", "C-E3", "D-E3", "E-E3", "F-E3")),
    st.lists(st.sampled_from(IDS), min_size=1, unique=True).map(tuple),
    min_size=1,
)
weights = st.dictionaries(st.sampled_from(IDS), st.integers(1, 20), min_size=1)


def reached(names: tuple[str, ...], made: dict[str, tuple[str, ...]], use: ThreatUse) -> float:
    covered = {technique for name in names for technique in made[name]}
    return sum(used.weight for id_, used in use.techniques.items() if id_ in covered) / use.weight


@settings(deadline=None)
@given(made=sets, used=weights, share=st.floats(0.01, 1), most=st.integers(1, 4))
def test_no_choice_of_all_is_better(
    made: dict[str, tuple[str, ...]], used: dict[str, int], share: float, most: int
) -> None:
    use = made_use(**used)
    coverage = covering(made)
    choices = [names for size in range(len(made) + 1) for names in combinations(sorted(made), size)]
    best_of_all = max(reached(names, made, use) for names in choices)
    if best_of_all == 0:
        return
    target = share * best_of_all
    fewest = min(len(names) for names in choices if reached(names, made, use) >= target - 1e-9)
    found = plan(coverage, use, target=target)
    assert len(found.steps) == fewest
    assert found.share >= target - 1e-9
    most_covered = max(reached(names, made, use) for names in choices if len(names) <= most)
    within = plan(coverage, use, budget=most)
    assert len(within.steps) <= most
    assert within.share == pytest.approx(most_covered)
