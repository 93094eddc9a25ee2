from __future__ import annotations

import pytest

from navigator_export.analysis.comparison import Comparison, compare
from navigator_export.analysis.coverage import Coverage, coverage_of, coverage_of_layer, refuse_exposure
from navigator_export.attack import builtin
from navigator_export.errors import SelectionError, SourceError
from navigator_export.export import make_layer
from navigator_export.layer.annotation import CommentStyle
from navigator_export.layer.reading import read_layers
from navigator_export.layer.scoring import Scoring
from navigator_export.model import MappingSet
from navigator_export.preparation import prepare
from navigator_export.reading import read
from navigator_export.recipe import Recipe
from navigator_export.selection import Selection
from tests.made_inputs import NIST, layer_bytes, mapping_set, rated_rows, unrated_rows
from tests.real_inputs import M365_2025, corpus

DEFAULT = Scoring()


def recipe(scoring: Scoring = DEFAULT, comments: CommentStyle = "short", **selection: str) -> Recipe:
    return Recipe(selection=Selection(**selection), scoring=scoring, comments=comments)


def of_layer(mappings: MappingSet, made: Recipe) -> Coverage:
    [layer] = read_layers(make_layer(mappings, made).text, "f.json")
    return coverage_of_layer(layer, "f.json", builtin())


def of_mappings(mappings: MappingSet, made: Recipe) -> Coverage:
    return coverage_of(prepare([mappings], made, builtin()), made)


def tiers(mappings: MappingSet, comments: CommentStyle, scoring: Scoring = DEFAULT) -> tuple[Comparison, Comparison]:
    """Return E3 against E5, from layers and from mappings."""
    made = [recipe(scoring, comments, tier=tier) for tier in ("E3", "E5")]
    layers, mapped = ([side(mappings, one) for one in made] for side in (of_layer, of_mappings))
    return compare(*layers, builtin()), compare(*mapped, builtin())


@pytest.mark.parametrize(
    "scoring",
    [
        Scoring(),
        Scoring(weights=(10, 50, 100)),
        Scoring(strategy="mean", weights=(1, 2.5, 4)),
        Scoring(strategy="sum"),
        Scoring(strategy="breadth"),
        Scoring(strategy="count"),
        Scoring(strategy="category"),
    ],
)
@pytest.mark.parametrize("comments", ["short", "full"])
def test_layers_of_ours_compare_as_the_mappings_do(comments: CommentStyle, scoring: Scoring) -> None:
    layers, mappings = tiers(mapping_set(rated_rows()), comments, scoring)
    assert layers.differences == mappings.differences
    assert layers.presence_only == mappings.presence_only
    assert layers.new.measure.kind == mappings.new.measure.kind


def test_published_layers_compare_as_the_mappings_do() -> None:
    m365 = read(corpus(M365_2025))
    layers, mappings = tiers(m365, "full")
    assert layers.differences == mappings.differences
    bounded, _ = tiers(m365, "short")
    assert [(d.technique, d.change) for d in bounded.differences] == [
        (d.technique, d.change) for d in mappings.differences
    ]


@pytest.mark.parametrize("scoring", [Scoring(), Scoring(weights=(10, 50, 100)), Scoring(strategy="mean")])
def test_layer_against_its_own_mappings_is_the_same(scoring: Scoring) -> None:
    mappings, made = mapping_set(rated_rows()), recipe(scoring)
    assert not compare(of_layer(mappings, made), of_mappings(mappings, made), builtin()).differs


def test_capabilities_of_unrated_layers_are_told_whole_or_not_at_all() -> None:
    few = mapping_set(unrated_rows(), **NIST)
    means = of_layer(few, recipe()).techniques["T1114"].means
    assert means == of_mappings(few, recipe()).techniques["T1114"].means
    assert means
    rows = unrated_rows()
    many = mapping_set([row | {"capability_id": f"AC-{n}"} for row in rows for n in range(1, 200)], **NIST)
    assert of_layer(many, recipe()).techniques["T1114"].means == ()


def test_layers_of_what_was_used_are_no_coverage() -> None:
    kev = mapping_set(unrated_rows(), **NIST | {"mapping_framework": "kev"})
    with pytest.raises(SelectionError, match="nothing that works against it"):
        refuse_exposure([of_layer(kev, recipe())])


@pytest.mark.parametrize("analysis", ["change: x", "gap: x", "use: x", "step: x"])
def test_results_of_an_analysis_are_no_coverage(analysis: str) -> None:
    metadata = [{"name": "score", "value": analysis}, {"name": "made with", "value": "navigator-export 1"}]
    [layer] = read_layers(layer_bytes(metadata=metadata), "f.json")
    with pytest.raises(SourceError, match="not what is covered"):
        coverage_of_layer(layer, "f.json", builtin())
