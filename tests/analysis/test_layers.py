from __future__ import annotations

import json
from itertools import combinations, pairwise

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from navigator_export.analysis.comparison import CHANGES, compare
from navigator_export.analysis.coverage import coverage_of_layer
from navigator_export.analysis.gaps import STATES, gaps
from navigator_export.analysis.layers import (
    CHANGE_COLORS,
    STATE_COLORS,
    Making,
    comparison_layer,
    comparison_name,
    finished,
    gaps_layer,
    plan_layer,
    use_layer,
)
from navigator_export.analysis.plan import plan
from navigator_export.analysis.use import ThreatUse, Use
from navigator_export.attack import builtin
from navigator_export.errors import SourceError
from navigator_export.layer.format import Layer
from navigator_export.layer.room import TOOLTIP, height
from navigator_export.layer.scales import LONGEST_LABEL
from navigator_export.validation import validate
from tests.analysis.sides_made import RELEASE, at_tier, made_coverage, made_use
from tests.layer.test_palette import VISIONS, contrast_of, difference, lightness, linear
from tests.made_inputs import make_row, rated_rows

OLD, NEW = (made_coverage(rated_rows(), recipe=at_tier(tier)) for tier in ("E3", "E5"))
USE = made_use(T1566=3, T1114=2, T1003=1)
MAKING = Making("navigator-export …")
LAYERS = {
    "comparison": comparison_layer(compare(OLD, NEW, builtin()), MAKING),
    "gaps": gaps_layer(gaps(OLD, USE, builtin(), [NEW]), MAKING),
    "threat": use_layer(USE, MAKING),
    "plan": plan_layer(plan(NEW, USE, have=[("m365", "MAIL-E3")]), MAKING),
}


def values(layer: Layer) -> dict[str, dict[str, object]]:
    return {entry["techniqueID"]: entry for entry in json.loads(finished(layer, builtin()))["techniques"]}


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_is_clean_and_legible(name: str) -> None:
    layer = LAYERS[name]
    assert validate(finished(layer, builtin())) == ()
    labels = [item.label for item in layer.legend_items or ()]
    assert labels
    assert max(map(len, labels)) <= LONGEST_LABEL


@pytest.mark.parametrize("name", LAYERS)
def test_layers_of_analyses_are_no_coverage(name: str) -> None:
    with pytest.raises(SourceError, match="not what is covered"):
        coverage_of_layer(LAYERS[name], "f.json", builtin())


def test_change_has_both_values_and_what_makes_the_difference() -> None:
    made = values(LAYERS["comparison"])["T1114"]
    assert made["color"] == CHANGE_COLORS["better"]
    assert made["metadata"] == [{"name": "before", "value": "partial"}, {"name": "after", "value": "significant"}]
    assert made["comment"] == "better: partial → significant\n\nby (E5):\nHUNT-E5 detect significant"


def test_sources_are_told_with_their_checksums() -> None:
    stated = [(entry.name, entry.value) for entry in LAYERS["comparison"].metadata if hasattr(entry, "name")]
    assert ("SHA-256", OLD.origins[0].sha256) in stated
    assert ("old: selection", "tier E3") in stated
    assert ("new: selection", "tier E5") in stated
    assert len([pair for pair in stated if pair[0] == "source"]) == 1


def test_gap_says_who_uses_it_and_what_would_close_it() -> None:
    made = values(LAYERS["gaps"])
    assert {id_: entry["color"] for id_, entry in made.items()} == {
        "T1003": STATE_COLORS["uncovered"],
        "T1114": STATE_COLORS["covered"],
        "T1566": STATE_COLORS["uncovered"],
    }
    assert "would close it:\nHUNT-E5 detect partial, respond minimal (E5)" in str(made["T1566"]["comment"])
    assert {"name": "weight", "value": "3"} in made["T1566"]["metadata"]


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("E3 · M365 2025-07-18", "E5 · M365 2025-07-18", "E3 → E5 · M365 2025-07-18"),
        ("M365 2023-12-11", "M365 2025-07-18", "M365 2023-12-11 → M365 2025-07-18"),
        ("E3 · M365 2025-07-18", "M365 2025-07-18", "E3 → all · M365 2025-07-18"),
        ("mine: [a]/b", "their*", "mine – (a)-b → their…"),
        ("x", "x", "same · x"),
    ],
)
def test_names_say_first_what_differs(old: str, new: str, name: str) -> None:
    found = compare(replace(OLD, name=old), replace(NEW, name=new), builtin())
    assert comparison_name(found) == name


@given(st.integers(1, 400), st.integers(0, 400))
def test_comments_fit_the_tooltip_and_count_the_rest(users: int, capabilities: int) -> None:
    used = Use("T1114", users, tuple(f"Group with a name {n} (G{n:04})" for n in range(users)))
    use = ThreatUse("many", "enterprise", RELEASE, "group", {"T1114": used})
    offer = made_coverage([make_row(f"CAP-{n}-E5", "T1114", "protect partial") for n in range(capabilities + 1)])
    weak = [make_row(f"WEAK-{n}-E3", "T1114", "protect minimal") for n in range(capabilities)]
    coverage = made_coverage([make_row("A-E3", "T1566", "protect partial"), *weak])
    made = values(gaps_layer(gaps(coverage, use, builtin(), [offer]), MAKING))["T1114"]
    assert height(str(made["comment"])) <= TOOLTIP


@given(st.dictionaries(st.sampled_from(["T1114", "T1566", "T1003"]), st.integers(1, 1000), min_size=1))
def test_threat_of_any_weights_gives_a_clean_layer(weights: dict[str, int]) -> None:
    layer = use_layer(made_use(**weights), MAKING)
    assert validate(finished(layer, builtin())) == ()
    labels = [item.label for item in layer.legend_items or ()]
    assert max(map(len, labels)) <= LONGEST_LABEL


# ---- colours ---------------------------------------------------------------------------------------------------------

SCALES = [CHANGE_COLORS, STATE_COLORS]


def test_each_class_has_a_colour() -> None:
    assert tuple(CHANGE_COLORS) == CHANGES
    assert tuple(STATE_COLORS) == STATES


@pytest.mark.parametrize("scale", SCALES)
def test_black_text_is_readable(scale: dict[str, str]) -> None:
    assert min(map(contrast_of, scale.values())) >= 7


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("scale", SCALES)
def test_everybody_tells_the_classes_apart_and_from_white(scale: dict[str, str], vision: str) -> None:
    pairs = combinations([*scale.values(), "#ffffff"], 2)
    assert min(difference(one, other, vision) for one, other in pairs) >= 6.5


@pytest.mark.parametrize("scale", SCALES)
def test_classes_are_told_apart_in_grey(scale: dict[str, str]) -> None:
    levels = sorted(lightness(linear(color)) for color in [*scale.values(), "#ffffff"])
    assert min(other - one for one, other in pairwise(levels)) >= 5
