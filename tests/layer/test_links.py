from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from navigator_export import make_layer, read
from tests.layer.entries import entry
from tests.made_inputs import Json, make_row, mapping_set
from tests.real_inputs import MAPPING_FILES, plain_rows


def links(*references: str | None, **other: Json) -> list[dict[str, str]]:
    shown: list[dict[str, str]] = entry(mapping_set([make_row("A", references=list(references), **other)])).get(
        "links", []
    )
    return shown


def test_links_are_labelled_by_capability_and_host() -> None:
    assert links("https://www.example.org/a?b=c#d") == [
        {"label": "A · example.org", "url": "https://www.example.org/a?b=c#d"}
    ]


def test_each_address_is_linked_once_and_names_all_capabilities() -> None:
    rows = [make_row(id_, references=["https://example.org/a", "https://example.org/a"]) for id_ in ("B", "A")]
    assert entry(mapping_set(rows))["links"] == [{"label": "A, B · example.org", "url": "https://example.org/a"}]


def test_links_of_one_host_are_numbered() -> None:
    labels = [link["label"] for link in links("https://example.org/a", "https://example.org/b")]
    assert labels == ["A · example.org", "A · example.org (2)"]


@pytest.mark.parametrize(
    "reference",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https:",
        "data:text/html,x",
        "chrome-extension://abc/page.html",
        "ftp://example.org/a",
        "www.example.org",
        "//example.org/a",
        "https://",
        "http://localhost",
        "https://[::1",
        "",
        "   ",
        "[]",
        None,
    ],
)
def test_what_is_no_web_address_makes_no_link(reference: str | None) -> None:
    assert links(reference) == []


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_links_of_every_file_are_web_addresses_once_per_technique(file: Path) -> None:
    techniques = json.loads(make_layer(read(file)).text)["techniques"]
    stated = any("://" in str(row.get("references")) for row in plain_rows(file).mapping)
    assert any(technique.get("links") for technique in techniques) == stated
    for technique in techniques:
        addresses = [link["url"] for link in technique.get("links", ())]
        assert len(addresses) == len(set(addresses))
        labels = [link["label"] for link in technique.get("links", ())]
        assert len(labels) == len(set(labels))
        for address in addresses:
            assert re.fullmatch(r"https?://[\w.-]+\.[\w-]+(:\d+)?([/?#]\S*)?", address), address


def test_links_are_numbered_label_by_label() -> None:
    a, b = "https://example.org", "https://example.com"
    rows = [
        make_row("A", references=[f"{a}/1", f"{b}/1", f"{a}/2", f"{a}/3"]),
        make_row("B", references=[f"{a}/3", f"{a}/4"]),
    ]
    assert entry(mapping_set(rows))["links"] == [
        {"label": "A · example.org", "url": f"{a}/1"},
        {"label": "A · example.com", "url": f"{b}/1"},
        {"label": "A · example.org (2)", "url": f"{a}/2"},
        {"label": "A, B · example.org", "url": f"{a}/3"},
        {"label": "B · example.org", "url": f"{a}/4"},
    ]
