from __future__ import annotations

import pytest

from navigator_export.analysis.reports import of_side_by_side
from navigator_export.analysis.side_by_side import By, SideBySide, side_by_side
from navigator_export.attack import builtin
from navigator_export.errors import SelectionError
from navigator_export.preparation import prepare
from navigator_export.recipe import Recipe
from navigator_export.selection import Selection
from tests.made_inputs import NIST, make_row, mapping_set, rated_rows, unrated_rows


def found(by: By, recipe: Recipe | None = None) -> SideBySide:
    recipe = recipe or Recipe()
    return side_by_side(prepare([mapping_set(rated_rows())], recipe, builtin()), recipe, by)


def test_each_tier_has_the_lower_ones() -> None:
    tiers = found("tier")
    assert tiers.labels == ("E3", "E5")
    assert tiers.total.counts == (3, 4, 4)
    assert tiers.total.of == 656


def test_categories_keep_their_order() -> None:
    assert found("category").labels == ("protect", "detect", "respond")


def test_what_is_selected_holds_for_each() -> None:
    assert found("category", Recipe(selection=Selection(tier="E3"))).labels == ("protect", "detect")


def test_counts_of_a_tactic_are_those_of_its_techniques() -> None:
    [collection] = [row for row in found("tier").tactics if row.tactic == "collection"]
    assert collection.counts == (2, 2, 2)


def test_nothing_to_tell_apart_is_an_error() -> None:
    recipe = Recipe()
    prepared = prepare([mapping_set(unrated_rows(), **NIST)], recipe, builtin())
    with pytest.raises(SelectionError, match="there is no tier"):
        side_by_side(prepared, recipe, "tier")


def test_many_stand_in_rows() -> None:
    rows = [make_row(f"A{n}-E3", "T1114", capability_group=f"g{n}") for n in range(12)]
    groups = {f"g{n}": f"Group {n}" for n in range(12)}
    recipe = Recipe()
    many = side_by_side(prepare([mapping_set(rows, capability_groups=groups)], recipe, builtin()), recipe, "group")
    table = of_side_by_side(many).tables[-1]
    assert len(table.rows) == len(many.labels) + 1
    assert table.rows[-1][0] == "together"
