"""The path of the data, and what its account of the rows says."""

from __future__ import annotations

import json

import pytest

from navigator_export import Criteria, LayerError, Recipe, Selection, make_layer, read, validate
from navigator_export.errors import SelectionError
from tests.made_inputs import make_row, mapping_set, rated_rows
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
    assert left_out == "1 repeated, 3 map nothing, 1 on inactive techniques (T1053.001)"


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
    assert [finding.rule for finding in caught.value.findings] == ["schema"]


def test_a_layer_may_be_folded_as_asked() -> None:
    product = make_layer(mapping_set(rated_rows()), Recipe(fold=True))
    assert {finding.rule for finding in validate(product.text)} <= {"subtechnique-hidden"}


def test_layers_of_the_sample_keep_to_the_selected_source() -> None:
    product = make_layer(read("sample"), Recipe(selection=Selection(include=Criteria(frameworks=("m365",)))))
    assert product.layer.name.startswith("Microsoft 365 12/11/2023 · ")
    assert [source.framework for source in product.tally.sources] == ["m365"]
