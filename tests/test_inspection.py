from __future__ import annotations

from types import SimpleNamespace

from navigator_export import Inspection, TierOptions, assign_tiers, inspect
from navigator_export.attack import known
from tests.made_inputs import Json, joined_set, make_row, mapping_set, rated_rows, shuffled


def inspected(rows: list[dict[str, Json]], options: TierOptions | None = None, **metadata: Json) -> Inspection:
    mappings = mapping_set(rows, **metadata)
    return inspect(mappings, assign_tiers(mappings, options or TierOptions()))


def test_tiers_are_counted_with_the_lower_ones() -> None:
    facts = inspected([*rated_rows(), rated_rows()[0]]).tiers
    assert [(t.tier, t.capabilities, t.mappings, t.distinct, t.techniques) for t in facts] == [
        ("E3", 2, 5, 4, 3),
        ("E5", 3, 8, 7, 4),
    ]


def test_capabilities_have_their_groups_tiers_and_ratings() -> None:
    hunt, login, mail = inspected(rated_rows()).capabilities
    assert (hunt.id, hunt.name, hunt.tier, hunt.groups) == ("HUNT-E5", "Name of HUNT-E5", "E5", ("Mail Protection",))
    assert hunt.ratings == {"detect significant": 1, "detect partial": 1, "respond minimal": 1}
    assert login.ratings == {"protect significant": 1, "unrated": 1}
    assert (mail.mappings, mail.distinct, mail.techniques) == (2, 2, 2)


def test_capabilities_that_map_nothing_are_listed() -> None:
    facts = {c.id: c for c in inspected([*rated_rows(), make_row("IDLE-E5", None)]).capabilities}
    assert (facts["IDLE-E5"].mappings, facts["IDLE-E5"].techniques, facts["IDLE-E5"].tier) == (0, 0, "E5")


def test_licences_are_listed_the_most_frequent_first_and_told_where_they_disagree() -> None:
    def licensed(licence: str, technique: str) -> dict[str, Json]:
        return make_row("A-E5", technique, comments=f"It detects.\nLicense Requirements: {licence}")

    [facts] = inspected([licensed("E5", "T1114"), licensed("E3 and E5", "T1078"), licensed("E5", "T1566")]).capabilities
    assert facts.licences == ("E5", "E3 and E5")
    assert facts.licence_disagrees
    [agreeing] = inspected([licensed("E5", "T1114")]).capabilities
    assert not agreeing.licence_disagrees


def test_licence_disagrees_with_an_assigned_tier_too() -> None:
    rows = [make_row("A-E3", comments="It detects.\nLicense Requirements: Suite P2")]
    assert inspected(rows).capabilities[0].licence_disagrees
    assert not inspected(rows, TierOptions(assigned=(("*", "A-E3", "E5"),))).capabilities[0].licence_disagrees


def test_techniques_are_counted_as_the_source_counts() -> None:
    facts = inspected([*rated_rows(), rated_rows()[0]]).techniques
    assert [(t.id, t.mappings, t.distinct, t.capabilities) for t in facts] == [
        ("T1078", 1, 1, 1),
        ("T1114", 4, 3, 3),
        ("T1114.003", 1, 1, 1),
        ("T1566", 2, 2, 1),
    ]
    assert facts[1].name == "Email Collection"


def test_repeated_rows_are_listed_with_their_number() -> None:
    [repetition] = inspected([*rated_rows(), rated_rows()[0], rated_rows()[0]]).duplicates
    assert (repetition.capability, repetition.technique, repetition.times) == ("MAIL-E3", "T1114", 3)


def test_contradictory_ratings_are_listed() -> None:
    rows = [make_row("A", "T1114", f"protect {value}") for value in ("significant", "minimal", "significant")]
    [contradiction] = inspected([*rows, make_row("A", "T1114", "detect partial")]).contradictions
    assert (contradiction.capability, contradiction.technique, contradiction.category) == ("A", "T1114", "protect")
    assert contradiction.values == ("minimal", "significant")


def test_half_ratings_are_listed() -> None:
    rows = [make_row("A", "T1114", score_value=None), make_row("B", "T1078", score_category=None), make_row("C")]
    assert [(p.capability, p.technique) for p in inspected(rows).partly_rated] == [("A", "T1114"), ("B", "T1078")]


def test_inactive_techniques_are_listed_with_what_replaces_them() -> None:
    [inactive] = inspected([*rated_rows(), make_row("A", "T1053.001"), make_row("B", "T1053.001")]).inactive
    assert (inactive.id, inactive.kind, inactive.replacement, inactive.mappings) == (
        "T1053.001",
        "revoked",
        "T1053.002",
        2,
    )


def test_rows_that_map_nothing_are_listed_with_place_and_reason() -> None:
    rows = [
        *rated_rows(),
        make_row("A", None),
        make_row(None, "T1059"),
        make_row("A", "T1059", status="non_mappable"),
        make_row("A", "T1059", mapping_type="non_mappable"),
    ]
    assert [(u.place, u.reason, u.capability, u.technique) for u in inspected(rows).unmapped] == [
        ("$.mapping_objects[7]", "no technique", "A", ""),
        ("$.mapping_objects[8]", "no capability", "", "T1059"),
        ("$.mapping_objects[9]", "non-mappable", "A", "T1059"),
        ("$.mapping_objects[10]", "non-mappable", "A", "T1059"),
    ]


def test_unknown_release_is_inspected_all_the_same() -> None:
    result = inspected(rated_rows(), attack_version="999.0")
    assert result.attack_version == "999.0"
    assert len(result.techniques) == 4
    assert result.inactive == ()


def test_order_of_rows_does_not_matter() -> None:
    rows = [*rated_rows(), rated_rows()[0], make_row("A", "T1114", "protect minimal"), make_row("A", "T1114")]
    plain = inspected(rows)
    for seed in range(5):
        other = inspected(shuffled(rows, seed))
        assert (other.capabilities, other.techniques, other.tiers) == (
            plain.capabilities,
            plain.techniques,
            plain.tiers,
        )
        assert (other.duplicates, other.contradictions) == (plain.duplicates, plain.contradictions)


def test_tactics_are_in_the_order_of_the_matrix_with_their_names() -> None:
    facts = {t.tactic: t for t in inspected([make_row("A", "T1114"), make_row("B", "T1114.003")]).tactics}
    assert list(facts)[:2] == ["reconnaissance", "resource-development"]
    assert list(facts)[-2:] == ["exfiltration", "impact"]
    collection = facts["collection"]
    assert (collection.name, collection.techniques, collection.mappings) == ("Collection", 2, 2)
    assert facts["command-and-control"].name == "Command and Control"
    assert facts["impact"].techniques == 0


TWINS = joined_set(
    two=[
        make_row("A", "T1566", "protect partial"),
        make_row("A", "T1566", "protect partial"),
        make_row("A", "T1114", "detect minimal", comments="It blocks.\nLicense Requirements: E5"),
    ],
    one=[
        make_row("A", "T1114", "protect minimal"),
        make_row("A", "T1114", "protect significant"),
        make_row("B", "T1086"),
        make_row("A", "T1053.001"),
    ],
)
"""One id in two frameworks."""


def test_one_id_in_two_frameworks_is_two_capabilities() -> None:
    result = inspect(TWINS, assign_tiers(TWINS, TierOptions()))
    assert [(c.framework, c.id, c.mappings, c.distinct, c.techniques) for c in result.capabilities] == [
        ("one", "A", 3, 3, 2),
        ("one", "B", 1, 1, 1),
        ("two", "A", 3, 2, 2),
    ]
    assert [(t.id, t.mappings, t.distinct, t.capabilities) for t in result.techniques] == [
        ("T1053.001", 1, 1, 1),
        ("T1086", 1, 1, 1),
        ("T1114", 3, 3, 2),
        ("T1566", 2, 1, 1),
    ]
    assert [(c.capability, c.technique, c.values) for c in result.contradictions] == [
        ("A", "T1114", ("minimal", "significant"))
    ]
    assert [entry.id for entry in result.inactive] == ["T1053.001", "T1086"]
    assert not any(capability.licence_disagrees for capability in result.capabilities)


def test_tactics_count_what_is_mapped_of_what_the_release_has() -> None:
    release = known().release("enterprise", "16.1")
    assert release is not None
    rows = [make_row("A", "T1114"), make_row("B", "T1114"), make_row("A", "T1078"), make_row("A", "T1086")]
    facts = {entry.tactic: entry for entry in inspected(rows).tactics}
    assert set(facts) == {tactic for tactics in release.tactics.values() for tactic in tactics}
    assert {name: (entry.techniques, entry.mappings) for name, entry in facts.items() if entry.techniques} == {
        "collection": (1, 2),
        **dict.fromkeys(("defense-evasion", "initial-access", "persistence", "privilege-escalation"), (1, 1)),
    }
    assert {name: entry.of for name, entry in facts.items()} == {
        name: sum(name in tactics for tactics in release.tactics.values()) for name in facts
    }
    assert facts["collection"].of > 30


def test_ratings_are_listed_by_category_best_value_first() -> None:
    ratings = [f"{c} {v}" for c in ("respond", "detect", "protect") for v in ("partial", "minimal", "significant")]
    [facts] = inspected([make_row("A", "T1114", rating) for rating in ("", *ratings)]).capabilities
    assert list(facts.ratings) == [
        *(f"{c} {v}" for c in ("protect", "detect", "respond") for v in ("significant", "partial", "minimal")),
        "unrated",
    ]


def test_repetitions_of_a_capability_count_in_its_tier_alone() -> None:
    low, high = inspected([make_row("A-E3"), make_row("B-E5"), make_row("B-E5")]).tiers
    assert (low.mappings, low.distinct) == (1, 1)
    assert (high.mappings, high.distinct) == (3, 2)


def test_repetitions_are_counted_per_capability_and_listed_in_order() -> None:
    rows = [make_row("B"), make_row("A", "T1566"), make_row("A"), make_row("C")]
    result = inspected([*rows, *rows[:3], rows[0]])
    assert [(c.id, c.mappings, c.distinct) for c in result.capabilities] == [("A", 4, 2), ("B", 3, 1), ("C", 1, 1)]
    assert [(r.capability, r.technique, r.times) for r in result.duplicates] == [
        ("A", "T1114", 2),
        ("A", "T1566", 2),
        ("B", "T1114", 3),
    ]


def test_licences_of_one_frequency_are_listed_in_order_and_techniques_counted_once() -> None:
    pairs = (("Z", "T1114"), ("B", "T1078"), ("A", "T1566"), ("B", "T1566"), ("A", "T1114"), ("", "T1114"))
    rows = [
        make_row("X", id_, comments=f"Said.\nLicense Requirements: Suite {name}" if name else None)
        for name, id_ in pairs
    ]
    [facts] = inspected(rows).capabilities
    assert facts.licences == ("Suite A", "Suite B", "Suite Z")
    assert (facts.distinct, facts.techniques) == (6, 3)


def test_half_ratings_are_no_contradiction_and_listed_in_order() -> None:
    half = [make_row("B", "T1114", "", score_value=value) for value in ("partial", "minimal")]
    half += [make_row("A", technique, "", score_category="protect") for technique in ("T1566", "T1114")]
    result = inspected([*half, make_row("A", "T1114", "protect partial")])
    assert result.contradictions == ()
    assert [(p.capability, p.technique, p.times) for p in result.partly_rated] == [
        ("A", "T1114", 1),
        ("A", "T1566", 1),
        ("B", "T1114", 1),
        ("B", "T1114", 1),
    ]


def test_contradictions_are_listed_in_order() -> None:
    rows = [
        make_row(id_, technique, f"{category} {value}")
        for id_ in "BA"
        for technique in ("T1566", "T1114")
        for category in ("protect", "detect")
        for value in ("partial", "minimal")
    ]
    listed = [(c.capability, c.technique, c.category) for c in inspected(rows).contradictions]
    assert listed == sorted(listed)
    assert len(listed) == 8


def test_a_release_that_the_catalogue_does_not_know_has_no_tactics_and_no_names() -> None:
    mappings = mapping_set(rated_rows())
    result = inspect(mappings, assign_tiers(mappings, TierOptions()), SimpleNamespace(release=lambda *_: None))
    for unknown in (result, inspected(rated_rows(), attack_version="999.0")):
        assert unknown.tactics == ()
        assert [technique.name for technique in unknown.techniques] == [""] * 4


def test_capabilities_of_several_groups_are_told_with_the_mappings_in_each() -> None:
    rows = [
        *(make_row("A", technique) for technique in ("T1114", "T1566")),
        make_row("A", "T1078", capability_group="identity"),
        make_row("A", "T1059", capability_group=None),
        make_row("B"),
    ]
    mappings = mapping_set(rows)
    told = inspect(mappings, assign_tiers(mappings, TierOptions())).several_groups
    assert [(facts.capability, facts.group, facts.mappings) for facts in told] == [
        ("A", "", 1),
        ("A", "Identity", 1),
        ("A", "Mail Protection", 2),
    ]
