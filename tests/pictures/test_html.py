from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from navigator_export import make_layer, read
from navigator_export.attack import known
from navigator_export.layer.reading import read_layers
from navigator_export.pictures.html import html_of
from navigator_export.pictures.matrix import picture_of
from tests.made_inputs import Json, layer_bytes
from tests.pictures.browsers import browser, violations
from tests.pictures.pages import Read, assert_asks_nobody


def page_of(data: bytes) -> bytes:
    [layer] = read_layers(data, "layer.json")
    return html_of(picture_of(layer, known()))


def page(**fields: Json) -> Read:
    return Read(page_of(layer_bytes(**fields)))


def technique(**fields: Json) -> dict[str, Json]:
    return {"techniqueID": "T1114", "score": 1, **fields}


@pytest.fixture(scope="module")
def sample() -> bytes:
    return page_of(make_layer(read("sample")).text)


def test_page_asks_nobody(sample: bytes) -> None:
    assert_asks_nobody(Read(sample))


def test_same_layer_gives_the_same_bytes(sample: bytes) -> None:
    assert page_of(make_layer(read("sample")).text) == sample


def test_every_tactic_has_a_heading_and_a_table_that_it_names(sample: bytes) -> None:
    read_page = Read(sample)
    headings = [attributes["id"] for tag, attributes in read_page.elements if tag == "h2" and "id" in attributes]
    assert headings[:3] == ["TA0043", "TA0042", "TA0001"]
    assert [table["aria-labelledby"] for table in read_page.all("table")] == headings
    assert "Reconnaissance" in read_page.text


def test_cell_leads_to_what_is_said_of_it(sample: bytes) -> None:
    read_page = Read(sample)
    anchors = {link["href"] for link in read_page.all("a")}
    articles = [article["id"] for article in read_page.all("article")]
    assert articles == ["T1114", "T1114.001", "T1114.002", "T1114.003"]
    assert {f"#{id_}" for id_ in articles} <= anchors


def test_comment_metadata_and_links_stand_with_their_technique() -> None:
    metadata = [{"name": "tier", "value": "E3"}, {"divider": True}, {"name": "licence", "value": "plan 2"}]
    links = [{"label": "docs", "url": "https://example.org/?a=1&b=2"}]
    read_page = page(techniques=[technique(comment="first\nsecond", metadata=metadata, links=links)])
    assert "first\nsecond" in read_page.text
    assert len(read_page.all("dl")) == 2
    assert "https://example.org/?a=1&b=2" in [link["href"] for link in read_page.all("a")]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", " javascript:x", "relative", "//x", "file:///x"]
)
def test_link_that_may_run_or_read_something_is_shown_as_text(address: str) -> None:
    read_page = page(techniques=[technique(links=[{"label": "docs", "url": address}])])
    assert all(link["href"].startswith(("#", "https://attack.mitre.org/")) for link in read_page.all("a"))
    assert f"docs: {address}" in read_page.text


def test_technique_of_different_words_per_tactic_has_a_place_for_each() -> None:
    entries = [
        {"techniqueID": "T1078", "tactic": "persistence", "score": 1},
        {"techniqueID": "T1078", "tactic": "initial-access", "score": 2},
    ]
    assert [article["id"] for article in page(techniques=entries).all("article")] == ["T1078", "T1078-persistence"]


def test_score_stands_in_the_cell_and_disabled_is_said() -> None:
    read_page = page(techniques=[technique(score=2.5), {"techniqueID": "T1078", "enabled": False}])
    assert "2.5" in read_page.texts
    assert "disabled in this layer" in read_page.text


def test_annotation_that_no_cell_shows_is_told() -> None:
    assert "in no cell: T0000" in page(techniques=[technique(), {"techniqueID": "T0000", "score": 1}]).text


HOSTILE = st.one_of(
    st.sampled_from(
        [
            "</style><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=x>", "--><!--", "]]>",
            "&lt;b&gt;", "' onmouseover='x", "</dd></dl></article><h1>", "\u202e<b>", "\x00<i>", "{{x}}", "`${1}`",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
)  # fmt: skip


@given(data=st.data())
def test_texts_never_become_markup(data: st.DataObject) -> None:
    def layer(text: Any) -> bytes:
        entry = {
            "techniqueID": "T1114", "score": 1, "comment": text(),
            "links": [{"label": text(), "url": f"https://x/{text()}"}],
            "metadata": [{"name": text(), "value": text()}, {"name": "capability", "value": text()}],
        }  # fmt: skip
        return layer_bytes(
            name=text(), description=text(), techniques=[entry, {"techniqueID": text(), "score": 1}],
            metadata=[{"name": text(), "value": text()}], links=[{"label": text(), "url": text()}],
            legendItems=[{"label": text(), "color": "#abcdef"}],
        )  # fmt: skip

    hostile = Read(page_of(layer(lambda: data.draw(HOSTILE))))
    assert hostile.skeleton == Read(page_of(layer(lambda: "x"))).skeleton
    assert hostile.policy == Read(page_of(layer(lambda: "x"))).policy


def test_folded_sub_techniques_are_there_to_be_shown() -> None:
    entries = [{"techniqueID": "T1114.001", "score": 1}]
    read_page = page(techniques=entries, layout={"layout": "flat", "expandedSubtechniques": "none"})
    assert [row["class"] for row in read_page.all("tr") if "fold" in row.get("class", "")]
    assert "all" in [item.get("name") for item in read_page.all("input")]


def test_page_of_each_domain_is_made() -> None:
    for domain, id_ in (("mobile-attack", "T1398"), ("ics-attack", "T0800")):
        data = json.loads(layer_bytes(techniques=[{"techniqueID": id_, "score": 1}])) | {"domain": domain}
        assert [article["id"] for article in Read(page_of(json.dumps(data).encode())).all("article")] == [id_]


# ---- in a browser ----------------------------------------------------------------------------------------------------


def test_page_in_a_browser(sample: bytes, tmp_path: Any) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(sample)
    with browser() as chromium:
        told: list[str] = []
        shown = chromium.new_page()
        shown.on("pageerror", lambda error: told.append(str(error)))
        shown.on("console", lambda message: told.append(message.text) if message.type in {"error", "warning"} else None)
        shown.on("request", lambda request: told.append(request.url) if request.url != file.as_uri() else None)
        shown.goto(file.as_uri())
        shown.select_option("[name=category]", "detect")
        assert "of 4 annotated techniques match" in shown.evaluate("document.querySelector('output').value")
        shown.fill("[name=words]", "nothing is called so")
        assert shown.locator("tbody tr:not(.off)").count() == 0
        shown.click("button[type=reset]")
        shown.wait_for_selector("tbody tr:not(.off)")
        shown.click('a[href="#T1114"]')
        assert shown.evaluate("document.activeElement.id") == "T1114"
        shown.keyboard.press("Escape")
        shown.wait_for_function("document.activeElement.hash === '#T1114'")
        shown.keyboard.press("ArrowDown")
        assert shown.evaluate("document.activeElement.hash") != "#T1114"
        assert told == []
        plain = chromium.new_context(java_script_enabled=False).new_page()
        plain.goto(f"{file.as_uri()}#T1114")
        assert plain.locator("article:target h3").is_visible()
        assert not plain.locator(".tools").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible(sample: bytes, tmp_path: Any, scheme: str) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(sample)
    with browser() as chromium:
        shown = chromium.new_context(color_scheme=scheme).new_page()
        for address in (file.as_uri(), f"{file.as_uri()}#T1114"):
            shown.goto(address)
            assert violations(shown) == []
