from __future__ import annotations

from xml.etree import ElementTree

from navigator_export.attack import known
from navigator_export.layer.reading import read_layers
from navigator_export.pictures.matrix import picture_of
from navigator_export.pictures.thumbnail import thumbnail_of
from tests.made_inputs import Json, layer_bytes


def drawn(**fields: Json) -> ElementTree.Element:
    [layer] = read_layers(layer_bytes(**fields), "layer.json")
    return ElementTree.fromstring(thumbnail_of(picture_of(layer, known())))


def test_every_colour_is_drawn_where_its_cells_are() -> None:
    image = drawn(
        techniques=[{"techniqueID": "T1595", "color": "#123456"}, {"techniqueID": "T1592", "color": "#654321"}],
        sorting=0,
    )
    behind, *paths = list(image)
    assert behind.get("class") == "k"
    assert {path.get("fill"): path.get("d") for path in paths} == {
        "#123456": "M0 0h8v1h-8z",
        "#654321": "M0 1h8v1h-8z",
    }


def test_neighbours_of_one_colour_are_one() -> None:
    entries = [{"techniqueID": id_, "color": "#123456"} for id_ in ("T1595", "T1592", "T1598")]
    [_, path] = list(drawn(techniques=entries, sorting=0))
    assert (path.get("d") or "").count("M") == 2


def test_layer_without_colours_is_drawn_too() -> None:
    assert len(list(drawn(techniques=[]))) == 1
