from __future__ import annotations

import json

import pytest

from navigator_export import Recipe, Scoring, __version__, make_layer
from navigator_export.layer.composition import Heading, Opening, compose
from navigator_export.layer.format import Divider, Gradient, LayerTechnique, LegendItem, Metadata, encode
from navigator_export.layer.scoring import STRATEGIES, Scale
from navigator_export.validation import gate
from tests.made_inputs import Json, make_row, mapping_set, rated_rows
from tests.results import metadata_of

MAPPINGS = mapping_set(rated_rows())


def layer_json(**recipe: Json) -> dict[str, Json]:
    layer: dict[str, Json] = json.loads(make_layer(MAPPINGS, Recipe(**recipe)).text)
    return layer


def test_versions_are_text_and_the_attack_release_is_the_major_one() -> None:
    assert layer_json()["versions"] == {"attack": "16", "navigator": "5.1.0", "layer": "4.5"}


@pytest.mark.parametrize(("domain", "technique"), [("enterprise", "T1114"), ("mobile", "T1430"), ("ics", "T0800")])
def test_domain_has_the_name_that_the_navigator_knows(domain: str, technique: str) -> None:
    layer = make_layer(mapping_set([make_row("A", technique)], technology_domain=domain)).layer
    assert layer.domain == f"{domain}-attack"


def test_layout_opens_annotated_subtechniques_and_hides_aggregates() -> None:
    layout = layer_json()["layout"]
    assert layout["expandedSubtechniques"] == "annotated"
    assert layout["showAggregateScores"] is False
    assert layer_json()["sorting"] == 3


def test_fold_hides_subtechniques_on_opening() -> None:
    assert layer_json(fold=True)["layout"]["expandedSubtechniques"] == "none"


@pytest.mark.parametrize(
    ("strategy", "aggregate"),
    [("best", "max"), ("count", "max"), ("mean", "average"), ("sum", "sum"), ("breadth", "max")],
)
def test_aggregate_function_agrees_with_the_strategy(strategy: str, aggregate: str) -> None:
    layout = layer_json(aggregate=True, scoring=Scoring(strategy=strategy))["layout"]
    assert layout["showAggregateScores"] is True
    assert layout["aggregateFunction"] == aggregate


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_gradient_rises_and_colours_are_hexadecimal(strategy: str) -> None:
    layer = layer_json(scoring=Scoring(strategy=strategy))
    gradient = layer["gradient"]
    assert gradient["minValue"] < gradient["maxValue"]
    assert len(gradient["colors"]) >= 2
    for color in (*gradient["colors"], *(item["color"] for item in layer["legendItems"])):
        assert len(color) == 7
        assert int(color.removeprefix("#"), 16) >= 0


def test_metadata_tells_how_to_make_the_layer_anew() -> None:
    layer = layer_json(scoring=Scoring(strategy="sum"))
    assert metadata_of(layer, "source") == ["mappings.json"]
    assert metadata_of(layer, "SHA-256") == [MAPPINGS.sources[0].sha256]
    assert metadata_of(layer, "framework") == ["Microsoft 365 07/18/2025"]
    assert metadata_of(layer, "ATT&CK release") == ["16.1 enterprise"]
    assert metadata_of(layer, "selection") == ["everything"]
    assert metadata_of(layer, "made with") == [f"navigator-export {__version__}"]
    assert metadata_of(layer, "command")[0].startswith("navigator-export export mappings.json --score")
    assert metadata_of(layer, "score")[0].startswith("sum: ")


def test_description_counts_what_is_in_the_layer() -> None:
    assert "7 mappings of 3 capabilities on 4 techniques" in layer_json()["description"]


def test_name_and_description_can_be_given() -> None:
    layer = layer_json(name="Ours", description="Of us")
    assert (layer["name"], layer["description"]) == ("Ours", "Of us")


def test_techniques_are_sorted_and_without_tactic() -> None:
    techniques = layer_json()["techniques"]
    assert [t["techniqueID"] for t in techniques] == ["T1078", "T1114", "T1114.003", "T1566"]
    assert not [t for t in techniques if "tactic" in t]


def test_layer_that_no_recipe_made_has_its_own_heading_colours_and_legend() -> None:
    scale = Scale(
        name="comparison",
        meaning="what became of coverage",
        minimum=-2,
        maximum=2,
        colors=("#f4a582", "#ffffff", "#92c5de"),
        legend=(LegendItem("lost", "#f4a582"), LegendItem("gained", "#92c5de")),
        aggregate="max",
    )
    heading = Heading("E3 → E5", "What E5 adds", (Metadata("old", "E3"), Divider(), Metadata("new", "E5")))
    techniques = (LayerTechnique(technique_id="T1114", score=2, comment="gained"),)
    layer = compose(techniques, heading, scale, "enterprise", "16.1", Opening(fold=True))
    assert gate(encode(layer)) == ()
    assert (layer.name, layer.description, layer.metadata) == (heading.name, heading.description, heading.metadata)
    assert layer.gradient == Gradient(scale.colors, -2, 2)
    assert layer.legend_items == scale.legend
    assert layer.versions.attack == "16"
    assert layer.layout.expanded_subtechniques == "none"
