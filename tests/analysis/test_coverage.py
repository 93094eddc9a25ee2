from __future__ import annotations

import pytest

from navigator_export.analysis.coverage import coverage_of_layer, refuse_exposure
from navigator_export.attack import builtin
from navigator_export.errors import SelectionError, SourceError
from navigator_export.export import make_layer
from navigator_export.layer.reading import read_layers
from navigator_export.layer.scoring import Scoring
from navigator_export.recipe import Recipe
from tests.analysis.sides_made import at_tier, made_coverage
from tests.made_inputs import NIST, Json, layer_bytes, make_row, mapping_set, rated_rows, unrated_rows


def layer_coverage(version: str | None = None, **fields: Json):
    return coverage_of_layer(read_layers(layer_bytes(**fields), "f.json")[0], "f.json", builtin(), version)


def test_values_are_those_of_the_score() -> None:
    coverage = made_coverage(rated_rows())
    assert {id_: covered.value for id_, covered in coverage.techniques.items()} == {
        "T1078": 3,
        "T1114": 3,
        "T1114.003": 1,
        "T1566": 2,
    }


def test_each_capability_is_named_with_its_ratings_and_tier() -> None:
    coverage = made_coverage(rated_rows())
    assert [(m.label, m.tier) for m in coverage.techniques["T1566"].means] == [
        ("HUNT-E5 detect partial, respond minimal", "E5")
    ]
    assert [m.label for m in coverage.techniques["T1114"].means] == [
        "HUNT-E5 detect significant",
        "LOGIN-E3",
        "MAIL-E3 protect partial",
    ]


def test_minimal_and_unrated_are_weak() -> None:
    coverage = made_coverage([*rated_rows(), make_row("MAIL-E3", "T1059", "")])
    assert [id_ for id_ in coverage.techniques if coverage.is_weak(id_)] == ["T1059", "T1114.003"]


def test_nothing_is_weak_where_nothing_is_rated() -> None:
    coverage = made_coverage(unrated_rows(), **NIST)
    assert not coverage.measure.rated
    assert not any(map(coverage.is_weak, coverage.techniques))


@pytest.mark.parametrize("strategy", ["best", "mean", "sum"])
def test_share_of_the_best_value_is_never_more_than_all(strategy: str) -> None:
    coverage = made_coverage(rated_rows(), recipe=Recipe(scoring=Scoring(strategy=strategy)))
    shares = [coverage.share_of_top(id_) for id_ in (*coverage.techniques, "T1000")]
    assert shares[-1] == 0
    assert all(0 < share <= 1 for share in shares[:-1])


def test_layer_of_ours_covers_what_its_mappings_do() -> None:
    text = make_layer(mapping_set(rated_rows()), at_tier("E5")).text
    coverage = coverage_of_layer(read_layers(text, "l.json")[0], "l.json", builtin())
    made = made_coverage(rated_rows(), recipe=at_tier("E5"))
    assert {id_: c.value for id_, c in coverage.techniques.items()} == {
        id_: c.value for id_, c in made.techniques.items()
    }
    assert coverage.measure.rated


def test_disabled_and_unscored_techniques_of_a_layer_are_not_covered() -> None:
    techniques = [
        {"techniqueID": "T1114", "score": 2},
        {"techniqueID": "T1566", "score": 2, "enabled": False},
        {"techniqueID": "T1078", "comment": "seen"},
        {"techniqueID": "T1059", "score": 0},
    ]
    coverage = layer_coverage(techniques=techniques)
    assert list(coverage.techniques) == ["T1114"]
    assert coverage.notes == ("1 technique with the score 0 taken as not covered",)


def test_layer_is_moved_and_what_is_gone_is_told() -> None:
    techniques = [{"techniqueID": "T1562.001", "score": 2}, {"techniqueID": "T1114", "score": 1}]
    coverage = layer_coverage("20.0", versions={"attack": "16", "layer": "4.5"}, techniques=techniques)
    assert coverage.attack_version == "20.0"
    assert "T1562.001" not in coverage.techniques
    assert "T1114" in coverage.techniques


def test_entries_per_tactic_give_the_highest_score() -> None:
    techniques = [
        {"techniqueID": "T1078", "tactic": "persistence", "score": 1},
        {"techniqueID": "T1078", "tactic": "initial-access", "score": 3},
    ]
    assert layer_coverage(techniques=techniques).techniques["T1078"].value == 3


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"domain": "f3-financial"}, "of the domain 'f3-financial'"),
        ({"versions": {"layer": "4.5"}}, "names no ATT&CK release"),
        ({"versions": {"attack": "99", "layer": "4.5"}}, "'99' is not known"),
        ({"techniques": [{"techniqueID": "T1114", "color": "#ff0000"}]}, "no technique of the layer has a score"),
    ],
)
def test_layer_that_tells_nothing_is_refused(fields: dict[str, Json], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        layer_coverage(**fields)


def test_old_domain_names_are_taken() -> None:
    assert layer_coverage(domain="mitre-enterprise").domain == "enterprise"


def test_frameworks_of_what_was_used_are_no_coverage() -> None:
    coverage = made_coverage(unrated_rows(), **NIST | {"mapping_framework": "kev"})
    with pytest.raises(SelectionError, match="nothing that works against it"):
        refuse_exposure([coverage])
