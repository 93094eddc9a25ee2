from __future__ import annotations

import pytest

from navigator_export import Recipe, make_layer, validate
from tests.made_inputs import Json, mapping_set, rated_rows
from tests.validation.made_layers import only, technique, told

SUB = technique("T1114.003")
HIDDEN = "subtechnique-hidden warning"


@pytest.mark.parametrize(
    "annotation",
    [
        {"score": 0},
        {"color": "gold"},
        {"comment": "x"},
        {"metadata": [{"name": "a", "value": "b"}]},
        {"metadata": [{"divider": True}]},
        {"links": [{"label": "a", "url": "https://example.org"}]},
        {"comment": "x", "enabled": False},
    ],
)
def test_any_annotation_of_a_folded_sub_technique_is_told(annotation: dict[str, Json]) -> None:
    [finding, *_] = told(layout=..., techniques=technique("T1114.003", **({"score": ...} | annotation)))
    assert finding in (f"{HIDDEN} $.techniques[0]", "colour-name warning $.techniques[0].color")


@pytest.mark.parametrize(
    "fields",
    [
        {"score": ..., "comment": "", "color": "", "metadata": [], "links": []},
        {"score": ..., "enabled": False},
        {"enabled": False},
        {"enabled": False, "color": "#ff0000"},
        {"score": ..., "showSubtechniques": True},
    ],
)
def test_sub_technique_with_nothing_to_see_is_not_hidden(fields: dict[str, Json]) -> None:
    assert told(layout=..., techniques=[*technique(), *technique("T1114.003", **fields)]) == []


def test_disabled_sub_technique_of_a_layer_that_leaves_out_what_is_disabled_is_not_hidden() -> None:
    entries = [*technique(), *technique("T1114.003", comment="x", enabled=False)]
    assert told(layout=..., techniques=entries, hideDisabled=True) == []
    assert told(layout=..., techniques=entries) == [f"{HIDDEN} $.techniques[1]"]


@pytest.mark.parametrize(
    "fields",
    [
        {"layout": {"expandedSubtechniques": "annotated"}},
        {"layout": {"expandedSubtechniques": "all"}},
        {"layout": {"layout": "mini"}},
        {"layout": {"layout": "mini", "expandedSubtechniques": "none"}},
        {"layout": {"layout": "side", "showAggregateScores": True}},
    ],
)
def test_layout_that_shows_sub_techniques_hides_none(fields: dict[str, Json]) -> None:
    assert told(techniques=SUB, **fields) == []


@pytest.mark.parametrize(("mode", "is_hidden"), [(0, True), (1, True), (2, False)])
def test_old_view_mode_counts_where_there_is_no_layout(mode: int, is_hidden: bool) -> None:
    found = told(layout=..., viewMode=mode, techniques=SUB)
    assert (f"{HIDDEN} $.techniques[0]" in found) == is_hidden
    assert f"{HIDDEN} $.techniques[0]" in told(layout={}, viewMode=mode, techniques=SUB)


@pytest.mark.parametrize(("score", "is_hidden"), [(..., True), (0, False)])
def test_aggregate_score_of_the_parent_stands_for_scored_sub_techniques_alone(score: Json, is_hidden: bool) -> None:
    layout = {"showAggregateScores": True}
    found = told(layout=layout, techniques=technique("T1114.003", score=score, comment="x"))
    assert found == [f"{HIDDEN} $.techniques[0]"] * is_hidden


def test_folded_layers_of_our_own_that_aggregate_have_no_finding() -> None:
    recipe = Recipe(fold=True, aggregate=True)
    assert validate(make_layer(mapping_set(rated_rows()), recipe).text) == ()


OPENED = technique("T1078", score=..., showSubtechniques=True)
OPENED_IN_ONE = technique("T1078", score=..., showSubtechniques=True, tactic="persistence")


def test_sub_techniques_are_open_under_the_tactics_of_their_parent() -> None:
    assert told(layout=..., techniques=[*OPENED, *technique("T1078.004")]) == []
    assert only(layout=..., techniques=[*OPENED_IN_ONE, *technique("T1078.004")]).message == (
        "1 annotated sub-technique is folded away, in 3 cells"
    )
    assert told(layout=..., techniques=[*OPENED_IN_ONE, *technique("T1078.004", tactic="persistence")]) == []


def test_the_last_entry_of_a_parent_says_whether_it_is_open() -> None:
    found = told(layout=..., techniques=[*OPENED, *technique("T1078"), *technique("T1078.004")])
    assert found == ["technique-duplicate error $.techniques[1]", f"{HIDDEN} $.techniques[2]"]


def test_ids_that_are_in_no_cell_are_not_counted() -> None:
    entries = [*SUB, *technique("T1053.004"), *technique("T1114.001", tactic="impact")]
    found = told(layout=..., techniques=entries)
    assert found[-1] == f"{HIDDEN} $.techniques[0]"
    assert found[:-1] == [
        "technique-deprecated error $.techniques[1].techniqueID",
        "tactic-mismatch error $.techniques[2].tactic",
    ]


def test_hidden_sub_techniques_and_their_cells_are_counted() -> None:
    entries = [*technique("T1078.004"), *SUB]
    assert only(layout=..., techniques=entries).message == "2 annotated sub-techniques are folded away, in 5 cells"


@pytest.mark.parametrize(
    "entries",
    [
        technique(score=...),
        technique(score=..., enabled=True, comment="", metadata=[], color=""),
        technique(score=..., showSubtechniques=True),
    ],
)
def test_layer_whose_techniques_say_nothing_is_told(entries: list[Json]) -> None:
    assert told(techniques=entries) == ["no-techniques warning $.techniques"]


@pytest.mark.parametrize("fields", [{"enabled": False}, {"comment": "x"}, {"color": "#ff0000"}])
def test_one_annotation_is_enough(fields: dict[str, Json]) -> None:
    assert told(techniques=[*technique(score=...), *technique("T1078", score=..., **fields)]) == []
