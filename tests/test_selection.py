from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, strategies as st
from msgspec import structs

from navigator_export import Criteria, Mapping, MappingSet, Recipe, Selection, TierOptions, assign_tiers
from navigator_export.attack import known
from navigator_export.errors import NothingSelectedError, SelectionError
from navigator_export.export import prepare
from navigator_export.readers.assembly import assemble
from navigator_export.readers.unified.json_text import read_unified
from navigator_export.selection import ASPECTS as ASPECTS_OF_THE_PACKAGE, Selected, select
from tests.made_inputs import NIST, joined_set, make_row, mapping_bytes, mapping_set, rated_rows, unrated_rows

RATED = mapping_set(rated_rows())
UNRATED = mapping_set(unrated_rows(), **NIST)
BOTH = assemble(
    [
        read_unified(mapping_bytes(rated_rows()), "m365.json", "m365.json"),
        read_unified(mapping_bytes(unrated_rows(), **NIST), "nist.json", "nist.json"),
    ]
)


def picked(selection: Selection, mappings: MappingSet = RATED, tiers: TierOptions | None = None) -> Selected:
    return select(mappings, selection, assign_tiers(mappings, tiers or TierOptions()))


def told(mappings: tuple[Mapping, ...]) -> list[str]:
    """Return what tells the mappings of `rated_rows` and `unrated_rows` apart."""
    return [f"{m.capability.id} {m.technique} {m.category or '-'}" for m in mappings]


ALL = told(RATED.mappings)

ASPECTS = [
    ({"capabilities": ("MAIL-E3",)}, ALL[:2]),
    ({"capabilities": ("mail-e3",)}, ALL[:2]),
    ({"capabilities": (" MAIL-* ",)}, ALL[:2]),
    ({"capabilities": ("*-e3",)}, [*ALL[:2], *ALL[5:]]),
    ({"capabilities": ("MAIL-E3", "HUNT-E5")}, ALL[:5]),
    ({"groups": ("identity",)}, ALL[5:]),
    ({"groups": ("Identity",)}, ALL[5:]),
    ({"groups": ("Mail Prot*",)}, ALL[:5]),
    ({"groups": ("MAIL",)}, ALL[:5]),
    ({"categories": ("detect",)}, ALL[1:4]),
    ({"categories": ("protect", "respond")}, [ALL[0], ALL[4], ALL[5]]),
    ({"values": ("minimal",)}, [ALL[1], ALL[4]]),
    ({"mapping_types": ("other_type",)}, ALL[5:]),
    ({"mapping_types": ("technique scores",)}, ALL[:5]),
    ({"techniques": ("T1114",)}, [ALL[0], ALL[2], ALL[6]]),
    ({"techniques": ("t1114*",)}, [*ALL[:3], ALL[6]]),
    ({"frameworks": ("m365",)}, ALL),
    ({"frameworks": ("Microsoft 365",)}, ALL),
    ({"capabilities": ("MAIL-E3",), "categories": ("detect",)}, ALL[1:2]),
]


@pytest.mark.parametrize(("criteria", "expected"), ASPECTS)
def test_include_takes_what_fits_every_aspect(criteria: dict[str, tuple[str, ...]], expected: list[str]) -> None:
    assert told(picked(Selection(include=Criteria(**criteria))).mappings) == expected


@pytest.mark.parametrize(("criteria", "fitting"), [a for a in ASPECTS if len(a[0]) == 1 and a[1] != ALL])
def test_exclude_leaves_out_what_include_takes(criteria: dict[str, tuple[str, ...]], fitting: list[str]) -> None:
    rest = told(picked(Selection(exclude=Criteria(**criteria))).mappings)
    assert rest == [mapping for mapping in ALL if mapping not in fitting]


def test_exclude_leaves_out_what_fits_any_of_its_aspects() -> None:
    selection = Selection(exclude=Criteria(capabilities=("MAIL-E3",), categories=("detect",)))
    assert told(picked(selection).mappings) == ALL[4:]


def test_frameworks_pick_among_several_sources() -> None:
    only = picked(Selection(include=Criteria(frameworks=("NIST*",))), BOTH).mappings
    assert {m.capability.framework for m in only} == {"nist_800_53"}
    rest = picked(Selection(exclude=Criteria(frameworks=("nist_800_53",))), BOTH).mappings
    assert told(rest) == ALL


@pytest.mark.parametrize("id_", ["AC-3", "AC-03", "ac-3"])
def test_nist_ids_select_whatever_their_padding(id_: str) -> None:
    selection = Selection(include=Criteria(capabilities=(id_,)))
    assert [m.technique for m in picked(selection, UNRATED).mappings] == ["T1114", "T1078"]


@pytest.mark.parametrize(
    ("groups", "taken", "left"),
    [("mail", ["T1114"], ["T1078"]), ("Identity", ["T1078"], ["T1114"]), ("*", ["T1114", "T1078"], [])],
)
def test_each_row_is_of_its_own_groups_whatever_other_rows_of_the_capability_say(
    groups: str, taken: list[str], left: list[str]
) -> None:
    rows = [
        make_row("A", "T1114"),
        make_row("A", "T1078", capability_group="identity"),
        make_row("B", "T1566", capability_group=""),
    ]
    named = Criteria(groups=(groups,))
    selected = picked(Selection(include=named), mapping_set(rows))
    assert [m.technique for m in selected.mappings] == taken
    others = picked(Selection(exclude=named), mapping_set(rows))
    assert [m.technique for m in others.mappings] == [*left, "T1566"]


def test_a_row_of_several_groups_is_in_each() -> None:
    rows = [make_row("A", "T1114", capability_groups=["identity"]), make_row("A", "T1078")]
    for group, techniques in (("mail", ["T1114", "T1078"]), ("identity", ["T1114"])):
        selected = picked(Selection(include=Criteria(groups=(group,))), mapping_set(rows))
        assert [m.technique for m in selected.mappings] == techniques


def test_rows_that_differ_in_their_group_alone_are_a_mapping_in_each() -> None:
    mappings = mapping_set([make_row("A"), make_row("A", capability_group="identity"), make_row("A")])
    assert (len(mappings.mappings), len(mappings.duplicates)) == (2, 1)
    for group in ("mail", "identity"):
        assert len(picked(Selection(exclude=Criteria(groups=(group,))), mappings).mappings) == 1


@pytest.mark.parametrize(
    ("least", "expected"),
    [("minimal", ALL[:6]), ("partial", [ALL[0], ALL[2], ALL[3], ALL[5]]), ("significant", [ALL[2], ALL[5]])],
)
def test_least_value_leaves_out_weaker_and_unrated_mappings(least: str, expected: list[str]) -> None:
    assert told(picked(Selection(min_value=least)).mappings) == expected


def test_least_value_counts_a_value_without_category_as_unrated() -> None:
    rows = [make_row("A", "T1114", score_category=None), make_row("B", "T1078")]
    assert told(picked(Selection(min_value="minimal"), mapping_set(rows)).mappings) == ["B T1078 protect"]


# ---- tiers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(tier="E3"), [*ALL[:2], *ALL[5:]]),
        (Selection(tier="e3"), [*ALL[:2], *ALL[5:]]),
        (Selection(tier="E5"), ALL),
        (Selection(tier="E5", exact_tier=True), ALL[2:5]),
        (Selection(tier="E3", exact_tier=True), [*ALL[:2], *ALL[5:]]),
    ],
)
def test_tier_includes_the_lower_ones_unless_exact(selection: Selection, expected: list[str]) -> None:
    assert told(picked(selection).mappings) == expected


@pytest.mark.parametrize(("tiers", "expected"), [(("e5",), [*ALL[:2], *ALL[5:]]), (("E3",), ALL[2:5])])
def test_excluded_tiers_are_left_out_each_for_itself(tiers: tuple[str, ...], expected: list[str]) -> None:
    assert told(picked(Selection(exclude_tiers=tiers)).mappings) == expected


def test_excluded_tier_that_there_is_not_is_an_error_that_names_the_tiers() -> None:
    with pytest.raises(SelectionError, match=r"selection\.exclude_tiers: .*E3"):
        picked(Selection(exclude_tiers=("E4",)))


def test_excluded_tiers_leave_capabilities_without_tier() -> None:
    assert len(picked(Selection(exclude_tiers=("E3", "E5")), BOTH).mappings) == len(UNRATED.mappings)


def test_capabilities_without_tier_are_left_out_of_a_tier_and_told() -> None:
    selected = picked(Selection(tier="E5"), BOTH)
    assert told(selected.mappings) == ALL
    assert [c.id for c in selected.without_tier] == ["AC-03", "AC-16", "SC-07"]


def test_unknown_tier_is_an_error_that_names_the_tiers() -> None:
    with pytest.raises(SelectionError, match=r"no tier 'E4'.*(E3, E5|E5, E3)"):
        picked(Selection(tier="E4"))


def test_tier_of_a_framework_without_tiers_is_an_error_that_says_how_to_assign() -> None:
    with pytest.raises(SelectionError, match=r"tiers\.assigned"):
        picked(Selection(tier="E3"), UNRATED)


def test_assigned_tier_stands_before_the_suffix() -> None:
    selected = picked(Selection(tier="E3"), tiers=TierOptions(assigned=(("*", "login-*", "e5"),)))
    assert told(selected.mappings) == ALL[:2]


# ---- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criteria", "place", "nearest"),
    [
        ({"capabilities": ("MAIL-E4",)}, "capabilities", "MAIL-E3"),
        ({"groups": ("identty",)}, "groups", "identity"),
        ({"mapping_types": ("technique_scor",)}, "mapping_types", "technique_score"),
        ({"techniques": ("T1115",)}, "techniques", "T1114"),
        ({"frameworks": ("m356",)}, "frameworks", "m365"),
    ],
)
@pytest.mark.parametrize("side", ["include", "exclude"])
def test_pattern_that_matches_nothing_is_an_error_with_the_nearest_words(
    criteria: dict[str, tuple[str, ...]], place: str, nearest: str, side: str
) -> None:
    with pytest.raises(SelectionError) as caught:
        picked(Selection(**{side: Criteria(**criteria)}))
    [problem] = caught.value.problems
    assert problem.place == f"selection.{side}.{place}"
    assert nearest in problem.hint
    assert next(iter(criteria.values()))[0] in problem.message


def test_all_problems_of_a_selection_are_told_at_once() -> None:
    selection = Selection(
        include=Criteria(capabilities=("NONE-1", "NONE-2"), groups=("nothing",)),
        exclude=Criteria(techniques=("T9999",)),
        tier="E9",
    )
    with pytest.raises(SelectionError) as caught:
        picked(selection)
    assert [problem.place for problem in caught.value.problems] == [
        "selection.include.capabilities",
        "selection.include.capabilities",
        "selection.include.groups",
        "selection.exclude.techniques",
        "selection.tier",
    ]


def test_known_words_that_no_mapping_has_are_no_pattern_errors_but_leave_nothing() -> None:
    with pytest.raises(SelectionError, match="leaves none of the 7 mappings"):
        picked(Selection(include=Criteria(categories=("respond",), values=("significant",))))


def test_a_capability_that_maps_nothing_is_said_to_map_nothing() -> None:
    mappings = mapping_set([make_row("A", "T1114"), make_row("IDLE", None)])
    with pytest.raises(SelectionError, match="the source maps IDLE to no technique"):
        picked(Selection(include=Criteria(capabilities=("IDLE",))), mappings)


# ---- properties ------------------------------------------------------------------------------------------------------

CAPABILITIES = ("MAIL-E3", "HUNT-E5", "LOGIN-E3", "SPARE-E5", "BARE")
ROWS = st.lists(
    st.builds(
        make_row,
        st.sampled_from(CAPABILITIES),
        st.sampled_from(("T1114", "T1114.003", "T1566", "T1078")),
        st.sampled_from(("", "protect minimal", "protect significant", "detect partial", "respond minimal")),
        capability_group=st.sampled_from(("mail", "identity", None)),
        mapping_type=st.sampled_from(("technique_score", "other_type", None)),
    ),
    min_size=1,
    max_size=12,
)
CRITERIA = st.one_of(
    st.builds(lambda v: Criteria(capabilities=v), st.lists(st.sampled_from((*CAPABILITIES, "*-E5", "b*")), min_size=1)),
    st.builds(lambda v: Criteria(groups=v), st.lists(st.sampled_from(("mail", "Identity", "*")), min_size=1)),
    st.builds(lambda v: Criteria(categories=v), st.lists(st.sampled_from(("protect", "detect")), min_size=1)),
    st.builds(lambda v: Criteria(values=v), st.lists(st.sampled_from(("minimal", "partial")), min_size=1)),
    st.builds(lambda v: Criteria(techniques=v), st.lists(st.sampled_from(("T1114", "T1114*", "T*")), min_size=1)),
    st.builds(
        lambda v: Criteria(mapping_types=v), st.lists(st.sampled_from(("other*", "technique_score")), min_size=1)
    ),
)


def left(mappings: MappingSet, selection: Selection) -> list[Mapping] | None:
    """Return what a selection leaves; None where one of its patterns matches nothing."""
    try:
        return list(picked(selection, mappings).mappings)
    except SelectionError as error:
        return [] if "leaves none" in str(error) or "to no technique" in str(error) else None


@given(rows=ROWS, criteria=CRITERIA)
def test_including_and_excluding_the_same_part_the_mappings(rows: list[dict[str, object]], criteria: Criteria) -> None:
    mappings = mapping_set(rows)
    inside = left(mappings, Selection(include=criteria))
    outside = left(mappings, Selection(exclude=criteria))
    assert (inside is None) == (outside is None)
    if inside is not None and outside is not None:
        assert [m for m in mappings.mappings if m in inside] == inside
        assert [m for m in mappings.mappings if m not in inside] == outside


@given(rows=ROWS)
def test_e5_holds_e3_and_exact_e5_is_the_difference(rows: list[dict[str, object]]) -> None:
    mappings = mapping_set(rows)
    low, high = left(mappings, Selection(tier="E3")), left(mappings, Selection(tier="E5"))
    exact = left(mappings, Selection(tier="E5", exact_tier=True))
    assert low is not None
    assert high is not None
    assert [m for m in high if m in low] == low
    assert [m for m in high if m not in low] == exact


# ---- what a selection passes over ------------------------------------------------------------------------------------

TWINS = joined_set(
    two=[make_row("B", "T1114"), make_row("A", "T1114")],
    one=[make_row("A", "T1114"), make_row("A-E5", "T1078")],
    m365=[make_row("A-E5", "T1566"), make_row("A-E3", "T1566")],
)
"""One id in several frameworks, of which m365 alone has tiers."""

WITH_INACTIVE = mapping_set(
    [*rated_rows(), make_row("HUNT-E5", "T1086"), make_row("MAIL-E3", "T1053.001"), make_row("IDLE", None)]
)
INACTIVE = prepare((WITH_INACTIVE,), Recipe(), known()).moved
"""`rated_rows`, and with them two mappings to techniques that 16.1 has revoked."""


def owners(mappings: Iterable[Mapping]) -> list[tuple[str, str]]:
    return [(m.capability.framework, m.capability.id) for m in mappings]


def test_capabilities_without_tier_are_told_framework_by_framework() -> None:
    selected = picked(Selection(tier="E5"), TWINS)
    assert owners(selected.mappings) == [("m365", "A-E5"), ("m365", "A-E3")]
    assert [(c.framework, c.id) for c in selected.without_tier] == [
        ("one", "A"),
        ("one", "A-E5"),
        ("two", "A"),
        ("two", "B"),
    ]


def test_capabilities_without_tier_are_told_only_where_the_rest_of_the_selection_picks_them() -> None:
    include = Selection(tier="E5", include=Criteria(techniques=("T1566", "T1078")))
    assert [(c.framework, c.id) for c in picked(include, TWINS).without_tier] == [("one", "A-E5")]
    exclude = Selection(tier="E5", exclude=Criteria(capabilities=("A", "B")))
    assert [(c.framework, c.id) for c in picked(exclude, TWINS).without_tier] == [("one", "A-E5")]


def test_capabilities_without_tier_are_not_told_where_no_tier_is_asked_for() -> None:
    assert picked(Selection(include=Criteria(capabilities=("A*",))), TWINS).without_tier == ()


def test_tiers_of_one_name_in_several_frameworks_are_selected_and_left_out_together() -> None:
    mappings = joined_set(
        m365=[make_row("A-E3"), make_row("A-E5")], own=[make_row("A-E3"), make_row("B"), make_row("C")]
    )
    options = TierOptions(orders=(("own", ("Basic", "E5")),), assigned=(("own", "B", "E5"), ("own", "A-*", "Basic")))
    both = [("m365", "A-E3"), ("m365", "A-E5"), ("own", "A-E3"), ("own", "B")]
    assert owners(picked(Selection(tier="E5"), mappings, options).mappings) == both
    assert owners(picked(Selection(tier="E5", exact_tier=True), mappings, options).mappings) == both[1::2]
    assert owners(picked(Selection(tier="basic"), mappings, options).mappings) == both[2:3]
    left_out = picked(Selection(exclude_tiers=("E5",)), mappings, options).mappings
    assert owners(left_out) == [both[0], both[2], ("own", "C")]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), ["HUNT-E5 T1086 protect", "MAIL-E3 T1053.001 protect"]),
        (Selection(tier="E3"), ["MAIL-E3 T1053.001 protect"]),
        (Selection(tier="E5", exact_tier=True), ["HUNT-E5 T1086 protect"]),
        (Selection(include=Criteria(capabilities=("HUNT-*",))), ["HUNT-E5 T1086 protect"]),
        (Selection(exclude=Criteria(capabilities=("HUNT-*",))), ["MAIL-E3 T1053.001 protect"]),
        (Selection(tier="E3", include=Criteria(categories=("detect",))), []),
        (Selection(include=Criteria(techniques=("T1053*", "T1114"))), ["MAIL-E3 T1053.001 protect"]),
        (Selection(exclude=Criteria(techniques=("T1086",))), ["MAIL-E3 T1053.001 protect"]),
    ],
)
def test_inactive_mappings_are_told_where_they_fit_the_tier_and_the_rest(
    selection: Selection, expected: list[str]
) -> None:
    assert told(picked(selection, INACTIVE).inactive) == expected


@pytest.mark.parametrize(
    ("selection", "ids"),
    [
        (Selection(include=Criteria(techniques=("T1086", "T1053.*"))), "T1053.001, T1086"),
        (Selection(tier="E3", include=Criteria(techniques=("T1086", "T1053.*"))), "T1053.001"),
    ],
)
def test_a_selection_of_inactive_techniques_alone_names_them(selection: Selection, ids: str) -> None:
    with pytest.raises(NothingSelectedError) as caught:
        picked(selection, INACTIVE)
    [problem] = caught.value.problems
    assert problem.message == f"no selected technique is active in ATT&CK 16.1: {ids}"
    assert "moves mappings" in problem.hint


def test_mappings_that_are_all_inactive_leave_nothing_to_select_from() -> None:
    with pytest.raises(
        NothingSelectedError, match=r"no selected technique is active in ATT&CK 16\.1: T1053\.001, T1086"
    ):
        picked(Selection(), structs.replace(INACTIVE, mappings=()))


def test_capabilities_that_map_nothing_are_named_in_order() -> None:
    mappings = mapping_set([make_row("A", "T1114"), *(make_row(id_, None) for id_ in ("Z", "Y", "X"))])
    with pytest.raises(NothingSelectedError) as caught:
        picked(Selection(include=Criteria(capabilities=("Y", "Z", "X"))), mappings)
    [problem] = caught.value.problems
    assert problem.message == "the source maps X, Y, Z to no technique"
    assert "inspect" in problem.hint


@pytest.mark.parametrize("ids", [("IDLE", "MAIL-E3"), ("MAIL-E3",)])
def test_a_capability_that_maps_something_else_is_not_said_to_map_nothing(ids: tuple[str, ...]) -> None:
    with pytest.raises(NothingSelectedError) as caught:
        picked(Selection(include=Criteria(capabilities=ids, categories=("respond",))), INACTIVE)
    [problem] = caught.value.problems
    assert problem.message == "the selection leaves none of the 7 mappings"
    assert "inspect" in problem.hint


def test_every_aspect_has_a_field_of_the_criteria() -> None:
    assert tuple(aspect.field for aspect in ASPECTS_OF_THE_PACKAGE) == Criteria.__struct_fields__
