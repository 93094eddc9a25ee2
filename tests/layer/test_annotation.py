"""What is said of a technique: which sentences, and in which order."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st
from msgspec import structs

from navigator_export import Criteria, Recipe, Scoring, Selection, TierOptions, assign_tiers, make_layer, read
from navigator_export.attack import known
from navigator_export.export import prepare
from navigator_export.layer.annotation import annotate
from navigator_export.layer.profiles import shared_by
from navigator_export.layer.scoring import score
from navigator_export.readers.assembly import assemble
from navigator_export.readers.unified.json_text import read_unified
from tests.layer.entries import entry
from tests.made_inputs import Json, joined_set, make_row, mapping_bytes, mapping_set, rated_rows, shuffled
from tests.real_inputs import M365_2025, MAPPING_FILES, corpus, plain_rows
from tests.results import metadata_of, technique_of

# ---- what the published comments come to -----------------------------------------------------------------------------


def plain_sentences(comment: str) -> list[str]:
    """Return sentences by a rule of their own: lines, and within them what ends in a stop before a capital."""
    lines = re.sub(r"\r\n?", "\n", comment).split("\n")
    parts = (re.sub(r"\s+", " ", part).strip() for line in lines for part in re.split(r"(?<=[.!?])\s+(?=[A-Z])", line))
    return [part for part in parts if part]


def test_a_repeated_opening_gives_way_to_a_sentence_of_the_technique() -> None:
    file = corpus(M365_2025)
    rows = [row for row in plain_rows(file).mapping if row.get("comments")]
    techniques: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        for sentence in plain_sentences(row["comments"]):
            techniques[row["capability_id"], sentence].add(row["attack_object_id"])
    comments = {
        entry["techniqueID"]: entry["comment"] for entry in json.loads(make_layer(read(file)).text)["techniques"]
    }
    checked, wrong = 0, []
    for row in rows:
        id_, technique = row["capability_id"], row["attack_object_id"]
        opening, *rest = plain_sentences(row["comments"])
        own = [s for s in rest if " " in s and not re.search("licen|requires|E3|E5|P1|P2", s, re.IGNORECASE)]
        own = [s for s in own if techniques[id_, s] == {technique}]
        if len(techniques[id_, opening]) > 1 and own:
            checked += 1
            if opening[:200] in comments[technique]:
                wrong.append((id_, technique))
    assert checked > 100
    assert len(wrong) <= checked // 50, "a repeated opening stands where what follows tells limits or scores alone"


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_short_comment_has_few_sentences_none_of_them_long(file: Path) -> None:
    mappings = read(file)
    headings = {f"{c.id} {c.name}".rstrip() for c in mappings.capabilities} | {c.id for c in mappings.capabilities}
    techniques = json.loads(make_layer(mappings).text)["techniques"]
    assert any("\n\n" in technique["comment"] for technique in techniques) == any(m.comment for m in mappings.mappings)
    for technique in techniques:
        _, *paragraphs = technique["comment"].split("\n\n")
        if paragraphs and re.fullmatch("and [0-9,]+ more", paragraphs[-1]):
            paragraphs.pop()
        assert len(paragraphs) <= 6
        for paragraph in paragraphs:
            heading = max((h for h in headings if paragraph.startswith(f"{h}: ")), key=len)
            sentence = paragraph.removeprefix(f"{heading}: ")
            assert "\n" not in sentence
            assert 0 < len(sentence) <= 302


def test_tiers_of_an_inspected_set_are_those_of_its_metadata() -> None:
    mappings = mapping_set(rated_rows())
    tiers = assign_tiers(mappings, TierOptions())
    assert metadata_of(entry(mappings), "tier") == ["E5", "E3", "E3"]
    assert [tiers.of(c) for c in mappings.capabilities] == ["E5", "E3", "E3"]


# ---- order, and what is said once ------------------------------------------------------------------------------------


def test_ratings_of_a_capability_stand_best_first_then_by_category_then_half_ones() -> None:
    rows = [
        make_row("A", "T1114", "", score_value="significant"),
        make_row("A", "T1114", "respond minimal"),
        make_row("A", "T1114", "detect partial"),
        make_row("A", "T1114", "protect partial"),
        make_row("A", "T1114", "detect minimal"),
    ]
    shown = entry(mapping_set(rows))
    assert shown["comment"] == "A protect partial, detect partial, respond minimal"
    rated = [item["value"] for item in shown["metadata"] if item["name"] in ("category", "value")]
    assert rated == [*("protect", "partial", "detect", "partial"), *("detect", "minimal", "respond", "minimal"),
                     "significant"]  # fmt: skip


def test_capabilities_stand_by_their_best_value_not_by_their_number_of_ratings() -> None:
    rows = [
        make_row("A", "T1114", "protect partial"),
        make_row("B", "T1114", "detect significant"),
        make_row("B", "T1114", "protect minimal"),
        make_row("C", "T1114", "", score_category="protect"),
    ]
    assert entry(mapping_set(rows))["comment"].split("\n") == [
        "B detect significant, protect minimal",
        "A protect partial",
        "C Name of C",
    ]


TIED = [
    make_row("A", mapping_type="b", comments="Second.", references=["https://example.org/0"]),
    make_row("A", mapping_type="b", comments="First.", references=["https://example.org/2"]),
    make_row("A", mapping_type="b", comments="First.", references=["https://example.org/1"]),
    make_row("A", mapping_type="a", comments="Third.", references=["https://example.org/3"]),
    make_row("A", mapping_type=None, comments="Fourth.", references=["https://example.org/4"]),
]


@pytest.mark.parametrize("seed", range(6))
def test_ties_stand_by_mapping_type_then_comment_then_references(seed: int) -> None:
    shown = entry(mapping_set(shuffled(TIED, seed)), comments="full")
    assert shown["comment"] == "A protect partial\n\nA Name of A: Fourth.\nThird.\nFirst.\nSecond."
    assert metadata_of(shown, "mapping type") == ["a", "b"]
    assert [link["url"][-1] for link in shown["links"]] == ["4", "3", "1", "2", "0"]


@pytest.mark.parametrize("frameworks", [("one", "two"), ("two", "one")])
def test_one_id_in_two_frameworks_stands_by_framework(frameworks: tuple[str, str]) -> None:
    mappings = joined_set(**{name: [make_row("A", comments=f"Rules of {name} block it.")] for name in frameworks})
    shown = entry(mappings)
    assert metadata_of(shown, "framework") == ["one", "two"]
    assert shown["comment"].split("\n\n")[1:] == [
        "A Name of A: Rules of one block it.",
        "A Name of A: Rules of two block it.",
    ]


def test_two_sources_of_one_framework_need_no_word_of_it() -> None:
    tables = [
        read_unified(mapping_bytes([make_row(id_)]), f"{id_}.json", f"{id_}.json") for id_ in ("MAIL-E3", "HUNT-E5")
    ]
    shown = entry(assemble(tables))
    assert metadata_of(shown, "capability") == ["HUNT-E5", "MAIL-E3"]
    assert metadata_of(shown, "framework") == []


def test_a_capability_without_name_is_called_by_its_id() -> None:
    row = make_row("A", capability_description=None, comments="Rules block it.")
    assert entry(mapping_set([row]))["comment"] == "A protect partial\n\nA: Rules block it."


def test_sentence_names_the_technique_as_the_source_knew_it() -> None:
    said = "Rules block much. Rules block Impair Defenses. Disable or Modify Tools is blocked too."
    rows = [make_row("A", "T1562", comments=said), make_row("B", "T1685", comments=said)]
    shown = entry(mapping_set(rows), "T1685", attack_version="20.0")["comment"]
    assert "A Name of A: Rules block Impair Defenses." in shown
    assert "B Name of B: Disable or Modify Tools is blocked too." in shown


def test_origins_of_a_capability_are_told_in_order() -> None:
    rows = [
        make_row("A", "T1562.001", "protect significant"),
        make_row("A", "T1562", "protect partial"),
        make_row("B", "T1562.008", "protect significant"),
    ]
    mappings = mapping_set(rows)
    shown = entry(mappings, "T1685", attack_version="20.0", selection=Selection(include=Criteria(capabilities=("A",))))
    assert shown["comment"] == "A protect significant\nfrom T1562 at 16.1\nfrom T1562.001 at 16.1"
    assert metadata_of(shown, "mapped as") == ["T1562 at 16.1", "T1562.001 at 16.1"]


IDS = ("T1114", "T1078", "T1566", "T1562", "T1562.001", "T1685")
VARIED = st.lists(
    st.builds(
        make_row,
        st.sampled_from(("A", "B-E5")),
        st.sampled_from(IDS),
        st.sampled_from(("", "protect minimal", "protect partial", "detect partial")),
        mapping_type=st.sampled_from(("technique_score", "other", None)),
        comments=st.sampled_from((None, "It blocks.", "It blocks.\nLicense Requirements: Suite E5")),
    ),
    min_size=1,
    max_size=12,
)


@example(
    rows=[
        make_row("A", "T1114", "protect partial"),
        make_row("A", "T1078", "protect minimal"),
        make_row("A", "T1566", "detect partial"),
        make_row("A", "T1562", "protect partial"),
    ]
)
@given(rows=VARIED)
def test_what_is_said_of_a_technique_does_not_depend_on_what_is_mapped_besides(rows: list[dict[str, Json]]) -> None:
    recipe = Recipe(attack_version="20.0", comments="full")
    shown = json.loads(make_layer(mapping_set(rows), recipe).text)["techniques"]
    assert shown
    for together in shown:
        homes = {"T1562": "T1685", "T1562.001": "T1685"}
        own = [
            row
            for row in rows
            if homes.get(row["attack_object_id"], row["attack_object_id"]) == together["techniqueID"]
        ]
        scoring = Scoring(strategy="best" if any(row["score_value"] for row in rows) else "count")
        alone = make_layer(mapping_set(own), structs.replace(recipe, scoring=scoring))
        assert technique_of(alone.text, together["techniqueID"]) == together


def test_annotating_without_passages_makes_them_of_the_whole_set() -> None:
    opening = "The suite blocks all."
    rows = [make_row("A", id_, comments=f"{opening} Rules block {id_}.") for id_ in ("T1114", "T1078")]
    prepared = prepare((mapping_set(rows),), Recipe(), known())
    scored = score(prepared.moved.mappings, "best", (1, 2, 3))
    shared = shared_by(prepared.moved.mappings, prepared.tiers)
    techniques = annotate(scored, prepared.moved, prepared.tiers, prepared.release, shared=shared)
    assert [t.comment.partition(": ")[2] for t in techniques] == ["Rules block T1078.", "Rules block T1114."]
    assert techniques == make_layer(mapping_set(rows)).layer.techniques
