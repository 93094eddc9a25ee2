"""What is promised of every published mapping file, checked against the file's rows as plain JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from navigator_export import Criteria, Recipe, Scoring, Selection, make_layer, read, read_bytes, validate
from tests.attack_facts import is_active
from tests.made_inputs import Json, shuffled
from tests.real_inputs import (
    M365_2023,
    M365_2025,
    MAPPING_FILES,
    NIST_14,
    SHARED,
    VALUES,
    Rows,
    corpus,
    expected_scores,
    maps_something,
    one_spelling,
    plain_rows,
    shared,
    technique,
)
from tests.results import scores, walk, without_source_hash
from tests.running import Run, run_process


def expected_techniques(rows: Rows) -> set[str]:
    """Return the techniques that a layer of everything in a file must colour, and no other."""
    domain, release = rows.metadata["technology_domain"], rows.metadata["attack_version"]
    return {technique(row) for row in rows.mapping if is_active(domain, technique(row), release)}


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_layer_of_every_file_passes_validation_and_holds_no_null(file: Path) -> None:
    product = make_layer(read(file))
    assert validate(product.text) == ()
    assert None not in list(walk(json.loads(product.text)))


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_layer_colours_exactly_the_active_techniques_that_rows_map(file: Path) -> None:
    coloured = [entry["techniqueID"] for entry in json.loads(make_layer(read(file)).text)["techniques"]]
    assert coloured == sorted(set(coloured))
    assert set(coloured) == expected_techniques(plain_rows(file))


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_every_row_of_a_file_is_in_exactly_one_count(file: Path) -> None:
    rows = plain_rows(file)
    everything = make_layer(read(file)).tally
    first = min(expected_techniques(rows))
    without = make_layer(read(file), Recipe(selection=Selection(exclude=Criteria(techniques=(first,))))).tally
    for tally in (everything, without):
        counts = (tally.mappings, tally.not_selected, tally.duplicates, tally.unmapped, tally.retargeting.dropped)
        assert tally.rows == len(rows.all)
        assert sum(counts) == len(rows.all), counts
        assert tally.unmapped == len(rows.all) - len(rows.mapping)
    assert everything.not_selected == 0
    assert without.not_selected > 0


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_unrated_files_count_distinct_capabilities_and_rated_ones_take_the_best_value(file: Path) -> None:
    rows = plain_rows(file)
    coloured = expected_techniques(rows)
    homes = {technique(row): technique(row) if technique(row) in coloured else None for row in rows.mapping}
    assert scores(make_layer(read(file)).text) == expected_scores(rows.mapping, homes)


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_rows_in_any_order_make_the_same_layer(file: Path) -> None:
    data = file.read_bytes()
    expected = make_layer(read_bytes(data, file.name))
    assert make_layer(read_bytes(data, file.name)).text == expected.text
    document = json.loads(data)
    for seed in range(3):
        document["mapping_objects"] = shuffled(document["mapping_objects"], seed)
        other = make_layer(read_bytes(json.dumps(document).encode(), file.name))
        assert without_source_hash(other.text) == without_source_hash(expected.text)


SETTINGS = (
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "4711", "TZ": "America/New_York", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"},
)


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_bytes_do_not_depend_on_hash_seed_time_zone_or_locale(file: Path) -> None:
    runs = [run_process("export", file, env=env) for env in SETTINGS]
    assert [run.returncode for run in runs] == [0, 0]
    assert runs[0].stdout == runs[1].stdout == make_layer(read(file)).text


# ---- every group and every score, recomputed ------------------------------------------------------------------------


def recomputed(strategy: str, rows: list[dict[str, Json]]) -> float:
    """Return the score of a technique whose rows these are."""
    capabilities = {one_spelling(row["capability_id"]) for row in rows}
    best: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.get("score_category") and row.get("score_value"):
            pair = one_spelling(row["capability_id"]), row["score_category"]
            best[pair] = max(best.get(pair, 0), VALUES.index(row["score_value"]) + 1)
    match strategy:
        case "count":
            return len(capabilities)
        case "best":
            return max(best.values(), default=0)
        case "sum":
            return sum(best.values())
        case "mean":
            return sum(best.values()) / len(best) if best else 0
    there = {row["score_category"] for row in rows if row.get("score_category")}
    if strategy == "category":
        return sum({"protect": 1, "detect": 2, "respond": 4}[category] for category in there)
    return len(there)


def recomputed_scores(strategy: str, rows: Rows, group: str | None, *, without: bool = False) -> dict[str, float]:
    """Return technique to score over the rows that name a group, or over those that do not; all rows for None."""
    domain, release = rows.metadata["technology_domain"], rows.metadata["attack_version"]
    by_technique: dict[str, list[dict[str, Json]]] = {}
    for row in rows.mapping:
        named = group is None or (row["capability_group"] == group) is not without
        if named and is_active(domain, technique(row), release):
            by_technique.setdefault(technique(row), []).append(row)
    return {id_: recomputed(strategy, own) for id_, own in by_technique.items()}


@pytest.mark.parametrize("strategy", ["best", "count", "mean", "sum", "breadth", "category"])
@pytest.mark.parametrize("file", MAPPING_FILES)
def test_every_score_is_the_one_of_the_rows(file: Path, strategy: Any) -> None:
    layer = make_layer(read(file), Recipe(scoring=Scoring(strategy=strategy)))
    assert scores(layer.text) == pytest.approx(recomputed_scores(strategy, plain_rows(file), None), abs=0.016)


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_layer_of_a_group_is_that_of_the_rows_that_name_it(file: Path) -> None:
    rows, mappings = plain_rows(file), read(file)
    groups = {row["capability_group"] for row in rows.mapping if row["capability_group"]}
    assert groups
    for group in groups:
        count = Scoring(strategy="count")
        one = Recipe(selection=Selection(include=Criteria(groups=(group,))), scoring=count)
        assert scores(make_layer(mappings, one).text) == recomputed_scores("count", rows, group)
        if len(groups) > 1:
            others = Recipe(selection=Selection(exclude=Criteria(groups=(group,))), scoring=count)
            expected = recomputed_scores("count", rows, group, without=True)
            assert scores(make_layer(mappings, others).text) == expected


# ---- figures that others published -----------------------------------------------------------------------------------


def distinct_capabilities(rows: Rows, tiers: tuple[str, ...], assigned: dict[str, str]) -> dict[str, int]:
    """Return technique to number of distinct capabilities of some tiers, counted over plain rows."""
    by_technique: dict[str, set[str]] = {}
    for row in rows.mapping:
        capability = row["capability_id"].strip()
        if assigned.get(capability, capability.rpartition("-")[2]) in tiers:
            by_technique.setdefault(row["attack_object_id"], set()).add(capability)
    return {technique: len(capabilities) for technique, capabilities in by_technique.items()}


def test_e3_scores_are_those_of_the_layer_that_mitre_published(run: Run) -> None:
    published = shared("corpus/published/m365-12.11.2023_attack-14.1-enterprise_E3_navigator_layers.json")
    layer = json.loads(published.read_text("utf-8"))
    expected = {entry["techniqueID"]: entry["score"] for entry in layer["techniques"]}
    options = ("--tier", "E3", "--score", "count", "--assign-tier", "EID-CA-E3=E5")
    outcome = run("export", corpus(M365_2023), *options)
    assert len(expected) == 105
    assert scores(outcome.out) == expected


def test_e5_counts_every_capability_of_119_techniques(run: Run) -> None:
    file = corpus(M365_2023)
    outcome = run("export", file, "--tier", "E5", "--score", "count", "--assign-tier", "EID-CA-E3=E5")
    expected = distinct_capabilities(plain_rows(file), ("E3", "E5"), {})
    assert len(expected) == 119
    assert scores(outcome.out) == expected


def test_tier_by_suffix_alone_differs_from_the_published_layer_by_conditional_access(run: Run) -> None:
    file = corpus(M365_2023)
    outcome = run("export", file, "--tier", "E3", "--score", "count")
    rows = plain_rows(file)
    assert scores(outcome.out) == distinct_capabilities(rows, ("E3",), {})
    assigned = distinct_capabilities(rows, ("E3",), {"EID-CA-E3": "E5"})
    assert sum(assigned.get(technique) != score for technique, score in scores(outcome.out).items()) == 9


@pytest.mark.parametrize(
    ("tier", "capabilities", "mappings", "techniques"), [("E3", 22, 394, 143), ("E5", 38, 806, 218)]
)
def test_tiers_of_m365_are_cumulative_and_as_large_as_the_rows_say(
    run: Run, tier: str, capabilities: int, mappings: int, techniques: int
) -> None:
    file = corpus(M365_2025)
    inspected = json.loads(run("inspect", file, "--json").out)
    [facts] = [facts for facts in inspected["tiers"] if facts["tier"] == tier]
    assert (facts["capabilities"], facts["mappings"], facts["techniques"]) == (capabilities, mappings, techniques)
    included = ("E3",) if tier == "E3" else ("E3", "E5")
    rows = [row for row in plain_rows(file).mapping if row["capability_id"].rpartition("-")[2] in included]
    assert len(rows) == mappings
    assert len({row["capability_id"] for row in rows}) == capabilities
    assert len({row["attack_object_id"] for row in rows}) == techniques


def test_licences_that_disagree_with_the_tier_are_flagged(run: Run) -> None:
    inspected = json.loads(run("inspect", corpus(M365_2025), "--json").out)
    disagreeing = {facts["id"] for facts in inspected["capabilities"] if facts["licence_disagrees"]}
    assert {"PUR-AUS-E5", "EID-CA-E3"} <= disagreeing
    assert not {"EOP-MFR-E3", "DEF-AIR-E5"} & disagreeing


EMAIL_COLLECTION = {"T1114": 20, "T1114.001": 8, "T1114.002": 19, "T1114.003": 16}
"""Mappings of the Mappings Explorer's page for T1114, of NIST 800-53 rev 5 and M365 12.11.2023 at ATT&CK 14.1."""


def email_collection(inspected: dict[str, list[dict[str, object]]]) -> dict[object, object]:
    return {t["id"]: t["mappings"] for t in inspected["techniques"] if str(t["id"]).startswith("T1114")}


def test_inspect_counts_the_mappings_of_email_collection(run: Run) -> None:
    files = corpus(NIST_14), corpus(M365_2023)
    rows = [row for file in files for row in plain_rows(file).mapping]
    counted = {id_: sum(row["attack_object_id"] == id_ for row in rows) for id_ in EMAIL_COLLECTION}
    assert counted == EMAIL_COLLECTION
    assert email_collection(json.loads(run("inspect", *files, "--json").out)) == EMAIL_COLLECTION


def test_inspect_counts_the_same_mappings_in_the_sample(run: Run) -> None:
    assert email_collection(json.loads(run("inspect", "sample", "--json").out)) == EMAIL_COLLECTION


def comment_sentences() -> Iterator[str]:
    """Yield the long sentences of all published comments, but for the product names that a licence passage lists."""
    for file in SHARED.glob("corpus/mappings/*.json"):
        for row in plain_rows(file).all:
            prose = re.split("(?i)licen[sc]", row.get("comments") or "")[0]
            for line in prose.splitlines():
                yield from (s.strip() for s in line.split(". ") if len(s.strip()) > 60)


def test_sample_quotes_no_published_comment() -> None:
    shared("corpus/mappings")
    own = json.dumps([m.comment for m in read("sample").mappings], ensure_ascii=False)
    copied = [sentence for sentence in set(comment_sentences()) if sentence in own]
    assert copied == []


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_inspect_counts_rows_capabilities_and_techniques_as_the_file_has_them(file: Path, run: Run) -> None:
    rows = plain_rows(file)
    inspected = json.loads(run("inspect", file, "--json").out)
    by_technique: dict[str, int] = {}
    for row in rows.mapping:
        id_ = row["attack_object_id"].strip()
        by_technique[id_] = by_technique.get(id_, 0) + 1
    assert {facts["id"]: facts["mappings"] for facts in inspected["techniques"]} == by_technique
    assert inspected["sources"][0]["rows"] == len(rows.all)
    assert inspected["sources"][0]["mappings"] == len(rows.mapping)
    unmapped = [f"$.mapping_objects[{i}]" for i, row in enumerate(rows.all) if not maps_something(row)]
    assert [entry["place"] for entry in inspected["unmapped"]] == unmapped
