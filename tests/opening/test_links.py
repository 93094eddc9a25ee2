from __future__ import annotations

import json
from base64 import b64decode
from urllib.parse import unquote

import pytest
from hypothesis import given, strategies as st

from navigator_export.errors import OutputError
from navigator_export.layer.format import Layer
from navigator_export.layer.reading import read_layers
from navigator_export.opening import LONGEST, PUBLIC_NAVIGATOR, link_to
from tests.made_inputs import Json, layer_bytes


def made(**fields: Json) -> Layer:
    [layer] = read_layers(layer_bytes(**fields), "layer.json")
    return layer


def held(address: str) -> list[Json]:
    """Return the layers in a link, read as the Navigator reads them."""
    _, _, fragment = address.partition("#")
    names = [part.partition("=") for part in fragment.split("&")]
    links = [unquote(value.replace("+", " ")) for name, _, value in names if name == "layerURL"]
    assert all(link.startswith("data:application/json;base64,") for link in links)
    return [json.loads(b64decode(link.partition(",")[2], validate=True)) for link in links]


@given(name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_link_holds_the_layers_whole_and_in_their_order(name: str) -> None:
    link = link_to([made(name=name), made(name="second")], PUBLIC_NAVIGATOR)
    assert held(link.address) == [json.loads(layer_bytes(name=name)), json.loads(layer_bytes(name="second"))]
    assert link.address.startswith(f"{PUBLIC_NAVIGATOR}#layerURL=")
    assert link.left_out == ""


def commented(comments: int, length: int) -> Layer:
    return made(techniques=[{"techniqueID": f"T{1000 + n}", "comment": "é" * length} for n in range(comments)])


@pytest.mark.parametrize(
    ("comments", "length", "kept", "said"),
    [(1000, 1000, 301, "cut to 300"), (5000, 250, 0, "left out")],
)
def test_comments_give_way_where_the_link_is_too_long(comments: int, length: int, kept: int, said: str) -> None:
    link = link_to([commented(comments, length)], PUBLIC_NAVIGATOR)
    assert len(link.address) <= LONGEST
    assert said in link.left_out
    [layer] = held(link.address)
    assert {len(technique.get("comment", "")) for technique in layer["techniques"]} == {kept}


def test_link_that_is_too_long_without_comments_is_refused() -> None:
    with pytest.raises(OutputError, match=r"browsers open 2,097,152; .*`navigator-export serve`"):
        link_to([made(description="x" * 2_000_000)], PUBLIC_NAVIGATOR)


@pytest.mark.parametrize(
    "address", ["", "javascript:alert(1)", "file:///x", "http://", "https://x/#a", 'https://x/"', "https://x/ y"]
)
def test_what_is_no_web_address_is_no_navigator(address: str) -> None:
    with pytest.raises(OutputError, match="is no address of a Navigator"):
        link_to([made()], address)
