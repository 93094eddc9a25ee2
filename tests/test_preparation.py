from __future__ import annotations

import pytest
from msgspec.structs import replace

from navigator_export import Criteria, Recipe, Scoring, Selection
from navigator_export.attack import known
from navigator_export.errors import NothingSelectedError, SelectionError
from navigator_export.layer.rulers import kind_of, scale_of
from navigator_export.preparation import Settled, prepare, settle
from tests.made_inputs import make_row, mapping_set, rated_rows

MAPPINGS = mapping_set([*rated_rows(), make_row("OLD-E5", "T1086")])


def settled(recipe: Recipe) -> Settled:
    return settle(prepare((MAPPINGS,), recipe, known()), recipe)


def test_everything_follows_from_one_selection() -> None:
    made = settled(Recipe(selection=Selection(tier="E3")))
    assert {m.capability.id for m in made.selected.mappings} == {"MAIL-E3", "LOGIN-E3"}
    assert made.tally.mappings == len(made.selected.mappings) == 4
    reach, kind = made.prepared.reach, kind_of(MAPPINGS.mappings)
    assert (made.strategy, made.scale) == ("best", scale_of("best", Scoring(), reach, kind))
    assert made.selection == "tier E3"
    assert made.command == "navigator-export export mappings.json --tier=E3"


@pytest.mark.parametrize(("asked", "release"), [("latest", "20.0"), ("16", "16.1"), ("18.0", "18.1")])
def test_release_of_the_recipe_becomes_the_exact_one(asked: str, release: str) -> None:
    made = settled(Recipe(attack_version=asked))
    assert made.recipe.attack_version == made.prepared.moved.attack_version == made.prepared.release.version
    assert made.command.endswith(f"--attack-version={made.recipe.attack_version}")
    assert made.recipe.attack_version == release


def test_tier_is_said_as_it_is_spelled_so_that_the_layers_are_the_same() -> None:
    made = settled(Recipe(selection=Selection(tier=" e3")))
    assert made.selection == "tier E3"
    assert made.command == "navigator-export export mappings.json --tier=E3"


def test_mappings_prepared_once_serve_recipes_of_the_same_release() -> None:
    prepared = prepare((MAPPINGS,), Recipe(), known())
    assert settle(prepared, Recipe(scoring=Scoring(strategy="count"))).scale.name == "count"
    assert settle(prepared, Recipe()).prepared is prepared


def test_nothing_left_is_an_error_and_so_is_what_would_be_dropped() -> None:
    with pytest.raises(NothingSelectedError):
        settled(Recipe(selection=Selection(include=Criteria(groups=("identity",), categories=("detect",)))))
    strict = Recipe(on_inactive="error")
    with pytest.raises(SelectionError, match=r"T1086 is not active in ATT&CK 16\.1") as error:
        settled(strict)
    [problem] = error.value.problems
    assert problem.place == "on_inactive"
    only_active = replace(strict, selection=Selection(include=Criteria(groups=("identity",))))
    assert settled(only_active).tally.retargeting.dropped == 0
