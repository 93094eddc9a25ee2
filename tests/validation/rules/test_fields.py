from __future__ import annotations

import pytest

from tests.made_inputs import Json
from tests.validation.made_layers import only, technique, told, versions


@pytest.mark.parametrize(
    "fields",
    [
        {"techniques": None},
        {"techniques": "T1114"},
        {"techniques": [*technique(), None]},
        {"techniques": [*technique(), 5]},
        {"techniques": technique(metadata={})},
        {"techniques": technique(metadata=5)},
        {"techniques": technique(metadata=["a"])},
        {"techniques": technique(links="a")},
        {"metadata": [None]},
        {"links": None},
        {"legendItems": {}},
        {"legendItems": ["a"]},
        {"gradient": None},
        {"gradient": []},
        {"gradient": {"colors": ["#ffffff"], "minValue": 0, "maxValue": 3}},
        {"gradient": {"colors": None, "minValue": 0, "maxValue": 3}},
        {"gradient": {"colors": ["#ffffff", "#000000"], "maxValue": 3}},
        {"filters": None},
        {"filters": {"platforms": "Windows"}},
        {"layout": None, "techniques": technique()},
        {"layout": "side", "techniques": technique()},
    ],
)
def test_what_the_navigator_stops_at_is_told(fields: dict[str, Json]) -> None:
    found = {finding.rpartition(" ")[0] for finding in told(**fields)}
    assert "navigator-crash error" in found
    assert found <= {"navigator-crash error", "no-techniques warning"}


@pytest.mark.parametrize(
    "fields",
    [
        {"techniques": {}},
        {"techniques": 5},
        {"filters": {"platforms": ["Windows", 5]}},
        {"layout": {"layout": "side", "showName": "no"}, "techniques": technique()},
        {"gradient": {"colors": "red", "minValue": 0, "maxValue": 3}},
        {"description": 5},
        {"hideDisabled": "false"},
        {"selectVisibleTechniques": 1},
        {"name": 5},
        {"techniques": technique(showSubtechniques="True")},
    ],
)
def test_what_the_navigator_drops_is_told(fields: dict[str, Json]) -> None:
    assert [finding.rpartition(" ")[0] for finding in told(**fields)] == ["field-type error"]


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"techniques": [*technique("T1078"), *technique(score="1.5")]}, "write 1.5, without quotation marks"),
        ({"techniques": technique(enabled="False")}, "write false, without quotation marks"),
        ({"techniques": technique(comment=5)}, 'write "5"'),
        ({"techniques": technique(comment=None)}, "leave it out"),
        ({"techniques": technique(comment=[])}, "write text, or leave it out"),
        ({"techniques": [*technique("T1078"), *technique(score=True)]}, "write a number, or leave it out"),
        ({"sorting": "2"}, "write 2, without quotation marks"),
        ({"sorting": 7}, "write 0, 1, 2 or 3, or leave it out"),
        ({"layout": {"expandedSubtechniques": "all", "layout": "round"}}, "write one of these, or leave it out"),
        ({"name": None}, "write what the tab shall be called"),
        ({"name": " "}, "write what the tab shall be called"),
        ({"legendItems": [{"label": "a"}]}, 'write "color": "#66b1ff"'),
        ({"techniques": [*technique(), *technique("t1078")]}, 'write "T1078"'),
        ({"techniques": [*technique(), *technique("T1078/004")]}, 'write "T1078.004"'),
        ({"techniques": [*technique(), *technique("Phishing")]}, 'write an id such as "T1114" or "T1114.003"'),
    ],
)
def test_hint_says_what_to_write(fields: dict[str, Json], hint: str) -> None:
    assert only(**fields).hint == hint


def test_number_as_text_works_in_a_gradient() -> None:
    gradient = {"colors": ["#ffffff", "#000000"], "minValue": "0", "maxValue": 3}
    assert told(gradient=gradient) == ["field-type warning $.gradient.minValue"]
    assert told(gradient=gradient | {"minValue": "zero"}) == ["field-type error $.gradient.minValue"]


@pytest.mark.parametrize(
    "fields",
    [
        {"techniques": technique(metadata="")},
        {"filters": []},
        {"filters": {"platforms": None}},
        {"layout": [], "techniques": technique()},
        {"versions": versions(navigator=5)},
        {"techniques": technique(color=None)},
    ],
)
def test_another_kind_of_value_by_which_nothing_is_lost_is_a_warning(fields: dict[str, Json]) -> None:
    assert [finding.rpartition(" ")[0] for finding in told(**fields)] == ["field-type warning"]


def test_half_a_gradient_crashes_with_the_first_score() -> None:
    half: dict[str, Json] = {"colors": ["#ffffff", "#000000"]}
    assert set(told(gradient=half)) == {"navigator-crash error $.gradient"}
    assert set(told(gradient=half, techniques=technique(score=..., comment="x"))) == {
        "field-missing warning $.gradient"
    }
