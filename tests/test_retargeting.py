"""Moving mappings to another ATT&CK release: nothing gets lost silently, and nothing inactive gets in."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from navigator_export import Recipe, Scoring, SelectionError, make_layer, read, validate
from navigator_export.attack import known
from navigator_export.export import Product
from tests.attack_facts import facts, home_of, is_active, release_key, table
from tests.made_inputs import IMPAIRED, NIST, Json, make_row, mapping_file, mapping_set
from tests.real_inputs import (
    AWS,
    M365_2025,
    MAPPING_FILES,
    Rows,
    corpus,
    expected_scores,
    one_spelling,
    plain_rows,
    technique,
)
from tests.results import metadata_of, scores, technique_of
from tests.running import Run

TARGETS = ["20.0", "latest"]


def distinct(rows: Rows) -> list[dict[str, Json]]:
    """Return the rows that map something, exact repetitions once."""
    keys: dict[str, dict[str, Json]] = {}
    for row in rows.mapping:
        key = (
            one_spelling(row["capability_id"]),
            row["attack_object_id"].strip(),
            row.get("mapping_type"),
            row.get("score_category"),
            row.get("score_value"),
            (row.get("comments") or "").strip(),
            row.get("references") or [],
        )
        keys.setdefault(json.dumps(key), row)
    return list(keys.values())


def moved(file: Path, target: str, **recipe: Json) -> Product:
    return make_layer(read(file), Recipe(attack_version=target, **recipe))


# ---- every published file, moved to the newest release ---------------------------------------------------------------


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("file", MAPPING_FILES)
def test_moved_layer_holds_active_techniques_alone_and_passes_validation(file: Path, target: str) -> None:
    rows = plain_rows(file)
    domain = rows.metadata["technology_domain"]
    product = moved(file, target)
    layer = json.loads(product.text)
    ids = [entry["techniqueID"] for entry in layer["techniques"]]
    homes = {home_of(domain, technique(row), "20.0") for row in rows.mapping} - {None}
    assert layer["versions"]["attack"] == "20"
    assert [id_ for id_ in ids if not is_active(domain, id_, "20.0")] == []
    assert set(ids) == homes != set()
    assert len(ids) == len(homes)
    assert validate(product.text) == ()


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_mappings_in_are_those_out_and_those_dropped(file: Path) -> None:
    rows = plain_rows(file)
    domain = rows.metadata["technology_domain"]
    tally = moved(file, "20.0").tally
    told = tally.retargeting
    everything = distinct(rows)
    out = [row for row in everything if home_of(domain, technique(row), "20.0")]
    assert told.mappings_in == len(everything)
    assert told.mappings_out == len(out) == tally.mappings
    assert told.dropped == len(everything) - len(out)
    assert told.mappings_in + tally.duplicates + tally.unmapped == len(rows.all)
    assert (told.domain, told.from_release, told.to_release) == (domain, rows.metadata["attack_version"], "20.0")


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_every_inactive_id_of_a_file_has_its_fate_told(file: Path) -> None:
    rows = plain_rows(file)
    domain = rows.metadata["technology_domain"]
    counts = Counter(technique(row) for row in distinct(rows))
    homes = {id_: home_of(domain, id_, "20.0") for id_ in counts}
    sharing = Counter(home for home in homes.values() if home)
    expected = []
    for id_ in sorted(id_ for id_ in counts if not is_active(domain, id_, "20.0")):
        home = homes[id_]
        outcome = "dropped" if home is None else "merged" if sharing[home] > 1 else "moved"
        expected.append((id_, outcome, home, counts[id_]))
    told = moved(file, "20.0").tally.retargeting.fates
    assert [(fate.technique, fate.outcome, fate.target, fate.mappings) for fate in told] == expected
    known_here = {fact_id for fact_domain, fact_id in facts() if fact_domain == domain}
    assert all(fate.name for fate in told if fate.technique in known_here)
    assert [fate.target_name for fate in told] == [
        facts()[domain, fate.target]["name"] if fate.target else None for fate in told
    ]


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_moved_mappings_are_scored_together_with_those_already_there(file: Path) -> None:
    rows = plain_rows(file)
    domain = rows.metadata["technology_domain"]
    everything = distinct(rows)
    homes = {technique(row): home_of(domain, technique(row), "20.0") for row in everything}
    assert scores(moved(file, "20.0").text) == expected_scores(everything, homes)
    counted = moved(file, "20.0", scoring=Scoring(strategy="count"))
    capabilities: dict[str, set[str]] = {}
    for row in everything:
        if home := homes[technique(row)]:
            capabilities.setdefault(home, set()).add(one_spelling(row["capability_id"]))
    assert scores(counted.text) == {home: len(ids) for home, ids in capabilities.items()}


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_own_release_named_is_the_same_set_of_techniques_with_replacements(file: Path) -> None:
    rows = plain_rows(file)
    domain, own = rows.metadata["technology_domain"], rows.metadata["attack_version"]
    homes = {home_of(domain, technique(row), own) for row in rows.mapping} - {None}
    assert set(scores(moved(file, own).text)) == homes


@pytest.mark.parametrize("target", ["8.0", "8.2", "14.1", "19.1"])
def test_move_to_an_older_release_drops_what_is_new_and_says_since_when(target: str) -> None:
    file = corpus(M365_2025)
    rows = plain_rows(file)
    product = moved(file, target)
    ids = {technique(row) for row in rows.mapping}
    homes = {id_: home_of("enterprise", id_, target) for id_ in ids}
    told = {fate.technique: fate for fate in product.tally.retargeting.fates}
    assert set(scores(product.text)) == set(homes.values()) - {None}
    assert told.keys() == {id_ for id_ in ids if not is_active("enterprise", id_, target)}
    newer = {
        id_: facts()["enterprise", id_]["first"]
        for id_ in told
        if release_key(facts()["enterprise", id_]["first"]) > release_key(target)
    }
    assert {id_: told[id_].standing.since for id_ in newer} == newer
    assert [id_ for id_ in newer if told[id_].outcome != "dropped"] == []
    assert newer or target == "19.1"
    assert validate(product.text) == ()


# ---- what a moved layer says -----------------------------------------------------------------------------------------


def test_mappings_of_several_ids_become_one_technique() -> None:
    product = make_layer(mapping_set(IMPAIRED), Recipe(attack_version="20.0"))
    assert scores(product.text) == {"T1685": 3}
    counted = make_layer(mapping_set(IMPAIRED), Recipe(attack_version="20.0", scoring=Scoring(strategy="count")))
    assert scores(counted.text) == {"T1685": 3}
    assert [(fate.technique, fate.outcome) for fate in product.tally.retargeting.fates] == [
        ("T1562", "merged"),
        ("T1562.001", "merged"),
    ]


def test_capability_that_stands_under_both_ids_counts_once() -> None:
    rows = [make_row("AC-03", "T1562", ""), make_row("AC-03", "T1562.001", ""), make_row("AC-3", "T1685", "")]
    product = make_layer(mapping_set(rows, **NIST), Recipe(attack_version="20.0"))
    assert scores(product.text) == {"T1685": 1}
    assert product.tally.mappings == 3


def test_comment_and_metadata_say_where_a_mapping_was() -> None:
    product = make_layer(mapping_set(IMPAIRED), Recipe(attack_version="20.0"))
    entry = technique_of(product.text, "T1685")
    lines = entry["comment"].splitlines()
    assert "from T1562.001 at 16.1" in lines
    assert "from T1562 at 16.1" in lines
    assert "from T1685 at 16.1" not in lines
    assert metadata_of(entry, "mapped as") == ["T1562 at 16.1", "T1562.001 at 16.1"]
    layer = json.loads(product.text)
    assert metadata_of(layer, "moved") == ["T1562 to T1685, T1562.001 to T1685"]
    assert metadata_of(layer, "ATT&CK release") == ["16.1 enterprise"]
    assert metadata_of(layer, "layer's ATT&CK release") == ["20.0 enterprise"]
    assert layer["name"].endswith(" · ATT&CK 20.0")
    assert "moved from 16.1 to 20.0" in layer["description"]


@pytest.mark.parametrize("style", ["short", "full"])
def test_origin_is_told_for_published_mappings(style: str) -> None:
    product = moved(corpus(M365_2025), "20.0", comments=style)
    fates = product.tally.retargeting.fates
    assert fates
    for fate in fates:
        assert fate.target is not None
        assert f"from {fate.technique} at 16.1" in technique_of(product.text, fate.target)["comment"]


def test_comment_of_a_technique_that_stayed_names_no_origin() -> None:
    product = moved(corpus(M365_2025), "20.0")
    targets = {fate.target for fate in product.tally.retargeting.fates}
    stayed = [e for e in json.loads(product.text)["techniques"] if e["techniqueID"] not in targets]
    assert stayed
    assert all("at 16.1" not in entry.get("comment", "") for entry in stayed)
    assert all(metadata_of(entry, "mapped as") == [] for entry in stayed)


def test_chain_of_replacements_is_followed_to_its_end() -> None:
    chained = [
        (domain, id_)
        for (domain, id_), fact in facts().items()
        if fact.get("replaced_by")
        and not is_active(domain, fact["replaced_by"], "20.0")
        and home_of(domain, id_, "20.0")
    ]
    assert chained
    for domain, id_ in chained:
        mappings = mapping_set([make_row(technique=id_)], technology_domain=domain)
        assert set(scores(make_layer(mappings, Recipe(attack_version="20.0")).text)) == {home_of(domain, id_, "20.0")}


# ---- releases --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "served"), [("17.1", "17.0"), ("18.0", "18.1"), ("19.2", "19.1"), ("16", "16.1"), ("20", "20.0")]
)
def test_release_that_is_not_listed_is_told_with_the_one_that_serves(
    run: Run, tmp_path: Path, asked: str, served: str
) -> None:
    layer = tmp_path / "layer.json"
    outcome = run("export", mapping_file(tmp_path, IMPAIRED[:2]), "--attack-version", asked, "-o", layer)
    assert outcome.code == 0
    assert f"note ATT&CK {asked} is not listed; its techniques are taken to be those of {served}" in outcome.err
    assert metadata_of(json.loads(layer.read_bytes()), "layer's ATT&CK release") == [f"{served} enterprise"]


@pytest.mark.parametrize("asked", ["20.0", "latest", "16.1"])
def test_release_that_is_listed_needs_no_note(run: Run, tmp_path: Path, asked: str) -> None:
    outcome = run("export", mapping_file(tmp_path, IMPAIRED[:2]), "--attack-version", asked)
    assert outcome.code == 0
    assert "is not listed" not in outcome.err


@pytest.mark.parametrize("asked", ["33", "7.2", "0", "20.0.1", "newest", "v20", "-1", " 20.0", ""])
def test_release_that_is_not_known_is_refused_with_those_that_are(run: Run, tmp_path: Path, asked: str) -> None:
    layer = tmp_path / "layer.json"
    outcome = run("export", mapping_file(tmp_path, IMPAIRED), f"--attack-version={asked}", "-o", layer)
    assert outcome.code == 2
    assert not layer.exists()
    assert "8.0 to 20.0" in outcome.err
    assert outcome.err.count("\n") == 1


def test_newest_release_is_that_of_the_domain() -> None:
    for domain, id_ in (("enterprise", "T1114"), ("mobile", "T1430"), ("ics", "T0800")):
        product = make_layer(
            mapping_set([make_row(technique=id_)], technology_domain=domain), Recipe(attack_version="latest")
        )
        assert product.tally.retargeting.to_release == table()["releases"][domain][-1]


# ---- doing it again --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        ("--attack-version", "20.0"),
        ("--attack-version", "latest", "--comments", "full"),
        ("--attack-version", "17.1", "--score", "count"),
        ("--attack-version", "8.0", "--on-inactive", "keep"),
        ("--on-inactive", "keep", "--fold"),
    ],
)
@pytest.mark.parametrize("name", [AWS, M365_2025])
def test_command_in_a_moved_layer_makes_the_same_bytes(
    name: str, options: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(corpus(name).parent)
    first = run("export", name, *options)
    assert first.code == 0
    [command] = metadata_of(json.loads(first.out), "command")
    program, *arguments = shlex.split(command)
    assert program == "navigator-export"
    assert "latest" not in command
    again = run(*arguments)
    assert again.code == 0
    assert again.out == first.out


# ---- any mappings ----------------------------------------------------------------------------------------------------

IDS = st.sampled_from(
    [
        *("T1114", "T1114.003", "T1078", "T1566", "T1685", "T1059.001"),
        *("T1562", "T1562.001", "T1562.008", "T1086", "T1175", "T1053.001", "T1574.002", "T1656"),
        *("T1521.003", "T1430", "T0800", "T9999", "T1666", "T1484.001"),
    ]
)
"""Active, revoked, deprecated, chained, new, of other domains, and unknown."""
ROWS = st.lists(
    st.builds(
        make_row,
        st.sampled_from(["MAIL-E3", "HUNT-E5", "LOGIN-E3"]),
        IDS,
        st.sampled_from(["", "protect partial", "detect minimal", "respond significant"]),
    ),
    min_size=1,
    max_size=12,
)
RELEASES = st.sampled_from([None, "8.0", "8.2", "10.1", "14.1", "16.1", "17.1", "19.1", "20.0", "latest"])


@given(ROWS, RELEASES, st.sampled_from(["drop", "keep", "error"]))
def test_nothing_is_lost_and_nothing_inactive_gets_in(rows: list[dict[str, Json]], target: str, policy: str) -> None:
    mappings = mapping_set([make_row("ALWAYS-E3", "T1114"), *rows])
    try:
        product = make_layer(mappings, Recipe(attack_version=target, on_inactive=policy))
    except SelectionError:
        assert policy == "error"
        return
    told = product.tally.retargeting
    release = told.to_release
    given_ids = {mapping.technique for mapping in mappings.mappings}
    inactive = {id_ for id_ in given_ids if not is_active("enterprise", id_, release)}
    by_outcome = Counter()
    for fate in told.fates:
        by_outcome[fate.outcome] += fate.mappings
    assert told.mappings_in == len(mappings.mappings)
    assert told.mappings_in == told.mappings_out + by_outcome["dropped"]
    assert {fate.technique for fate in told.fates} == inactive
    ids = set(scores(product.text))
    if policy == "keep":
        assert by_outcome["dropped"] == 0
        assert {id_ for id_ in ids if not is_active("enterprise", id_, release)} == {
            fate.technique for fate in told.fates if fate.outcome == "kept"
        }
    else:
        assert by_outcome["kept"] == 0
        assert all(is_active("enterprise", id_, release) for id_ in ids)
        assert validate(product.text) == ()
    if policy == "error":
        assert by_outcome["dropped"] == 0
    if target is None:
        assert by_outcome["moved"] == by_outcome["merged"] == 0


@given(ROWS)
def test_move_to_the_release_where_a_set_already_is_changes_nothing_more(rows: list[dict[str, Json]]) -> None:
    mappings = mapping_set([make_row("ALWAYS-E3", "T1114"), *rows])
    once = scores(make_layer(mappings, Recipe(attack_version="20.0")).text)
    moved_rows = []
    for row in rows:
        home = home_of("enterprise", technique(row), "20.0")
        if home:
            moved_rows.append(row | {"attack_object_id": home})
    there = mapping_set([make_row("ALWAYS-E3", "T1114"), *moved_rows], attack_version="20.0")
    assert scores(make_layer(there).text) == once
    assert make_layer(there, Recipe(attack_version="latest")).tally.retargeting.fates == ()


def test_catalogue_agrees_with_the_published_table_on_replacements() -> None:
    assert len(facts()) > 1000
    for (domain, id_), fact in facts().items():
        release = known().release(domain, "20.0")
        assert release is not None
        if not is_active(domain, id_, "20.0"):
            assert release.standing(id_).replacement == home_of(domain, id_, "20.0"), (domain, id_, fact)


def test_release_of_mappings_that_are_not_moved_stays_as_the_source_says() -> None:
    product = make_layer(mapping_set([make_row()], attack_version="16.9"))
    layer = json.loads(product.text)
    assert metadata_of(layer, "layer's ATT&CK release") == ["16.9 enterprise"]
    assert "ATT&CK 16.9" in layer["description"]
    told = product.tally.retargeting
    assert (told.from_release, told.to_release) == ("16.9", "16.1")
