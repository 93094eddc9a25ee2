"""Which scale a layer has: by score, by what is mapped, and by what a user asks for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from navigator_export import Criteria, MappingSet, Recipe, Scoring, Selection, make_layer
from navigator_export.errors import SelectionError
from navigator_export.layer.format import Layer, encode
from navigator_export.layer.palette import CATEGORY_COLORS, PALETTES
from navigator_export.model import CATEGORIES
from tests.made_inputs import joined_set, make_row, mapping_set

COUNT = Scoring("count")


def layer_of(mappings: MappingSet, **recipe: Any) -> Layer:
    return make_layer(mappings, Recipe(**recipe)).layer


def labels(layer: Layer) -> list[str]:
    return [item.label for item in layer.legend_items]


def of(framework: str) -> MappingSet:
    return joined_set(**{framework: [make_row("A-1", "T1114", "")]})


# ---- words and colours of what is mapped -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("framework", "first", "last", "palette"),
    [
        ("nist_800_53", "1 control", "4+ controls", "blue"),
        ("cis_controls", "1 control", "4+ controls", "blue"),
        ("m365", "1 capability", "4 or more", "blue"),
        ("cri_profile", "1 statement", "4+ statements", "blue"),
        ("kev", "1 CVE", "4+ CVEs", "orange"),
        ("veris", "1 action", "4+ actions", "orange"),
        ("our_own", "1 capability", "4 or more", "blue"),
    ],
)
def test_a_count_has_the_words_and_the_colours_of_its_framework(
    framework: str, first: str, last: str, palette: str
) -> None:
    layer = layer_of(of(framework), scoring=COUNT)
    assert (labels(layer)[0], labels(layer)[-1]) == (first, last)
    assert layer.gradient.colors == PALETTES[palette]


BOTH = joined_set(kev=[make_row("CVE-1", "T1114", "")], nist_800_53=[make_row("AC-1", "T1114", "")])


def test_coverage_and_exposure_together_have_the_colours_of_neither_and_a_warning() -> None:
    product = make_layer(BOTH, Recipe())
    assert product.layer.gradient.colors == PALETTES["viridis"]
    assert labels(product.layer)[0] == "1 capability"
    [warning] = product.warnings
    assert warning == (
        "Known Exploited Vulnerabilities tells what is used against you, NIST 800-53 what works against it: "
        "a score made of both is neither"
    )


def test_one_kind_selected_of_both_has_its_own_words_and_colours() -> None:
    selection = Selection(include=Criteria(frameworks=("kev",)))
    product = make_layer(BOTH, Recipe(selection=selection))
    assert product.layer.gradient.colors == PALETTES["orange"]
    assert labels(product.layer)[0] == "1 CVE"
    assert product.warnings == ()


# ---- colours that are asked for --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("strategy", ["best", "count", "mean", "sum", "breadth"])
def test_any_scale_takes_any_colours(strategy: Any, name: str) -> None:
    layer = layer_of(of("m365"), scoring=Scoring(strategy), colors=name)
    assert layer.gradient.colors == PALETTES[name]
    assert {item.color for item in layer.legend_items} >= {PALETTES[name][0], PALETTES[name][-1]}


def test_own_colours_go_from_the_lowest_score_to_the_highest() -> None:
    rows = [make_row("A", "T1114", "protect minimal"), make_row("B", "T1078", "protect significant")]
    layer = layer_of(mapping_set(rows), colors="#fee8c8,#fdbb84,#f49a60", scoring=Scoring(range=(1, 3)))
    assert layer.gradient.colors == ("#fee8c8", "#fdbb84", "#f49a60")
    assert [item.color for item in layer.legend_items] == ["#fee8c8", "#fee8c8", "#fdba83", "#f49a60"]


def test_a_traffic_light_is_green_where_much_is_covered_and_red_where_much_is_exposed() -> None:
    assert layer_of(of("m365"), colors="traffic-light").gradient.colors == PALETTES["traffic-light"]
    assert layer_of(of("kev"), colors="traffic-light").gradient.colors == PALETTES["traffic-light"][::-1]


def test_command_and_name_tell_the_colours() -> None:
    product = make_layer(of("m365"), Recipe(colors="viridis"))
    assert "--colors=viridis" in product.command
    assert make_layer(of("m365"), Recipe()).file_name != product.file_name


# ---- categories ------------------------------------------------------------------------------------------------------

SETS = {
    "T1003": (),
    "T1005": ("protect",),
    "T1006": ("detect",),
    "T1007": ("protect", "detect"),
    "T1008": ("respond",),
    "T1010": ("protect", "respond"),
    "T1011": ("detect", "respond"),
    "T1012": CATEGORIES,
}
ROWS = [make_row("A", technique, f"{category} partial") for technique, there in SETS.items() for category in there]
CATEGORY_ROWS = [make_row("A", "T1003", ""), *ROWS]


def test_every_set_of_categories_has_a_code_and_a_colour() -> None:
    layer = layer_of(mapping_set(CATEGORY_ROWS), scoring=Scoring("category"))
    assert [t.score for t in layer.techniques] == list(range(8))
    assert [t.color for t in layer.techniques] == [CATEGORY_COLORS[code] for code in range(8)]
    assert (layer.gradient.min_value, layer.gradient.max_value) == (0, 7)


def test_legend_names_every_set_of_categories_by_its_colour() -> None:
    layer = layer_of(mapping_set(CATEGORY_ROWS), scoring=Scoring("category"))
    colors = {t.technique_id: t.color for t in layer.techniques}
    techniques = {color: technique for technique, color in colors.items()}
    assert [(item.label, techniques[item.color]) for item in layer.legend_items] == [
        ("protect", "T1005"),
        ("detect", "T1006"),
        ("respond", "T1008"),
        ("prot+detect", "T1007"),
        ("prot+respond", "T1010"),
        ("det+respond", "T1011"),
        ("all three", "T1012"),
        ("not rated", "T1003"),
    ]


def test_the_layer_says_what_the_code_of_categories_means() -> None:
    text = make_layer(mapping_set(CATEGORY_ROWS), Recipe(scoring=Scoring("category"))).text
    assert "protect 1 + detect 2 + respond 4" in json.loads(text)["description"]


def test_comments_of_categories_tell_the_values() -> None:
    layer = layer_of(mapping_set([make_row("A", "T1114", "detect significant")]), scoring=Scoring("category"))
    assert "detect significant" in str(layer.techniques[0].comment)


@pytest.mark.parametrize(
    ("recipe", "place"),
    [
        ({"aggregate": True}, "aggregate"),
        ({"colors": "blue"}, "colors"),
        ({"scoring": Scoring("category", range=(0, 9))}, "scoring.range"),
    ],
)
def test_categories_are_not_treated_as_amounts(recipe: dict[str, Any], place: str) -> None:
    with pytest.raises(SelectionError, match="categories are no amounts") as caught:
        make_layer(mapping_set(CATEGORY_ROWS), Recipe(**{"scoring": Scoring("category")} | recipe))
    assert [problem.place for problem in caught.value.problems] == [place]


# ---- what MITRE's library takes --------------------------------------------------------------------------------------


def drawn(layer: Layer) -> dict[str, str]:
    """Return the colour that mitreattack-python gives each technique of a layer."""
    from mitreattack.navlayers import Layer as TheirLayer  # slow, and for this alone

    theirs = TheirLayer(strict=True)
    theirs.from_str(encode(layer).decode())
    gradient = theirs.layer.gradient
    assert (gradient.minValue, gradient.maxValue) == (layer.gradient.min_value, layer.gradient.max_value)
    return {t.techniqueID: gradient.compute_color(t.score) for t in theirs.layer.techniques}


@pytest.mark.parametrize("strategy", ["best", "count", "mean", "sum", "breadth", "category"])
def test_default_scales_are_drawn_by_mitreattack_python(strategy: Any) -> None:
    rows = CATEGORY_ROWS + [make_row(f"C{n}", "T1003", "protect significant") for n in range(40)]
    colors = drawn(layer_of(mapping_set(rows), scoring=Scoring(strategy)))
    assert sorted(colors) == sorted(SETS)


def test_mitreattack_python_draws_values_and_categories_in_their_exact_colours() -> None:
    rows = [make_row("A", f"T100{3 + 2 * n}", f"protect {v}") for n, v in enumerate(("minimal", "partial"))]
    assert list(drawn(layer_of(mapping_set(rows))).values()) == list(PALETTES["blue"][1:3])
    layer = layer_of(mapping_set(CATEGORY_ROWS), scoring=Scoring("category"))
    assert drawn(layer) == {t.technique_id: t.color for t in layer.techniques}


@pytest.mark.parametrize(
    ("scoring", "colors", "noted"),
    [
        (Scoring(), None, False),
        (Scoring(weights=(10, 50, 100)), None, False),
        (Scoring(range=(0, 12)), None, False),
        (Scoring(range=(0, 12.5)), None, True),
        (Scoring(range=(0, 2)), None, True),
        (Scoring(weights=(0.1, 0.5, 1)), None, True),
        (Scoring(range=(0, 8)), None, True),
        (Scoring(), "#ffffff,#eeeeee,#dddddd", False),
        (Scoring(), "#ffffff,#eeeeee,#dddddd,#cccccc,#bbbbbb", True),
    ],
)
def test_a_scale_that_it_does_not_draw_is_noted(scoring: Scoring, colors: str | None, *, noted: bool) -> None:
    rows = [make_row("A", "T1114", "protect significant")]
    warnings = make_layer(mapping_set(rows), Recipe(scoring=scoring, colors=colors)).warnings
    assert [warning.startswith("MITRE's mitreattack-python does not draw") for warning in warnings] == [True] * noted
