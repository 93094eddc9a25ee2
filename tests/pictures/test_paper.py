from __future__ import annotations

import sys

import pytest

from navigator_export.errors import OutputError
from navigator_export.pictures.drawing import page_of
from navigator_export.pictures.page import Look
from navigator_export.pictures.paper import lost_letters, pdf, png
from tests.pictures.drawn import picture

PAGE = page_of(picture(name="Mail Ж <b>", description="é"), Look("a4"))


def test_pdf_is_of_the_size_of_the_paper_and_the_same_every_time() -> None:
    pytest.importorskip("reportlab", reason="the extra pictures is not installed")
    data = pdf(PAGE)
    assert data.startswith(b"%PDF-")
    assert b"/MediaBox [ 0 0 842.25 595.5 ]" in data
    assert data == pdf(PAGE)


def test_png_has_two_pixels_for_one() -> None:
    pytest.importorskip("pypdfium2", reason="the extra pictures is not installed")
    pytest.importorskip("reportlab", reason="the extra pictures is not installed")
    data = png(PAGE)
    assert data.startswith(b"\x89PNG")
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (2246, 1588)
    assert data == png(PAGE)


def test_missing_extra_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "reportlab.pdfgen.canvas", None)
    with pytest.raises(OutputError, match=r"pip install 'navigator-export\[pictures\]'"):
        pdf(PAGE)


def test_letters_that_the_font_lacks_are_told_and_others_made_plainer() -> None:
    assert lost_letters(PAGE) == "Ж"
    assert lost_letters(page_of(picture(name="č → ≥ é ?", description=""), Look("a4"))) == ""
