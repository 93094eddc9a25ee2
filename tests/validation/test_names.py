from __future__ import annotations

import json

import pytest

from navigator_export.layer.sheets import room, shown_in_sheet, without_forbidden
from navigator_export.validation import validate, validate_files
from tests.made_inputs import make_layer_json


def named(name: str, domain: str = "enterprise", attack: str = "16") -> bytes:
    versions = {"attack": attack, "navigator": "5.1.0", "layer": "4.5"}
    techniques = [{"techniqueID": {"enterprise": "T1114", "mobile": "T1430", "ics": "T0801"}[domain], "score": 1}]
    layer = make_layer_json(name=name, domain=f"{domain}-attack", versions=versions, techniques=techniques)
    return json.dumps(layer).encode()


@pytest.mark.parametrize("character", list("*?:\\/[]"))
def test_each_character_that_excel_refuses_is_told(character: str) -> None:
    [finding] = validate(named(f"E3 {character} {character} mail"))
    assert (finding.rule, finding.path) == ("layer-name", "$.name")
    assert finding.message.endswith(f"has {character}")


@pytest.mark.parametrize("name", ["E3 · M365 2025-07-18", 'it\'s (ours) – 100 %; <all> & more | "so" #1, ok…', "Почта"])
def test_other_characters_are_no_matter(name: str) -> None:
    assert validate(named(name)) == ()


def alike(**layers: bytes) -> list[tuple[str, str]]:
    findings = [f for f in validate_files(layers) if f.rule != "mixed-releases"]
    assert {(f.rule, f.path) for f in findings} <= {("layer-names-alike", "$.name")}
    return [(finding.file, finding.message) for finding in findings]


def test_names_that_begin_alike_are_told_with_where_the_first_one_is() -> None:
    found = alike(a=named("M365 E3 here"), b=named("M365 E5 here"), c=named("m365 e3 THERE"))
    assert found == [("c", "the first 8 characters of 'm365 e3 THERE' are those of 'M365 E3 here', in a")]


def test_many_names_that_begin_alike_are_told_once() -> None:
    layers = {f"{letter}.json": named(f"M365 E3 {letter}") for letter in "abcdef"}
    [(file, message)] = alike(**layers, x=named("Mail 1 ."), y=named("Other"))
    assert file == "b.json"
    assert message == (
        "the first 8 characters of 'M365 E3 b' are those of 'M365 E3 a' and of 4 other layers, "
        "in a.json, c.json, d.json and 2 more"
    )


def test_each_group_of_names_that_begin_alike_is_told() -> None:
    found = alike(a=named("One name 1"), b=named("Another 1"), c=named("One name 2"), d=named("Another 2"))
    assert [file for file, _ in found] == ["c", "d"]


def test_names_that_begin_alike_in_one_file_are_told_with_their_places_in_it() -> None:
    layers = [json.loads(named(f"M365 E3 {letter}")) for letter in "abc"]
    [finding] = validate_files({"x": json.dumps(layers).encode(), "y": named("M365 E3 y")})
    assert finding.path == "$[1].name"
    assert finding.message.endswith("those of 'M365 E3 a' and of 2 other layers, in $[0], $[2], y")


@pytest.mark.parametrize(
    ("domain", "attack", "characters"),
    [("enterprise", "16", 8), ("enterprise", "9", 9), ("mobile", "16", 12), ("ics", "16", 15)],
)
def test_names_have_to_differ_in_as_much_as_a_sheet_shows(domain: str, attack: str, characters: int) -> None:
    start = "x" * (characters - 1)
    assert alike(a=named(f"{start}a", domain, attack), b=named(f"{start}b", domain, attack)) == []
    assert len(alike(a=named(f"{start}xa", domain, attack), b=named(f"{start}xb", domain, attack))) == 1


def test_layers_of_other_domains_and_releases_have_sheets_of_their_own() -> None:
    assert alike(a=named("Same name"), b=named("Same name", attack="17"), c=named("Same name", "mobile")) == []


def test_what_is_shown_is_counted_as_the_navigator_counts() -> None:
    assert room("enterprise", 16) == 8
    assert shown_in_sheet("\U0001f600" * 5, "enterprise", 16) == "\U0001f600" * 4
    assert shown_in_sheet("ABCDEFGHIJ", "enterprise", 16) == "abcdefgh"


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("DEF-*", "DEF-…"),
        ("Cloud: key", "Cloud – key"),
        ("a:b", "a-b"),
        ("I/O \\ x", "I-O - x"),
        ("[why?]", "(why_)"),
        ("as it is", "as it is"),
    ],
)
def test_characters_that_excel_refuses_have_others_in_their_place(text: str, without: str) -> None:
    assert without_forbidden(text) == without
