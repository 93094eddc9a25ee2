"""The one table of settings, against what it speaks of: fields, options of the command line, keys of a manifest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_type_hints

import click
import msgspec
import pytest

from navigator_export import schemas
from navigator_export.cli.commands import commands
from navigator_export.readers import ReadOptions
from navigator_export.recipe import Recipe
from navigator_export.selection import ASPECTS
from navigator_export.settings import KEYS, OPTIONS, SETTINGS, Setting

BY_PATH = [pytest.param(setting, id=setting.path) for setting in SETTINGS]


def leaves(struct: type[msgspec.Struct], prefix: str = "") -> Iterator[str]:
    """Yield the path of every field that holds no further struct."""
    for field, type_ in get_type_hints(struct).items():
        if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
            yield from leaves(type_, f"{prefix}{field}.")
        else:
            yield prefix + field


def options_of(command: str) -> set[str]:
    """Return the options of a command, as they are written."""
    found = commands.get_command(click.Context(commands), command)
    assert found is not None
    return {word for option in found.params if isinstance(option, click.Option) for word in option.opts}


def within(node: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the nodes of the manifest's schema that stand under a key; one in capitals is a name of the user's own."""
    if "$ref" in node:
        return within(schemas.load("manifest")["$defs"][node["$ref"].rpartition("/")[2]], key)
    if "oneOf" in node:
        return [found for choice in node["oneOf"] for found in within(choice, key)]
    found = node.get("additionalProperties") if key.isupper() else node.get("properties", {}).get(key)
    return [found] if isinstance(found, dict) else []


def test_every_field_of_a_recipe_and_of_how_sources_are_read_is_a_setting() -> None:
    paths = [setting.path for setting in SETTINGS]
    assert len(paths) == len(set(paths)) > 40
    assert set(paths) == {*leaves(Recipe), *leaves(ReadOptions, "reading.")}


@pytest.mark.parametrize("setting", BY_PATH)
def test_option_of_a_setting_is_one_of_the_export_command(setting: Setting) -> None:
    option = setting.option.split()[0]
    there = options_of("export")
    if option == "--source-format" and "--source-format" not in there:
        option = "--format"
    assert option in there


def test_every_option_of_the_export_command_that_decides_a_layer_is_a_setting() -> None:
    others = {
        "--output",
        "-o",
        "--quiet",
        "-q",
        "--report",
        "--capability-set",
        "--offline",
        "--sha256",
        "-h",
        "--help",
    }
    assert options_of("export") - others <= {setting.option.split()[0] for setting in SETTINGS}
    assert len(options_of("export") - others) > 30


@pytest.mark.parametrize("setting", BY_PATH)
def test_key_of_a_setting_stands_in_the_schema_of_a_manifest(setting: Setting) -> None:
    definitions = schemas.load("manifest")["$defs"]
    if setting.path.startswith("reading."):
        top = definitions["source"]
    elif setting.path.startswith("tiers."):
        top = schemas.load("manifest")
    else:
        top = definitions["layer"]
    nodes = [top]
    for key in setting.key.split("."):
        nodes = [found for node in nodes for found in within(node, key)]
        assert nodes, f"{key} of {setting.key}"


def test_options_and_keys_are_those_of_the_table() -> None:
    asked = {word: f"--{word}" for word in ("threat", "target", "costs", "by", "old", "new")}
    look = {f"look.{field}": f"--{field.replace('_', '-')}" for field in ("page", "sub_techniques", "only_scored")}
    others = {"bundle.release": "--release", "on_merge": "--on-merge", "navigator_url": "--navigator"} | asked | look
    assert {setting.path: setting.option for setting in SETTINGS} | others == OPTIONS
    assert {asked["by"], asked["old"], asked["new"]} <= options_of("compare")
    assert set(look.values()) <= options_of("render")
    assert {asked["threat"], asked["target"], asked["costs"]} <= options_of("plan")
    assert {setting.path: setting.key for setting in SETTINGS} == KEYS
    assert OPTIONS["selection.exclude.mapping_types"] == "--exclude-mapping-type"
    assert KEYS["selection.exclude.mapping_types"] == "exclude.mapping_type"
    assert (OPTIONS["reading.limits.cell"], KEYS["reading.limits.cell"]) == ("--limit cell=…", "limits.cell")


@pytest.mark.parametrize("aspect", ASPECTS, ids=lambda aspect: aspect.field)
def test_what_can_be_selected_by_can_be_left_out_by(aspect: Any) -> None:
    assert OPTIONS[f"selection.include.{aspect.field}"] == f"--{aspect.option}"
    assert OPTIONS[f"selection.exclude.{aspect.field}"] == f"--exclude-{aspect.option}"
    assert KEYS[f"selection.include.{aspect.field}"] == f"select.{aspect.option.replace('-', '_')}"
    assert KEYS[f"selection.exclude.{aspect.field}"] == f"exclude.{aspect.option.replace('-', '_')}"
