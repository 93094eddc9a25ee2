"""A page as SVG: one file that any browser, office program or editor shows, with a title for every cell."""

from __future__ import annotations

from collections.abc import Iterator

from navigator_export.pictures.fonts import FAMILY
from navigator_export.pictures.markup import escaped
from navigator_export.pictures.page import Box, Page, Part, Text


def svg(page: Page) -> bytes:
    """Return the text of an SVG file; the same page gives the same bytes."""
    return "\n".join(_lines(page)).encode() + b"\n"


def _lines(page: Page) -> Iterator[str]:
    width, height = _number(page.width), _number(page.height)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' role="img" aria-labelledby="title desc" font-family="{FAMILY}">'
    )
    yield f'<title id="title">{escaped(page.title)}</title>'
    yield f'<desc id="desc">{escaped(page.description)}</desc>'
    yield f'<rect width="{width}" height="{height}" fill="{page.color}"/>'
    for part in page.parts:
        yield _part(part)
    yield "</svg>"


def _part(part: Part) -> str:
    title = f"<title>{escaped(part.title)}</title>" if part.title else ""
    drawn = "".join([*map(_box, part.boxes), *map(_text, part.texts)])
    return f"<g>{title}{drawn}</g>"


def _box(box: Box) -> str:
    line = f' stroke="{box.line}" stroke-width="{_number(box.line_width)}"' if box.line else ""
    return (
        f'<rect x="{_number(box.x)}" y="{_number(box.y)}" width="{_number(box.width)}" height="{_number(box.height)}"'
        f' fill="{box.fill or "none"}"{line}/>'
    )


def _text(text: Text) -> str:
    more = ' font-weight="bold"' if text.bold else ""
    more += ' text-anchor="end"' if text.at_end else ""
    more += ' text-decoration="line-through"' if text.struck else ""
    return (
        f'<text x="{_number(text.x)}" y="{_number(text.y)}" font-size="{_number(text.size)}" fill="{text.color}"'
        f' textLength="{_number(text.wide)}" lengthAdjust="spacingAndGlyphs"{more}>{escaped(text.text)}</text>'
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
