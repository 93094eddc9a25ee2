from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from navigator_export import output
from navigator_export.errors import SourceError
from navigator_export.sets.keeping import VARIABLE, find, find_kept, is_kept, refresh, verify
from navigator_export.sets.names import find as find_named
from navigator_export.sets.network import using
from navigator_export.sets.registry import known
from tests.https_server import Answer, Server, redirected, with_body
from tests.real_inputs import M365_2025, corpus
from tests.running import start
from tests.sets.made_sets import M365

ONE, DATA = M365
PATH = f"/{ONE.path}"


@pytest.fixture
def mirror(server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Return a server that has the set, and that is the mirror."""
    monkeypatch.setenv(VARIABLE, f"{server.address}/")
    server.serve(PATH, DATA)
    return server


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def test_set_is_fetched_once_and_kept_by_its_hash(mirror: Server, cache: Path) -> None:
    assert find(ONE).data == DATA
    assert find(ONE).remarks == ()
    assert mirror.asked == [PATH]
    assert files(cache) == {ONE.sha256: DATA}
    assert is_kept(ONE)


def test_kept_set_needs_no_network(mirror: Server) -> None:
    find(ONE)
    with using(offline=True):
        assert find(ONE).data == DATA


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (DATA[:-1] + b" ", "what came has another SHA-256, and is not used"),
        (DATA[:-20], f"what came ends after {len(DATA) - 20:,} of {len(DATA):,} bytes"),
        (b"<!DOCTYPE html><title>Log in</title>", "what came is a web page"),
        (b"", "what came ends after 0"),
        (DATA + b" ", "the server sends more than"),
        (with_body(DATA, length=len(DATA) + 5), "the connection ended before all had come"),
        (redirected("https://example.org/"), "is redirected to https://example.org"),
    ],
)
def test_nothing_but_the_set_is_used_or_kept(mirror: Server, cache: Path, answer: bytes | Answer, told: str) -> None:
    mirror.serve(PATH, answer)
    with pytest.raises(SourceError) as raised:
        find(ONE)
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)
    assert files(cache) == {}


def test_what_cannot_be_fetched_says_what_from_where_and_where_to(cache: Path) -> None:
    with using(offline=True), pytest.raises(SourceError) as raised:
        find(ONE)
    assert str(raised.value) == (
        "m365:2025-07-18@16.1: error is not here, and nothing is fetched offline; "
        f"allow fetching, or put {ONE.address} into {cache}"
    )
    cache.mkdir(parents=True)
    (cache / Path(ONE.path).name).write_bytes(DATA)
    with using(offline=True):
        assert find(ONE).data == DATA


@pytest.mark.parametrize("poison", [b"", b"{}", DATA + b" ", DATA[:-1] + b" "])
def test_poisoned_file_is_never_used_and_is_fetched_again(mirror: Server, cache: Path, poison: bytes) -> None:
    cache.mkdir(parents=True)
    (cache / ONE.sha256).write_bytes(poison)
    assert find_kept(ONE.sha256, ONE.bytes) is None
    assert find(ONE).data == DATA
    assert files(cache) == {ONE.sha256: DATA}


def pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("make", [Path.mkdir, pipe, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_in_the_cache_is_not_read(mirror: Server, cache: Path, make: Callable[[Path], None]) -> None:
    cache.mkdir(parents=True)
    make(cache / ONE.sha256)
    assert find(ONE).data == DATA


def no_space(*_: object) -> int:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("what", ["read-only", "full", "a file"])
def test_cache_that_cannot_be_written_is_told_and_the_set_is_used(
    mirror: Server, cache: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    if what == "full":
        monkeypatch.setattr(output, "_write_all", no_space)
    elif what == "a file":
        cache.parent.mkdir(parents=True)
        cache.write_bytes(b"")
    else:
        cache.mkdir(parents=True)
        cache.chmod(0o555)
        if os.access(cache, os.W_OK):
            monkeypatch.setattr(
                output.tempfile, "mkstemp", lambda **_: (_ for _ in ()).throw(PermissionError(13, "no"))
            )
    found = find(ONE)
    assert found.data == DATA
    assert len(found.remarks) == 1
    assert found.remarks[0].startswith("what was fetched is not kept: ")
    assert files(cache) == {} if what != "a file" else cache.read_bytes() == b""


@pytest.mark.parametrize("name", [ONE.path, Path(ONE.path).name, ONE.sha256])
def test_folder_is_a_mirror_by_path_name_or_hash(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    file = tmp_path / "mirror" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(DATA)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "mirror"))
    assert find(ONE).data == DATA
    assert files(cache) == {}
    assert refresh(ONE).data == DATA
    assert files(cache) == {ONE.sha256: DATA}


@pytest.mark.parametrize(("data", "told"), [(None, "is not in "), (b"{}", "is not the set: its SHA-256 differs")])
def test_folder_without_the_set_is_told_and_the_network_left_alone(
    tmp_path: Path, server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch, data: bytes | None, told: str
) -> None:
    if data is not None:
        (tmp_path / Path(ONE.path).name).write_bytes(data)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(SourceError) as raised:
        find(ONE)
    assert told in str(raised.value)
    assert f"put {ONE.address} into it" in str(raised.value)
    assert server.asked == []


def test_cache_is_verified(mirror: Server, cache: Path) -> None:
    assert verify() == (0, [])
    find(ONE)
    other = hashlib.sha256(b"other").hexdigest()
    (cache / other).write_bytes(b"not it")
    (cache / "notes.txt").write_bytes(b"of somebody")
    assert verify() == (2, [other])


def test_ten_processes_share_a_cache(mirror: Server, cache: Path, tmp_path: Path) -> None:
    data = corpus(M365_2025).read_bytes()
    one = find_named("m365", known().sets)
    mirror.serve(f"/{one.path}", data)
    processes = [start("sets", "fetch", "m365", cwd=tmp_path) for _ in range(10)]
    outcomes = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0] * 10, outcomes
    assert files(cache) == {one.sha256: data}
