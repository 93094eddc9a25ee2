from __future__ import annotations

import json

import pytest

from navigator_export import Criteria, Recipe, Scoring, Selection, __version__, make_layer, validate
from navigator_export.attack import known
from navigator_export.errors import SelectionError
from navigator_export.layer.composition import Heading, Opening, compose
from navigator_export.layer.format import Divider, Gradient, LayerTechnique, LegendItem, Metadata, encode
from navigator_export.layer.palette import PALETTES, color_at
from navigator_export.layer.scales import Scale
from navigator_export.layer.scoring import STRATEGIES
from navigator_export.validation import gate
from tests.made_inputs import Json, joined_set, make_row, mapping_set, rated_rows
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


def test_layout_is_flat_unless_another_is_asked_for() -> None:
    assert layer_json()["layout"]["layout"] == "flat"
    side = layer_json(layout="side", show_id=True)["layout"]
    assert (side["layout"], side["showName"], side["showID"]) == ("side", True, True)


def test_small_squares_show_no_name_which_would_undo_them() -> None:
    mini = layer_json(layout="mini")["layout"]
    assert (mini["layout"], mini["showName"], mini["showID"]) == ("mini", False, False)
    assert mini["expandedSubtechniques"] == "annotated"


def test_small_squares_with_ids_are_refused() -> None:
    with pytest.raises(SelectionError, match="no room for ids"):
        layer_json(layout="mini", show_id=True)


def test_what_is_not_scored_is_hidden_but_for_techniques_around_what_is() -> None:
    mappings = mapping_set([make_row("A", "T1114.003"), make_row("A", "T1566")])
    product = make_layer(mappings, Recipe(hide_unscored=True))
    layer = json.loads(product.text)
    assert layer["hideDisabled"] is True
    ids = [technique["techniqueID"] for technique in layer["techniques"]]
    assert ids == sorted(set(ids))
    disabled = {t["techniqueID"]: t for t in layer["techniques"] if not t.get("enabled", True)}
    assert [t for t in disabled.values() if len(t) > 2] == []
    active = known().require("enterprise", "16.1").active
    assert set(active) - set(disabled) == {"T1114", "T1114.003", "T1566"}
    assert "T1114" not in ids
    assert {"T1114.001", "T1566.001", "T1078"} <= set(disabled)
    assert validate(product.text) == ()


def test_nothing_is_hidden_unless_asked_for() -> None:
    layer = layer_json()
    assert "hideDisabled" not in layer
    assert "filters" not in layer
    assert [t for t in layer["techniques"] if "enabled" in t] == []


def test_platforms_are_a_filter_by_the_names_of_the_release() -> None:
    layer = layer_json(platforms=(" windows", "OFFICE SUITE", "Windows"))
    assert layer["filters"] == {"platforms": ["Windows", "Office Suite"]}
    moved = layer_json(platforms=("network devices",), attack_version="20.0")
    assert moved["filters"] == {"platforms": ["Network Devices"]}


@pytest.mark.parametrize(
    ("name", "near"), [("Windwos", "Windows"), ("Network Devices", "Network"), ("", "Office Suite")]
)
def test_platform_that_the_release_does_not_have_is_refused(name: str, near: str) -> None:
    with pytest.raises(SelectionError) as error:
        make_layer(MAPPINGS, Recipe(platforms=("Windows", name)))
    [problem] = error.value.problems
    assert problem.place == "platforms"
    assert problem.message == f"ATT&CK 16.1 enterprise has no platform {name!r}"
    assert near in problem.hint


def test_what_platforms_hide_is_counted_and_told() -> None:
    mappings = mapping_set([make_row("A", "T1110"), make_row("A", "T1595"), make_row("A", "T1595.001")])
    product = make_layer(mappings, Recipe(platforms=("Windows",)))
    assert product.warnings == ("the platforms hide 2 of 3 techniques: T1595, T1595.001",)
    assert make_layer(mappings, Recipe(platforms=("Windows", "PRE"))).warnings == ()


def test_platforms_that_hide_everything_are_refused() -> None:
    with pytest.raises(SelectionError, match="no selected technique has any of the platforms"):
        make_layer(mapping_set([make_row("A", "T1595")]), Recipe(platforms=("Windows",)))


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
    assert layer_json()["description"] == (
        "Mappings of Microsoft 365 to ATT&CK 16.1. The score is the highest value of any selected mapping. "
        "Selected: everything. 7 mappings of 3 capabilities on 4 techniques."
    )


def test_name_and_description_can_be_given() -> None:
    layer = layer_json(name="Ours", description="Of us")
    assert (layer["name"], layer["description"]) == ("Ours", "Of us")


def test_techniques_are_sorted_and_without_tactic() -> None:
    techniques = layer_json()["techniques"]
    assert [t["techniqueID"] for t in techniques] == ["T1078", "T1114", "T1114.003", "T1566"]
    assert [t for t in techniques if "tactic" in t] == []


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


def entries_of(layer: dict[str, Json]) -> list[tuple[str, str]]:
    """Return name and value of each entry of a layer's metadata, `---` for a divider."""
    return [(item.get("name", "---"), item.get("value", "")) for item in layer["metadata"]]


def test_metadata_tells_the_sources_parted_by_dividers_and_then_the_layer() -> None:
    mappings = joined_set(
        m365=[make_row("A-E3"), make_row("A-E3", "T1562"), make_row("A-E3", "T9999"), make_row("B-E5", "T1078")],
        own=[make_row("A"), make_row("A")],
    )
    recipe = Recipe(attack_version="20.0", selection=Selection(exclude=Criteria(techniques=("T1078",))))
    product = make_layer(mappings, recipe)
    first, second = mappings.sources
    assert entries_of(json.loads(product.text)) == [
        ("source", "m365"),
        ("SHA-256", first.sha256),
        ("framework", "Microsoft 365 07/18/2025"),
        ("ATT&CK release", "16.1 enterprise"),
        ("---", ""),
        ("source", "own"),
        ("SHA-256", second.sha256),
        ("framework", "own 07/18/2025"),
        ("ATT&CK release", "16.1 enterprise"),
        ("---", ""),
        ("layer's ATT&CK release", "20.0 enterprise"),
        ("selection", "without technique T1078"),
        ("group", "Mail Protection"),
        ("category", "protect"),
        ("mapping type", "Technique Scores"),
        ("score", "best: the highest value of any selected mapping"),
        ("mappings", "3 on 2 techniques"),
        ("left out", "1 not selected, 1 repeated, 1 on inactive techniques (T9999)"),
        ("moved", "T1562 to T1685"),
        ("command", product.command),
        ("made with", f"navigator-export {__version__}"),
    ]


def test_a_framework_without_version_is_told_by_its_name_alone() -> None:
    layer = make_layer(mapping_set([make_row()], mapping_framework_version="")).text
    assert metadata_of(json.loads(layer), "framework") == ["Microsoft 365"]


def test_legend_colours_are_those_of_their_scores_on_the_gradient() -> None:
    items = layer_json(scoring=Scoring(strategy="best", weights=(2, 3, 4)))["legendItems"]
    assert [item["color"] for item in items] == [color_at(PALETTES["blue"], score / 4) for score in (0, 2, 3, 4)]
