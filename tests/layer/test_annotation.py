from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st
from msgspec import structs

from navigator_export import (
    Criteria,
    MappingSet,
    Recipe,
    Scoring,
    Selection,
    TierOptions,
    assign_tiers,
    make_layer,
    read,
)
from navigator_export.attack import known
from navigator_export.export import prepare
from navigator_export.layer.annotation import annotate
from navigator_export.layer.links import MOST
from navigator_export.layer.profiles import shared_by
from navigator_export.layer.room import TOOLTIP, height
from navigator_export.layer.scoring import score
from navigator_export.readers.assembly import assemble
from navigator_export.readers.unified.json_text import read_unified
from tests.made_inputs import (
    NIST,
    Json,
    joined_set,
    make_row,
    mapping_bytes,
    mapping_set,
    rated_rows,
    shuffled,
    unrated_rows,
)
from tests.real_inputs import M365_2025, MAPPING_FILES, corpus, one_spelling, plain_rows
from tests.results import metadata_of, technique_of

MIXED = [
    make_row("LOW-E3", "T1114", "detect minimal", comments="Low detects Email Collection."),
    make_row("BEST-E5", "T1114", "protect significant", comments="Best protects.\nLicense Requirements: Suite E5"),
    make_row("BEST-E5", "T1114", "respond partial"),
    make_row("ALSO-E3", "T1114", "protect significant"),
    make_row("BARE-E3", "T1114", ""),
    make_row("ALONE-E3", "T1114", "", comments="Alone blocks something."),
]


def entry(mappings: MappingSet, technique: str = "T1114", **recipe: Json) -> dict[str, Json]:
    return technique_of(make_layer(mappings, Recipe(**recipe)).text, technique)


# ---- comments --------------------------------------------------------------------------------------------------------


def test_first_lines_name_each_capability_once_best_value_first_then_id() -> None:
    first, *_ = entry(mapping_set(MIXED))["comment"].split("\n\n")
    assert first.split("\n") == [
        "ALSO-E3 protect significant",
        "BEST-E5 protect significant, respond partial",
        "LOW-E3 detect minimal",
        "ALONE-E3 Name of ALONE-E3",
        "BARE-E3 Name of BARE-E3",
    ]


def test_short_comment_says_a_sentence_per_commented_capability_in_the_same_order() -> None:
    _, *said = entry(mapping_set(MIXED))["comment"].split("\n\n")
    assert said == [
        "BEST-E5 Name of BEST-E5: Best protects.",
        "LOW-E3 Name of LOW-E3: Low detects Email Collection.",
        "ALONE-E3: Alone blocks something.",
    ]


def test_full_comment_says_all() -> None:
    _, best, *_ = entry(mapping_set(MIXED), comments="full")["comment"].split("\n\n")
    assert best == "BEST-E5 Name of BEST-E5: Best protects.\nLicense Requirements: Suite E5"


def test_full_comment_says_each_of_several_comments_once() -> None:
    rows = [make_row("A", "T1114", f"{category} partial", comments=text)
            for category, text in (("protect", "One."), ("detect", "Two."), ("respond", "One."))]  # fmt: skip
    assert entry(mapping_set(rows), comments="full")["comment"].endswith("A Name of A: One.\nTwo.")


def test_no_comment_when_none_is_asked_for() -> None:
    assert "comment" not in entry(mapping_set(MIXED), comments="none")


@pytest.mark.parametrize("style", ["short", "full"])
def test_no_capability_is_followed_by_nothing(style: str) -> None:
    """A comment that holds a licence passage or an address alone has no sentence to show."""
    rows = [
        make_row("A", "T1114", comments="License Requirements: Suite E5"),
        make_row("B", "T1114", comments="https://example.org"),
        make_row("C", "T1114", comments="C detects it."),
    ]
    lines = entry(mapping_set(rows), comments=style)["comment"].split("\n")
    assert lines[:3] == ["A protect partial", "B protect partial", "C protect partial"]
    assert lines[-1] == "C Name of C: C detects it."
    assert [line for line in lines if line.endswith((":", ": "))] == []


def test_comment_and_metadata_do_not_depend_on_the_order_of_rows() -> None:
    assert entry(mapping_set(MIXED[::-1])) == entry(mapping_set(MIXED))


def test_contradictory_ratings_show_the_higher_in_the_comment_and_both_in_metadata() -> None:
    rows = [make_row("A", "T1114", "detect minimal"), make_row("A", "T1114", "detect significant")]
    shown = entry(mapping_set(rows))
    assert shown["comment"] == "A detect significant"
    assert shown["score"] == 3
    assert metadata_of(shown, "value") == ["significant", "minimal"]


@pytest.mark.parametrize("text", ["<NetworkProviderName>", "“quoted” — ‘so’", "line\r\nline", "a\tb c"])
def test_full_comment_keeps_the_text_as_it_is(text: str) -> None:
    comment = entry(mapping_set([make_row("A", comments=f"  {text} ")]), comments="full")["comment"]
    assert comment.endswith(": " + text.replace("\r\n", "\n"))


# ---- metadata --------------------------------------------------------------------------------------------------------


def test_metadata_names_what_is_known_of_a_capability_in_order() -> None:
    row = make_row("BEST-E5", "T1114", "protect partial", comments="Text.\nLicense Requirements: Suite E5")
    assert entry(mapping_set([row]), comments="full")["metadata"] == [
        {"name": "capability", "value": "BEST-E5"},
        {"name": "name", "value": "Name of BEST-E5"},
        {"name": "group", "value": "Mail Protection"},
        {"name": "category", "value": "protect"},
        {"name": "value", "value": "partial"},
        {"name": "tier", "value": "E5"},
        {"name": "licence", "value": "Suite E5"},
        {"name": "mapping type", "value": "Technique Scores"},
    ]


def test_metadata_has_a_divider_between_capabilities_in_the_order_of_the_comment() -> None:
    metadata = entry(mapping_set(MIXED))["metadata"]
    dividers = [index for index, item in enumerate(metadata) if item == {"divider": True}]
    assert len(dividers) == 4
    assert [metadata[index + 1]["name"] for index in dividers] == ["capability"] * 4
    names = ["ALSO-E3", "BEST-E5", "LOW-E3", "ALONE-E3", "BARE-E3"]
    assert metadata_of({"metadata": metadata}, "capability") == names


def test_metadata_has_no_empty_values() -> None:
    row = make_row("A", "T1114", "", capability_description=None, capability_group=None, mapping_type=None)
    assert entry(mapping_set([row]))["metadata"] == [{"name": "capability", "value": "A"}]


def test_metadata_names_the_groups_of_the_rows_and_no_other_of_the_capability() -> None:
    rows = [make_row("A"), make_row("A", "T1078", capability_group="identity")]
    assert metadata_of(entry(mapping_set(rows)), "group") == ["Mail Protection"]
    both = [make_row("A"), make_row("A", comments="other", capability_group="identity")]
    assert metadata_of(entry(mapping_set(both)), "group") == ["Identity, Mail Protection"]


def test_metadata_names_the_assigned_tier() -> None:
    tiers = TierOptions(assigned=(("*", "A-E3", "E5"),))
    shown = entry(mapping_set([make_row("A-E3")]), tiers=tiers, comments="full")
    assert metadata_of(shown, "tier") == ["E5"]


def test_metadata_names_the_framework_where_there_are_several() -> None:
    tables = [
        read_unified(mapping_bytes(rated_rows()), "a.json", "a.json"),
        read_unified(mapping_bytes(unrated_rows(), **NIST), "b.json", "b.json"),
    ]
    both = entry(assemble(tables), comments="full")
    assert set(metadata_of(both, "framework")) == {"Microsoft 365", "NIST 800-53"}
    short = entry(assemble(tables))
    assert set(metadata_of(short, "framework")) == {"Microsoft 365"}
    assert metadata_of(short, "AC-03") == ["Name of AC-03 · NIST 800-53 · Access Control · Mitigates"]
    assert metadata_of(entry(mapping_set(rated_rows())), "framework") == []


def test_one_id_in_two_frameworks_is_two_capabilities() -> None:
    shown = entry(joined_set(one=[make_row("A", "T1114", "")], two=[make_row("A", "T1114", "")]))
    assert shown["score"] == 2
    assert metadata_of(shown, "A") == ["Name of A · one", "Name of A · two"]


# ---- links -----------------------------------------------------------------------------------------------------------


def links(*references: str | None, **other: Json) -> list[dict[str, str]]:
    shown: list[dict[str, str]] = entry(mapping_set([make_row("A", references=list(references), **other)])).get(
        "links", []
    )
    return shown


def test_links_are_labelled_by_capability_and_host() -> None:
    assert links("https://www.example.org/a?b=c#d") == [
        {"label": "A · example.org", "url": "https://www.example.org/a?b=c#d"}
    ]


def test_each_address_is_linked_once_and_names_all_capabilities() -> None:
    rows = [make_row(id_, references=["https://example.org/a", "https://example.org/a"]) for id_ in ("B", "A")]
    assert entry(mapping_set(rows))["links"] == [{"label": "A, B · example.org", "url": "https://example.org/a"}]


def test_links_of_one_host_are_numbered() -> None:
    labels = [link["label"] for link in links("https://example.org/a", "https://example.org/b")]
    assert labels == ["A · example.org", "A · example.org (2)"]


@pytest.mark.parametrize(
    "reference",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https:",
        "data:text/html,x",
        "chrome-extension://abc/page.html",
        "ftp://example.org/a",
        "www.example.org",
        "//example.org/a",
        "https://",
        "http://localhost",
        "https://[::1",
        "",
        "   ",
        "[]",
        None,
    ],
)
def test_what_is_no_web_address_makes_no_link(reference: str | None) -> None:
    assert links(reference) == []


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_links_of_every_file_are_web_addresses_once_per_technique(file: Path) -> None:
    techniques = json.loads(make_layer(read(file)).text)["techniques"]
    stated = any("://" in str(row.get("references")) for row in plain_rows(file).mapping)
    assert any(technique.get("links") for technique in techniques) == stated
    for technique in techniques:
        addresses = [link["url"] for link in technique.get("links", ())]
        assert len(addresses) == len(set(addresses))
        labels = [link["label"] for link in technique.get("links", ())]
        assert len(labels) == len(set(labels))
        for address in addresses:
            assert re.fullmatch(r"https?://[\w.-]+\.[\w-]+(:\d+)?([/?#]\S*)?", address), address


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


def test_licences_of_m365_stand_in_metadata() -> None:
    file = corpus(M365_2025)
    stated = defaultdict(set)
    for row in plain_rows(file).mapping:
        if re.search(r"licen[sc]e requirements", row.get("comments") or "", re.IGNORECASE):
            stated[row["attack_object_id"]].add(row["capability_id"])
    layer = json.loads(make_layer(read(file), Recipe(comments="full")).text)
    assert len(stated) == 100
    for technique in layer["techniques"]:
        licensed, capability = set(), ""
        for item in technique["metadata"]:
            capability = item["value"] if item.get("name") == "capability" else capability
            if item.get("name") == "licence":
                licensed.add(capability)
        assert stated[technique["techniqueID"]] <= licensed


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


def test_links_are_numbered_label_by_label() -> None:
    a, b = "https://example.org", "https://example.com"
    rows = [
        make_row("A", references=[f"{a}/1", f"{b}/1", f"{a}/2", f"{a}/3"]),
        make_row("B", references=[f"{a}/3", f"{a}/4"]),
    ]
    assert entry(mapping_set(rows))["links"] == [
        {"label": "A · example.org", "url": f"{a}/1"},
        {"label": "A · example.com", "url": f"{b}/1"},
        {"label": "A · example.org (2)", "url": f"{a}/2"},
        {"label": "A, B · example.org", "url": f"{a}/3"},
        {"label": "B · example.org", "url": f"{a}/4"},
    ]


def test_a_comment_that_is_not_there_adds_no_line_to_full_ones() -> None:
    rows = [make_row("A"), make_row("A", "T1114", "detect minimal", comments="One.")]
    assert entry(mapping_set(rows), comments="full")["comment"].endswith("\n\nA Name of A: One.")


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


def layer_metadata(mappings: MappingSet, **recipe: Json) -> dict[str, str]:
    items = json.loads(make_layer(mappings, Recipe(**recipe)).text)["metadata"]
    return {item["name"]: item["value"] for item in items if "name" in item}


def test_what_all_mappings_share_is_said_once_for_the_layer() -> None:
    rows = [make_row("A-E3", "T1114", "protect partial"), make_row("B-E3", "T1078", "protect minimal")]
    said = layer_metadata(mapping_set(rows))
    shared = {
        "group": "Mail Protection", "category": "protect", "tier": "E3", "mapping type": "Technique Scores"
    }  # fmt: skip
    assert said.items() >= shared.items()
    assert [item["name"] for item in entry(mapping_set(rows))["metadata"]] == ["capability", "name", "value"]


def test_what_not_all_mappings_share_is_said_of_each() -> None:
    rows = [make_row("A-E3"), make_row("B-E5", "T1078", "detect partial", mapping_type=None, capability_group=None)]
    assert not layer_metadata(mapping_set(rows)).keys() & {"group", "category", "tier", "mapping type"}
    names = [item["name"] for item in entry(mapping_set(rows))["metadata"]]
    assert names == ["capability", "name", "group", "category", "value", "tier", "mapping type"]


def test_full_comments_repeat_what_is_shared_and_the_layer_does_not() -> None:
    assert "tier" not in layer_metadata(mapping_set([make_row("A-E3")]), comments="full")
    assert metadata_of(entry(mapping_set([make_row("A-E3")]), comments="full"), "tier") == ["E3"]


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
