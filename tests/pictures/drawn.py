"""Pictures of layers as tests make them."""

from __future__ import annotations

from typing import Any

from navigator_export.attack import builtin
from navigator_export.layer.reading import read_layers
from navigator_export.pictures.matrix import Cell, Picture, picture_of
from tests.made_inputs import layer_bytes


def picture(**fields: Any) -> Picture:
    """Return the picture of a small layer, with some fields replaced; `...` leaves one out."""
    return picture_of(read_layers(layer_bytes(**fields), "layer.json")[0], builtin())


def cell(drawn: Picture, technique: str, tactic: str = "collection") -> Cell:
    """Return a technique's cell under a tactic."""
    [column] = [column for column in drawn.columns if column.tactic.short_name == tactic]
    [found] = [c for one in column.cells for c in (one, *one.sub_techniques) if c.id == technique]
    return found
