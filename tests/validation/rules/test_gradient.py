from __future__ import annotations

import pytest

from tests.made_inputs import Json
from tests.validation.made_layers import only, technique, told

IDS = ("T1114", "T1078", "T1110", "T1486")


def scored(*scores: Json, **fields: Json) -> list[Json]:
    return [entry for id_, score in zip(IDS, scores, strict=False) for entry in technique(id_, score=score, **fields)]


def gradient(low: Json, high: Json) -> dict[str, Json]:
    return {"colors": ["#ffffff", "#66b1ff"], "minValue": low, "maxValue": high}


@pytest.mark.parametrize(
    ("scores", "says"),
    [
        ((12, 40, 90), "3 of 3 scores lie outside the gradient, 0 to 10, and look alike"),
        ((5, 12, 40), "2 of 3 scores lie outside the gradient, 0 to 10, and look alike"),
        ((10, 12, 5), "1 of 3 scores lie outside the gradient, 0 to 10, and look alike"),
        ((-1, -2, 5), "2 of 3 scores lie outside the gradient, 0 to 10, and look alike"),
        ((4, 4.01), "all 2 scores get one colour of the gradient, 0 to 10"),
    ],
)
def test_different_scores_of_one_colour_are_told(scores: tuple[float, ...], says: str) -> None:
    finding = only(gradient=gradient(0, 10), techniques=scored(*scores))
    assert (finding.rule, finding.severity, finding.path) == ("scores-alike", "warning", "$.gradient")
    assert finding.message == says


@pytest.mark.parametrize("scores", [(1, 5, 10), (12, 12, 12), (0, 10), (10, -5), (3,), (0, 0, 50), (1.0, 1.2)])
def test_scores_that_can_be_told_apart_or_are_the_same_are_no_finding(scores: tuple[float, ...]) -> None:
    assert told(gradient=gradient(0, 10), techniques=scored(*scores)) == []


def test_layer_without_gradient_is_coloured_from_0_to_100() -> None:
    assert told(gradient=..., techniques=scored(150, 200)) == ["scores-alike warning $"]
    assert told(gradient=..., techniques=scored(1, 2, 100)) == []


@pytest.mark.parametrize("fields", [{"color": "#ff0000"}, {"enabled": False}])
def test_score_that_gives_no_colour_is_not_counted(fields: dict[str, Json]) -> None:
    assert told(gradient=gradient(0, 10), techniques=scored(12, 40, **fields)) == []


@pytest.mark.parametrize("label", ["10 or more tests", "10+", "≥ 10", "> 9", "10 and above"])
def test_legend_may_say_that_the_last_colour_stands_for_more(label: str) -> None:
    legend = [{"label": label, "color": "#66b1ff"}]
    assert told(gradient=gradient(0, 10), techniques=scored(12, 40, 5), legendItems=legend) == []
    assert told(gradient=gradient(0, 10), techniques=scored(-2, -4), legendItems=legend) != []


def test_legend_that_says_nothing_of_it_does_not_count() -> None:
    legend = [{"label": "10", "color": "#66b1ff"}]
    assert told(gradient=gradient(0, 10), techniques=scored(12, 40, 5), legendItems=legend) == [
        "scores-alike warning $.gradient"
    ]


def test_bad_range_is_told_alone() -> None:
    assert told(gradient=gradient(5, 5), techniques=scored(1, 2)) == ["gradient-range error $.gradient"]
