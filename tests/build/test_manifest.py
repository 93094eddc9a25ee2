"""A manifest that is wrong: everything is told in one run, with line and key, and nothing is written."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from navigator_export.attack import known
from navigator_export.build import Manifest, ManifestError, build, read_manifest
from navigator_export.errors import SourceError
from navigator_export.layer.scoring import Scoring
from navigator_export.recipe import Recipe
from navigator_export.selection import Criteria
from tests.build.manifests import (
    SOURCES,
    built,
    layers_in,
    listing,
    manifest_file,
    plans_of,
    problems_of,
    settled,
    sources,
)
from tests.made_inputs import Json
from tests.readers.test_stack import CONTROL
from tests.real_inputs import SHARED, shared
from tests.running import Run


def line_of(text: str, piece: str) -> int:
    """Return the line of the manifest file in which a piece of it stands, `SOURCES` before it included."""
    dedented = dedent(text).lstrip("\n")
    before = 0 if "sources:" in [line[:8] for line in dedented.splitlines()] else 1
    [line] = [number for number, content in enumerate(dedented.splitlines(), 1) if piece in content]
    return line + before


# ---- what a manifest says --------------------------------------------------------------------------------------------

EVERYTHING = """
    sources:
      m365: m365.json
      all: [m365.json, "nis*.json"]
    attack_version: 20.0
    output: built
    base_url: https://example.org/layers
    navigator_url: https://example.org/navigator/
    capability_sets:
      mail: [MAIL-E3, "HUNT-*"]
      login: LOGIN-E3
    tiers:
      m365: {order: [E3, E5], assign: {LOGIN-E3: E5}}
    defaults:
      select: {category: detect, min_value: minimal}
      exclude: {group: identity}
      score: {strategy: mean, weights: {minimal: 1, partial: 5, significant: 10}, range: [0, 10]}
      colors: ['#FEE8C8', '#fdbb84']
      comments: full
      on_inactive: keep
      fold: true
      aggregate: true
      layout: side
      show_id: true
      hide_unscored: true
      platforms: [Windows, Linux]
    layers:
      - path: a.json
        sources: m365
        select: {category: [protect, detect], capability: MAIL-E3, capability_set: [mail, login]}
        attack_version: own
        comments: none
        fold: false
        score: count
        colors: viridis
      - for_each: [tier, group]
        sources: [m365]
      - for_each: {tier: E3, group: [mail, ident*]}
        exclude: {tier: E5, technique: "T1566*"}
"""


def test_manifest_says_what_layers_are_made_of(tmp_path: Path) -> None:
    manifest = settled(tmp_path, EVERYTHING)
    assert manifest.output == str(tmp_path / "built")
    assert manifest.base_url == "https://example.org/layers"
    assert manifest.navigator_url == "https://example.org/navigator/"
    assert {name: source.files for name, source in manifest.sources.items()} == {
        "m365": (str(tmp_path / "m365.json"),),
        "all": (str(tmp_path / "m365.json"), str(tmp_path / "nist.json")),
    }
    assert manifest.capability_sets == {"mail": ("MAIL-E3", "HUNT-*"), "login": ("LOGIN-E3",)}
    one, two, three = manifest.entries
    assert (one.sources, two.sources, three.sources) == (("m365",), ("m365",), ("m365", "all"))
    assert one.for_each == ()
    assert two.for_each == (("tier", ()), ("group", ()))
    assert three.for_each == (("tier", ("E3",)), ("group", ("mail", "ident*")))


def test_defaults_hold_unless_an_entry_says_otherwise(tmp_path: Path) -> None:
    one, two, three = (entry.recipe for entry in settled(tmp_path, EVERYTHING).entries)
    weighted = Scoring(strategy="mean", weights=(1, 5, 10), range=(0, 10))
    assert two == Recipe(
        selection=two.selection,
        tiers=two.tiers,
        scoring=weighted,
        colors="#FEE8C8,#fdbb84",
        attack_version="20.0",
        comments="full",
        on_inactive="keep",
        fold=True,
        aggregate=True,
        layout="side",
        show_id=True,
        hide_unscored=True,
        platforms=("Windows", "Linux"),
    )
    assert two.selection.include == Criteria(categories=("detect",))
    assert two.selection.min_value == "minimal"
    assert two.selection.exclude == Criteria(groups=("identity",))
    assert (one.attack_version, one.comments, one.fold, one.scoring) == (None, "none", False, Scoring(strategy="count"))
    assert (one.colors, three.colors) == ("viridis", "#FEE8C8,#fdbb84")
    assert (one.on_inactive, one.aggregate) == ("keep", True)
    assert one.selection.include == Criteria(
        capabilities=("MAIL-E3", "MAIL-E3", "HUNT-*", "LOGIN-E3"), categories=("protect", "detect")
    )
    assert three.selection.exclude == Criteria(groups=("identity",), techniques=("T1566*",))
    assert three.selection.exclude_tiers == ("E5",)
    assert two.tiers.orders == (("m365", ("E3", "E5")),)
    assert two.tiers.assigned == (("m365", "LOGIN-E3", "E5"),)


def test_manifest_of_little_has_the_defaults_of_export(tmp_path: Path) -> None:
    [entry] = settled(tmp_path, "layers: [{}]").entries
    assert entry.recipe == Recipe()
    assert entry.sources == ("m365", "nist")


@pytest.mark.parametrize(
    ("top", "default", "entry", "release"),
    [
        ("20.0", None, None, "20.0"),
        ("20.0", "18.1", None, "18.1"),
        ("20.0", "18.1", "17.0", "17.0"),
        ("20.0", "own", None, None),
        (None, "latest", "own", None),
        (None, None, "latest", "latest"),
        (None, None, None, None),
    ],
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_nearest_word_on_the_release_counts_and_stays_as_written(
    top: str | None, default: str | None, entry: str | None, release: str | None, quote: str, tmp_path: Path
) -> None:
    text = f"attack_version: {quote}{top}{quote}\n" if top else ""
    if default:
        text += f"defaults: {{attack_version: {quote}{default}{quote}}}\n"
    own = f"attack_version: {quote}{entry}{quote}" if entry else ""
    text += f"layers: [{{{own}}}]\n"
    assert settled(tmp_path, text).entries[0].recipe.attack_version == release


def test_release_written_as_a_number_is_not_rounded(tmp_path: Path) -> None:
    built(tmp_path, "attack_version: 20.0\nlayers: [{sources: m365, path: 'a-{attack_version}'}]")
    assert list(layers_in(tmp_path / "out")) == ["a-20.0.json"]


def test_manifest_may_be_json_and_have_a_byte_order_mark(tmp_path: Path) -> None:
    sources(tmp_path)
    text = json.dumps({"sources": {"m365": "m365.json"}, "layers": [{"path": "a"}]})
    (tmp_path / "layers.yaml").write_text("\ufeff" + text, "utf-8")
    assert read_manifest(str(tmp_path / "layers.yaml")).entries[0].path == "a"


def test_paths_start_at_the_manifest_wherever_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = manifest_file(tmp_path / "here", "output: ../there\nlayers: [{sources: m365, path: a}]")
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path / "else")
    manifest = read_manifest("../here/layers.yaml")
    assert manifest.output is not None
    assert Path(manifest.output).resolve() == tmp_path / "there"
    build(manifest, manifest.output, known())
    assert list(layers_in(tmp_path / "there")) == ["a.json"]
    assert path.exists()


def test_manifest_of_the_schema_is_read(tmp_path: Path) -> None:
    assert isinstance(settled(tmp_path, EVERYTHING), Manifest)


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


# ---- sources that cannot be used -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "this is not valid JSON"),
        (b"", "the file is empty"),
        (b'{"metadata": {}}', "mapping_objects is missing"),
        (b"\xff\xfe\x00", "the text is not UTF-16"),
    ],
)
def test_broken_source_is_told_with_file_and_place(content: bytes, words: str, tmp_path: Path) -> None:
    sources(tmp_path)
    (tmp_path / "broken.json").write_bytes(content)
    text = "sources: {m365: m365.json, broken: broken.json}\nlayers:\n  - {sources: m365, path: a}\n  - sources: broken"
    problems = problems_of(tmp_path, text)
    assert [p.place for p in problems if not p.place.startswith("line 4") or "broken.json" not in p.place] == []
    assert words in str(problems[0])


def test_sources_that_do_not_agree_are_told(tmp_path: Path) -> None:
    sources(tmp_path)
    other = (tmp_path / "nist.json").read_text().replace("16.1", "14.1")
    (tmp_path / "older.json").write_text(other)
    text = "sources: {m365: m365.json, older: older.json}\nlayers:\n  - path: a\n"
    [problem] = problems_of(tmp_path, text)
    assert problem.place.startswith("line 3")
    assert "14.1" in str(problem)


def test_source_that_no_layer_uses_may_be_broken(tmp_path: Path) -> None:
    sources(tmp_path)
    (tmp_path / "broken.json").write_bytes(b"{")
    text = "sources: {m365: m365.json, broken: broken.json}\nlayers: [{sources: m365, path: a}]"
    assert [made.plan.path for made in built(tmp_path, text).layers] == ["a.json"]


def test_glob_takes_all_files_in_order_of_their_names(tmp_path: Path) -> None:
    sources(tmp_path)
    for name in ("b.json", "a.json", "c.txt"):
        (tmp_path / name).write_bytes((tmp_path / "nist.json").read_bytes())
    manifest = settled(tmp_path, "sources: {all: '[ab]*.json'}\nlayers: [{}]")
    assert manifest.sources["all"].files == (str(tmp_path / "a.json"), str(tmp_path / "b.json"))


def test_file_whose_name_looks_like_a_glob_can_be_named(tmp_path: Path) -> None:
    sources(tmp_path)
    (tmp_path / "m[1].json").write_bytes((tmp_path / "m365.json").read_bytes())
    manifest = settled(tmp_path, "sources: {all: 'm[1].json'}\nlayers: [{}]")
    assert manifest.sources["all"].files == (str(tmp_path / "m[1].json"),)


# ---- sources that do not say everything themselves -------------------------------------------------------------------

LIST = "Control,Technique,Strength\nC-1,T1114,High\nC-2,T1114.003,Low\n"
LISTED = """
    sources:
      mine:
        files: mine.csv
        framework: my_framework
        framework_version: {version}
        attack_version: 16.1
        category: protect
        columns: {{capability_id: Control, technique_id: Technique, value: Strength}}
        ratings: {{High: significant, Low: minimal}}
    layers: [{{path: a}}]
"""


def test_source_can_be_a_list_with_what_it_does_not_say(tmp_path: Path) -> None:
    sources(tmp_path)
    (tmp_path / "mine.csv").write_text(LIST)
    built(tmp_path, LISTED.format(version="v2"))
    layer = layers_in(tmp_path / "out")["a.json"]
    assert {t["techniqueID"]: t["score"] for t in layer["techniques"]} == {"T1114": 3, "T1114.003": 1}
    assert "my_framework" in layer["name"]


def test_version_of_a_framework_written_as_a_number_is_not_rounded(tmp_path: Path) -> None:
    sources(tmp_path)
    (tmp_path / "mine.csv").write_text(LIST)
    built(tmp_path, LISTED.format(version="1.10"))
    assert "my_framework 1.10" in layers_in(tmp_path / "out")["a.json"]["name"]


@pytest.mark.parametrize(
    ("key", "given", "message"),
    [
        ("files", "mien.csv", "nearest files: mine.csv"),
        ("fiels", "mine.csv", "unknown key 'fiels'"),
        ("format", "cvs", "csv"),
        ("attack_version", "latest", "expected form"),
        ("domain", "cloud", "enterprise"),
        ("category", "prevent", "protect"),
        ("columns", "{technic: A}", "technique"),
        ("columns", "{technique_id: Nowhere}", "Nowhere"),
        ("ratings", "{High: great}", "great"),
    ],
)
def test_wrong_word_on_how_to_read_a_source_is_told_with_its_line(
    key: str, given: str, message: str, tmp_path: Path
) -> None:
    sources(tmp_path)
    (tmp_path / "mine.csv").write_text(LIST)
    lines = ["sources:", "  mine:", "    framework: x"]
    lines += [] if key == "files" else ["    files: mine.csv"]
    lines += [] if key == "attack_version" else ["    attack_version: '16.1'"]
    lines += [f"    {key}: {given}", "layers:", "  - path: a"]
    found = [(problem.place, str(problem)) for problem in problems_of(tmp_path, "\n".join(lines))]
    places = [place for place, words in found if message in words]
    assert places
    assert [place for place in places if not place.startswith("line ")] == []


def test_changed_way_to_read_a_source_makes_its_layers_again(tmp_path: Path, run: Run) -> None:
    sources(tmp_path)
    (tmp_path / "mine.csv").write_text(LIST)
    path = manifest_file(tmp_path, LISTED.format(version="'1'"))
    assert run("build", path, "-o", tmp_path / "out").code == 0
    manifest_file(tmp_path, LISTED.format(version="'1'").replace("Low: minimal", "Low: partial"))
    assert run("build", path, "-o", tmp_path / "out").code == 0
    scores = {t["techniqueID"]: t["score"] for t in layers_in(tmp_path / "out")["a.json"]["techniques"]}
    assert scores == {"T1114": 3, "T1114.003": 2}


# ---- files that are no manifest --------------------------------------------------------------------------------------

NO_MANIFESTS: dict[str, bytes] = {
    "empty": b"",
    "blank": b"\n\n",
    "comment": b"# nothing\n",
    "null": b"null\n",
    "document marks": b"---\n...\n",
    "text": b"hello",
    "number": b"5",
    "list": b"- a\n- b\n",
    "broken": b"layers: [",
    "tabs": b"layers:\n\t- path: a\n",
    "duplicate key": SOURCES.encode() + b"layers: [{}]\nlayers: [{}]\n",
    "two documents": b"a: 1\n---\nb: 1\n",
    "UTF-16": (SOURCES + "layers: [{}]").encode("utf-16"),
    "UTF-16 without mark": (SOURCES + "layers: [{}]").encode("utf-16-le"),
    "Latin-1": b"layers: [{name: M\xe4il}]",
    "binary": bytes(range(256)),
    "deep": b"[" * 100_000,
    "bomb": b"\n".join(
        [b"a0: &a0 [x]"] + [b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 12)]
    ),
    "binary value": SOURCES.encode() + b"layers: [{name: !!binary aGk=}]",
    "not a number": SOURCES.encode() + b"layers: [{score: {range: [.nan, 1]}}]",
    "infinity": SOURCES.encode() + b"layers: [{score: {range: [0, .inf]}}]",
    "infinite weight": SOURCES.encode()
    + b"layers: [{score: {weights: {minimal: .inf, partial: .inf, significant: .inf}}}]",
    "huge number": SOURCES.encode() + b"layers: [{score: {range: [0, 1" + b"0" * 400 + b"]}}]",
    "very huge number": SOURCES.encode() + b"layers: [{score: {range: [0, 1" + b"0" * 5000 + b"]}}]",
    "python tag": b"!!python/object/apply:os.system [echo]",
    "mapping file": json.dumps({"metadata": {}, "mapping_objects": []}).encode(),
}


@pytest.mark.parametrize("kind", NO_MANIFESTS)
def test_file_that_is_no_manifest_is_told_and_nothing_is_written(kind: str, run: Run, tmp_path: Path) -> None:
    sources(tmp_path)
    path = tmp_path / "layers.yaml"
    path.write_bytes(NO_MANIFESTS[kind])
    before = listing(tmp_path)
    outcome = run("build", path, "-o", tmp_path / "out")
    assert outcome.code == 2
    assert outcome.out == b""
    lines = outcome.err.splitlines()
    assert lines
    assert [line for line in lines if not line.startswith(f"{path}") or ": error " not in line] == []
    after = listing(tmp_path)
    assert {**after, ".": before["."]} == before


def test_missing_manifest_is_told(run: Run, tmp_path: Path) -> None:
    manifest_file(tmp_path, "layers: [{}]")
    outcome = run("build", tmp_path / "layer.yaml", "-o", tmp_path / "out")
    assert outcome.code == 2
    assert "there is no such file" in outcome.err
    assert "layers.yaml" in outcome.err
    assert not (tmp_path / "out").exists()


def test_manifest_error_holds_the_file_and_at_least_one_problem(tmp_path: Path) -> None:
    path = tmp_path / "layers.yaml"
    path.write_text("null")
    with pytest.raises(ManifestError) as error:
        read_manifest(str(path))
    assert error.value.file == str(path)
    assert error.value.problems


def test_folder_as_manifest_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="folder"):
        read_manifest(str(tmp_path))


# ---- tiers -----------------------------------------------------------------------------------------------------------


def test_tiers_are_those_of_their_framework_alone(tmp_path: Path) -> None:
    text = """
        tiers:
          m365: {order: [E3, E5], assign: {MAIL-E3: E5}}
          nist_800_53: {order: [low, high], assign: {"AC-*": low, AC-16: high, "SC-*": high}}
        layers:
          - {sources: m365, for_each: tier, path: "{tier}"}
          - {sources: nist, for_each: tier, path: "{tier}"}
    """
    assert [plan.path for plan in plans_of(tmp_path, text)] == ["e3.json", "e5.json", "low.json", "high.json"]
    layers = {made.plan.path: made.layer for made in built(tmp_path, text).layers if made.layer}
    # Of the three capabilities of m365.json only LOGIN-E3 is still E3, with two mappings of seven.
    assert {path: layer.mappings for path, layer in layers.items()} == {
        "e3.json": 2,
        "e5.json": 7,
        "low.json": 2,
        "high.json": 4,
    }


def test_assignment_of_one_framework_leaves_capabilities_of_another_alone(tmp_path: Path) -> None:
    text = """
        tiers:
          m365: {order: [E3, E5], assign: {"*": E5}}
          nist_800_53: {order: [low, high], assign: {"*": low}}
        layers:
          - {for_each: tier, path: "{tier}"}
    """
    layers = {made.plan.path: made.layer for made in built(tmp_path, text).layers if made.layer}
    assert {path: layer.mappings for path, layer in layers.items()} == {"e5.json": 7, "low.json": 4}


# ---- against the published files -------------------------------------------------------------------------------------


def test_glob_over_the_published_files_of_one_release_goes_together(tmp_path: Path) -> None:
    folder = shared("corpus/mappings")
    text = {"sources": {"all": f"{folder}/*16.1-enterprise.json"}, "layers": [{"path": "all"}]}
    [layer] = [made.layer for made in built(tmp_path, text).layers]
    assert layer is not None
    assert len(layer.sources) == len(list(SHARED.glob("corpus/mappings/*16.1-enterprise.json")))


def test_schema_describes_every_key_for_editors() -> None:
    schema: Json = json.loads((Path(__file__).parents[2] / "schemas/manifest.schema.json").read_text("utf-8"))
    nodes = [schema, *schema["$defs"].values()]
    keys = [(key, value) for node in nodes for key, value in node.get("properties", {}).items()]
    assert len(keys) > 40
    assert [key for key, value in keys if "description" not in value and "$ref" not in value] == []
    assert [name for name, node in schema["$defs"].items() if "description" not in node] == []


def test_inputs_are_all_files_that_a_build_reads(tmp_path: Path) -> None:
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack" / "a.yaml").write_text(CONTROL, "utf-8")
    (tmp_path / "stack" / "notes.txt").touch()
    manifest = settled(tmp_path, "sources: {a: [m365.json, sample], b: stack}\nlayers: [{sources: a}]")
    assert [path.relative_to(tmp_path).as_posix() for path in manifest.inputs] == [
        "layers.yaml",
        "m365.json",
        "stack/a.yaml",
    ]
