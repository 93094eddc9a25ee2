from __future__ import annotations

from typing import Any

import pytest

from navigator_export.attack import builtin
from navigator_export.errors import SourceError
from navigator_export.layer.format import DOMAIN_NAMES, Divider, Metadata
from navigator_export.model import DOMAINS, Domain
from navigator_export.pictures.matrix import Count, collation, shown_of
from tests.pictures.drawn import cell, picture

GRADIENT = {"colors": ["#000000", "#ffffff"], "minValue": 0, "maxValue": 100}


def shades(*scores: float, **fields: Any) -> list[str]:
    ids = ("T1114", "T1114.001", "T1114.002", "T1114.003")
    techniques = [{"techniqueID": id_, "score": score} for id_, score in zip(ids, scores, strict=False)]
    drawn = picture(techniques=techniques, **{"gradient": GRADIENT} | fields)
    return [cell(drawn, id_).fill for id_ in ids[: len(scores)]]


def test_tactics_stand_in_the_order_of_the_matrix_with_their_names_at_the_release() -> None:
    names = [column.tactic.name for column in picture(versions={"attack": "20", "layer": "4.5"}).columns]
    assert names[:2] == ["Reconnaissance", "Resource Development"]
    assert "Stealth" in names
    assert "Defense Evasion" in [column.tactic.name for column in picture().columns]


def test_release_is_that_of_the_first_digits_and_the_newest_where_none_is_stated() -> None:
    assert picture(versions={"attack": "16.9.2"}).release == "16.1"
    assert picture(versions=...).release == picture(versions={"attack": ""}).release == "20.0"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"domain": "atlas-atlas"}, "another matrix"),
        ({"customDataURL": "https://example.org/stix.json"}, "another matrix"),
        ({"versions": {"attack": "99"}}, "ATT&CK 99 is not known"),
        ({"versions": {"attack": "newest"}}, "ATT&CK newest is not known"),
    ],
)
def test_layer_that_the_navigator_does_not_open_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(SourceError, match=said):
        picture(**fields)


def test_scores_take_one_of_a_hundred_shades_and_those_outside_the_last() -> None:
    assert shades(0, 1, 50, 100) == ["#000000", "#030303", "#818181", "#ffffff"]
    assert shades(-5, 105, 99.9) == ["#000000", "#ffffff", "#ffffff"]
    assert shades(1, gradient={"colors": ["red", "lime"], "minValue": 3, "maxValue": 3}) == ["#ff0000"]


def test_gradient_without_use_is_that_of_the_navigator() -> None:
    assert shades(0, 100, gradient=...) == ["#ff6666", "#8ec843"]
    assert shades(0, gradient={"colors": ["red", "nothing"], "minValue": 0, "maxValue": 1}) == ["#ff6666"]


def test_own_colour_goes_before_the_score_and_a_disabled_cell_has_none() -> None:
    drawn = picture(
        techniques=[
            {"techniqueID": "T1114", "score": 1, "color": "#ff000080"},
            {"techniqueID": "T1114.001", "score": 3, "color": "no colour"},
            {"techniqueID": "T1114.002", "score": 3, "enabled": False, "color": "#ff0000"},
        ]
    )
    assert cell(drawn, "T1114").fill == "#ff8080"
    assert (cell(drawn, "T1114.001").fill, cell(drawn, "T1114.001").color) == ("#66b1ff", "")
    assert (cell(drawn, "T1114.002").fill, cell(drawn, "T1114.002").ink) == ("", "#aaaaaa")


def test_last_entry_of_a_cell_replaces_the_first_whole() -> None:
    drawn = picture(
        techniques=[
            {"techniqueID": "T1078", "score": 1, "comment": "all"},
            {"techniqueID": "T1078", "score": 2, "tactic": "persistence"},
        ]
    )
    assert (cell(drawn, "T1078", "persistence").score, cell(drawn, "T1078", "persistence").comment) == (2, "")
    assert (cell(drawn, "T1078", "initial-access").score, cell(drawn, "T1078", "initial-access").comment) == (1, "all")


def test_what_no_cell_has_is_lost_by_name() -> None:
    entries = [{"techniqueID": "T1086"}, {"techniqueID": "T1114", "tactic": "impact"}, {"techniqueID": "T1114"}]
    assert picture(techniques=entries).lost == ("T1086", "T1114")


@pytest.mark.parametrize(
    ("sorting", "first"),
    [(0, "Adversary-in-the-Middle"), (1, "Video Capture"), (2, "Adversary-in-the-Middle"), (3, "Email Collection")],
)
def test_techniques_are_sorted_as_the_layer_says(sorting: int, first: str) -> None:
    drawn = picture(sorting=sorting)
    [column] = [column for column in drawn.columns if column.tactic.short_name == "collection"]
    assert column.cells[0].name == first


def test_unscored_techniques_stand_below_those_scored_0() -> None:
    drawn = picture(sorting=3, techniques=[{"techniqueID": "T1125", "score": 0}, {"techniqueID": "T1123", "score": -1}])
    [column] = [column for column in drawn.columns if column.tactic.short_name == "collection"]
    assert [c.id for c in column.cells[:2]] == ["T1125", "T1123"]


def test_names_are_sorted_as_a_browser_sorts_them() -> None:
    names = ["/etc/passwd", "Zip", "at", "Archive", "Cron", "ätzend", "3D", "At"]
    assert sorted(names, key=collation) == ["/etc/passwd", "3D", "Archive", "at", "At", "ätzend", "Cron", "Zip"]


def test_aggregates_of_a_technique_colour_it_and_sort_it() -> None:
    techniques = [{"techniqueID": "T1114.001", "score": 1}, {"techniqueID": "T1114.002", "score": 2.125}]

    def aggregate(function: str, **more: Any) -> float | None:
        layout = {"showAggregateScores": True, "aggregateFunction": function, **more}
        return cell(picture(techniques=techniques, layout=layout), "T1114").aggregate

    assert aggregate("sum") == 3.13
    assert aggregate("max") == 2.13
    assert aggregate("min") == 0
    assert aggregate("average") == 1.56
    assert aggregate("average", countUnscored=True) == 0.78
    drawn = picture(techniques=techniques, sorting=3, layout={"showAggregateScores": True, "aggregateFunction": "max"})
    assert cell(drawn, "T1114").fill == cell(drawn, "T1114.002").fill != ""
    assert cell(drawn, "T1005").aggregate is None


def test_sub_techniques_open_as_the_layer_says() -> None:
    entry = {"techniqueID": "T1560", "tactic": "collection", "showSubtechniques": True}
    techniques = [{"techniqueID": "T1114.001", "score": 0}, entry]

    def is_open(expanded: str) -> tuple[bool, ...]:
        drawn = picture(techniques=techniques, layout={"expandedSubtechniques": expanded})
        return tuple(cell(drawn, id_).open for id_ in ("T1114", "T1560", "T1056", "T1005"))

    assert is_open("none") == (False, True, False, False)
    assert is_open("annotated") == (True, True, False, False)
    assert is_open("all") == (True, True, True, False)
    assert is_open("nonsense") == is_open("none")


def test_filter_of_platforms_hides_techniques_and_what_is_left_without_any() -> None:
    drawn = picture(filters={"platforms": ["PRE"]})
    assert [column.tactic.name for column in drawn.shown] == ["Reconnaissance", "Resource Development"]
    assert cell(drawn, "T1114").hidden
    assert not cell(picture(filters={"platforms": ["windows"]}), "T1114").hidden
    assert not cell(picture(filters={"platforms": []}), "T1114").hidden


def test_ics_has_no_platforms_since_14_and_a_filter_of_them_hides_all() -> None:
    fields: dict[str, Any] = {"domain": "ics-attack", "techniques": []}
    assert picture(filters={"platforms": ["Windows"]}, **fields).shown == ()
    assert len(picture(filters={"platforms": ["None"]}, **fields).shown) == 12


def test_disabled_techniques_are_hidden_where_the_layer_says_so_but_for_those_with_enabled_sub_techniques() -> None:
    disabled = [{"techniqueID": id_, "enabled": False} for id_ in ("T1005", "T1114", "T1114.001")]
    drawn = picture(techniques=disabled, hideDisabled=True)
    assert [cell(drawn, id_).hidden for id_ in ("T1005", "T1114", "T1114.001", "T1114.002")] == [
        True,
        False,
        True,
        False,
    ]
    assert not cell(picture(techniques=disabled), "T1005").hidden


def test_counts_are_of_techniques_and_sub_techniques_that_show() -> None:
    drawn = picture()
    [collection] = [column for column in drawn.shown if column.tactic.short_name == "collection"]
    assert collection.count() == Count(2, 40)
    assert drawn.count() == Count(2, 656)
    assert str(collection.count()) == "2 of 40"


def test_entries_that_the_navigator_drops_are_dropped() -> None:
    metadata = [
        {"name": "a", "value": "b"},
        {"name": "", "value": "b"},
        {"divider": True},
        {"name": "x", "value": "y", "extra": 1},
        {"divider": True, "name": "z"},
        {"divider": "yes"},
        "text",
    ]
    drawn = picture(techniques=[{"techniqueID": "T1114", "metadata": metadata}])
    assert cell(drawn, "T1114").metadata == (Metadata("a", "b"), Divider(), Metadata("x", "y"))


def test_letters_stand_for_colours_that_are_no_scores() -> None:
    legend = [{"label": "seen", "color": "#00ff00"}, {"label": "bad", "color": "none"}, {"label": "no", "color": "red"}]
    drawn = picture(legendItems=legend, techniques=[{"techniqueID": "T1114", "color": "red"}])
    assert drawn.letters == {"#00ff00": "A", "#ff0000": "B"}
    assert picture(legendItems=legend).letters == {}


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_technique_of_every_release_has_its_cells(domain: Domain) -> None:
    for major in range(8, 21):
        release = builtin().require(domain, str(major))
        techniques = [{"techniqueID": id_, "score": 1} for id_ in release.active]
        drawn = picture(domain=DOMAIN_NAMES[domain], versions={"attack": str(major)}, techniques=techniques)
        assert drawn.lost == ()
        cells = {(cell.id, column.tactic.short_name) for column in drawn.shown for cell in shown_of(column.cells)}
        assert cells == {(id_, tactic) for id_, tactics in release.tactics.items() for tactic in tactics}
