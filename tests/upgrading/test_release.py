"""Layers moved to another ATT&CK release."""

from __future__ import annotations

import json

import pytest

from navigator_export.attack import builtin
from navigator_export.errors import AttackError
from navigator_export.model import DOMAINS, Domain
from navigator_export.upgrading.release import Move
from tests.attack_facts import home_of
from tests.made_inputs import Json, layer_bytes, make_layer_json
from tests.upgrading.upgraded import moved, result, rules, upgraded

# Ids that detection rules of Elastic's name, by where ATT&CK 19 has them: what a vendor reviewed, apart from our table.
ELSEWHERE_IN_19 = {
    "T1562": "T1685",
    "T1656": "T1684.001",
    "T1070.001": "T1685.005",
    "T1070.002": "T1685.006",
    "T1547.011": "T1647",
    "T1562.001": "T1685",
    "T1562.002": "T1685.001",
    "T1562.004": "T1686",
    "T1562.006": "T1685",
    "T1562.007": "T1686.001",
    "T1562.008": "T1685.002",
    "T1562.010": "T1689",
}


@pytest.mark.parametrize(("before", "after"), ELSEWHERE_IN_19.items())
def test_id_goes_where_a_reviewed_map_has_it(before: str, after: str) -> None:
    techniques, _ = moved([{"techniqueID": before, "score": 1}], "19")
    assert techniques == [{"techniqueID": after, "score": 1}]


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_id_of_every_release_goes_where_the_published_table_has_it(domain: Domain) -> None:
    releases = builtin().domains[domain].releases
    target = builtin().require(domain, releases[-1])
    for version in releases:
        source = builtin().require(domain, version)
        move = Move(source, target)
        for id_ in source.active:
            assert move.destination(id_) == home_of(domain, id_, target.version), (id_, version)


@pytest.mark.parametrize(("domain", "version"), [(d, v) for d in DOMAINS for v in builtin().domains[d].releases])
def test_every_cell_goes_to_cells_that_there_are(domain: Domain, version: str) -> None:
    source, target = builtin().require(domain, version), builtin().require(domain, builtin().newest(domain))
    move = Move(source, target)
    for technique, tactics in source.tactics.items():
        destination = move.destination(technique)
        for tactic in tactics if destination else ():
            assert destination is not None
            found = move.tactics(technique, destination, tactic)
            assert set(found) <= set(target.tactics[destination])
            assert found == (tactic,) or tactic not in target.tactics[destination]


@pytest.mark.parametrize(
    ("technique", "tactic", "after"),
    [
        ("T1055", "privilege-escalation", ["privilege-escalation"]),
        ("T1055", "defense-evasion", ["stealth"]),
        ("T1562", "defense-evasion", ["defense-impairment"]),
        ("T1574.001", "persistence", ["execution"]),
        ("T1574.001", "defense-evasion", ["stealth"]),
        ("T1548", "defense-evasion", [None]),
    ],
)
def test_entry_for_a_tactic_follows_its_technique(technique: str, tactic: str, after: list[str | None]) -> None:
    techniques, _ = moved([{"techniqueID": technique, "tactic": tactic, "score": 1}])
    assert [entry.get("tactic") for entry in techniques] == after
    assert [entry["score"] for entry in techniques] == [1] * len(after)


def test_entry_for_a_tactic_that_is_lost_goes_where_others_annotate_the_technique() -> None:
    lost = {"techniqueID": "T1548", "tactic": "defense-evasion", "score": 1}
    kept = {"techniqueID": "T1548", "tactic": "privilege-escalation", "score": 1}
    techniques, done = moved([lost, kept])
    assert techniques == [kept]
    assert [change.before for change in done.changes if change.rule == "tactic-moved"] == [lost]


def test_entry_without_a_tactic_goes_on_without() -> None:
    assert moved([{"techniqueID": "T1055", "score": 1}])[0] == [{"techniqueID": "T1055", "score": 1}]


def test_tactics_of_ics_lose_their_ending() -> None:
    layer = make_layer_json(
        domain="ics-attack",
        versions={"attack": "11", "layer": "4.5"},
        techniques=[{"techniqueID": "T0859", "tactic": "persistence-ics"}],
    )
    done = upgraded(json.dumps(layer).encode(), attack_version="latest")
    assert result(done)["techniques"] == [{"techniqueID": "T0859", "tactic": "persistence"}]


MEETING = [
    {
        "techniqueID": "T1562.001",
        "score": 1,
        "color": "#aaaaaa",
        "comment": "first",
        "enabled": False,
        "metadata": [{"name": "a", "value": "1"}],
        "links": [{"label": "x", "url": "https://x.org"}],
        "own": 5,
    },
    {
        "techniqueID": "T1562.006",
        "score": 3.0,
        "color": "#bbbbbb",
        "comment": "second",
        "metadata": [{"name": "b", "value": "2"}],
        "links": [{"label": "x", "url": "https://x.org"}, {"label": "y", "url": "https://y.org"}],
        "showSubtechniques": True,
    },
    {"techniqueID": "T1562", "comment": "first"},
]


def test_entries_that_meet_become_one() -> None:
    techniques, done = moved(MEETING)
    assert techniques == [
        {
            "techniqueID": "T1685",
            "score": 3.0,
            "color": "#bbbbbb",
            "comment": "first\n\nsecond",
            "enabled": True,
            "metadata": [{"name": "a", "value": "1"}, {"divider": True}, {"name": "b", "value": "2"}],
            "links": [{"label": "x", "url": "https://x.org"}, {"label": "y", "url": "https://y.org"}],
            "own": 5,
            "showSubtechniques": True,
        }
    ]
    assert done.data is not None
    assert b'"score": 3.0' in done.data
    left_out = [change for change in done.changes if change.path in ("$.techniques[1]", "$.techniques[2]")]
    assert [change.before["techniqueID"] for change in left_out] == ["T1685", "T1685"]


def test_first_of_entries_that_meet_can_be_taken_as_it_is() -> None:
    techniques, done = moved(MEETING, on_merge="first")
    assert techniques == [MEETING[0] | {"techniqueID": "T1685"}]
    assert [change.path for change in done.changes if change.rule == "technique-merged"] == [
        "$.techniques[1]",
        "$.techniques[2]",
    ]


def test_entries_that_meet_can_be_refused() -> None:
    _, done = moved(MEETING, on_merge="error")
    assert [(finding.path, "T1685" in finding.message) for finding in done.findings] == [("$.techniques[0]", True)]


def test_entry_for_all_tactics_meets_one_for_a_single_tactic_there_alone() -> None:
    single = {"techniqueID": "T1547.009", "tactic": "persistence", "score": 5}
    techniques, done = moved([{"techniqueID": "T1023", "score": 9, "comment": "all"}, single])
    assert techniques == [
        {"techniqueID": "T1547.009", "tactic": "persistence", "score": 9, "comment": "all"},
        {"techniqueID": "T1547.009", "tactic": "privilege-escalation", "score": 9, "comment": "all"},
    ]
    assert {"technique-moved", "technique-spread", "technique-merged"} <= set(rules(done))


def test_entries_that_never_met_stay_apart() -> None:
    apart = [
        {"techniqueID": "T1053", "tactic": "execution", "score": 1},
        {"techniqueID": "T1053", "tactic": "persistence", "score": 2},
    ]
    assert moved(apart)[0] == apart


@pytest.mark.parametrize(("keep", "left"), [(False, ["T1114"]), (True, ["T1114", "T9999", "T1175"])])
def test_id_that_nothing_replaces_is_left_out_or_kept(keep: bool, left: list[str]) -> None:
    techniques, done = moved([{"techniqueID": id_} for id_ in ("T1114", "T9999", "T1175")], keep_inactive=keep)
    assert [entry["techniqueID"] for entry in techniques] == left
    assert ("technique-gone" in rules(done)) is not keep
    assert any("T9999" in note for note in done.notes) is keep


def test_layer_says_which_release_it_was_moved_to() -> None:
    assert result(moved([])[1])["versions"]["attack"] == builtin().newest("enterprise").partition(".")[0]
    assert result(upgraded(layer_bytes(versions=...), attack_version="16.1"))["versions"]["attack"] == "16"
    assert moved([], "18.1")[1].changes == ()


def test_layer_without_a_release_is_taken_at_the_newest_where_most_ids_are_active() -> None:
    ids = ("T1562.001", "T1562.002", "T1114", "T1685")
    done = upgraded(layer_bytes(versions=..., techniques=[{"techniqueID": id_} for id_ in ids]), attack_version="20")
    assert done.notes == ("taken at ATT&CK 18.1, where 3 of 4 ids are active",)


def test_release_that_the_navigator_does_not_have_is_no_hindrance_to_a_move() -> None:
    done = upgraded(layer_bytes(versions={"attack": "latest", "layer": "4.5"}), attack_version="20")
    assert result(done)["versions"]["attack"] == "20"


def test_release_that_is_not_known_is_refused() -> None:
    with pytest.raises(AttackError, match="99"):
        upgraded(layer_bytes(), attack_version="99")


@pytest.mark.parametrize(
    ("version", "before", "target", "after"),
    [
        ("15", ["Office 365", "Google Workspace", "Azure AD"], "latest", ["Office Suite", "Identity Provider"]),
        ("16", ["Network", "Linux"], "latest", ["Network Devices", "Linux"]),
        ("16", ["Office Suite"], "15", ["Google Workspace", "Office 365"]),
        ("8", ["AWS", "GCP", "windows"], "9", ["IaaS", "Windows"]),
    ],
)
def test_platforms_get_their_names_in_the_release(
    version: str, before: list[str], target: str, after: list[str]
) -> None:
    versions = {"attack": version, "layer": "4.5"}
    assert result(moved([], target, versions=versions, filters={"platforms": before})[1])["filters"] == {
        "platforms": after
    }


def test_filter_that_lets_all_through_goes_on_to_do_so() -> None:
    every = ["Windows", "Linux", "macOS", "PRE", "Containers", "IaaS", "SaaS", "Network", "Office 365", "Azure AD"]
    every.append("Google Workspace")
    versions = {"attack": "14", "layer": "4.5"}
    platforms = result(moved([], versions=versions, filters={"platforms": every})[1])["filters"]["platforms"]
    assert "ESXi" in platforms
    assert len(platforms) == len(set(platforms))
    some = result(moved([], versions=versions, filters={"platforms": every[:3]})[1])["filters"]["platforms"]
    assert some == every[:3]


def old(**fields: Json) -> Json:
    layer = make_layer_json(techniques=[{"techniqueID": "T1086", "score": 1}], **fields)
    return result(upgraded(json.dumps(layer).encode(), attack_version="latest")).get("layout")


def test_sub_technique_that_a_move_made_is_shown_unless_the_layout_says_otherwise() -> None:
    assert old(layout=...) == {"expandedSubtechniques": "annotated"}
    assert old(layout={"layout": "flat"}) == {"layout": "flat", "expandedSubtechniques": "annotated"}
    assert old(layout={"expandedSubtechniques": "none"}) == {"expandedSubtechniques": "none"}
    assert result(moved([{"techniqueID": "T1114.003"}], layout=...)[1]).get("layout") is None


def test_cell_that_only_the_new_release_has_is_filled_once() -> None:
    orphan = {"techniqueID": "T1078", "tactic": "stealth"}
    techniques, _ = moved([orphan | {"score": 1}, orphan | {"score": 2}], "latest")
    assert techniques == [orphan | {"score": 2}]
