from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from navigator_export import Recipe, make_layer, read
from navigator_export.layer.format import Metadata
from navigator_export.layer.links import MOST
from navigator_export.layer.room import LINE, TOOLTIP, fitting, height, height_of
from tests.layer.entries import entry
from tests.made_inputs import Json, make_row, mapping_set
from tests.real_inputs import MAPPING_FILES, one_spelling, plain_rows
from tests.results import metadata_of


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 1),
        ("EOP-MFR-E3", 1),
        ("two words in here", 1),
        ("two words are here", 2),
        ("EOP-MFR-E3 protect significant", 3),
        ("one\n\nthree", 3),
        ("x" * 17, 1),
        ("x" * 18, 2),
        ("a " + "x" * 34, 3),
        ("x" * 17 + " a", 2),
    ],
)
def test_words_are_kept_whole_where_they_can_be(text: str, lines: int) -> None:
    assert height(text) == lines * LINE


def test_entries_have_room_around_them() -> None:
    one, two = Metadata("a", "b"), Metadata("a", "b\nc")
    assert height_of([one, two]) > height_of([two]) > height_of([one]) > LINE


@given(st.lists(st.integers(1, 50), max_size=9), st.integers(-9, 200))
def test_what_fits_is_as_much_as_there_is_room_for_and_the_first(heights: list[int], room: int) -> None:
    shown = fitting(heights, room)
    assert sum(heights[:shown]) <= room or shown <= 1
    assert shown == len(heights) or sum(heights[: shown + 1]) > room
    assert shown or not heights


def more(lines: list[str]) -> int:
    """Return what the last of the lines says is not shown."""
    found = re.fullmatch("and ([0-9,]+) more", lines[-1])
    return int(found[1].replace(",", "")) if found else 0


def shown_height(technique: dict[str, Json]) -> int:
    """Return how high a technique's comment and metadata are."""
    entries = [item["value"] for item in technique.get("metadata", ()) if "name" in item]
    return height(technique.get("comment", "")) + sum(height(value) + 6 for value in entries)


@pytest.mark.parametrize("file", MAPPING_FILES)
@pytest.mark.parametrize("style", ["short", "none"])
def test_what_every_file_says_of_a_technique_fits_and_counts_the_rest(file: Path, style: str) -> None:
    expected: dict[str, set[str]] = defaultdict(set)
    for row in plain_rows(file).mapping:
        expected[row["attack_object_id"].strip()].add(one_spelling(row["capability_id"]))
    mappings = read(file)
    ids = {capability.id for capability in mappings.capabilities}
    whole = make_layer(mappings, Recipe(comments="full")).layer.techniques
    links = {technique.technique_id: len(technique.links or ()) for technique in whole}
    for technique in json.loads(make_layer(mappings, Recipe(comments=style)).text)["techniques"]:
        id_ = technique["techniqueID"]
        assert shown_height(technique) <= TOOLTIP
        named = [item["name"] for item in technique["metadata"] if item.get("name") in {"capability", *ids}]
        assert len(named) + sum(map(more, metadata_lines(technique))) == len(expected[id_])
        assert len(technique.get("links", ())) == min(MOST, links[id_])
        counted = [f"{MOST} of {links[id_]}, best first"] if links[id_] > MOST else []
        assert metadata_of(technique, "links") == counted
        if style == "short":
            lines = technique["comment"].split("\n\n")[0].split("\n")
            rest = more(lines)
            assert len(lines[:-1] if rest else lines) + rest == len(expected[id_])


def metadata_lines(technique: dict[str, Json]) -> list[list[str]]:
    """Return the entries that count capabilities, as the comment's lines do."""
    return [[f"and {value}"] for value in metadata_of(technique, "and")]


# ---- what fits -------------------------------------------------------------------------------------------------------


def many(number: int, rating: str = "", **other: Json) -> list[dict[str, Json]]:
    """Return the rows of so many capabilities, each with a sentence and three links."""
    return [
        make_row(
            f"C-{n:03}",
            "T1114",
            rating,
            comments=f"Rules block way {n}.",
            references=[f"https://example.org/{n}/{k}" for k in range(3)],
            **other,
        )
        for n in range(number)
    ]


def test_lines_sentences_metadata_and_links_count_what_is_not_shown() -> None:
    shown = entry(mapping_set(many(300)))
    lines, *said, rest = shown["comment"].split("\n\n")
    first = lines.split("\n")
    assert first[0] == "C-000 Name of C-000"
    assert len(first) - 1 + more(first) == 300
    assert said == [f"C-00{n}: Rules block way {n}." for n in range(6)]
    assert rest == "and 294 more"
    *_, capabilities, links = shown["metadata"]
    assert capabilities == {"name": "and", "value": f"{300 - len(shown['metadata']) + 3} more"}
    assert links == {"name": "links", "value": "20 of 900, best first"}
    assert [link["url"] for link in shown["links"]] == [
        f"https://example.org/{n}/{k}" for n in range(7) for k in range(3)
    ][:20]


def test_full_comments_go_with_all_metadata_and_links() -> None:
    shown = entry(mapping_set(many(300, "protect partial")), comments="full")
    assert len(metadata_of(shown, "capability")) == 300
    assert len(metadata_of(shown, "mapping type")) == 300
    assert len(shown["links"]) == 900
    assert shown["comment"].count(": Rules block way") == 300
    assert " more" not in shown["comment"]


def test_best_capability_is_shown_however_much_it_says() -> None:
    words = "word " * 2_000
    shown = entry(mapping_set([make_row("A", capability_description=words, comments="It blocks."), *many(2)]))
    assert shown["comment"].startswith("A protect partial\n")
    assert metadata_of(shown, "value") == ["partial"]
    assert metadata_of(shown, "and") == ["2 more"]


@pytest.mark.parametrize("id_", ["DIVIDER", "Action.Hacking.Variety.Much"])
def test_id_that_cannot_stand_before_its_entry_stands_in_it(id_: str) -> None:
    assert entry(mapping_set([make_row(id_, rating=""), make_row("A", "T1078", "", capability_group="identity")]))[
        "metadata"
    ] == [{"name": "capability", "value": f"{id_} Name of {id_} · Mail Protection"}]


def test_capabilities_with_nothing_but_a_name_and_a_group_read_as_a_list() -> None:
    rows = [make_row("AC-03", rating=""), make_row("AC-16", rating="", capability_group="identity")]
    assert entry(mapping_set(rows))["metadata"] == [
        {"name": "AC-03", "value": "Name of AC-03 · Mail Protection"},
        {"name": "AC-16", "value": "Name of AC-16 · Identity"},
    ]


WORDY = st.lists(
    st.builds(
        make_row,
        st.sampled_from([f"CAP-{n}" for n in range(60)] + [f"a.long.id.of.number.{n}" for n in range(60)]),
        st.just("T1114"),
        st.sampled_from(("", "protect minimal", "protect partial", "detect significant")),
        comments=st.sampled_from((None, "It blocks.", "Here it detects much of what is done. " * 9)),
        capability_description=st.sampled_from((None, "Short", "A name of many words " * 6)),
        references=st.lists(st.sampled_from([f"https://example.org/{n}" for n in range(60)]), max_size=4),
    ),
    min_size=1,
    max_size=120,
)


@given(rows=WORDY)
def test_whatever_is_mapped_fits_and_nothing_is_lost_in_full(rows: list[dict[str, Json]]) -> None:
    mappings = mapping_set(rows)
    short, full = entry(mappings), entry(mappings, comments="full")
    capabilities = {row["capability_id"] for row in rows}
    assert shown_height(short) <= TOOLTIP
    lines = short["comment"].split("\n\n")[0].split("\n")
    assert len(lines) - (more(lines) > 0) + more(lines) == len(capabilities)
    assert short["score"] == full["score"]
    rated = [row["score_value"] for row in rows if row["score_value"]]
    if rated:
        best = max(rated, key=("minimal", "partial", "significant").index)
        assert best in lines[0]
        assert metadata_of(short, "value")[0] == best
    assert set(metadata_of(full, "capability")) == capabilities
    assert {link["url"] for link in full.get("links", ())} == {url for row in rows for url in row["references"]}
    assert short.get("links", []) == full.get("links", [])[:MOST]
