from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from navigator_export.errors import OutputError, SourceError
from navigator_export.opening import PUBLIC_NAVIGATOR
from navigator_export.serving import Server, site_of
from tests.made_inputs import layer_bytes

NAVIGATOR = "https://mitre-attack.github.io"


@contextmanager
def served(*words: str, navigator: str | None = None, reader: str = PUBLIC_NAVIGATOR) -> Iterator[Server]:
    server = Server(site_of(words, navigator), navigator="" if navigator else reader)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


class Answer:
    """What came back."""

    def __init__(self, server: Server, address: str, method: str = "GET", **headers: str) -> None:
        connection = http.client.HTTPConnection(server.origin.split("/")[2], timeout=10)
        connection.putrequest(method, address, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        self.status, self.headers, self.data = response.status, response.headers, response.read()
        connection.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two layers, beside what must not be served."""
    inside = tmp_path / "inside"
    (inside / "sub").mkdir(parents=True)
    (inside / "a b.json").write_bytes(layer_bytes(name="a"))
    (inside / "sub/c.json").write_bytes(layer_bytes(name="c"))
    (inside / ".hidden.json").write_bytes(layer_bytes(name="hidden"))
    (inside / ".git").mkdir()
    (inside / ".git/config.json").write_bytes(layer_bytes(name="git"))
    (inside / "secret.key").write_bytes(b"key")
    (tmp_path / "outside.json").write_bytes(layer_bytes(name="outside"))
    (inside / "link.json").symlink_to(tmp_path / "outside.json")
    (inside / "up").symlink_to(tmp_path)
    return inside


def test_layers_of_a_folder_are_served_as_they_are(folder: Path) -> None:
    with served(str(folder)) as server:
        answer = Answer(server, "/a%20b.json?x=1", Origin=NAVIGATOR)
        assert (answer.status, answer.data) == (200, layer_bytes(name="a"))
        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.headers["Access-Control-Allow-Origin"] == NAVIGATOR
        assert Answer(server, "/sub/c.json").data == layer_bytes(name="c")
        assert Answer(server, "/a%20b.json", "HEAD").data == b""


@pytest.mark.parametrize(
    "address",
    [
        "/../outside.json", "/%2e%2e/outside.json", "/..%2foutside.json", "/sub/../../outside.json", "/link.json",
        "/up/outside.json", "/.hidden.json", "/.git/config.json", "/secret.key", "//etc/passwd", "/%00", "/sub",
        "/%ff", "/..%5coutside.json", "/sub//c.json", "/C:/x.json", "/./a%20b.json",
    ],
)  # fmt: skip
def test_nothing_else_is_served(folder: Path, address: str) -> None:
    with served(str(folder)) as server:
        answer = Answer(server, address)
        assert answer.status == 404
        assert b"outside" not in answer.data


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.sampled_from(["..", ".", "", "%2e", "%2E%2e", "/", "%2f", "\\", "outside.json", "up", "sub"])))
def test_no_address_leads_out_of_the_folder(folder: Path, parts: list[str]) -> None:
    page = site_of([str(folder)]).page("/" + "/".join(parts), "http://x/", PUBLIC_NAVIGATOR)
    assert page is None or layer_bytes(name="outside") != page.data


def test_folder_without_a_page_has_a_list_of_its_layers(folder: Path) -> None:
    with served(str(folder)) as server:
        page = Answer(server, "/").data.decode()
        assert "sub/c.json" in page
        assert "hidden" not in page
        assert "outside" not in page
        (folder / "index.html").write_text("own")
        assert Answer(server, "/").data == b"own"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1.evil.example"])
def test_other_names_of_the_host_are_refused(folder: Path, host: str) -> None:
    with served(str(folder)) as server:
        assert Answer(server, "/a%20b.json", Host=host).status == 421


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{NAVIGATOR}.evil.example"])
def test_other_sites_may_not_read(folder: Path, origin: str) -> None:
    with served(str(folder)) as server:
        assert "Access-Control-Allow-Origin" not in Answer(server, "/a%20b.json", Origin=origin).headers
        assert "Access-Control-Allow-Origin" not in Answer(server, "/a%20b.json", "OPTIONS", Origin=origin).headers


def test_navigator_may_ask_before_it_reads(folder: Path) -> None:
    with served(str(folder)) as server:
        answer = Answer(server, "/a%20b.json", "OPTIONS", Origin=NAVIGATOR)
        assert (answer.status, answer.headers["Access-Control-Allow-Private-Network"]) == (204, "true")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(folder: Path, method: str) -> None:
    with served(str(folder)) as server:
        assert Answer(server, "/a%20b.json", method).status == 501


def test_single_layers_are_served_by_their_names(folder: Path) -> None:
    with served(str(folder / "a b.json"), str(folder / "sub/c.json")) as server:
        assert Answer(server, "/c.json").data == layer_bytes(name="c")
        assert Answer(server, "/outside.json").status == 404


@pytest.fixture
def navigator(tmp_path: Path) -> Path:
    """Return a folder as the building of a Navigator leaves it."""
    built = tmp_path / "dist"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<title>Navigator</title>")
    (built / "assets/config.json").write_text('{"banner": "own", "default_layers": {"enabled": false, "urls": []}}')
    return built


def test_navigator_and_layers_come_from_one_address(folder: Path, navigator: Path) -> None:
    with served(str(folder), navigator=str(navigator)) as server:
        assert b"<title>Navigator" in Answer(server, "/").data
        config = json.loads(Answer(server, "/assets/config.json").data)
        assert config["banner"] == "own"
        assert config["default_layers"] == {"enabled": True, "urls": ["shown/a%20b.json", "shown/sub/c.json"]}
        assert [Answer(server, f"/{url}").status for url in config["default_layers"]["urls"]] == [200, 200]
        assert f"{server.origin}#layerURL=".encode() in Answer(server, "/shown/").data
        assert Answer(server, "/shown/../outside.json").status == 404


def test_too_many_layers_do_not_open_by_themselves(navigator: Path, tmp_path: Path) -> None:
    for number in range(21):
        (tmp_path / f"dist/{number}.json").write_bytes(layer_bytes())
    with served(str(navigator), navigator=str(navigator)) as server:
        assert json.loads(Answer(server, "/assets/config.json").data)["default_layers"]["enabled"] is False


def test_what_holds_no_layer_or_no_navigator_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.json").write_text("{}")
    for words, navigator, message in (
        ([str(tmp_path / "empty")], None, "holds no layer"),
        ([str(tmp_path / "other.json")], None, "other.json"),
        ([str(tmp_path / "missing.json")], None, "missing.json"),
        ([str(folder), str(folder)], None, "one folder alone"),
        ([str(folder / "a b.json")] * 2, None, "name of another one"),
        ([str(folder)], str(tmp_path / "empty"), "no built Navigator"),
    ):
        with pytest.raises(SourceError, match=message):
            site_of(words, navigator)


def test_port_that_is_taken_is_told(folder: Path) -> None:
    with served(str(folder)) as server:
        taken = int(server.origin.split(":")[2].strip("/"))
        with pytest.raises(OutputError, match="cannot be had"):
            Server(site_of([str(folder)]), navigator=PUBLIC_NAVIGATOR, port=taken)
