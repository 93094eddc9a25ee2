"""A page as PDF, and that as PNG: by the libraries of the extra `[pictures]`, which need no font and no system package.

Helvetica is in every PDF reader, and as wide as the widths that the page was made with; it knows the letters of
Western Europe.
"""

from __future__ import annotations

import io
import unicodedata
from importlib import import_module
from typing import Any, Final

from navigator_export.errors import OutputError, Problem, reason
from navigator_export.pictures.page import Page, Text

_POINTS: Final = 0.75
"""Of a pixel."""
_DENSITY: Final = 2
"""Pixels of a PNG for one of the page."""

_FONT, _BOLD_FONT = "Helvetica", "Helvetica-Bold"


def pdf(page: Page) -> bytes:
    """Return the bytes of a PDF of one page; the same page and libraries give the same bytes.

    Raises OutputError where the extra is not installed.
    """
    canvases = _needed("reportlab.pdfgen.canvas")
    file = io.BytesIO()
    size = page.width * _POINTS, page.height * _POINTS
    # `invariant` leaves the time out.
    canvas = canvases.Canvas(file, pagesize=size, invariant=1, lang="en")
    canvas.setTitle(_in_font(page.title))
    canvas.setSubject(_in_font(page.description))
    canvas.setCreator("navigator-export")
    canvas.scale(_POINTS, _POINTS)
    canvas.setFillColor(page.color)
    canvas.rect(0, 0, page.width, page.height, stroke=0, fill=1)
    for part in page.parts:
        for box in part.boxes:
            if box.fill:
                canvas.setFillColor(box.fill)
            if box.line:
                canvas.setStrokeColor(box.line)
                canvas.setLineWidth(box.line_width)
            low = page.height - box.y - box.height
            canvas.rect(box.x, low, box.width, box.height, stroke=int(bool(box.line)), fill=int(bool(box.fill)))
        for text in part.texts:
            _write(canvas, text, page.height - text.y)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def png(page: Page) -> bytes:
    """Return the bytes of a PNG, two pixels for one of the page. Raises OutputError as `pdf` does."""
    pdfium = _needed("pypdfium2")
    document = pdfium.PdfDocument(pdf(page))
    try:
        image = document[0].render(scale=_DENSITY / _POINTS).to_pil()
    finally:
        document.close()
    file = io.BytesIO()
    image.save(file, "PNG", optimize=False)
    return file.getvalue()


def _write(canvas: Any, text: Text, y: float) -> None:
    canvas.setFillColor(text.color)
    canvas.setFont(_BOLD_FONT if text.bold else _FONT, text.size)
    start = text.x - text.wide if text.at_end else text.x
    canvas.drawString(start, y, _in_font(text.text))
    if text.struck:
        canvas.setStrokeColor(text.color)
        canvas.setLineWidth(text.size / 14)
        canvas.line(start, y + text.size * 0.3, start + text.wide, y + text.size * 0.3)


def lost_letters(page: Page) -> str:
    """Return the characters of a page that the font of PDF and PNG does not have, and shows as question marks."""
    texts = (text.text for part in page.parts for text in part.texts)
    return "".join(dict.fromkeys(c for text in texts if not _fits(text) for c in text if _in_font(c) == "?" != c))


def _in_font(text: str) -> str:
    """Return a text in the characters that the font has: plainer ones for some, and question marks for the rest."""
    if _fits(text):
        return text
    plain = (_PLAINER.get(c) or (c if _fits(c) else unicodedata.normalize("NFKD", c)[:1]) for c in text)
    return "".join(c if _fits(c) else "?" for c in plain)


_PLAINER: Final = {"→": "->", "←": "<-", "≥": ">=", "≤": "<=", "\u2212": "-", "\u2011": "-"}


def _fits(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _needed(module: str) -> Any:
    """Return a module of the extra. Raises OutputError where it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        hint = "pip install 'navigator-export[pictures]', or write SVG, which browsers print"
        message = f"PNG and PDF need libraries that are not installed ({reason(error)})"
        raise OutputError("", [Problem(message, hint=hint)]) from None
