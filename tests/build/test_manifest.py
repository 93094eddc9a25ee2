"""What a manifest says, and files that are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from navigator_export.attack import known
from navigator_export.build import Manifest, ManifestError, build, read_manifest
from navigator_export.errors import SourceError
from navigator_export.layer.scoring import Scoring
from navigator_export.recipe import Recipe
from navigator_export.selection import Criteria
from tests.build.manifests import SOURCES, built, layers_in, listing, manifest_file, plans_of, settled, sources
from tests.made_inputs import Json
from tests.running import Run

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


def test_schema_describes_every_key_for_editors() -> None:
    schema: Json = json.loads((Path(__file__).parents[2] / "schemas/manifest.schema.json").read_text("utf-8"))
    nodes = [schema, *schema["$defs"].values()]
    keys = [(key, value) for node in nodes for key, value in node.get("properties", {}).items()]
    assert len(keys) > 40
    assert [key for key, value in keys if "description" not in value and "$ref" not in value] == []
    assert [name for name, node in schema["$defs"].items() if "description" not in node] == []
