from __future__ import annotations

from navigator_export import Inspection, TierOptions, assign_tiers, inspect
from tests.made_inputs import Json, make_row, mapping_set, rated_rows, shuffled


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
