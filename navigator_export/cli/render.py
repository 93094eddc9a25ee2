"""`navigator-export render`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import click
import cloup
from msgspec.structs import replace

from navigator_export.attack import Catalogue, known
from navigator_export.cli.options import (
    layer_options,
    opening_options,
    release_options,
    score_options,
    selection_options,
    source_options,
    tier_options,
)
from navigator_export.cli.shown import shown_argument, shown_from
from navigator_export.cli.targets import spare, write_all
from navigator_export.cli.terminal import complain
from navigator_export.cli.times import stated_time
from navigator_export.errors import OutputError, Problem
from navigator_export.layer.format import Layer
from navigator_export.layer.naming import slug
from navigator_export.output import STANDARD_OUTPUT, inside, named
from navigator_export.pictures.colours import WHITE
from navigator_export.pictures.drawing import page_of
from navigator_export.pictures.matrix import Picture, picture_of
from navigator_export.pictures.page import PAGES, SUB_TECHNIQUES, THEMES, Look, Page
from navigator_export.wording import counted, shortened


def _svg(page: Page) -> bytes:
    from navigator_export.pictures.svg import svg  # noqa: PLC0415 - each format loads what it needs alone

    return svg(page)


def _png(page: Page) -> bytes:
    from navigator_export.pictures.paper import png  # noqa: PLC0415

    return png(page)


def _pdf(page: Page) -> bytes:
    from navigator_export.pictures.paper import pdf  # noqa: PLC0415

    return pdf(page)


def _html(picture: Picture, created: datetime | None) -> bytes:
    from navigator_export.pictures.html import html_of  # noqa: PLC0415

    return html_of(picture)


def _xlsx(picture: Picture, created: datetime | None) -> bytes:
    from navigator_export.pictures.excel import CREATED, excel  # noqa: PLC0415

    return excel(picture, created or CREATED)


_DRAWN: Final = MappingProxyType({"svg": _svg, "png": _png, "pdf": _pdf})
"""Formats that are a page."""
_WRITTEN: Final[MappingProxyType[str, Callable[[Picture, datetime | None], bytes]]] = MappingProxyType(
    {"html": _html, "xlsx": _xlsx}
)
"""Formats that are laid out where they are read."""

_OF_ONE_FONT: Final = ("pdf", "png")

FORMATS: Final = ("svg", "html", "xlsx", "png", "pdf")

_POINTS: Final = 0.75
_LEGIBLE: Final = 5.0
"""Points that texts on paper need."""


@cloup.command("render")
@shown_argument
@cloup.option_group(
    "Picture",
    cloup.option(
        "-o",
        "--output",
        default=STANDARD_OUTPUT,
        help="File to write, as in matrix.svg; a folder for one of each layer; - (default) for stdout.",
    ),
    cloup.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS, case_sensitive=False),
        help="Format; else that of the file's name, and svg for a folder or stdout.",
    ),
    cloup.option(
        "--page",
        type=click.Choice(tuple(PAGES), case_sensitive=False),
        default=Look().page,
        show_default=True,
        help="Size of svg, png and pdf: paper on its side, a slide, or as large as the texts ask for.",
    ),
    cloup.option(
        "--theme",
        type=click.Choice(tuple(THEMES), case_sensitive=False),
        default=Look().theme,
        show_default=True,
        help="Colours around those of the layer, in svg, png and pdf.",
    ),
    cloup.option(
        "--sub-techniques",
        type=click.Choice(SUB_TECHNIQUES),
        default=Look().sub_techniques,
        show_default=True,
        help="Sub-techniques that svg, png and pdf show: those with a note or score, all, as the layer opens, or none.",
    ),
    cloup.option(
        "--only-scored",
        is_flag=True,
        help="Leave out of svg, png and pdf what has no score or colour, nor one below it.",
    ),
    cloup.option("-q", "--quiet", is_flag=True, help="Print no summary; warnings and errors are still printed."),
)
@source_options
@selection_options
@tier_options
@score_options
@release_options
@layer_options
@opening_options
def command(
    words: tuple[str, ...],
    output: str,
    format_: str | None,
    page: str,
    theme: str,
    sub_techniques: Any,
    only_scored: bool,
    quiet: bool,
    show_id: bool,
    **given: Any,
) -> None:
    """Draw layers as pictures, pages and workbooks: LAYER files, and one layer made of each SOURCE together.

    What is seen is what the Navigator shows of a layer: its colours, order, filters and aggregates, at its ATT&CK
    release. PNG and PDF need the extra `pictures`: pip install 'navigator-export[pictures]'.
    """
    look = Look(page, theme, sub_techniques, only_scored)
    format_ = format_ or _format_of(output)
    shown = shown_from(words, {**given, "show_id": False})
    targets = _targets(output, format_, shown.layers)
    spare(targets, (*words, *given["capability_sets"]))
    catalogue = known()
    told = list(shown.told)
    files = []
    for layer, target in zip(shown.layers, targets, strict=True):
        data, warnings = _rendered(layer, format_, look, catalogue, show_id=show_id)
        files.append((target, data))
        told += warnings
    write_all(files)
    if not quiet:
        told += [f"written: {target}" for target in targets if target != STANDARD_OUTPUT]
    complain(*told)


def _rendered(
    layer: Layer, format_: str, look: Look, catalogue: Catalogue, *, show_id: bool
) -> tuple[bytes, list[str]]:
    """Return a layer in a format, and what to tell of it."""
    picture = picture_of(layer, catalogue, layer.name, look.behind if format_ in _DRAWN else WHITE)
    picture = replace(picture, show_id=show_id or picture.show_id)
    told = []
    if picture.lost:
        ids = ", ".join(picture.lost[:8]) + (" …" if len(picture.lost) > 8 else "")  # noqa: PLR2004
        lost = counted(len(picture.lost), "annotated id is", "annotated ids are")
        told.append(f"warning {layer.name}: {lost} in no cell of ATT&CK {picture.release}: {ids}")
    if format_ in _WRITTEN:
        return _WRITTEN[format_](picture, stated_time()), told
    page = page_of(picture, look)
    points = page.text_size * _POINTS
    if look.page != "auto" and points < _LEGIBLE:
        told.append(
            f"warning {layer.name}: the names are {points:.1f} points high on {look.page}; --only-scored, "
            f"--sub-techniques none or another --page make them larger"
        )
    if format_ in _OF_ONE_FONT:
        from navigator_export.pictures.paper import lost_letters  # noqa: PLC0415

        letters = lost_letters(page)
        if letters:
            told.append(
                f"warning {layer.name}: the font of {format_} lacks {shortened(letters)}, shown as ?; svg, html and "
                "xlsx have all letters"
            )
    return _DRAWN[format_](page), told


def _format_of(output: str) -> str:
    """Return the format that the name of a file says. Raises OutputError where it says none."""
    name = named(output)
    if output == STANDARD_OUTPUT or inside(name, "_") != name:
        return "svg"
    ending = Path(name).suffix.removeprefix(".").lower()
    if ending in FORMATS:
        return ending
    hint = f"end it like .{', .'.join(FORMATS)}, or say --format"
    raise OutputError(name, [Problem("its name does not say which format to write", hint=hint)])


def _targets(output: str, format_: str, layers: Sequence[Layer]) -> list[str]:
    """Return the file of each layer. Raises OutputError where several would go into one."""
    stems = [slug(layer.name)[:80] or "layer" for layer in layers]
    numbered = [
        f"{stem}-{stems[: index + 1].count(stem)}" if stems.count(stem) > 1 else stem
        for index, stem in enumerate(stems)
    ]
    targets = [inside(output, f"{stem}.{format_}") for stem in numbered]
    if len(layers) > 1 and len(set(targets)) == 1:
        hint = "name a folder with -o"
        raise OutputError(output, [Problem(f"one file holds one layer, and these are {len(layers)}", hint=hint)])
    return targets
