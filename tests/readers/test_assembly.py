"""What published mapping files hold and no schema catches, in made-up rows."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, strategies as st

from navigator_export import MappingSet, make_layer
from navigator_export.errors import SourceError
from navigator_export.model import Term
from navigator_export.readers.assembly import assemble, row_fates
from navigator_export.readers.unified.json_text import read_unified
from tests.made_inputs import NIST, Json, make_row, mapping_bytes, mapping_set, rated_rows, unrated_rows
from tests.results import scores


def ids(mappings: MappingSet) -> list[str]:
    return [capability.id for capability in mappings.capabilities]


def joined(*tables: tuple[list[dict[str, Json]], dict[str, Json]]) -> MappingSet:
    return assemble(
        [
            read_unified(mapping_bytes(rows, **metadata), f"{index}.json", f"folder/{index}.json")
            for index, (rows, metadata) in enumerate(tables)
        ]
    )


# ---- capabilities ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["AC-4 ", " AC-4", "AC-4\t", "\nAC-4", "AC-4\u00a0"])
def test_outer_blanks_of_ids_do_not_count(spelling: str) -> None:
    mappings = mapping_set([make_row("AC-4", "T1114"), make_row(spelling, "T1078")])
    assert ids(mappings) == ["AC-4"]
    assert len(mappings.mappings) == 2


def test_spaces_inside_ids_are_kept() -> None:
    id_ = "action.hacking.variety.Abuse of something"
    assert ids(mapping_set([make_row(id_)])) == [id_]


@pytest.mark.parametrize("order", [1, -1])
def test_two_paddings_of_a_nist_id_are_one_capability_under_the_longer(order: int) -> None:
    rows = [
        make_row(id_, technique, "", capability_description="Name")
        for id_, technique in (("SC-8", "T1114"), ("SC-08", "T1114"), ("SC-08", "T1078"), ("AC-2(1)", "T1114"))
    ]
    mappings = mapping_set(rows[::order], **NIST)
    assert ids(mappings) == ["AC-2(1)", "SC-08"]
    assert len(mappings.mappings) == 3
    assert [(m.capability.id, m.technique) for m in mappings.duplicates] == [("SC-08", "T1114")]


def test_the_more_frequent_spelling_stands_in_any_framework_and_the_others_are_remarked_on() -> None:
    rows = [
        make_row(id_, f"T111{n}", "")
        for n, id_ in enumerate(("C-2", "c-2", "C-02", "C-2", "Do.This", "do.this", "Do.This"))
    ]
    mappings = mapping_set(rows)
    assert ids(mappings) == ["C-2", "Do.This"]
    assert {m.capability.id for m in mappings.mappings} == {"C-2", "Do.This"}
    assert mappings.sources[0].remarks == (
        "3 capability ids in another spelling: C-02 and c-2 as C-2, do.this as Do.This",
    )


def spelled(capability: str, *, upper: bool, zeros: int, spaces: int) -> str:
    letters, _, number = capability.partition("-")
    return f"{' ' * spaces}{letters.upper() if upper else letters}-{'0' * zeros}{number}"


SPELLINGS = st.builds(
    spelled,
    st.sampled_from(["ac-2", "ac-20", "sc-2(1)", "c-7"]),
    upper=st.booleans(),
    zeros=st.integers(0, 2),
    spaces=st.integers(0, 2),
)


@given(st.lists(st.tuples(SPELLINGS, st.sampled_from(["T1114", "T1078"])), min_size=1))
def test_however_rows_spell_them_capabilities_are_counted_as_if_spelled_alike(pairs: list[tuple[str, str]]) -> None:
    layer = make_layer(mapping_set([make_row(id_, technique, "") for id_, technique in pairs])).text
    alike = {(id_.strip().lower().replace("-00", "-").replace("-0", "-"), technique) for id_, technique in pairs}
    assert scores(layer) == dict(Counter(technique for _, technique in alike))


def test_ids_that_differ_in_more_than_spelling_are_two() -> None:
    assert ids(mapping_set([make_row("1.10"), make_row("1.1"), make_row("SC-80"), make_row("SC-8")])) == [
        *("1.1", "1.10", "SC-8", "SC-80"),
    ]


def test_capabilities_whose_rows_name_different_groups_are_remarked_on() -> None:
    rows = [make_row("A", f"T111{n}") for n in range(3)]
    rows += [make_row("A", "T1078", capability_group="own"), make_row("A", "T1566", capability_group=None)]
    rows += [
        make_row("B", "T1078", capability_groups=["identity"]),
        make_row("B", "T1566", capability_groups=["identity"]),
    ]
    assert mapping_set(rows).sources[0].remarks == (
        "1 capability stands in several groups, and each row counts in its own: A (3 mail, 1 own, 1 in none)",
    )


def test_of_several_names_the_more_frequent_stands() -> None:
    rows = [make_row("A", t, capability_description=n) for t, n in (("T1114", "x"), ("T1078", "y"), ("T1566", "y"))]
    assert mapping_set(rows).capabilities[0].name == "y"


def test_of_equally_frequent_names_the_first_by_letter_stands_and_none_goes_last() -> None:
    rows = [make_row("A", t, capability_description=n) for t, n in (("T1114", "y"), ("T1078", "x"), ("T1566", None))]
    assert mapping_set(rows).capabilities[0].name == "x"


@pytest.mark.parametrize("name", [None, "", "  "])
def test_capability_without_name(name: str | None) -> None:
    assert mapping_set([make_row("A", capability_description=name)]).capabilities[0].name == ""


def test_blanks_in_names_are_evened_out() -> None:
    assert mapping_set([make_row("A", capability_description=" a\n  b ")]).capabilities[0].name == "a b"


def test_capability_may_be_in_several_groups_and_in_one_without_a_name() -> None:
    rows = [make_row("A", "T1114"), make_row("A", "T1078", capability_group="own"), make_row("A", "T1566")]
    assert mapping_set(rows).capabilities[0].groups == (Term("mail", "Mail Protection"), Term("own", "own"))


@pytest.mark.parametrize("group", [None, "", " "])
def test_capability_without_group(group: str | None) -> None:
    assert mapping_set([make_row("A", capability_group=group)]).capabilities[0].groups == ()


def test_capabilities_that_map_nothing_are_known() -> None:
    mappings = mapping_set([make_row("A"), make_row("B", None), make_row("C", status="non_mappable")])
    assert ids(mappings) == ["A", "B", "C"]


# ---- rows that map nothing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (make_row("A", None), "no technique"),
        (make_row("A", ""), "no technique"),
        (make_row("A", "  "), "no technique"),
        (make_row("A", None, status="complete"), "no technique"),
        (make_row(None, "T1059"), "no capability"),
        (make_row(" ", "T1059"), "no capability"),
        (make_row("A", "T1059", status="non_mappable"), "non-mappable"),
        (make_row("A", "T1059", mapping_type="non_mappable"), "non-mappable"),
        (make_row(None, "T1059", status="non_mappable", capability_group=None), "non-mappable"),
        (make_row(None, None), "no technique"),
        ({}, "no technique"),
    ],
)
def test_row_that_maps_nothing_colours_nothing_and_is_told(row: dict[str, Json], reason: str) -> None:
    mappings = mapping_set([make_row("A", "T1114"), row])
    assert [m.technique for m in mappings.mappings] == ["T1114"]
    [unmapped] = mappings.unmapped
    assert (unmapped.reason, unmapped.place) == (reason, "$.mapping_objects[1]")


@pytest.mark.parametrize("word", ["Non_Mappable", " non_mappable ", "NON_MAPPABLE"])
@pytest.mark.parametrize("column", ["status", "mapping_type"])
def test_non_mappable_counts_in_any_spelling(word: str, column: str) -> None:
    """Ids and other words are trimmed and compared without regard to case, too."""
    assert len(mapping_set([make_row("A"), make_row("B", "T1078") | {column: word}]).unmapped) == 1


@pytest.mark.parametrize("status", [None, "", "in_progress", "complete", "new"])
def test_other_states_map_all_the_same(status: str | None) -> None:
    assert mapping_set([make_row("A", status=status)]).unmapped == ()


@pytest.mark.parametrize("absent", sorted(set(make_row()) - {"capability_id", "attack_object_id"}))
def test_any_other_column_may_be_null_or_absent(absent: str) -> None:
    row = make_row("A")
    without = {key: value for key, value in row.items() if key != absent}
    assert mapping_set([row | {absent: None}]).mappings == mapping_set([without]).mappings
    assert len(mapping_set([without]).mappings) == 1


# ---- mappings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id_", [" T1114.003", "T1114.003 ", "t1114.003", "T1114.003\r"])
def test_technique_ids_are_trimmed_and_in_upper_case(id_: str) -> None:
    assert mapping_set([make_row("A", id_)]).mappings[0].technique == "T1114.003"


@pytest.mark.parametrize("rating", ["protect partial", "Protect PARTIAL", " protect  partial "])
def test_ratings_are_read_in_any_spelling(rating: str) -> None:
    category, value = rating.split()[:2]
    [mapping] = mapping_set([make_row("A", score_category=f" {category}", score_value=f"{value} ")]).mappings
    assert (mapping.category, mapping.value, mapping.rated) == ("protect", "partial", True)


@pytest.mark.parametrize("empty", [None, "", " "])
@pytest.mark.parametrize("column", ["score_category", "score_value"])
def test_half_a_rating_is_read_as_unrated(column: str, empty: str | None) -> None:
    [mapping] = mapping_set([make_row("A") | {column: empty}]).mappings
    assert not mapping.rated


def test_exact_duplicates_count_once_and_are_kept_apart() -> None:
    mappings = mapping_set([*rated_rows(), rated_rows()[0], rated_rows()[0]])
    assert len(mappings.mappings) == 7
    assert [m.capability.id for m in mappings.duplicates] == ["MAIL-E3", "MAIL-E3"]
    assert (mappings.sources[0].rows, mappings.sources[0].mappings) == (9, 9)


@pytest.mark.parametrize(
    "other",
    [
        {"comments": "other"},
        {"score_value": "minimal"},
        {"score_category": "detect"},
        {"mapping_type": "other"},
        {"references": ["https://example.org"]},
    ],
)
def test_rows_that_differ_in_anything_said_are_no_duplicates(other: dict[str, Json]) -> None:
    assert len(mapping_set([make_row("A"), make_row("A") | other]).mappings) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"comments": "  text\r\n"},
        {"capability_id": "A "},
        {"capability_description": "other"},
        {"status": "in_progress"},
        {"mapping_type": " technique_score "},
        {"score_value": "PARTIAL"},
        {"references": ["", None, "broken"]},
    ],
)
def test_rows_that_differ_in_spelling_alone_are_duplicates(other: dict[str, Json]) -> None:
    row = make_row("A", comments="text")
    assert len(mapping_set([row, row | other]).mappings) == 1


def test_contradictory_ratings_are_both_kept() -> None:
    rows = [make_row("A", rating="protect minimal"), make_row("A", rating="protect significant")]
    assert [m.value for m in mapping_set(rows).mappings] == ["minimal", "significant"]


@pytest.mark.parametrize(
    ("comment", "read"),
    [
        (None, ""),
        ("  x ", "x"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("“a” — ‘b’ <Name>", "“a” — ‘b’ <Name>"),
        ("\n\n", ""),
        ("x" * 5000, "x" * 5000),
    ],
    ids=["null", "blanks", "CR", "typographic", "empty", "long"],
)
def test_comment_is_trimmed_with_plain_line_ends(comment: str | None, read: str) -> None:
    assert mapping_set([make_row("A", comments=comment)]).mappings[0].comment == read


def test_mapping_type_that_metadata_does_not_name_goes_by_its_id() -> None:
    assert mapping_set([make_row("A", mapping_type="own")]).mappings[0].mapping_type == Term("own", "own")
    assert mapping_set([make_row("A", mapping_type=None)]).mappings[0].mapping_type is None


def test_references_that_are_no_address_are_remarked_on() -> None:
    rows = [
        make_row("A", references=["chrome-extension://x/y", "https://example.org"]),
        make_row("B", references=["z"]),
    ]
    mappings = mapping_set(rows)
    assert mappings.mappings[0].references == ("https://example.org",)
    [remark] = mappings.sources[0].remarks
    assert remark.startswith("2 references hold no web address")
    assert "chrome-extension://x/y" in remark


def test_rows_that_name_another_release_or_framework_version_are_remarked_on() -> None:
    row = make_row("A") | {"mapping_framework_version": "other", "attack_version": "15.1"}
    same = make_row("B") | {"mapping_framework_version": "07/18/2025", "attack_version": "16.1"}
    remarks = mapping_set([row, same]).sources[0].remarks
    assert remarks == (
        "1 row names another framework version (other) than the file (07/18/2025)",
        "1 row names another ATT&CK release (15.1) than the file (16.1)",
    )


# ---- several sources -------------------------------------------------------------------------------------------------


def test_sources_are_joined_in_their_order() -> None:
    both = joined((rated_rows(), {}), (unrated_rows(), NIST))
    assert [source.name for source in both.sources] == ["0.json", "1.json"]
    assert [source.mappings for source in both.sources] == [7, 4]
    assert len(both.mappings) == 11
    assert [(c.framework, c.id) for c in both.capabilities] == [
        *(("m365", id_) for id_ in ("HUNT-E5", "LOGIN-E3", "MAIL-E3")),
        *(("nist_800_53", id_) for id_ in ("AC-03", "AC-16", "SC-07")),
    ]


def test_one_id_in_two_frameworks_is_two_capabilities() -> None:
    both = joined(([make_row("A")], {}), ([make_row("A")], {"mapping_framework": "own"}))
    assert len(both.capabilities) == len(both.mappings) == 2
    assert both.duplicates == ()


def test_one_framework_in_two_files_shares_its_capabilities() -> None:
    both = joined(([make_row("A", "T1114")], {}), ([make_row("A", "T1114"), make_row("A", "T1078")], {}))
    assert len(both.capabilities) == 1
    assert [m.technique for m in both.mappings] == ["T1114", "T1078"]
    assert len(both.duplicates) == 1


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"attack_version": "15.1"}, "15.1"),
        ({"attack_version": "16.0"}, "16.0"),
        ({"technology_domain": "mobile"}, "mobile"),
    ],
)
def test_sources_of_another_release_or_domain_are_refused(metadata: dict[str, Json], words: str) -> None:
    with pytest.raises(SourceError) as caught:
        joined((rated_rows(), {}), (rated_rows(), metadata))
    stated = "16.1" if "attack_version" in metadata else "enterprise"
    assert f"0.json ({stated}), 1.json ({words})" in str(caught.value)


def test_one_source_that_maps_nothing_is_refused_by_name() -> None:
    with pytest.raises(SourceError, match=r"folder/1\.json"):
        joined((rated_rows(), {}), ([], {}))


# ---- what becomes of each row ----------------------------------------------------------------------------------------


def test_fate_of_each_row_is_that_of_the_set() -> None:
    rows = [
        make_row(),
        make_row(),
        make_row("A", None),
        make_row(None, "T1114"),
        make_row("B", status="non_mappable"),
        make_row("B", "T1078", ""),
    ]
    table = read_unified(mapping_bytes(rows), "x", "x")
    mappings = assemble([table])
    fates = row_fates([table])
    assert [fate.taken_as for fate in fates] == [
        "mapping",
        "repeated",
        "no technique",
        "no capability",
        "non-mappable",
        "mapping",
    ]
    assert [fate.place for fate in fates] == [f"$.mapping_objects[{index}]" for index in range(len(rows))]
    assert len(mappings.mappings) == sum(fate.taken_as == "mapping" for fate in fates)
    assert len(mappings.duplicates) == sum(fate.taken_as == "repeated" for fate in fates)
    assert [
        (f.place, f.taken_as) for f in fates if f.taken_as in ("no technique", "no capability", "non-mappable")
    ] == [(unmapped.place, unmapped.reason) for unmapped in mappings.unmapped]


def test_rows_that_stand_in_two_tables_are_repeated_in_the_second() -> None:
    table = read_unified(mapping_bytes([make_row()]), "x", "x")
    assert [fate.taken_as for fate in row_fates([table, table])] == ["mapping", "repeated"]
    assert len(assemble([table, table]).duplicates) == 1


def test_a_word_that_is_wrong_in_many_rows_is_explained_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted(word: str, *rest: object) -> str:
        asked.append(word)
        return "nearest words: partial"

    monkeypatch.setattr("navigator_export.readers.row_words.nearest", counted)
    table = read_unified(mapping_bytes([make_row(score_value="prtial")] * 500), "x", "x")
    with pytest.raises(SourceError) as raised:
        assemble([table])
    [problem] = raised.value.problems
    assert "500 times; also $.mapping_objects[1].score_value" in problem.message
    assert asked == ["prtial"]
