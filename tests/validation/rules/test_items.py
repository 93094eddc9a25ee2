from __future__ import annotations

import pytest

from tests.made_inputs import Json
from tests.validation.made_layers import only, technique, told

DIVIDER = 'write {"divider": true}'


@pytest.mark.parametrize(
    ("item", "hint"),
    [
        ({"name": "DIVIDER", "divider": True}, DIVIDER),
        ({"name": "DIVIDER", "value": True}, DIVIDER),
        ({"name": "a", "divider": True}, DIVIDER),
        ({"name": "a", "value": "", "divider": True}, DIVIDER),
        ({"divider": "true"}, DIVIDER),
        ({"divider": False}, DIVIDER),
        ({"name": "a"}, '"value": "…"'),
        ({"name": "a", "value": ""}, "leave the entry out"),
        ({"name": "", "value": "a"}, "leave the entry out"),
        ({"name": "a", "value": 5}, 'write "5"'),
        ({"value": "a"}, '"name": "…"'),
        ({}, '"name": "…"'),
    ],
)
@pytest.mark.parametrize("place", ["layer", "technique"])
def test_metadata_that_is_dropped_is_told(item: Json, hint: str, place: str) -> None:
    finding = only(metadata=[item]) if place == "layer" else only(techniques=technique(metadata=[item]))
    assert (finding.rule, finding.severity) == ("metadata-entry", "error")
    assert hint in finding.hint


@pytest.mark.parametrize(
    "item",
    [
        {"url": "https://example.org", "divider": True},
        {"url": "https://example.org"},
        {"url": "https://example.org", "label": ""},
        {"url": "https://example.org", "label": None},
        {"label": "a"},
        {"divider": False},
    ],
)
def test_link_that_is_dropped_is_told(item: Json) -> None:
    finding = only(techniques=technique(links=[item]))
    assert (finding.rule, finding.severity) == ("link-entry", "error")


@pytest.mark.parametrize(
    "item",
    [{"name": "a", "value": "b"}, {"divider": True}, {"value": "b", "divider": True}, {"name": " ", "value": " "}],
)
def test_metadata_that_is_shown_is_no_finding(item: Json) -> None:
    assert told(techniques=technique(metadata=[item])) == []


def test_divider_beside_a_whole_pair_is_a_warning() -> None:
    finding = only(techniques=technique(metadata=[{"name": "a", "value": "b", "divider": True}]))
    assert (finding.severity, finding.path) == ("warning", "$.techniques[0].metadata[0].divider")


@pytest.mark.parametrize("text", ["#ff666", "grün", "rgba(1,2,3)", "#gggggg", "red;", "var(--x)"])
def test_text_that_is_no_colour_is_an_error(text: str) -> None:
    assert only(techniques=technique(color=text)).rule == "colour-invalid"
    assert only(legendItems=[{"label": "a", "color": text}]).rule == "colour-invalid"
    assert only(gradient={"colors": ["#ffffff", text], "minValue": 0, "maxValue": 3}).rule == "colour-invalid"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("PaleGoldenrod", 'write "#eee8aa"'),
        ("ff6666", 'write "#ff6666"'),
        (" #ff6666", 'write "#ff6666"'),
        ("rgb(10, 200, 10)", "#rrggbb"),
        ("hsl 0 100% 50%", "#rrggbb"),
        ("transparent", "#rrggbb"),
    ],
)
def test_colour_that_works_is_a_warning(text: str, hint: str) -> None:
    finding = only(techniques=technique(color=text))
    assert (finding.rule, finding.severity) == ("colour-name", "warning")
    assert hint in finding.hint


@pytest.mark.parametrize("text", ["#fff", "#FFF8", "#ffffff", "#ffffff00", ""])
def test_colour_as_the_format_writes_it_is_no_finding(text: str) -> None:
    assert told(techniques=technique(color=text)) == []


@pytest.mark.parametrize(
    ("text", "rule"), [("ff0000", "colour-invalid"), ("hsv(0,1,1)", "colour-invalid"), ("red", "colour-name")]
)
def test_colour_that_the_browser_draws_must_be_one_to_it(text: str, rule: str) -> None:
    assert only(legendItems=[{"label": "a", "color": text}]).rule == rule
    assert only(tacticRowBackground=text).rule == rule
