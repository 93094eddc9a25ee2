from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings, strategies as st

from navigator_export.attack import builtin
from navigator_export.layer.reading import read_layers
from navigator_export.pictures.drawing import page_of
from navigator_export.pictures.fonts import width
from navigator_export.pictures.matrix import Cell, Picture, picture_of
from navigator_export.pictures.page import PAGES, SUB_TECHNIQUES, THEMES, Look, Page
from navigator_export.pictures.svg import svg
from tests.pictures.drawn import picture
from tests.test_golden import GOLDEN, REWRITE

SVG = "{http://www.w3.org/2000/svg}"


def drawn(look: Look | None = None, **fields: Any) -> Page:
    return page_of(picture(**fields), look or Look())


def parsed(page: Page) -> ET.Element:
    return ET.fromstring(svg(page).decode())


def texts(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def titles(root: ET.Element) -> list[str]:
    return [group.findtext(f"{SVG}title", "") for group in root.iter(f"{SVG}g")]


def test_picture_of_a_layer_is_the_golden_one() -> None:
    [layer] = read_layers((GOLDEN / "mobile.json").read_bytes(), "mobile.json")
    text = svg(page_of(picture_of(layer, builtin()), Look(only_scored=True)))
    file = Path(__file__).parent / "golden" / "mobile.svg"
    if os.environ.get(REWRITE) == "1":
        file.write_bytes(text)
        pytest.fail(f"{REWRITE}=1: rewrote {file.name}; look at what changed, then run without it")
    assert text == file.read_bytes()


def test_file_tells_what_it_is_to_those_who_do_not_see_it() -> None:
    root = parsed(drawn())
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Mail"
    assert "Enterprise ATT&CK 16.1 · 2 of 656" in (root.findtext(f"{SVG}desc") or "")
    assert "T1114 Email Collection, Collection; score 1\nby rules" in titles(root)
    assert "Collection: 2 of 40 techniques and sub-techniques" in titles(root)


def test_cells_have_their_scores_and_tactics_their_counts() -> None:
    root = parsed(drawn(Look(only_scored=True)))
    assert texts(root)[-4:] == ["Email Collection", "1", "Email Forwarding Rule", "2"]
    assert {"Collection", "2 of 40"} <= set(texts(root))


def test_what_is_not_drawn_is_said() -> None:
    assert "not drawn: Reconnaissance (0 of 44)" in drawn(Look(only_scored=True)).description


def test_technique_stays_where_a_score_is_below_it_and_not_drawn() -> None:
    page = drawn(Look(sub_techniques="none", only_scored=True), techniques=[{"techniqueID": "T1114.003", "score": 2}])
    assert "Email Collection (+1)" in " ".join(texts(parsed(page)))


@pytest.mark.parametrize(
    ("sub_techniques", "shown"),
    [("annotated", {"T1114.003"}), ("layer", {"T1114.001", "T1114.002", "T1114.003"}), ("none", set())],
)
def test_sub_techniques_show_as_asked_for(sub_techniques: Any, shown: set[str]) -> None:
    root = parsed(drawn(Look(sub_techniques=sub_techniques)))
    assert {title[:9] for title in titles(root) if title.startswith("T") and title[5:6] == "."} == shown
    assert ("Email Collection (+1)" in " ".join(texts(root))) == (sub_techniques == "none")


def test_ids_stand_before_names_where_the_layer_shows_them() -> None:
    root = parsed(drawn(layout={"showID": True, "expandedSubtechniques": "annotated"}))
    assert any(text.startswith("T1114 Email") for text in texts(root))
    assert any(text.startswith("TA0009") for text in texts(root))


def test_gradient_is_told_where_there_is_no_legend() -> None:
    assert "score 0 to 3" in texts(parsed(drawn()))
    legend = [{"label": "seen", "color": "#00ff00"}]
    root = parsed(drawn(legendItems=legend, techniques=[{"techniqueID": "T1114", "color": "#00ff00"}]))
    assert "A seen" in texts(root)
    assert texts(root).count("A") == 1


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sub_techniques", SUB_TECHNIQUES)
def test_all_lies_on_the_page_and_texts_in_their_cells(page: str, theme: str, sub_techniques: Any) -> None:
    many = [{"techniqueID": id_, "score": 12.25} for id_ in ("T1114.001", "T1574.001", "T1059.001", "T1027.001")]
    found = drawn(Look(page, theme, sub_techniques), techniques=many)
    assert PAGES[page] in (None, (found.width, found.height))
    for part in found.parts:
        for box in part.boxes:
            assert 0 <= box.x <= box.x + box.width <= found.width
            assert 0 <= box.y <= box.y + box.height <= found.height
        if part.title:
            [box] = part.boxes
            for text in part.texts:
                start = text.x - text.wide if text.at_end else text.x
                assert text.wide == pytest.approx(width(text.text, text.bold) * text.size)
                assert box.x <= start <= start + text.wide <= box.x + box.width + 0.01
                assert box.y < text.y - text.size * 0.6 < text.y < box.y + box.height


def test_cells_do_not_lie_on_each_other() -> None:
    boxes = [part.boxes[0] for part in drawn(Look("a3", sub_techniques="all")).parts if part.title]
    for number, one in enumerate(boxes):
        for other in boxes[:number]:
            apart = (
                one.x >= other.x + other.width - 0.01
                or other.x >= one.x + one.width - 0.01
                or one.y >= other.y + other.height - 0.01
                or other.y >= one.y + one.height - 0.01
            )
            assert apart, (one, other)


def test_matrix_without_anything_to_draw_is_a_page() -> None:
    assert "Mail" in texts(parsed(drawn(Look("a4", only_scored=True), techniques=[])))
    assert "Mail" in texts(parsed(drawn(Look("auto", only_scored=True), techniques=[])))


@pytest.mark.parametrize("page", PAGES)
def test_texts_without_end_leave_room_for_the_matrix(page: str) -> None:
    legend = [{"label": f"{number} " + "x" * 90, "color": "#00ff00"} for number in range(300)]
    found = drawn(Look(page), name="n" * 5_000, description="word " * 50_000, legendItems=legend)
    shown = [text for part in found.parts for text in part.texts]
    assert all(text.y < found.height and text.x + (0 if text.at_end else text.wide) <= found.width for text in shown)
    assert any(text.text.endswith("more in the legend") for text in shown)
    assert found.text_size > 3


def test_long_scores_are_told_by_what_counts_most() -> None:
    techniques = [{"techniqueID": "T1114", "score": 123456789.25}, {"techniqueID": "T1005", "score": 1234.25}]
    assert {"1.23e+08", "1234.25"} <= set(texts(parsed(drawn(techniques=techniques))))


HOSTILE = st.text(st.characters() | st.sampled_from("<>&\"']]>\x00\x0b\x1f\x7f\ufffe\uffff\ud800\udfff\u202e\r\n"))


@settings(max_examples=40, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_whatever_texts_hold_the_file_is_well_formed(name: str, description: str, comment: str) -> None:
    made = picture(legendItems=[{"label": "x", "color": "#00ff00"}])
    columns = tuple(
        type(column)(column.tactic, tuple(Cell(c.id, name, 1, comment=comment) for c in column.cells[:1]))
        for column in made.columns
    )
    hostile = Picture(
        name=name,
        description=description,
        domain="enterprise",
        release="16.1",
        columns=columns,
        legend=tuple(type(item)(comment, item.color) for item in made.legend),
        shades=made.shades,
    )
    root = parsed(page_of(hostile, Look("a4")))
    assert root.get("role") == "img"
    assert not list(root.iter("script"))
