"""A layer in a format that people look at, and what to know of how it came out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from navigator_export.attack import Catalogue
from navigator_export.layer.format import Layer
from navigator_export.pictures.colours import WHITE
from navigator_export.pictures.drawing import page_of
from navigator_export.pictures.matrix import Picture, picture_of
from navigator_export.pictures.page import Look, Page
from navigator_export.wording import counted, listed, shortened

Format = Literal["svg", "html", "xlsx", "png", "pdf"]
FORMATS: Final[tuple[Format, ...]] = ("svg", "html", "xlsx", "png", "pdf")


def _svg(page: Page) -> bytes:
    from navigator_export.pictures.svg import svg

    return svg(page)


def _png(page: Page) -> bytes:
    from navigator_export.pictures.paper import png

    return png(page)


def _pdf(page: Page) -> bytes:
    from navigator_export.pictures.paper import pdf

    return pdf(page)


def _html(picture: Picture, created: datetime | None) -> bytes:
    from navigator_export.pictures.html import html_of

    return html_of(picture)


def _xlsx(picture: Picture, created: datetime | None) -> bytes:
    from navigator_export.pictures.excel import CREATED, excel

    return excel(picture, created or CREATED)


_DRAWN: Final[MappingProxyType[Format, Callable[[Page], bytes]]] = MappingProxyType(
    {"svg": _svg, "png": _png, "pdf": _pdf}
)
"""Formats that are a page."""
_WRITTEN: Final[MappingProxyType[Format, Callable[[Picture, datetime | None], bytes]]] = MappingProxyType(
    {"html": _html, "xlsx": _xlsx}
)
"""Formats that are laid out where they are read."""

_OF_ONE_FONT: Final = ("pdf", "png")

_POINTS: Final = 0.75
_LEGIBLE: Final = 5.0
"""Points that texts on paper need."""


class Rendered(msgspec.Struct, frozen=True):
    """A layer in a format."""

    data: bytes
    remarks: tuple[str, ...] = ()
    """What does not show, or can hardly be read."""


def render(
    layer: Layer,
    format_: Format,
    look: Look,
    catalogue: Catalogue,
    *,
    show_id: bool = False,
    created: datetime | None = None,
) -> Rendered:
    """Return a layer in a format; `show_id` sets ids before names whatever the layer says, `created` is a workbook's.

    Raises SourceError as `picture_of` does, and OutputError where a format needs what is not installed.
    """
    picture = picture_of(layer, catalogue, layer.name, look.behind if format_ in _DRAWN else WHITE)
    picture = msgspec.structs.replace(picture, show_id=show_id or picture.show_id)
    remarks = []
    if picture.lost:
        lost = counted(len(picture.lost), "annotated id is", "annotated ids are")
        remarks.append(f"{lost} in no cell of ATT&CK {picture.release}: {listed(picture.lost, 8)}")
    if format_ in _WRITTEN:
        return Rendered(_WRITTEN[format_](picture, created), tuple(remarks))
    page = page_of(picture, look)
    points = page.text_size * _POINTS
    if look.page != "auto" and points < _LEGIBLE:
        remarks.append(
            f"the names are {points:.1f} points high on {look.page}; `look.only_scored`, `look.sub_techniques` none or "
            "another `look.page` make them larger"
        )
    if format_ in _OF_ONE_FONT:
        from navigator_export.pictures.paper import lost_letters

        letters = lost_letters(page)
        if letters:
            remarks.append(
                f"the font of {format_} lacks {shortened(letters)}, shown as ?; svg, html and xlsx have all letters"
            )
    return Rendered(_DRAWN[format_](page), tuple(remarks))
