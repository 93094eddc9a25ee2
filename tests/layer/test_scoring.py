from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, strategies as st

from navigator_export import Criteria, MappingSet, Recipe, Scoring, Selection, make_layer
from navigator_export.errors import NavigatorExportError, SelectionError
from navigator_export.export import Product
from navigator_export.layer.scoring import LARGEST, STRATEGIES
from tests.made_inputs import Json, joined_set, make_row, mapping_set, rated_rows, unrated_rows
from tests.results import metadata_of


def made(rows: Sequence[dict[str, Json]], **scoring: Json) -> dict[str, Json]:
    """Return the layer of these rows as JSON values."""
    layer: dict[str, Json] = json.loads(make_layer(mapping_set(rows), Recipe(scoring=Scoring(**scoring))).text)
    return layer


def scored(ratings: Sequence[tuple[str, str]], strategy: str, **scoring: Json) -> float:
    """Return the score of one technique with these (capability, rating) mappings."""
    rows = [make_row(capability, "T1114", rating) for capability, rating in ratings]
    [technique] = made(rows, strategy=strategy, **scoring)["techniques"]
    return float(technique["score"])


AMOUNTS = [strategy for strategy in STRATEGIES if strategy != "category"]


def ends(layer: dict[str, Json]) -> tuple[float, float]:
    return layer["gradient"]["minValue"], layer["gradient"]["maxValue"]


def legend(layer: dict[str, Json]) -> list[str]:
    return [item["label"] for item in layer["legendItems"]]


BREADTH = ["0 not rated", "1 category", "2 categories", "3 categories"]

UNRATED = [("A", ""), ("B", "")]
ONE = [("A", "detect partial")]
MIXED = [("A", "protect minimal"), ("A", "detect significant"), ("B", "protect partial"), ("C", "")]
TWICE = [("A", "protect minimal"), ("A", "protect significant"), ("B", "protect minimal")]


@pytest.mark.parametrize(
    ("ratings", "strategy", "expected"),
    [
        (UNRATED, "best", 0),
        (UNRATED, "count", 2),
        (UNRATED, "mean", 0),
        (UNRATED, "sum", 0),
        (UNRATED, "breadth", 0),
        (ONE, "best", 2),
        (ONE, "count", 1),
        (ONE, "mean", 2),
        (ONE, "sum", 2),
        (ONE, "breadth", 1),
        (MIXED, "best", 3),
        (MIXED, "count", 3),
        (MIXED, "mean", 2),  # (1 + 3 + 2) / 3
        (MIXED, "sum", 6),
        (MIXED, "breadth", 2),
        (TWICE, "best", 3),
        (TWICE, "count", 2),
        (TWICE, "mean", 2),  # A protect counts once, as its best: (3 + 1) / 2
        (TWICE, "sum", 4),
        (TWICE, "breadth", 1),
        ([("A", "protect minimal"), ("B", "protect minimal"), ("C", "protect partial")], "mean", 1.33),
        ([(c, f"{k} partial") for c in "AB" for k in ("protect", "detect", "respond")], "breadth", 3),
    ],
)
def test_score(ratings: Sequence[tuple[str, str]], strategy: str, expected: float) -> None:
    assert scored(ratings, strategy) == expected


@pytest.mark.parametrize(
    ("strategy", "expected"), [("best", 100), ("mean", 53.33), ("sum", 160), ("count", 3), ("breadth", 2)]
)
def test_weights_count_in_best_mean_and_sum(strategy: str, expected: float) -> None:
    assert scored(MIXED, strategy, weights=(10, 50, 100)) == expected


@pytest.mark.parametrize("missing", ["score_category", "score_value"])
def test_half_a_rating_is_none(missing: str) -> None:
    row = make_row("A", "T1114", "protect significant", **{missing: None})
    scores = [made([row], strategy=strategy)["techniques"][0]["score"] for strategy in ("best", "mean", "sum")]
    assert scores == [0, 0, 0]


def test_small_weights_are_not_rounded_away() -> None:
    assert scored(ONE, "best", weights=(0.001, 0.002, 0.003)) == pytest.approx(0.002)


def test_default_is_best_where_anything_is_rated_else_count() -> None:
    assert metadata_of(made(rated_rows()), "score")[0].startswith("best: ")
    assert metadata_of(made(unrated_rows()), "score")[0].startswith("count: ")
    assert metadata_of(made(rated_rows(), strategy="sum"), "score")[0].startswith("sum: ")


def test_default_looks_at_what_is_selected() -> None:
    mappings = mapping_set([make_row("A-E3", "T1114", ""), make_row("B-E5", "T1114")])
    assert make_layer(mappings, Recipe(selection=Selection(tier="E3"))).strategy == "count"
    assert make_layer(mappings, Recipe(selection=Selection(tier="E5"))).strategy == "best"


# ---- what is not rated -----------------------------------------------------------------------------------------------


def warnings(mappings: MappingSet, strategy: Any) -> tuple[str, ...]:
    return make_layer(mappings, Recipe(scoring=Scoring(strategy=strategy))).warnings


RATED_STRATEGIES = ["best", "mean", "sum", "breadth", "category"]


@pytest.mark.parametrize("strategy", RATED_STRATEGIES)
def test_scores_of_ratings_warn_where_nothing_is_rated(strategy: str) -> None:
    [warning] = warnings(mapping_set(unrated_rows()), strategy)
    assert "nothing selected is rated" in warning
    assert "`scoring.strategy` count" in warning


@pytest.mark.parametrize("strategy", [*RATED_STRATEGIES, None])
def test_rated_and_unrated_frameworks_together_are_warned_of_with_the_unrated_techniques(strategy: str | None) -> None:
    mappings = joined_set(
        m365=[make_row("A-E3", "T1114")], nist_800_53=[make_row("AC-1", t, "") for t in ("T1114", "T1078")]
    )
    frameworks, techniques = warnings(mappings, strategy)
    assert frameworks.startswith("NIST 800-53 is not rated, unlike the rest")
    assert "`scoring.strategy` count" in frameworks
    assert techniques.startswith("1 technique has unrated mappings alone, of 2 in all")


def test_unrated_techniques_of_a_rated_framework_are_warned_of() -> None:
    [warning] = warnings(mapping_set([make_row("A", "T1114"), make_row("B", "T1078", "")]), None)
    assert "'not rated'" in warning


def test_breadth_asks_for_categories_alone() -> None:
    mappings = mapping_set([make_row("A", score_value=None)])
    assert warnings(mappings, "breadth") == ()
    assert len(warnings(mappings, "best")) == 1


def test_nothing_is_warned_of_where_all_is_rated_or_counted() -> None:
    rated = mapping_set([row for row in rated_rows() if row["score_value"]])
    assert [warnings(rated, strategy) for strategy in STRATEGIES] == [()] * len(STRATEGIES)
    assert warnings(mapping_set(unrated_rows()), None) == warnings(mapping_set(rated_rows()), "count") == ()


@pytest.mark.parametrize("strategy", RATED_STRATEGIES[:-1])
def test_an_unrated_technique_has_a_line_of_its_own_in_the_legend(strategy: str) -> None:
    layer = made([make_row("A", "T1114"), make_row("B", "T1078", "")], strategy=strategy)
    assert legend(layer)[0] == "0 not rated"
    assert [technique["score"] == 0 for technique in layer["techniques"]] == [True, False]


# ---- the scale -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategy", "range_", "labels"),
    [
        ("best", (0, 3), ["0 not rated", "1 minimal", "2 partial", "3 significant"]),
        ("mean", (0, 3), ["0 not rated", "1 minimal", "2 partial", "3 significant"]),
        ("count", (1, 4), ["1 capability", "2", "3", "4 or more"]),
        ("sum", (0, 6), ["0 not rated", "2 in sum", "4 in sum", "6+ in sum"]),
        ("breadth", (0, 3), BREADTH),
    ],
)
def test_scale_follows_from_the_strategy_and_the_set(strategy: str, range_: tuple[int, int], labels: list[str]) -> None:
    layer = made(rated_rows(), strategy=strategy)
    assert ends(layer) == range_
    assert legend(layer) == labels


def test_scale_follows_from_the_weights() -> None:
    layer = made(rated_rows(), weights=(10, 50, 100))
    assert ends(layer) == (0, 100)
    assert legend(layer) == ["not rated", "minimal", "partial", "significant"]


def many_rows(highest: int) -> list[dict[str, Json]]:
    """Return rows of 20 techniques, of which the n-th has n capabilities up to the highest number."""
    techniques = [f"T1{n}" for n in (*range(548, 563), 3, 5, 6, 7, 8)]
    techniques = [t if len(t) == 5 else f"T100{t[2:]}" for t in techniques]
    return [
        make_row(f"C{n}-E{3 if n % 2 else 5}", technique, "protect significant")
        for place, technique in enumerate(techniques, 1)
        for n in range(min(place, highest))
    ]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_scale_is_that_of_the_whole_set_whatever_is_selected(strategy: Any) -> None:
    mappings = mapping_set(many_rows(20))
    scoring = Scoring(strategy=strategy)
    selections = [Selection(), Selection(tier="E3"), Selection(include=Criteria(techniques=("T1003",)))]
    layers = [make_layer(mappings, Recipe(scoring=scoring, selection=selection)).layer for selection in selections]
    assert len({len(layer.techniques) for layer in layers}) > 1
    assert len({(layer.gradient, layer.legend_items) for layer in layers}) == 1


@pytest.mark.parametrize(("highest", "end"), [(1, 4), (3, 4), (4, 4), (5, 7), (12, 13), (20, 19)])
def test_a_tenth_of_the_techniques_has_the_last_colour_of_a_count(highest: int, end: int) -> None:
    layer = made(many_rows(highest), strategy="count")
    assert ends(layer) == (1, end)
    assert (end - 1) % 3 == 0


def test_scale_of_a_count_is_bounded_where_a_set_is_huge() -> None:
    rows = [make_row(f"C{n}", "T1114", "") for n in range(900)]
    layer = made(rows, strategy="count")
    assert ends(layer) == (1, 199)
    assert layer["techniques"][0]["score"] == 900


@pytest.mark.parametrize("strategy", AMOUNTS)
def test_range_replaces_the_ends_of_the_scale(strategy: str) -> None:
    assert ends(made(rated_rows(), strategy=strategy, range=(-5, 12.5))) == (-5, 12.5)


def test_range_spaces_the_legend_of_open_scales_evenly() -> None:
    labels = legend(made(rated_rows(), strategy="count", range=(0, 30)))
    assert [label.split()[0] for label in labels] == ["0", "10", "20", "30"]


def test_legend_counts_one_in_the_singular() -> None:
    labels = legend(made(rated_rows(), strategy="count", range=(1, 4)))
    assert labels == ["1 capability", "2", "3", "4 or more"]


def test_legend_tells_large_numbers_exactly() -> None:
    assert legend(made(rated_rows(), strategy="count", range=(0, 1234567)))[-1] == "1234567+"


BAD_WEIGHTS = [
    (3, 2, 1),
    (-1, 2, 3),
    (0, 0, 0),
    (1, 2, math.inf),
    (math.nan, 2, 3),
    (1, math.nan, 3),
]


@pytest.mark.parametrize("weights", BAD_WEIGHTS)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_weights_that_do_not_rise_are_refused(strategy: str, weights: tuple[float, float, float]) -> None:
    with pytest.raises(SelectionError, match=r"scoring\.weights"):
        made(rated_rows(), strategy=strategy, weights=weights)


@pytest.mark.parametrize("range_", [(1, 1), (2, 1), (0, math.inf), (-math.inf, 0), (math.nan, 1), (0, math.nan)])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_range_that_does_not_rise_is_refused(strategy: str, range_: tuple[float, float]) -> None:
    with pytest.raises(SelectionError, match=r"scoring\.range"):
        made(rated_rows(), strategy=strategy, range=range_)


@pytest.mark.parametrize(
    "scoring",
    [
        {"weights": (1, 2, 1e308)},
        {"weights": (1e-300, 2e-300, 3e-300)},
        {"range": (-1.7e308, 1.7e308)},
        {"range": (0, 5e-324)},
        {"range": (1, 1.0000000000000002)},
    ],
)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_numbers_of_any_size_make_a_layer_or_an_error_in_words(strategy: str, scoring: dict[str, Json]) -> None:
    try:
        layer = made(rated_rows(), strategy=strategy, **scoring)
    except NavigatorExportError as error:
        assert re.search("--weights|--range|minValue|scor", str(error)), error  # noqa: PT017 - either may come out
    else:
        low, high = ends(layer)
        assert low < high
        assert all(math.isfinite(entry["score"]) for entry in layer["techniques"])
        assert len(layer["techniques"]) == 4


@pytest.mark.parametrize("total", [100, 150, 250, 400])
def test_a_mean_just_below_the_highest_value_is_no_obstacle(total: int) -> None:
    """The Navigator finds no colour for a score within half a percent of the greatest."""
    rows = [make_row(f"C{i}", "T1114", "protect significant") for i in range(total - 1)]
    rows.append(make_row("C", "T1114", "protect partial"))
    [technique] = made(rows, strategy="mean")["techniques"]
    assert technique["score"] == pytest.approx(3, 0.02)


def test_a_sum_just_below_the_end_of_the_scale_is_no_obstacle() -> None:
    rows = [make_row(f"C{i}", "T1114", "protect significant") for i in range(9)]
    rows += [make_row(f"D{i}", "T1114", "protect partial") for i in range(48)]
    layer = made(rows, strategy="sum", weights=(1, 2, 100), range=(0, 1000))
    assert layer["techniques"][0]["score"] == pytest.approx(996, 0.01)


# ---- properties ------------------------------------------------------------------------------------------------------

RATINGS = ["", *(f"{c} {v}" for c in ("protect", "detect", "respond") for v in ("minimal", "partial", "significant"))]
MAPPINGS = st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from(RATINGS)), min_size=1, max_size=10)
STRATEGY = st.sampled_from(tuple(STRATEGIES))


@given(ratings=MAPPINGS, strategy=STRATEGY, data=st.data())
def test_a_repeated_mapping_never_changes_a_score(
    ratings: list[tuple[str, str]], strategy: str, data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(ratings), max_size=5))
    assert scored([*ratings, *again], strategy) == scored(ratings, strategy)


@given(ratings=MAPPINGS, strategy=STRATEGY, data=st.data())
def test_a_mapping_repeated_with_another_comment_never_changes_a_score(
    ratings: list[tuple[str, str]], strategy: str, data: st.DataObject
) -> None:
    rows = [make_row(capability, "T1114", rating) for capability, rating in ratings]
    again = [row | {"comments": "other words"} for row in data.draw(st.lists(st.sampled_from(rows), max_size=5))]
    assert [t["score"] for t in made([*rows, *again], strategy=strategy)["techniques"]] == [
        t["score"] for t in made(rows, strategy=strategy)["techniques"]
    ]


@given(ratings=MAPPINGS, rating=st.sampled_from(RATINGS[1:]), weaker=st.integers(0, 8))
def test_a_rating_is_never_hidden_by_how_often_a_capability_is_mentioned(
    ratings: list[tuple[str, str]], rating: str, weaker: int
) -> None:
    category, _, value = rating.partition(" ")
    mentions = [("Z", f"{category} minimal")] * weaker + [("Z", "")] * weaker
    expected = {"minimal": 1, "partial": 2, "significant": 3}[value]
    assert scored([*mentions, ("Z", rating)], "mean") == expected
    assert scored([*mentions, ("Z", rating)], "sum") == expected
    assert scored([*ratings, *mentions, ("Z", rating)], "best") >= expected


@given(ratings=MAPPINGS, strategy=STRATEGY)
def test_order_of_mappings_never_changes_a_score(ratings: list[tuple[str, str]], strategy: str) -> None:
    assert scored(ratings[::-1], strategy) == scored(ratings, strategy)


@given(ratings=MAPPINGS, strategy=STRATEGY)
def test_scores_with_an_end_stay_on_their_scale(ratings: list[tuple[str, str]], strategy: str) -> None:
    lowest, highest = {"best": (0, 3), "mean": (0, 3), "count": (1, 4), "sum": (0, 36)}.get(strategy, (0, 7))
    assert lowest <= scored(ratings, strategy) <= highest


@given(
    ratings=MAPPINGS,
    strategy=STRATEGY,
    weights=st.sampled_from([(1, 2, 3), (10, 50, 100), (0.5, 2, 7.25), (1, 999_999, LARGEST), (2, 2, 2)]),
    range_=st.none() | st.tuples(st.integers(-LARGEST, 0), st.integers(1, LARGEST)) | st.just((-1 / 3, 2 / 3)),
)
def test_labels_fit_and_each_score_has_a_colour(
    ratings: list[tuple[str, str]], strategy: Any, weights: Any, range_: tuple[float, float] | None
) -> None:
    rows = [make_row(capability, "T1114", rating) for capability, rating in ratings]
    scoring = Scoring(strategy, weights, range_ if strategy != "category" else None)
    try:
        layer = make_layer(mapping_set(rows), Recipe(scoring=scoring)).layer
    except SelectionError:
        assert range_ is not None
        return
    labels = [item.label for item in layer.legend_items]
    assert len(labels) == len(set(labels))
    assert [label for label in labels if len(label) > 13] == []
    gradient = layer.gradient
    span = gradient.max_value - gradient.min_value
    scores = [t.score for t in layer.techniques]
    assert [s for s in scores if gradient.min_value + 0.995 * span <= s < gradient.max_value] == []
    if range_ is None and all(isinstance(weight, int) for weight in weights) and weights[2] > 2:
        assert isinstance(gradient.min_value, int)
        assert isinstance(gradient.max_value, int)
        assert span >= len(gradient.colors) - 1


# ---- what is counted once, and bounds --------------------------------------------------------------------------------


@pytest.mark.parametrize(("strategy", "expected"), [("best", 3), ("count", 2), ("mean", 2), ("sum", 4), ("breadth", 1)])
def test_one_id_in_two_frameworks_is_two_capabilities(strategy: str, expected: float) -> None:
    mappings = joined_set(
        one=[make_row("A", "T1114", "protect minimal")], two=[make_row("A", "T1114", "protect significant")]
    )
    [technique] = make_layer(mappings, Recipe(scoring=Scoring(strategy=strategy))).layer.techniques
    assert technique.score == expected


@pytest.mark.parametrize("weights", [(0, 0, 1), (2, 2, 2), (0, 3, 3), (1, 2, LARGEST)])
def test_weights_may_be_alike_and_as_large_as_can_be(weights: tuple[float, float, float]) -> None:
    layer = made([make_row("A", "T1114", "protect minimal")], strategy="sum", weights=weights)
    assert layer["techniques"][0]["score"] == weights[0]


def test_largest_weight_and_range_are_a_thousand_million() -> None:
    assert LARGEST == 1_000_000_000
    assert ends(made(rated_rows(), range=(-LARGEST, LARGEST))) == (-LARGEST, LARGEST)
    for wrong in ({"weights": (1, 2, LARGEST + 1)}, {"range": (0, LARGEST + 1)}, {"range": (-LARGEST - 1, 0)}):
        with pytest.raises(SelectionError, match="1,000,000,000"):
            made(rated_rows(), **wrong)


@pytest.mark.parametrize(
    ("strategy", "labels"),
    [
        ("best", ["0 not rated", "1 minimal", "2 partial", "3 significant"]),
        ("mean", ["0 not rated", "1 minimal", "2 partial", "3 significant"]),
        ("sum", ["0 not rated", "2 in sum", "4 in sum", "6+ in sum"]),
        ("breadth", BREADTH),
    ],
)
def test_range_leaves_the_labels_of_closed_scales(strategy: str, labels: list[str]) -> None:
    assert legend(made(rated_rows(), strategy=strategy, range=(0, 6))) == labels


def test_whole_numbers_are_written_without_a_fraction() -> None:
    layer = made([make_row("A", "T1114", "detect partial")], strategy="mean", weights=(0.5, 2.0, 4.0))
    assert legend(layer) == ["0 not rated", "0.5 minimal", "2 partial", "4 significant"]
    assert json.dumps(layer["techniques"][0]["score"]) == "2"


@pytest.mark.parametrize(
    ("significant", "partial", "range_", "expected"),
    [
        (97, 3, None, 2.97),
        (98, 2, None, 2.98),
        (99, 1, None, 2.98),
        (100, 0, None, 3),
        (197, 3, None, 2.98),
        (0, 1, (-3, 3), 2),
        (96, 4, (-3, 3), 2.96),
        (97, 3, (-3, 3), 2.96),
        (99, 1, (-3, 3), 2.96),
        (99, 1, (0, 2.99), 2.99),
        (99, 1, (0, 100), 2.99),
    ],
)
def test_a_mean_in_the_last_half_percent_of_the_scale_becomes_the_next_lower_number(
    significant: int, partial: int, range_: tuple[float, float] | None, expected: float
) -> None:
    ratings = [(f"S{i}", "protect significant") for i in range(significant)]
    ratings += [(f"P{i}", "protect partial") for i in range(partial)]
    assert scored(ratings, "mean", range=range_) == expected


@pytest.mark.parametrize(("partial", "minimal", "expected"), [(47, 0, 994), (47, 1, 990), (48, 0, 990), (50, 0, 1000)])
def test_a_sum_in_the_last_half_percent_of_the_scale_becomes_the_next_lower_number(
    partial: int, minimal: int, expected: int
) -> None:
    ratings = [(f"S{i}", "protect significant") for i in range(9)]
    ratings += [(f"P{i}", "protect partial") for i in range(partial)] + [("M", "protect minimal")] * minimal
    assert scored(ratings, "sum", weights=(1, 2, 100), range=(0, 1000)) == expected


def test_the_next_lower_number_has_the_size_of_the_scale() -> None:
    ratings = [*((f"S{i}", "protect significant") for i in range(9)), ("P", "protect partial")]
    assert scored(ratings, "sum", weights=(1, 960, 1000), range=(0, 10_000)) == 9900


def near_the_top(strategy: Any, weights: tuple[float, float, float], range_: tuple[int, int] | None) -> Product:
    """Return the layer of five techniques, one with 299 capabilities, and all with the value partial."""
    rows = [make_row(f"C{i}", "T1003", "protect partial") for i in range(299)]
    rows += [make_row("C", technique, "protect partial") for technique in ("T1005", "T1006", "T1007", "T1008")]
    return make_layer(mapping_set(rows), Recipe(scoring=Scoring(strategy, weights, range_)))


@pytest.mark.parametrize(
    ("strategy", "weights", "told"),
    [("count", (1, 2, 3), "1 score lies between 298.5 and 300"), ("best", (1, 299, 300), "5 scores lie between 298.5")],
)
def test_a_whole_number_is_never_put_lower(strategy: str, weights: tuple[int, int, int], told: str) -> None:
    with pytest.raises(SelectionError, match=told) as caught:
        near_the_top(strategy, weights, (0, 300))
    [problem] = caught.value.problems
    assert problem.place == "scoring.range"
    assert "`scoring.range` at 301" in problem.hint
    assert near_the_top(strategy, weights, (0, 301)).warnings == ()


@pytest.mark.parametrize("strategy", ["mean", "sum"])
def test_one_warning_tells_of_all_scores_that_are_put_lower(strategy: str) -> None:
    product = near_the_top(strategy, (1, 299, 300), (0, 300))
    [warning] = product.warnings
    assert warning.startswith(f"{5 if strategy == 'mean' else 4} scores lie between 298.5 and 300, where")
    assert "shown as 298;" in warning
    assert {t.score for t in product.layer.techniques} - {299 * 299} == {298}


@pytest.mark.parametrize("strategy", ["best", "mean"])
@pytest.mark.parametrize("weights", [(10, 99.6, 100), (1, 2.99, 3), (0.1, 0.997, 1), (10, 50, 100), (1, 2, 3)])
def test_the_scale_of_values_makes_room_for_those_just_below_the_highest(
    strategy: str, weights: tuple[float, float, float]
) -> None:
    product = near_the_top(strategy, weights, None)
    assert {t.score for t in product.layer.techniques} == {weights[1]}
    assert [warning for warning in product.warnings if "scores lie" in warning] == []
    assert weights[2] <= product.layer.gradient.max_value <= weights[2] * 4 / 3
