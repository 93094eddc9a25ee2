from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from navigator_export.errors import SourceError
from navigator_export.sets import fetching
from navigator_export.sets.fetching import fetch
from navigator_export.sets.network import using
from tests.https_server import Answer, Server, endless, raw, redirected, with_body, with_status


def refusal(address: str, most: int = 1000) -> str:
    """Return why something is not fetched: one line."""
    with pytest.raises(SourceError) as raised:
        fetch(address, "it", most, by_hand="do it by hand")
    text = str(raised.value)
    assert text.startswith("it: error ")
    assert text.endswith("; do it by hand")
    assert "\n" not in text
    return text


def test_bytes_come_as_they_are(server: Server) -> None:
    body = bytes(range(256)) * 1000
    assert fetch(server.serve("/a%20b.json?x=1", body), "it", len(body)) == body
    assert server.asked == ["/a%20b.json?x=1"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (with_status(404), "the server answered 404 Not Found"),
        (with_status(500), "the server answered 500"),
        (with_body(b"{", length=500), "the connection ended before all had come"),
        (with_body(b"x" * 1001), "the server sends more than 1,000 bytes"),
        (endless(b"x" * 4096), "the server sends more than 1,000 bytes"),
        (redirected("https://example.org/other"), "is redirected to https://example.org, another host"),
        (redirected("http://localhost/plain"), "is redirected to http://localhost, another host"),
        (redirected("/it"), "is redirected again and again"),
        (with_body(b"x", length=-5), ""),
        (
            raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            "the connection ended before all had come",
        ),
        (raw(b"no http at all\r\n\r\n"), "there is no connection to the server"),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500), "there is no connection to the server"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"), "cannot be fetched"),
    ],
)
def test_misbehaviour_is_told_in_a_line(server: Server, answer: Answer, told: str) -> None:
    address = server.serve("/it", answer)
    if told:
        assert told in refusal(address)
    else:
        assert fetch(address, "it", 1000) == b"x"


def test_redirect_on_the_same_host_is_followed(server: Server) -> None:
    server.serve("/new/it", b"here")
    assert fetch(server.serve("/it", redirected("new/it")), "it", 10) == b"here"


def test_server_that_goes_on_slowly_is_left_in_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LONGEST_SECONDS", 1)
    address = server.serve("/it", endless(b"x", lambda: time.sleep(0.05)))
    assert "it took longer than 1 second" in refusal(address)


def test_server_that_is_silent_is_left_in_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SILENT_SECONDS", 0.3)
    address = server.serve("/it", lambda handler: time.sleep(1))
    assert "the server does not answer in time" in refusal(address)


def test_certificate_that_is_not_trusted_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert "certificate is not one that this system trusts" in refusal(server.serve("/it", b"x"))
    assert server.asked == []


def test_without_a_server_there_is_no_connection() -> None:
    assert "there is no connection to the server" in refusal("https://localhost:9/it")


def test_nothing_is_fetched_offline(server: Server) -> None:
    with using(offline=True):
        assert "nothing is fetched offline" in refusal(server.serve("/it", b"x"))
    assert server.asked == []


@pytest.mark.parametrize("address", ["http://example.org/a", "ftp://example.org/a", "https://", "https://[", "//a"])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(SourceError, match="is not an https address, and no other is read"):
        fetch(address, "it", 10)


def test_password_in_an_address_is_neither_sent_nor_shown(server: Server) -> None:
    address = server.serve("/it", b"x").replace("https://", "https://me:secret@")
    with pytest.raises(SourceError, match="has a name or password in it") as raised:
        fetch(address, "it", 10)
    assert "secret" not in str(raised.value)
    assert server.asked == []


def test_progress_is_told_to_the_last_byte(server: Server) -> None:
    told: list[int] = []

    @contextmanager
    def show(name: str, size: int) -> Iterator[Callable[[int], None]]:
        assert (name, size) == ("it", 5)
        yield told.append

    with using(show=show):
        fetch(server.serve("/it", b"12345"), "it", 5, size=5)
    assert sum(told) == 5
