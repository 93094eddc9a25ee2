"""A manifest that is wrong: everything is told in one run, with line and key, and nothing is written."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.build.manifests import problems_of


def line_of(text: str, piece: str) -> int:
    """Return the line of the manifest file in which a piece of it stands, `SOURCES` before it included."""
    dedented = dedent(text).lstrip("\n")
    before = 0 if "sources:" in [line[:8] for line in dedented.splitlines()] else 1
    [line] = [number for number, content in enumerate(dedented.splitlines(), 1) if piece in content]
    return line + before


# ---- one thing wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "piece", "key", "message"),
    [
        ("layers: [{}]\nsource: {}", "source: {}", "$.source", "nearest keys: sources"),
        ("layers:\n  - pth: a", "pth", "$.layers[0].pth", "nearest keys: path"),
        ("layers:\n  - {}\n  - select:\n      grup: mail", "grup", "$.layers[1].select.grup", "nearest keys: group"),
        ("layers:\n  - exclude: {tiers: E3}", "tiers", "$.layers[0].exclude.tiers", "tier"),
        ("defaults:\n  comment: full\nlayers: [{}]", "comment", "$.defaults.comment", "comments"),
        ("layers:\n  - for_each: tears", "tears", "$.layers[0].for_each", "tier"),
        ("layers:\n  - for_each: {tears: E3}", "tears", "$.layers[0].for_each", "tears"),
        ("layers:\n  - for_each: [tier, tier]", "tier", "$.layers[0].for_each", "twice"),
        ("layers:\n  - score: bst", "bst", "$.layers[0].score", "best"),
        ("layers:\n  - score: {weights: {minimal: 1}}", "weights", "$.layers[0].score.weights", "missing"),
        ("layers:\n  - score: {range: [1]}", "range", "$.layers[0].score.range", "2"),
        ("layers:\n  - select: {min_value: low}", "low", "$.layers[0].select.min_value", "significant"),
        ("layers:\n  - attack_version: newest", "newest", "$.layers[0].attack_version", "latest"),
        ("layers:\n  - attack_version: 20.0.1", "20.0.1", "$.layers[0].attack_version", "latest"),
        ("layers:\n  - path: 5", "5", "$.layers[0].path", "text"),
        ("layers:\n  - path: ''", "path", "$.layers[0].path", "empty"),
        ("layers:\n  - layout: wide", "layout", "$.layers[0].layout", "flat"),
        ("layers:\n  - fold: 'yes'", "fold", "$.layers[0].fold", "true or false"),
        ("layers:\n  - sources: []", "sources: []", "$.layers[0].sources", "empty"),
        ("layers: []", "layers", "$.layers", "empty"),
        ("layers: {path: a}", "layers", "$.layers", "a list"),
        ("layers: [{}]\nbase_url: example.org", "base_url", "$.base_url", "expected form"),
        ("layers: [{}]\ntiers: {m365: {assign: {A: E3}}}", "tiers", "$.tiers.m365", "order is missing"),
        ("layers:\n  - sources: m356", "m356", "$.layers[0].sources", "nearest sources: m365"),
        ("layers:\n  - select: {capability_set: mal}\ncapability_sets: {mail: A}", "mal}", "capability_set", "mail"),
        ("layers:\n  - exclude: {capability_set: mal}\ncapability_sets: {mail: A}", "mal}", "exclude", "mail"),
        ("sources:\n  a: m635.json\nlayers: [{}]", "a: m635", "$.sources.a", "nearest files: m365.json"),
        ("sources:\n  a: m365.json\n  b: x/y.json\nlayers: [{}]", "b: x", "$.sources.b", "there is no file"),
        ("sources:\n  a: [m365.json, 'b*.json']\nlayers: [{}]", "a: [", "$.sources.a", "no file matches 'b*.json'"),
        ("sources: {}\nlayers: [{}]", "sources", "$.sources", "empty"),
        ("sources:\n  a: '-'\nlayers: [{}]", "a: '-'", "$.sources.a", "standard input cannot be a source"),
    ],
)
def test_what_is_wrong_is_told_with_line_key_and_what_would_be_right(
    text: str, piece: str, key: str, message: str, tmp_path: Path
) -> None:
    found = [(problem.place, str(problem)) for problem in problems_of(tmp_path, text)]
    place = next(place for place, words in found if message in words)
    assert place.startswith(f"line {line_of(text, piece)}, ")
    assert key in place


@pytest.mark.parametrize(
    ("entry", "key", "message"),
    [
        ("select: {capability: MIAL-E3}", "select.capability", "nearest ids: MAIL-E3"),
        ("exclude: {capability: MIAL-E3}", "exclude.capability", "nearest ids: MAIL-E3"),
        ("select: {tier: E4}", "select.tier", "nearest tiers: "),
        ("select: {group: mial}", "select.group", "nearest groups: mail"),
        ("select: {framework: m356}", "select.framework", "m365"),
        ("select: {technique: T1141}", "select.technique", "T1114"),
        ("select: {mapping_type: techniqe_score}", "select.mapping_type", "technique_score"),
        ("exclude: {tier: E6}", "exclude.tier", "E5"),
        ("attack_version: 33", "attack_version", "8.0 to 20.0"),
        ("score: {strategy: best, weights: {minimal: 3, partial: 2, significant: 1}}", "score", ""),
        ("score: {range: [5, 5]}", "score", ""),
    ],
)
@pytest.mark.parametrize("place", ["layers", "defaults"])
def test_word_that_the_sources_do_not_know_is_told_with_line_key_and_nearest(
    entry: str, key: str, message: str, place: str, tmp_path: Path
) -> None:
    lines = ["layers:", "  - sources: m365", "    path: a"]
    if place == "layers":
        lines += [f"    {entry}"]
    else:
        lines = ["defaults:", f"  {entry}", *lines]
    text = "\n".join(lines)
    [(found, words)] = [(problem.place, str(problem)) for problem in problems_of(tmp_path, text)]
    assert message in words
    assert found.startswith(f"line {line_of(text, entry)}, ")
    assert key in found


def test_assignment_of_a_tier_that_is_wrong_is_told(tmp_path: Path) -> None:
    text = "tiers:\n  m365:\n    order: [E3, E5]\n    assign: {MIAL-E3: E5, LOGIN-E3: E6}\nlayers: [{sources: m365}]"
    found = [str(problem) for problem in problems_of(tmp_path, text)]
    assert any("MIAL-E3" in words and "MAIL-E3" in words for words in found)
    assert any("'E6'" in words and "nearest tiers: " in words for words in found)


def test_capability_of_a_set_that_the_sources_do_not_know_is_told(tmp_path: Path) -> None:
    text = "capability_sets: {mail: [MAIL-E3, MIAL-E5]}\nlayers: [{sources: m365, for_each: capability_set}]"
    [problem] = problems_of(tmp_path, text)
    assert "MIAL-E5" in str(problem)
    assert "nearest ids" in str(problem)


def test_capability_set_in_for_each_is_looked_up(tmp_path: Path) -> None:
    text = "capability_sets: {mail: MAIL-E3}\nlayers: [{sources: m365, for_each: {capability_set: mial}}]"
    [problem] = problems_of(tmp_path, text)
    assert "nearest capability_set values: mail" in str(problem)


def test_for_each_capability_set_without_sets_is_told(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, "layers: [{sources: m365, for_each: capability_set}]")
    assert "no capability_set" in problem.message


def test_selection_of_one_layer_that_leaves_nothing_is_told(tmp_path: Path) -> None:
    text = "layers:\n  - sources: m365\n    select: {capability: MAIL-E3, category: respond}\n    path: a"
    [problem] = problems_of(tmp_path, text)
    assert "leaves none" in problem.message
    assert problem.place.startswith("line 3")


# ---- everything at once ----------------------------------------------------------------------------------------------

ALL_WRONG = """
    sources:
      m365: m365.json
      missing: nothing.json
      glob: "nothing*.json"
    capability_sets: {mail: [MAIL-E3]}
    surces: {}
    layers:
      - sources: m356
      - sources: m365
        select: {capability_set: mial}
      - sources: m365
        colour: red
      - sources: m365
        path: same
      - sources: m365
        path: SAME.json
      - sources: m365
        path: ../outside
      - sources: m365
        path: "{tear}"
      - sources: m365
        path: typo
        select: {capability: MIAL-E3, group: mial}
      - sources: m365
        path: tier
        select: {tier: E4}
"""
WRONG_LINES = {
    3: "nothing.json",
    4: "nothing*.json",
    6: "surces",
    8: "m356",
    10: "mial",
    12: "colour",
    16: "SAME.json",
    18: "../outside",
    20: "{tear}",
    23: "MIAL-E3",
    26: "E4",
}
"""What is wrong on which line; `same` has two lines to choose from."""


def test_everything_that_is_wrong_is_told_in_one_run(tmp_path: Path) -> None:
    found = [(problem.place, str(problem)) for problem in problems_of(tmp_path, ALL_WRONG)]
    untold = {
        line: piece
        for line, piece in WRONG_LINES.items()
        if not any(piece in words and place.startswith(f"line {line}") for place, words in found)
    }
    assert untold == {}


def test_everything_wrong_in_the_form_is_told_in_one_run(tmp_path: Path) -> None:
    text = "layers:\n  - pth: a\n  - fold: 5\n  - score: bst\n  - comments: long\n    colour: x\nother: 1\n"
    places = [problem.place.partition(",")[0] for problem in problems_of(tmp_path, text)]
    assert sorted(places) == ["line 3", "line 4", "line 5", "line 6", "line 7", "line 8"]


def test_everything_wrong_in_the_names_is_told_in_one_run(tmp_path: Path) -> None:
    text = """
        sources: {a: nothing.json, m365: m365.json, b: "no*.json"}
        layers:
          - sources: [c, m365]
          - select: {capability_set: d}
            exclude: {capability_set: e}
    """
    words = " ".join(str(problem) for problem in problems_of(tmp_path, text))
    assert all(f"'{name}'" in words for name in ("nothing.json", "no*.json", "c", "d", "e"))


def test_everything_wrong_in_the_layers_is_told_in_one_run(tmp_path: Path) -> None:
    text = """
        layers:
          - {sources: m365, path: a, select: {capability: MIAL-E3, group: mial}}
          - {sources: m365, path: b, select: {tier: E4}}
          - {sources: m365, path: c, exclude: {technique: T9999}}
          - {sources: m365, path: d, select: {capability: MAIL-E3, category: respond}}
    """
    places = [problem.place.partition(",")[0] for problem in problems_of(tmp_path, text)]
    assert places == ["line 3", "line 3", "line 4", "line 5", "line 6"]


def test_same_problem_of_many_layers_is_told_once(tmp_path: Path) -> None:
    text = "layers:\n  - {sources: m365, for_each: [capability, category], path: '{tear}'}"
    assert len(problems_of(tmp_path, text)) == 1
