"""Names of layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from navigator_export.layer.sheets import forbidden_in, room, shown_in_sheet
from navigator_export.model import Domain
from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import LayerView
from navigator_export.wording import quoted

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


def check_alike(views: Sequence[tuple[str, LayerView]]) -> Iterator[tuple[str, Finding]]:
    """Find layers, each with its file, whose names begin as an earlier one's of the same domain and release."""
    first: dict[tuple[Domain, int, str], str] = {}
    for file, view in views:
        name = view.layer.get("name")
        if view.domain is None or view.major is None or not isinstance(name, str):
            continue
        shown = (view.domain, view.major, shown_in_sheet(name, view.domain, view.major))
        if shown in first:
            earlier = first[shown]
            count = room(view.domain, view.major)
            message = f"the first {count} characters of {quoted(name)} are those of {quoted(earlier)}"
            yield file, ALIKE.finding(f"{view.path}.name", message, "put what tells them apart first")
        else:
            first[shown] = name
