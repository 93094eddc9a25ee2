"""Names of layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from navigator_export.layer.sheets import forbidden_in, room, shown_in_sheet
from navigator_export.model import Domain
from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import LayerView
from navigator_export.wording import counted, listed, quoted

NAME = Rule(
    "layer-name",
    "warning",
    "The name has a character that Excel takes in no sheet's name: exports of layers to Excel make no file.",
)
ALIKE = Rule(
    "layer-names-alike",
    "warning",
    "Layers of one domain and release have names that begin alike: the Navigator cannot export them to Excel together.",
)


def check_name(view: LayerView) -> Iterator[Finding]:
    """Find a name that stops "export all layers to Excel", and mitreattack-python's ToExcel."""
    name = view.layer.get("name")
    if isinstance(name, str) and forbidden_in(name):
        characters = " ".join(forbidden_in(name))
        yield NAME.finding(f"{view.path}.name", f"{quoted(name)} has {characters}", "write something else for it")


class _Named(NamedTuple):
    name: str
    file: str
    path: str


def check_alike(views: Sequence[tuple[str, LayerView]]) -> Iterator[tuple[str, Finding]]:
    """Find layers, each with its file, of one domain and release whose names begin alike: once for all that do."""
    groups: dict[tuple[Domain, int, str], list[_Named]] = {}
    for file, view in views:
        name = view.layer.get("name")
        if view.domain is None or view.major is None or not isinstance(name, str):
            continue
        shown = shown_in_sheet(name, view.domain, view.major)
        groups.setdefault((view.domain, view.major, shown), []).append(_Named(name, file, view.path))
    for (domain, major, _), (first, *later) in groups.items():
        if not later:
            continue
        one, *others = later
        more = f" and of {counted(len(others), 'other layer')}" if others else ""
        places = listed([_place(layer, one.file) for layer in (first, *others)], _MOST_PLACES)
        message = f"the first {room(domain, major)} characters of {quoted(one.name)} are those of {quoted(first.name)}"
        yield (
            one.file,
            ALIKE.finding(f"{one.path}.name", f"{message}{more}, in {places}", "put what tells them apart first"),
        )


_MOST_PLACES: Final = 3


def _place(layer: _Named, file: str) -> str:
    """Return where a layer is, as seen from a file."""
    if layer.file == file:
        return layer.path
    return layer.file if layer.path == "$" else f"{layer.file}::{layer.path}"
