"""Paths and names as templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from navigator_export.build.templates import FIELDS
from tests.build.manifests import built, layers_in, paths_of, problems_of, row_of
from tests.made_inputs import mapping_file
from tests.results import metadata_of


def test_templates_know_sources_and_values(tmp_path: Path) -> None:
    text = """
        layers:
          - sources: m365
            for_each: [tier, group, category]
            score: count
            path: "{framework}/{source}-{domain}-{attack_version}/{tier}/{group}_{category}_{score}"
            name: "{framework_name} {framework_version}: {tier} {group} {group_name} {category} by {score}"
            description: "{{not a field}} of ATT&CK {attack_version}"
    """
    built(tmp_path, text)
    layers = layers_in(tmp_path / "out")
    layer = layers["m365/m365-enterprise-16.1/e5/mail_detect_count.json"]
    assert layer["name"] == "Microsoft 365 07/18/2025: E5 mail Mail Protection detect by count"
    assert layer["description"] == "{not a field} of ATT&CK 16.1"


def test_template_knows_the_release_that_a_layer_is_moved_to(tmp_path: Path) -> None:
    for release, told in (("latest", "20.0"), ("own", "16.1"), ("18.1", "18.1")):
        text = f"layers: [{{sources: m365, attack_version: {release}, path: '{{attack_version}}'}}]"
        assert paths_of(tmp_path, text) == [f"{told}.json"]


@pytest.mark.parametrize("asked", ["17.1", "16", "20"])
def test_template_tells_the_release_that_serves_for_one_that_is_not_listed(asked: str, tmp_path: Path) -> None:
    text = f"layers: [{{sources: m365, attack_version: {asked}, path: a, name: '{{attack_version}}'}}]"
    built(tmp_path, text)
    [layer] = layers_in(tmp_path / "out").values()
    [release] = metadata_of(layer, "layer's ATT&CK release")
    assert layer["name"] == release.split()[0]


def test_template_knows_the_name_of_a_capability(tmp_path: Path) -> None:
    text = "layers: [{sources: m365, for_each: {capability: MAIL-E3}, name: '{capability}: {capability_name}'}]"
    built(tmp_path, text)
    [layer] = layers_in(tmp_path / "out").values()
    assert layer["name"] == "MAIL-E3: Name of MAIL-E3"


@pytest.mark.parametrize("key", ["path", "name", "description"])
@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{tear}", "there is no field {tear}; nearest fields: tier"),
        ("{group}", "{group} has no value in this layer"),
        ("{score}", "{score} has no value in this layer"),
        ("{0}", "there is no field {0}"),
        ("{}", "there is no field {}"),
        ("{tier.upper}", "there is no field {tier.upper}"),
        ("{tier[0]}", "there is no field {tier[0]}"),
        ("{tier!r}", "tier"),
        ("{tier:>9}", "tier"),
        ("{tier", "write {{ and }} for braces"),
        ("tier}", "write {{ and }} for braces"),
        ("{__class__}", "there is no field"),
    ],
)
def test_template_that_is_wrong_is_told_with_its_key(key: str, template: str, message: str, tmp_path: Path) -> None:
    text = f"layers:\n  - sources: m365\n    for_each: tier\n    {key}: '{template}'"
    [problem] = problems_of(tmp_path, text)
    assert message in str(problem)
    assert key in f"{problem.place} {problem.message}"
    assert problem.place.startswith("line 5")


def test_every_field_that_is_documented_can_have_a_value(tmp_path: Path) -> None:
    text = """
        capability_sets: {post: [MAIL-E3, HUNT-E5]}
        layers:
          - for_each: [source, framework, tier, group, category, capability]
            sources: m365
            score: count
            path: "{template}"
          - for_each: [capability_set]
            path: "sets/{capability_set}"
    """
    template = "-".join(f"{{{field}}}" for field in FIELDS if field != "capability_set")
    assert len(paths_of(tmp_path, text.replace("{template}", template))) > 10


def test_values_of_a_template_stay_one_part_of_a_path(tmp_path: Path) -> None:
    rows = [row_of("../../up"), row_of("/etc/passwd"), row_of("a/b\\c"), row_of(".."), row_of("C:x")]
    mapping_file(tmp_path, rows, "odd.json")
    text = "sources: {odd: odd.json}\nlayers: [{for_each: capability, path: 'x/{capability}'}]"
    paths = paths_of(tmp_path, text)
    assert len(paths) == len(rows)
    assert all(path.count("/") == 1 and path.startswith("x/") for path in paths)
    assert all(".." not in path.split("/") for path in paths)
