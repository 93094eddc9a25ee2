from __future__ import annotations

import json

import pytest

from navigator_export import Criteria, Recipe, Selection, make_layer
from navigator_export.errors import SelectionError
from tests.made_inputs import make_row, mapping_set, rated_rows
from tests.results import control_characters, walk

TURNING = "\u202e\u2066\u200f"


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(selection=Selection(include=Criteria(capabilities=(f"[\x1b{TURNING}M]AIL-E3",)))),
        Recipe(selection=Selection(exclude=Criteria(groups=("[\x1bi]dentity",))), comments="none"),
    ],
)
def test_what_somebody_asks_for_steers_no_reader_of_the_layer(recipe: Recipe) -> None:
    text = make_layer(mapping_set([*rated_rows(), make_row("Z", "T1059")]), recipe).text.decode()
    texts = [value for value in walk(json.loads(text)) if isinstance(value, str)]
    assert len(texts) > 20
    assert [text for text in texts if control_characters(text) or set(text) & set(TURNING)] == []


@pytest.mark.parametrize(
    ("recipe", "place"),
    [
        (Recipe(name=f"Mail{TURNING} for us"), "name"),
        (Recipe(name="x\x1b[31m"), "name"),
        (Recipe(name="x\udcff"), "name"),
        (Recipe(description="\x07What is done\nfor mail"), "description"),
    ],
)
def test_name_that_steers_a_reader_is_refused(recipe: Recipe, place: str) -> None:
    with pytest.raises(SelectionError) as error:
        make_layer(mapping_set(rated_rows()), recipe)
    [problem] = error.value.problems
    assert problem.place == place
