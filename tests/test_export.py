"""The path of the data, and what its account of the rows says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from navigator_export import Criteria, LayerError, Recipe, Selection, make_layer, read, validate
from navigator_export.attack import known
from navigator_export.errors import SelectionError
from navigator_export.export import finish_layer
from navigator_export.preparation import prepare
from tests.made_inputs import joined_set, make_row, mapping_set, rated_rows
from tests.results import metadata_of

T1053_001 = "T1053.001"
"""At(Linux), gone since 10.1 with T1053.002 in its place."""

ODD_ROWS = [
    *rated_rows(),
    rated_rows()[0],
    make_row("MAIL-E3", None),
    make_row(None, "T1059", status="non_mappable"),
    make_row("MAIL-E3", "T1059", mapping_type="non_mappable"),
    make_row("MAIL-E3", T1053_001),
    make_row("BARE", "T1003"),
]


def test_every_row_is_in_one_count() -> None:
    tally = make_layer(mapping_set(ODD_ROWS), Recipe(selection=Selection(tier="E3"))).tally
    assert tally.rows == 13
    assert (tally.mappings, tally.not_selected, tally.duplicates, tally.unmapped) == (4, 4, 1, 3)
    assert tally.retargeting.dropped == 1
    assert (tally.capabilities, tally.techniques) == (2, 3)
    assert [capability.id for capability in tally.without_tier] == ["BARE"]


def test_what_is_left_out_is_told_in_the_layer() -> None:
    layer = json.loads(make_layer(mapping_set(ODD_ROWS)).text)
    [left_out] = metadata_of(layer, "left out")
    assert left_out == "1 repeated, 3 without a mapping, 1 on inactive techniques (T1053.001)"


def test_nothing_left_out_is_told_too() -> None:
    layer = json.loads(make_layer(mapping_set(rated_rows())).text)
    assert metadata_of(layer, "left out") == ["nothing"]


def test_unknown_release_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(SelectionError, match=r"ATT&CK 999\.1 is not known.*8\.0 to 20\.0"):
        make_layer(mapping_set(rated_rows(), attack_version="999.1"))


@pytest.mark.parametrize("version", ["16.9", "16", "16.0"])
def test_minor_releases_are_read_as_a_listed_one(version: str) -> None:
    layer = json.loads(make_layer(mapping_set(rated_rows(), attack_version=version)).text)
    assert layer["versions"]["attack"] == "16"
    assert metadata_of(layer, "ATT&CK release") == [f"{version} enterprise"]


def test_a_layer_with_a_finding_is_refused() -> None:
    with pytest.raises(LayerError, match="blank") as caught:
        make_layer(mapping_set(rated_rows()), Recipe(name="   "))
    assert [finding.rule for finding in caught.value.findings] == ["field-missing"]


def test_a_layer_may_be_folded_as_asked() -> None:
    product = make_layer(mapping_set(rated_rows()), Recipe(fold=True))
    assert product.findings == ()
    assert [finding.rule for finding in validate(product.text)] == ["subtechnique-hidden"]


def test_a_given_name_may_be_one_that_excel_refuses_and_that_is_told() -> None:
    product = make_layer(mapping_set(rated_rows()), Recipe(name="Ours: a/b"))
    assert (product.layer.name, product.findings) == ("Ours: a/b", ())
    [warning] = product.warnings
    assert warning.startswith("the name 'Ours: a/b' has : /: the Navigator's export of all layers to Excel")
    assert [finding.rule for finding in validate(product.text)] == ["layer-name"]


def test_a_number_goes_before_the_name_and_the_command_gives_the_whole() -> None:
    mappings = mapping_set(rated_rows())
    prepared = prepare((mappings,), Recipe(), known())
    product = finish_layer(prepared, Recipe(), number=7)
    assert product.layer.name == "7 · M365 2025-07-18"
    assert product.command.endswith("'--name=7 · M365 2025-07-18'")


def test_layers_of_the_sample_keep_to_the_selected_source() -> None:
    product = make_layer(read("sample"), Recipe(selection=Selection(include=Criteria(frameworks=("m365",)))))
    assert product.layer.name == "M365 2023-12-11"
    assert [source.framework for source in product.tally.sources] == ["m365"]


def test_the_account_of_a_layer_names_its_own_sources_and_counts_all_rows() -> None:
    mappings = joined_set(
        m365=[make_row("A-E3"), make_row("A-E3"), make_row("B-E5", "T1566"), make_row("C-E3", None)],
        one=[make_row("A-E3"), make_row("A-E3", "T1086")],
        two=[make_row("A-E3", "T1566")],
    )
    include = Criteria(capabilities=("A-*", "C-*"), techniques=("T1114", "T1086"))
    tally = make_layer(mappings, Recipe(selection=Selection(include=include))).tally
    assert [source.name for source in tally.sources] == ["m365", "one"]
    assert (tally.mappings, tally.capabilities, tally.techniques) == (2, 2, 1)
    assert (tally.not_selected, tally.duplicates, tally.unmapped, tally.retargeting.dropped) == (2, 1, 1, 1)
    assert tally.rows == 7
    assert tally.without_tier == ()


def test_an_id_that_was_moved_is_not_named_among_those_left_out() -> None:
    rows = [make_row("A", "T1086"), make_row("A", "T9999"), make_row("B", "T1078"), make_row("B", "T1521.003")]
    recipe = Recipe(attack_version="20.0", selection=Selection(include=Criteria(capabilities=("A",))))
    tally = make_layer(mapping_set(rows), recipe).tally
    assert tally.left_out() == "2 not selected, 1 on inactive techniques (T9999)"
    kept = make_layer(mapping_set(rows), Recipe(on_inactive="keep")).tally
    assert kept.left_out() == ""


def test_remarks_of_reading_are_told_with_their_source() -> None:
    mappings = mapping_set([make_row("A", references=["javascript:x"]), make_row("B")])
    [remark] = mappings.sources[0].remarks
    assert make_layer(mappings).tally.remarks == (f"mappings.json: {remark}",)


COUNTED = st.lists(
    st.builds(
        make_row,
        st.sampled_from(("A-E3", "B-E5", "C", None)),
        st.sampled_from(("T1114", "T1078", "T1086", "T9999", None)),
        st.sampled_from(("", "protect partial")),
        status=st.sampled_from(("complete", "non_mappable")),
    ),
    max_size=12,
)
SELECTIONS = st.sampled_from(
    (
        Selection(),
        Selection(tier="E3"),
        Selection(min_value="partial"),
        Selection(exclude=Criteria(techniques=("T1078",))),
        Selection(exclude_tiers=("E5",)),
    )
)


@given(one=COUNTED, other=COUNTED, selection=SELECTIONS, policy=st.sampled_from(("drop", "keep")), move=st.booleans())
def test_every_row_is_in_exactly_one_count(
    one: list[dict[str, object]], other: list[dict[str, object]], selection: Selection, policy: str, move: bool
) -> None:
    always = [make_row("ALWAYS-E3"), make_row("ALWAYS-E3", "T1078")]
    mappings = joined_set(m365=[*always, *one], other=[*other, make_row("X", "T1078")])
    recipe = Recipe(selection=selection, on_inactive=policy, attack_version="20.0" if move else None)
    tally = make_layer(mappings, recipe).tally
    counts = (tally.mappings, tally.not_selected, tally.duplicates, tally.unmapped, tally.retargeting.dropped)
    assert min(counts) >= 0
    assert sum(counts) == tally.rows == len(one) + len(other) + 3
