"""The pages of a build: of each layer its page and its picture, and the gallery of all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping as Dictionary
from typing import Final
from urllib.parse import quote

import msgspec

from navigator_export.attack import Catalogue
from navigator_export.build.index import Index, IndexedLayer, IndexedPage, sections
from navigator_export.build.manifest import Pages
from navigator_export.build.paths import GALLERY, OPENING, PAGE, PICTURE, WORKBOOK, page_path
from navigator_export.errors import OutputError
from navigator_export.layer.format import Layer
from navigator_export.opening import link_page, link_to
from navigator_export.pictures.drawing import page_of
from navigator_export.pictures.gallery import Card, Glance, Wall, gallery
from navigator_export.pictures.html import html_of
from navigator_export.pictures.matrix import Picture, picture_of
from navigator_export.pictures.page import Look
from navigator_export.pictures.svg import svg
from navigator_export.pictures.thumbnail import thumbnail_of
from navigator_export.wording import counted

_LABELS: Final = {OPENING: "Open in the Navigator", PAGE: "Page", PICTURE: "SVG", WORKBOOK: "Excel"}


class Drawn(msgspec.Struct, frozen=True):
    """What was drawn of one layer."""

    files: tuple[IndexedPage, ...]
    glance: Glance


def draw(layer: Layer, path: str, pages: Pages, catalogue: Catalogue, keep: Callable[[str, bytes], object]) -> Drawn:
    """Draw a layer, hand the path and text of each file to `keep`, and return what can be told at a glance.

    A page that would open the layer from a link longer than browsers open is left out.
    """
    picture = picture_of(layer, catalogue, path)
    files = []
    for ending in pages.endings:
        text = _text(ending, layer, picture, pages)
        if text is not None:
            file = page_path(path, ending)
            keep(file, text)
            files.append(IndexedPage(file, hashlib.sha256(text).hexdigest()))
    tactics = tuple((column.tactic.name, column.count()) for column in picture.shown)
    return Drawn(tuple(files), Glance(thumbnail_of(picture), tactics))


def _text(ending: str, layer: Layer, picture: Picture, pages: Pages) -> bytes | None:
    """Return what is drawn of a layer under an ending; None where that cannot be."""
    match ending:
        case ".html":
            return html_of(picture)
        case ".svg":
            return svg(page_of(picture, Look()))
        case ".xlsx":
            from navigator_export.pictures.excel import excel  # its library, where it is asked for

            return excel(picture)
        case _:
            try:
                return link_page([layer.name], link_to([layer], pages.navigator or "").address)
            except OutputError:
                return None


def with_pages(index: Index, drawn: Dictionary[str, Drawn]) -> tuple[Index, bytes]:
    """Return an index that lists all that was drawn, by the layer's path, and the text of its gallery."""
    text = _gallery(index, drawn)
    listed = [page for layer in index.layers for page in drawn[layer.file].files]
    listed.append(IndexedPage(GALLERY, hashlib.sha256(text).hexdigest()))
    return msgspec.structs.replace(index, pages=tuple(listed)), text


def _gallery(index: Index, drawn: Dictionary[str, Drawn]) -> bytes:
    walls = [
        Wall(
            group.name if group else "Single layers" if index.groups else "",
            tuple(_card(layer, drawn[layer.file]) for layer in layers),
            group.open_url if group and len(layers) > 1 else None,
        )
        for group, layers in sections(index)
    ]
    about = f"{counted(len(index.layers), 'layer')} from {index.manifest}, made by {index.generator}"
    return gallery("Layers", about, walls, index.open_url)


def _card(layer: IndexedLayer, drawn: Drawn) -> Card:
    stem = layer.file.removesuffix(".json")
    made = {page.file.removeprefix(stem): quote(page.file) for page in drawn.files}
    links = [(_LABELS[ending], made[ending]) for ending in _LABELS if ending in made]
    if layer.open_url:
        links = [(_LABELS[OPENING], layer.open_url), *(link for link in links if link[0] != _LABELS[OPENING])]
    return Card(
        name=layer.name,
        matrix=f"ATT&CK {layer.attack_version} {layer.domain.removesuffix('-attack')}",
        selection=layer.selection,
        score=layer.score,
        techniques=layer.techniques,
        mappings=layer.mappings,
        glance=drawn.glance,
        page=made[PAGE],
        links=(*links, ("JSON", quote(layer.file))),
    )
