from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, strategies as st

from navigator_export.pictures.gallery import Card, Glance, Wall, gallery
from navigator_export.pictures.matrix import Count
from tests.pictures.browsers import browser, violations
from tests.pictures.pages import Read, assert_asks_nobody
from tests.pictures.test_html import HOSTILE

THUMBNAIL = '<svg class="thumb" viewBox="0 0 9 1" aria-hidden="true"><path class="k" d="M0 0h8v1h-8z"/></svg>'
CARD = Card(
    name="E3",
    matrix="ATT&CK 16.1 enterprise",
    selection="tier E3",
    score="best",
    techniques=12,
    mappings=1234,
    glance=Glance(THUMBNAIL, (("Collection", Count(1, 4)), ("Impact", Count(0, 0)))),
    page="e3.html",
    links=(("Open in the Navigator", "https://x/#a&b"), ("Page", "e3.html"), ("JSON", "e3.json")),
)


def card(**fields: object) -> Card:
    return msgspec.structs.replace(CARD, **fields)


def page(*cards: Card, title: str = "Tiers") -> bytes:
    return gallery("Layers", "about", [Wall(title, cards, "https://x/#together")], "https://x/#all")


def test_gallery_asks_nobody_and_tells_of_every_layer() -> None:
    read_page = Read(page(CARD, card(name="E5", techniques=20)))
    assert_asks_nobody(read_page)
    assert [item["data-techniques"] for item in read_page.all("li") if "data-techniques" in item] == ["12", "20"]
    assert "1,234" in read_page.text
    assert "1 of 4" in read_page.text
    addresses = [link["href"] for link in read_page.all("a")]
    assert {"https://x/#a&b", "e3.html", "e3.json", "https://x/#together", "https://x/#all"} <= set(addresses)
    assert [bar["width"] for bar in read_page.all("rect")][:2] == ["25", "0"]


@given(text=HOSTILE, other=HOSTILE, address=st.sampled_from(['a"b', "a'b", "a<b>"]))
def test_texts_never_become_markup(text: str, other: str, address: str) -> None:
    hostile = page(card(name=text, selection=other, page=address, links=((other, address),)), title=text)
    plain = page(card(name="x", selection="x", page="x", links=(("x", "x"),)), title="x")
    assert Read(hostile).skeleton == Read(plain).skeleton


def test_gallery_in_a_browser(tmp_path: Path) -> None:
    file = tmp_path / "index.html"
    file.write_bytes(page(CARD, card(name="A10", techniques=1), card(name="A9", techniques=20)))
    with browser() as chromium:
        told: list[str] = []
        shown = chromium.new_page()
        shown.on("pageerror", lambda error: told.append(str(error)))
        shown.on("request", lambda request: told.append(request.url) if request.url != file.as_uri() else None)
        shown.goto(file.as_uri())
        shown.select_option("[name=order]", "name")
        assert shown.locator("h3").all_text_contents() == ["A9", "A10", "E3"]
        shown.select_option("[name=order]", "techniques")
        assert shown.locator("h3").all_text_contents() == ["A9", "E3", "A10"]
        shown.fill("[name=words]", "a10")
        assert shown.locator(".card:visible").count() == 1
        assert told == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_gallery_is_accessible(tmp_path: Path, scheme: str) -> None:
    file = tmp_path / "index.html"
    file.write_bytes(page(CARD, card(name="E5")))
    with browser() as chromium:
        shown = chromium.new_context(color_scheme=scheme).new_page()
        shown.goto(file.as_uri())
        assert violations(shown) == []
