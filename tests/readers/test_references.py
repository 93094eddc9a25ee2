from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from navigator_export.readers.references import clean_references, host

A, B = "https://example.org/a", "http://example.com/b?c=d&e=f#g"


@pytest.mark.parametrize(
    ("raw", "addresses"),
    [
        ([A, B], [A, B]),
        ([B, A, B], [B, A]),
        ([f"  {A}\n"], [A]),
        ([f"{A} {B}"], [A, B]),
        ([f"{A}\r\n{B}"], [A, B]),
        ([f"{A},{B}"], [A, B]),
        ([f"{A};{B}|{A}"], [A, B]),
        ([f"{A}, {B}."], [A, B]),
        ([f"see {A} and <{B}>"], [A, B]),
        (["HTTPS://Example.org/A"], ["HTTPS://Example.org/A"]),
        (["https://example.org/a_(b)"], ["https://example.org/a_(b)"]),
        (["https://example.org/a,b"], ["https://example.org/a,b"]),
        (["https://xn--e1afmkfd.example/ü"], ["https://xn--e1afmkfd.example/ü"]),
        ([None, "", " ", "[]"], []),
    ],
)
def test_addresses_are_found_once_each_in_their_order(raw: list[str | None], addresses: list[str]) -> None:
    assert clean_references(raw) == (tuple(addresses), ())


@pytest.mark.parametrize(
    "raw",
    [
        "javascript:alert('https:')",
        "chrome-extension://abc/https",
        "ftp://example.org",
        "mailto:a@example.org",
        "www.example.org/a",
        "//example.org/a",
        "https://",
        "https:///a",
        "https://host-alone/a",
        "https://[::1/a",
        "a fragment of words",
        "-en-us/a/b",
    ],
)
def test_what_holds_no_address_is_rejected(raw: str) -> None:
    assert clean_references([raw]) == ((), (raw,))


@given(st.lists(st.text() | st.text().map("https://example.org/{}".format) | st.none()))
def test_whatever_is_referred_to_links_are_safe_and_unique(raw: list[str | None]) -> None:
    addresses, rejected = clean_references(raw)
    assert len(addresses) == len(set(addresses))
    assert [a for a in addresses if not re.fullmatch(r"https?://[^\s<>\"]+", a, re.IGNORECASE)] == []
    assert set(rejected) <= set(raw)
    again, none = clean_references([*addresses, "https://example.org/a"])
    assert again == tuple(dict.fromkeys((*addresses, "https://example.org/a")))
    assert none == ()


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("https://www.Example.org/a", "example.org"),
        ("https://user:word@learn.example.org:8443/a", "learn.example.org"),
        ("http://10.0.0.1/x", "10.0.0.1"),
    ],
)
def test_host(address: str, named: str) -> None:
    assert host(address) == named


def test_address_holds_no_characters_that_steer_or_turn() -> None:
    addresses, rejected = clean_references(["https://a.example/\x1b[31m\u202ex", "\x07https://b.example/\x9b"])
    assert addresses == ("https://a.example/[31mx", "https://b.example/")
    assert rejected == ()
