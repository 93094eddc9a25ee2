from __future__ import annotations

import pytest

from navigator_export.layer.composition import Heading, Opening, compose
from navigator_export.layer.format import LayerTechnique, LegendItem, encode
from navigator_export.layer.scales import Class, Scale, amounts, categorical, is_at_top, numbered, painted
from navigator_export.validation import gate

COMPARED = (
    Class(2, "gained", "#88b7e1"),
    Class(1, "kept", "#deebf7"),
    Class(0, "lost", "#f89e5c"),
)


def test_categorical_scale_has_a_legend_in_the_order_of_its_classes_and_a_gradient_in_that_of_their_codes() -> None:
    scale = categorical("comparison", "what became of coverage", COMPARED)
    assert [item.label for item in scale.legend] == ["gained", "kept", "lost"]
    assert (scale.minimum, scale.maximum, scale.colors) == (0, 2, ("#f89e5c", "#deebf7", "#88b7e1"))
    assert dict(scale.classes) == {0: "#f89e5c", 1: "#deebf7", 2: "#88b7e1"}


@pytest.mark.parametrize("codes", [(1, 2), (0, 2), (0, 0, 1)])
def test_codes_of_classes_count_up_from_nothing(codes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="count up"):
        categorical("x", "x", [Class(code, f"{place}", "#ffffff") for place, code in enumerate(codes)])


def test_techniques_of_a_categorical_scale_have_the_exact_colour_of_their_class() -> None:
    scale = categorical("comparison", "what became of coverage", COMPARED)
    techniques = (
        LayerTechnique(technique_id="T1078", score=0),
        LayerTechnique(technique_id="T1114", score=2),
        LayerTechnique(technique_id="T1566", comment="no score"),
    )
    layer = compose(techniques, Heading("a", "b", ()), scale, "enterprise", "16.1", Opening())
    assert gate(encode(layer)) == ()
    assert [t.color for t in layer.techniques[:2]] == ["#f89e5c", "#88b7e1"]
    assert layer.techniques[2] == techniques[2]


def test_techniques_of_other_scales_keep_to_the_gradient() -> None:
    scale = Scale("x", "x", 0, 3, ("#ffffff", "#88b7e1"), (LegendItem("some", "#88b7e1"),))
    techniques = (LayerTechnique(technique_id="T1078", score=0),)
    assert painted(techniques, scale) is techniques


@pytest.mark.parametrize(
    ("numbers", "unit", "labels"),
    [
        ((1, 8, 15, 22), ("control", "controls"), ["1 control", "8 controls", "15 controls", "22+ controls"]),
        ((1, 34, 67, 100), ("control", "controls"), ["1 control", "34 controls", "67 controls", "100+ controls"]),
        ((1, 367, 733, 1099), ("control", "controls"), ["1 control", "367", "733", "1099 or more"]),
        ((1, 6, 11, 16), ("CVE", "CVEs"), ["1 CVE", "6 CVEs", "11 CVEs", "16+ CVEs"]),
        ((1, 4, 7, 10), ("capability", "capabilities"), ["1 capability", "4", "7", "10 or more"]),
        ((1, 2, 3, 4), ("vulnerability", "vulnerabilities"), ["1", "2", "3", "4 or more"]),
        ((0, 1_000_000.5), ("in sum", "in sum"), ["0 in sum", "1000000+"]),
    ],
)
def test_amounts_say_their_unit_as_often_as_fits(
    numbers: tuple[float, ...], unit: tuple[str, str], labels: list[str]
) -> None:
    points = amounts(numbers, unit)
    assert [label for _, label in points] == labels
    assert [number for number, _ in points] == list(numbers)


def test_numbers_go_where_they_do_not_fit() -> None:
    assert [label for _, label in numbered([(1, "minimal"), (3, "significant")])] == ["1 minimal", "3 significant"]
    assert [label for _, label in numbered([(1, "minimal"), (30, "significant")])] == ["minimal", "significant"]


@pytest.mark.parametrize(
    ("number", "at_top"), [(298, False), (298.4, False), (298.5, True), (299.9, True), (300, False), (301, False)]
)
def test_the_top_is_the_last_half_percent_without_its_end(number: float, *, at_top: bool) -> None:
    assert is_at_top(number, 0, 300) is at_top
