"""What the built-in samples say, and whether it holds at the newest release that is built in."""

from __future__ import annotations

import json
from collections import Counter

import pytest
import yaml

from navigator_export import Recipe, Selection, make_layer, read, validate
from navigator_export.attack.catalogue import builtin
from tests.real_inputs import ROOT
from tests.results import metadata_of

NEWEST = builtin().newest("enterprise")


def test_company_names_techniques_as_its_release_does() -> None:
    document = json.loads((ROOT / "navigator_export/sample-company/controls.json").read_bytes())
    release = builtin().require("enterprise", document["metadata"]["attack_version"])
    named = {row["attack_object_id"]: row["attack_object_name"] for row in document["mapping_objects"]}
    assert named == {id_: release.name(id_) for id_ in named}
    assert [id_ for id_ in named if id_ not in release.active] == []


def test_company_has_something_to_say_of_every_tactic() -> None:
    mappings = read("sample-company")
    release = builtin().require("enterprise", mappings.attack_version)
    techniques = {mapping.technique for mapping in mappings.mappings}
    counts = Counter(tactic for id_ in techniques for tactic in release.tactics[id_])
    assert set(counts) == set(release.all_tactics)
    assert min(counts.values()) >= 10


def test_company_says_everything_once() -> None:
    mappings = read("sample-company").mappings
    said = Counter((m.capability.id, m.technique, m.category) for m in mappings)
    assert set(said.values()) == {1}
    assert set(Counter(m.comment for m in mappings).values()) == {1}
    assert {m.category for m in mappings} == {"protect", "detect", "respond"}


def test_company_has_more_with_each_tier() -> None:
    mappings = read("sample-company")
    sizes = [make_layer(mappings, Recipe(selection=Selection(tier=tier))).tally.techniques for tier in TIERS]
    assert sizes == sorted(set(sizes))
    assert sizes[0] > 150


TIERS = ("Base", "Plus", "Max")


@pytest.mark.parametrize(
    ("word", "recipe"),
    [
        *(("sample-company", Recipe(selection=Selection(tier=tier), attack_version="latest")) for tier in TIERS),
        ("sample", Recipe(attack_version="latest")),
    ],
)
def test_layer_at_the_newest_release_leaves_nothing_out(word: str, recipe: Recipe) -> None:
    """The Navigator asks before it opens a layer of any other release."""
    product = make_layer(read(word), recipe)
    layer = json.loads(product.text)
    assert validate(product.text) == ()
    assert layer["versions"]["attack"] == NEWEST.partition(".")[0]
    assert product.tally.retargeting.dropped == 0
    assert len(metadata_of(layer, "source")) == (1 if word == "sample-company" else 2)


def test_layers_of_the_repository_are_at_the_newest_release() -> None:
    manifest = yaml.safe_load((ROOT / "layers/layers.yaml").read_text("utf-8"))
    assert manifest["attack_version"] == NEWEST


def test_readme_tells_the_company_as_it_is() -> None:
    mappings = read("sample-company")
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    plus = make_layer(mappings, Recipe(selection=Selection(tier="Plus"))).tally.techniques
    controls = len({mapping.capability.id for mapping in mappings.mappings})
    assert f"writes a layer of {plus} techniques from a built-in sample" in readme
    assert f"`sample-company`, {controls} controls with three licence tiers ({', '.join(TIERS)})" in readme
