"""The smallest, or cheapest, set of capabilities that answers enough of what threats use.

Choosing sets that cover is a hard problem, which HiGHS, a solver of mixed-integer programmes, solves exactly. Where it
gives up after `MOST_NODES` steps, the best set found stands with the bound that is proven, and is said to be so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping as Dictionary
from typing import Final

import msgspec

from navigator_export.analysis.coverage import Coverage, refuse_exposure
from navigator_export.analysis.means import Means
from navigator_export.analysis.solving import Problem as CoverProblem, Solution, cheapest, most
from navigator_export.analysis.use import ThreatUse
from navigator_export.errors import Problem, SelectionError
from navigator_export.layer.format import Number

Key = tuple[str, str]
"""Framework and id of a capability."""

MOST_NODES: Final = 20_000
"""Steps of the search; a number of steps and not of seconds, so that every machine finds the same."""


class Step(msgspec.Struct, frozen=True):
    """One capability of a plan."""

    means: Means
    cost: Number
    adds: tuple[str, ...]
    """Techniques that are used and that nothing before it answers; sorted."""
    share: float
    """Share of use that is covered with it and all before it, 0 to 1."""


class Plan(msgspec.Struct, frozen=True):
    """A set of capabilities, in the order in which each adds most for what it costs."""

    coverage: Coverage
    """All that there is to choose from."""
    use: ThreatUse
    have: tuple[Means, ...]
    """Capabilities that are there already."""
    share_before: float
    """Share of use that they cover, 0 to 1."""
    steps: tuple[Step, ...]
    cost: Number
    share: float
    """Share of use that is covered in the end, 0 to 1."""
    share_of_all: float
    """Share of use that all capabilities together cover: as far as any plan goes."""
    proven: bool
    """Whether no set is better; else `bound` tells how much better one may be."""
    bound: Number
    """The least cost that may do for a target, or the greatest share of use that a budget may reach."""


def plan(
    coverage: Coverage,
    use: ThreatUse,
    *,
    have: Collection[Key] = (),
    target: float | None = None,
    budget: Number | None = None,
    costs: Dictionary[Key, Number] | None = None,
) -> Plan:
    """Return the cheapest set that covers the `target` share of use (0 to 1), or the best one within a `budget`.

    Without `costs` each capability costs 1, so cheapest is smallest and a budget is a number of capabilities. With
    neither target nor budget, the target is all that can be covered.
    Raises SelectionError where the target cannot be reached, with how far all capabilities go; where a capability has
    no cost; and where nothing answers what is used.
    """
    refuse_exposure((coverage,))
    capabilities = _capabilities(coverage)
    answers = {key: _answers(key, coverage, use) for key in capabilities}
    useful = {key: answered for key, answered in answers.items() if answered}
    weights = {technique: used.weight for technique, used in use.techniques.items()}
    total = sum(weights.values())
    owned = [key for key in capabilities if key in set(have)]
    price = _prices(useful, owned, costs)
    reachable = frozenset().union(*useful.values()) if useful else frozenset()
    share_of_all = sum(weights[technique] for technique in reachable) / total
    if not reachable:
        raise SelectionError(Problem(f"nothing that {coverage.name} maps is used by {use.name}", "threat"))
    if target is not None and target > share_of_all + 1e-9:
        message = f"a share of {100 * target:g} % of what {use.name} use is out of reach"
        hint = f"all capabilities together cover {100 * share_of_all:.1f} %"
        raise SelectionError(Problem(message, "target", hint))
    before = frozenset().union(*(answers[key] for key in owned)) if owned else frozenset()
    problem = CoverProblem(
        answers={key: answered - before for key, answered in useful.items() if key not in owned and answered - before},
        weights=weights,
        costs=price,
    )
    covered_before = sum(weights[technique] for technique in before)
    if budget is not None:
        solution = most(problem, budget, MOST_NODES)
    else:
        wanted = (share_of_all if target is None else target) * total - covered_before
        solution = cheapest(problem, wanted, MOST_NODES)
    return _plan(
        coverage, use, problem, solution, capabilities, owned, covered_before, share_of_all, budget is not None
    )


def _plan(
    coverage: Coverage,
    use: ThreatUse,
    problem: CoverProblem[Key],
    solution: Solution[Key],
    capabilities: dict[Key, Means],
    owned: list[Key],
    covered_before: Number,
    share_of_all: float,
    is_budget: bool,
) -> Plan:
    total = sum(problem.weights.values())
    steps = []
    got: frozenset[str] = frozenset()
    reached = covered_before
    left = sorted(solution.chosen)
    while left:
        best = max(left, key=lambda key: _gain(problem, key, got) / max(problem.costs[key], 1e-9))
        left.remove(best)
        adds = problem.answers[best] - got
        got |= adds
        reached += sum(problem.weights[technique] for technique in adds)
        steps.append(Step(capabilities[best], problem.costs[best], tuple(sorted(adds)), reached / total))
    bound = (covered_before + solution.bound) / total if is_budget else solution.bound
    return Plan(
        coverage=coverage,
        use=use,
        have=tuple(capabilities[key] for key in owned),
        share_before=covered_before / total,
        steps=tuple(steps),
        cost=sum(problem.costs[key] for key in solution.chosen),
        share=reached / total,
        share_of_all=share_of_all,
        proven=solution.proven,
        bound=bound,
    )


def _gain(problem: CoverProblem[Key], key: Key, got: frozenset[str]) -> Number:
    return sum(problem.weights[technique] for technique in problem.answers[key] - got)


def _capabilities(coverage: Coverage) -> dict[Key, Means]:
    """Return every capability of a coverage, sorted by framework and id."""
    found = {(m.framework, m.id): m for covered in coverage.techniques.values() for m in covered.means}
    return {key: msgspec.structs.replace(found[key], ratings=()) for key in sorted(found)}


def _answers(key: Key, coverage: Coverage, use: ThreatUse) -> frozenset[str]:
    return frozenset(
        technique
        for technique in use.techniques
        if (covered := coverage.techniques.get(technique)) and any((m.framework, m.id) == key for m in covered.means)
    )


def _prices(
    useful: Collection[Key], owned: Collection[Key], costs: Dictionary[Key, Number] | None
) -> dict[Key, Number]:
    if costs is None:
        return dict.fromkeys(useful, 1)
    lacking = [id_ for framework, id_ in useful if (framework, id_) not in costs and (framework, id_) not in owned]
    if lacking:
        raise SelectionError(Problem(f"no cost for {', '.join(sorted(lacking)[:8])}", "costs", "give each one a cost"))
    return {key: costs.get(key, 0) for key in useful}
