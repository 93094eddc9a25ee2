from __future__ import annotations

import pytest

from navigator_export.layer.palette import LEGIBLE, READABLE, contrast_with_black
from navigator_export.pictures.drawing import page_of
from navigator_export.pictures.page import THEMES, Look
from tests.pictures.drawn import picture


def contrast(one: str, other: str) -> float:
    low, high = sorted((contrast_with_black(one), contrast_with_black(other)))
    return high / low


@pytest.mark.parametrize("name", THEMES)
def test_texts_of_a_theme_are_read_on_what_is_behind_them(name: str) -> None:
    theme = THEMES[name]
    assert min(contrast(theme.text, behind) for behind in (theme.page, theme.head)) >= READABLE
    assert min(contrast(theme.quiet, behind) for behind in (theme.page, theme.head)) >= LEGIBLE


@pytest.mark.parametrize("name", THEMES)
def test_disabled_technique_is_read_and_struck_out(name: str) -> None:
    drawn = picture(techniques=[{"techniqueID": "T1114", "score": 3, "enabled": False}])
    texts = {text.text: text for part in page_of(drawn, Look(theme=name)).parts for text in part.texts}
    assert texts["Email Collection"].struck
    assert contrast(texts["Email Collection"].color, THEMES[name].cell) >= LEGIBLE
    assert not texts["Audio Capture"].struck
