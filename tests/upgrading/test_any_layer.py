"""What holds for any layer: upgraded twice is upgraded once, nobody sees a difference, and every change is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from navigator_export import validate
from navigator_export.upgrading.concrete import Tree
from navigator_export.upgrading.encoding import decode
from navigator_export.upgrading.layer_file import UNSEEN
from tests.growth import LINEAR, growth
from tests.made_inputs import Json
from tests.real_inputs import shared, shared_files
from tests.upgrading.navigator import cells
from tests.upgrading.upgraded import result, upgraded

IDS = [
    "T1114",
    "T1114.003",
    "T1053",
    "T1053.005",
    "T1086",
    "T1059.001",
    "T1562",
    "T1562.001",
    "T1574.001",
    "T9999",
    "T1548",
]
TACTICS = ["execution", "persistence", "defense-evasion", "stealth", "collection", "Collection", "TA0009", "", "x_y"]
PLATFORMS = ["Windows", "windows", "AWS", "Office 365", "Office Suite", "Network", "Azure AD", "PRE", "Abacus"]
SCALARS = st.sampled_from(
    [None, True, False, 0, 1, 2.5, 99.7, 100, "", "7", "1e2", "true", "x", "#ff6666", "#ff666", "grün"]
)
ANYTHING = st.one_of(
    SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.sampled_from("ab"), SCALARS, max_size=2)
)


def some_of(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects with some of the fields, each as it is to be or as anything."""
    return st.fixed_dictionaries({}, optional={name: st.one_of(kind, kind, ANYTHING) for name, kind in fields.items()})


PAIRS = some_of({"name": st.sampled_from(["DIVIDER", "a"]), "value": SCALARS, "divider": SCALARS})
LINKS = some_of(
    {"label": SCALARS, "url": st.sampled_from(["https://a.org", "a.org", "x", "data:x"]), "divider": SCALARS}
)
TECHNIQUE = {
    "techniqueID": st.sampled_from([*IDS, "t1114 ", "TA0001"]),
    "tactic": st.sampled_from(TACTICS),
    "score": SCALARS,
    "comment": SCALARS,
    "color": SCALARS,
    "enabled": SCALARS,
    "metadata": st.lists(PAIRS, max_size=2),
    "links": st.lists(LINKS, max_size=2),
    "showSubtechniques": SCALARS,
    "own": ANYTHING,
}
RELEASE = st.sampled_from(["8", "15", 16, "18", "20", "v19", ""])
LAYOUT = {"layout": st.sampled_from(["mini", "Flat"]), "showID": SCALARS, "expandedSubtechniques": SCALARS}
LAYER = {
    "name": SCALARS,
    "version": st.sampled_from(["1.0", "2.2", "3.0", "4.5"]),
    "versions": some_of(
        {"attack": st.sampled_from(["8", "15", 16, "18", "20", "v19", ""]), "layer": st.sampled_from(["4.5", "4.2"])}
    ),
    "domain": st.sampled_from(["enterprise-attack", "mitre-enterprise", "mobile-attack", "ics-attack"]),
    "filters": some_of({"platforms": st.lists(st.sampled_from(PLATFORMS), max_size=4), "stages": ANYTHING}),
    "viewMode": st.sampled_from([0, 1, 2]),
    "viewFullTable": SCALARS,
    "sorting": SCALARS,
    "layout": some_of(
        {"layout": st.sampled_from(["mini", "Flat"]), "showID": SCALARS, "expandedSubtechniques": SCALARS}
    ),
    "gradient": some_of({"colors": st.lists(SCALARS, max_size=3), "minValue": SCALARS, "maxValue": SCALARS}),
    "legendItems": st.lists(some_of({"label": SCALARS, "color": SCALARS}), max_size=2),
    "techniques": st.lists(st.one_of(some_of(TECHNIQUE), some_of(TECHNIQUE), SCALARS), max_size=6),
    "metadata": st.lists(PAIRS, max_size=2),
    "hideDisabled": SCALARS,
    "own": ANYTHING,
}
STYLES = st.sampled_from([{}, {"indent": 2}, {"indent": "\t"}, {"separators": (",", ":")}])
RELEASES = st.sampled_from([None, None, "latest", "15", "9"])


@given(st.one_of(some_of(LAYER), st.lists(some_of(LAYER), max_size=2)), STYLES, RELEASES)
@settings(max_examples=300)
def test_any_layer_is_upgraded_for_good_or_refused(layer: Json, style: Json, release: str | None) -> None:
    data = json.dumps(layer, **style).encode()
    done = upgraded(data, attack_version=release)
    if done.data is None:
        assert done.findings
        assert all(finding.severity == "error" and finding.message for finding in done.findings)
        return
    again = upgraded(done.data, attack_version=release)
    assert (again.changes, again.data) == ((), done.data)
    assert bool(done.changes) == (done.data != data)
    errors = {finding.rule for finding in validate(done.data) if finding.severity == "error"}
    if any("another matrix" in note for note in done.notes):
        return
    assert errors <= (UNSEEN if release is None else set())


@given(some_of(LAYER), STYLES)
@settings(max_examples=200)
def test_fields_that_the_format_does_not_know_stay_to_the_letter(layer: Json, style: dict[str, Any]) -> None:
    data = json.dumps({"domain": "enterprise-attack", **layer, "own": {"b": [1e3, None]}}, **style).encode()
    done = upgraded(data.replace(b"1000.0", b"1e3"))
    if done.data is not None:
        own = Tree(done.data.decode()).root.get("own")
        assert own is not None
        assert own.text().replace(" ", "").replace("\n", "").replace("\t", "") == '{"b":[1e3,null]}'


CLEAN = st.fixed_dictionaries(
    {"techniqueID": st.sampled_from(IDS)},
    optional={
        "tactic": st.sampled_from(["execution", "persistence", "defense-evasion", "collection"]),
        "score": st.integers(0, 100),
        "comment": st.text(max_size=5),
        "color": st.sampled_from(["", "#ff6666", "red"]),
        "enabled": st.booleans(),
        "metadata": st.lists(st.just({"name": "a", "value": "b"}) | st.just({"divider": True}), max_size=3),
        "links": st.lists(st.just({"label": "a", "url": "https://b.org"}), max_size=2),
    },
)


@given(st.lists(CLEAN, max_size=8), st.booleans())
def test_what_the_navigator_shows_is_the_same_cell_by_cell(techniques: list[Json], old: bool) -> None:
    said = {"domain": "mitre-enterprise", "version": "2.2"} if old else {"domain": "enterprise-attack"}
    layer = {"name": "a", "techniques": techniques, **said}
    done = upgraded(json.dumps(layer).encode())
    assert done.data is not None
    assert cells(json.loads(done.data)) == cells(layer)


UNNOTICED = {
    *("format", "domain", "name", "filter-stages", "view-mode", "platform", "repeated-cell", "duplicate-key"),
    *("encoding", "byte-order-mark", "gradient-colours", "gradient-range", "gradient-top", "custom-data"),
}
"""Rules by which no cell says anything else than before."""


@pytest.mark.parametrize("file", [case for case in shared_files("*-cases/*.json") if case.id != "expected.json"])
def test_case_that_can_be_mended_passes_and_shows_what_it_showed(file: Path) -> None:
    data = file.read_bytes()
    done = upgraded(data, file.name)
    if done.data is None:
        assert {finding.rule for finding in done.findings} <= {"not-mendable", "not-json", "no-layer"}
        return
    errors = {finding.rule for finding in validate(done.data, file.name) if finding.severity == "error"}
    assert errors <= UNSEEN or "another matrix" in done.notes[0]
    decoded = decode(data)
    before = Tree(decoded[0]).root.value if decoded else None
    if isinstance(before, dict) and {change.rule for change in done.changes} <= UNNOTICED and not done.notes:
        assert cells(result(done)) == cells({**before, "domain": result(done)["domain"]})


def test_cases_can_be_mended_but_for_those_that_say_nothing_to_go_by() -> None:
    names = {file.values[0].name for file in shared_files("navigator-cases/*.json") if file.values[0]}
    if not names:
        pytest.skip("there is no ../shared/navigator-cases")
    refused = {name for name in names if upgraded(shared(f"navigator-cases/{name}").read_bytes(), name).data is None}
    assert refused - {"expected.json"} == {
        "08_attack_nodigits.json",
        "09_attack_unknown_99.json",
        "B3_json_number.json",
        "B5_json_string.json",
        "D4_attack_minor_first.json",
    }


@pytest.mark.parametrize(
    "entry",
    [None, {"techniqueID": "T1114"}, {"techniqueID": "T1114", "tactic": "impact"}, {"techniqueID": "T9999"}],
)
def test_time_grows_with_the_entries_that_are_left_out_alone(entry: Json) -> None:
    def work(size: int) -> None:
        layer = {"domain": "enterprise-attack", "techniques": [entry] * size}
        assert len(upgraded(json.dumps(layer).encode(), attack_version="latest").changes) >= size - 1

    assert growth(work, 400) < LINEAR
