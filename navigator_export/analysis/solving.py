"""Maximum coverage and weighted set cover, solved exactly by HiGHS.

A variable of 0 or 1 stands for each set, one between 0 and 1 for each element, which is covered as far as the sets
that hold it are taken. The only module that loads the solver, and only when something is solved.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping as Dictionary
from typing import Any, Final, Generic, TypeVar

import msgspec

from navigator_export import errors
from navigator_export.layer.format import Number

Key = TypeVar("Key", bound=Hashable)

_CLOSE: Final = 1e-6
"""Of a solution's numbers: what is nearer to a whole number is that number."""


class Problem(msgspec.Struct, Generic[Key], frozen=True):
    """Sets to choose from; the order of their keys decides between equally good choices."""

    answers: Dictionary[Key, frozenset[str]]
    weights: Dictionary[str, Number]
    costs: Dictionary[Key, Number]


class Solution(msgspec.Struct, Generic[Key], frozen=True):
    """The sets to take."""

    chosen: tuple[Key, ...]
    proven: bool
    """Whether no choice is better."""
    bound: Number
    """What the best choice may come to: the least cost, or the greatest weight."""


def cheapest(problem: Problem[Key], wanted: Number, nodes: int) -> Solution[Key]:
    """Return the cheapest sets whose elements weigh `wanted` at least; of these, those that cover most.

    It must be in reach. `nodes` limits the search.
    """
    if wanted <= _CLOSE:
        return Solution((), True, 0)
    model = _Model(problem, nodes)
    model.weigh_at_least(wanted)
    cost, bound, proven = model.solve(model.cost, maximise=False)
    model.cost_at_most(cost)
    model.solve(model.weight, maximise=True)
    return Solution(model.chosen(), proven, bound)


def most(problem: Problem[Key], budget: Number, nodes: int) -> Solution[Key]:
    """Return the sets that cover most within a budget; of these, the cheapest."""
    model = _Model(problem, nodes)
    model.cost_at_most(budget)
    weight, bound, proven = model.solve(model.weight, maximise=True)
    model.weigh_at_least(weight)
    model.solve(model.cost, maximise=False)
    return Solution(model.chosen(), proven, bound)


class _Model(Generic[Key]):
    def __init__(self, problem: Problem[Key], nodes: int) -> None:
        try:
            import highspy  # loads numpy, which few commands need
        except ImportError as error:
            message = f"what is best is found with highspy, which cannot be loaded ({errors.reason(error)})"
            raise errors.OutputError("", [errors.Problem(message, hint="pip install 'highspy>=1.9'")]) from None

        self._problem = problem
        self._solver: Any = highspy.Highs()  # type: ignore[no-untyped-call] # it ships stubs for a part only
        for option, value in {
            "log_to_console": False,
            "threads": 1,
            "random_seed": 0,
            "mip_max_nodes": nodes,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": _CLOSE,
        }.items():
            self._solver.setOptionValue(option, value)
        self._taken = {key: self._solver.addBinary() for key in problem.answers}
        holders: dict[str, list[Any]] = {}
        for key, elements in problem.answers.items():
            for element in sorted(elements):
                holders.setdefault(element, []).append(self._taken[key])
        covered = {element: self._solver.addVariable(0, 1) for element in sorted(holders)}
        for element, taken in holders.items():
            self._solver.addConstr(self._solver.qsum(taken) >= covered[element])
        self.cost = self._solver.qsum(problem.costs[key] * variable for key, variable in self._taken.items())
        self.weight = self._solver.qsum(problem.weights[element] * variable for element, variable in covered.items())

    def weigh_at_least(self, weight: Number) -> None:
        # Sums of weights differ in their last digits by the order of adding.
        self._solver.addConstr(self.weight >= weight * (1 - _CLOSE))

    def cost_at_most(self, cost: Number) -> None:
        self._solver.addConstr(self.cost <= cost * (1 + _CLOSE))

    def solve(self, objective: Any, *, maximise: bool) -> tuple[Number, Number, bool]:
        """Return what the objective comes to, its bound, and whether that is proven to be best."""
        (self._solver.maximize if maximise else self._solver.minimize)(objective)
        info = self._solver.getInfo()
        proven = abs(info.objective_function_value - info.mip_dual_bound) <= 10 * _CLOSE
        return _whole(info.objective_function_value), _whole(info.mip_dual_bound), proven

    def chosen(self) -> tuple[Key, ...]:
        """Return the sets that the last solution takes."""
        return tuple(key for key, variable in self._taken.items() if round(self._solver.val(variable)))


def _whole(number: float) -> Number:
    return round(number) if abs(number - round(number)) <= _CLOSE else number
