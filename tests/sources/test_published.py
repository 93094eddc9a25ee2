"""Published sets and addresses as sources: what they give is what their files give."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from navigator_export import Recipe, SourceError, read
from navigator_export.export import make_layer
from navigator_export.readers.options import Limits, ReadOptions
from navigator_export.recipe import command
from navigator_export.sets.keeping import VARIABLE
from navigator_export.sets.names import name_of
from navigator_export.sets.network import using
from navigator_export.sets.registry import known
from navigator_export.sources.registry import called, files_of, kind_of
from tests.https_server import Server
from tests.made_inputs import layer_bytes, mapping_bytes, mapping_file, rated_rows
from tests.real_inputs import MAPPING_FILES
from tests.sets.made_sets import COMMIT, OLD_M365, mirrored


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    with mirrored(monkeypatch, tmp_path) as folder:
        yield folder


def layer(word: str) -> dict[str, Any]:
    read_back: dict[str, Any] = json.loads(make_layer(read(word)).text)
    return read_back


def without_provenance(made: dict[str, Any]) -> str:
    own = ("source", "address", "commit", "command")
    metadata = [pair for pair in made["metadata"] if pair.get("name") not in own]
    return json.dumps({**made, "metadata": metadata})


def metadata(made: dict[str, Any]) -> dict[str, str]:
    return {pair["name"]: pair["value"] for pair in made["metadata"] if "name" in pair}


# ---- published sets --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_name_gives_the_layer_of_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = next(one for one in known().sets if one.path.endswith(f"/{file.name}"))
    monkeypatch.setenv(VARIABLE, str(file.parent))
    by_name, by_file = layer(name_of(one)), layer(str(file))
    assert without_provenance(by_name) == without_provenance(by_file)
    assert metadata(by_name)["SHA-256"] == one.sha256


def test_layer_says_name_address_commit_and_hash(mirror: Path) -> None:
    said = metadata(layer("m365@2023"))
    assert said["source"] == "m365:2023-12-11@14.1"
    assert said["address"] == OLD_M365.facts.address
    assert said["commit"] == COMMIT
    assert said["SHA-256"] == hashlib.sha256(OLD_M365.data).hexdigest()
    assert said["command"] == "navigator-export export m365:2023-12-11@14.1"


def test_command_makes_the_same_layer(mirror: Path) -> None:
    made = make_layer(read("nist", "m365"), Recipe())
    words = shlex.split(made.command)[2:]
    assert words == ["nist:rev5@16.1", "m365:2025-07-18@16.1"]
    assert make_layer(read(*words), Recipe()).text == made.text


def test_file_of_a_set_s_name_goes_first_which_is_said(mirror: Path, tmp_path: Path) -> None:
    mapping_file(tmp_path, rated_rows()[:2], "m365")
    mappings = read("m365")
    assert mappings.sources[0].name == "m365"
    assert mappings.sources[0].remarks == (
        "m365 is the file of that name, not the published set, which is m365:2025-07-18@16.1",
    )
    assert shlex.split(command(mappings, Recipe()))[2:] == ["./m365"]
    assert read("./m365").sources[0].remarks == ()
    assert read("M365").sources[0].name == "m365:2025-07-18@16.1"


def test_file_of_a_set_s_name_that_is_none_of_mappings_is_told_as_the_file(mirror: Path, tmp_path: Path) -> None:
    (tmp_path / "m365").write_bytes(b"{}")
    with pytest.raises(SourceError) as raised:
        read("m365")
    assert raised.value.__notes__ == [
        "m365 is the file of that name, not the published set, which is m365:2025-07-18@16.1"
    ]


def test_set_goes_before_a_folder_such_as_a_build_writes(mirror: Path, tmp_path: Path) -> None:
    (tmp_path / "m365").mkdir()
    (tmp_path / "m365" / "e3.json").write_bytes(layer_bytes())
    assert read("m365").sources[0].name == "m365:2025-07-18@16.1"
    assert read("m365").sources[0].remarks == ()
    (tmp_path / "m365" / "rule.yaml").write_text("a: b", "utf-8")
    assert read("m365").sources[0].remarks == (
        "m365 is the published set, not the folder of that name, which is ./m365",
    )
    assert type(kind_of("./m365")).__name__ == "Folder"


@pytest.mark.parametrize(("word", "near"), [("m356", "m365"), ("samle", "sample, sample-company")])
def test_misspelled_name_is_told_with_sets_samples_and_files(
    mirror: Path, tmp_path: Path, word: str, near: str
) -> None:
    mapping_file(tmp_path, rated_rows(), "m36.json")
    with pytest.raises(SourceError) as raised:
        read(word)
    said = f"no file, and no published set, of the name {word!r}; nearest sets and samples: {near};"
    assert said in str(raised.value)
    assert "files: m36.json" in str(raised.value)


def test_set_is_no_file_that_could_be_written_over(mirror: Path) -> None:
    assert files_of("m365") == ()
    kind = kind_of("m365")
    assert kind is not None
    assert (kind.fetched, kind.repeatable, kind.on_disk) == (True, True, False)


def test_set_beyond_the_limits_is_refused(mirror: Path) -> None:
    with pytest.raises(SourceError, match="more than 100 bytes"):
        read("m365", options=ReadOptions(limits=Limits(bytes=100)))


# ---- addresses -------------------------------------------------------------------------------------------------------

BODY = mapping_bytes(rated_rows())
HASH = hashlib.sha256(BODY).hexdigest()


def test_address_without_a_pin_tells_its_hash(server: Server) -> None:
    address = server.serve("/list.json", BODY)
    source = read(address).sources[0]
    assert source.name == f"{address}#sha256={HASH}"
    assert source.sha256 == HASH
    assert source.remarks[-1] == (
        f"{address} is not pinned; it has the SHA-256 {HASH}: end the address in #sha256={HASH}"
    )


def test_pinned_address_is_fetched_once(server: Server) -> None:
    word = f"{server.serve('/list.json', BODY)}#sha256={HASH.upper()}"
    first, second = read(word), read(word)
    assert first == second
    assert first.sources[0].remarks == ()
    assert server.asked == ["/list.json"]
    with using(offline=True):
        assert read(word) == first


def test_command_of_an_address_is_pinned(server: Server) -> None:
    address = server.serve("/list.json", BODY)
    made = make_layer(read(address))
    words = shlex.split(made.command)[2:]
    assert words == [f"{address}#sha256={HASH}"]
    assert make_layer(read(*words)).text == made.text
    assert metadata(layer(words[0]))["source"] == words[0]


def test_what_has_another_hash_is_not_used(server: Server, cache: Path) -> None:
    address = server.serve("/list.json", b"<html>")
    with pytest.raises(SourceError) as raised:
        read(f"{address}#sha256={HASH}")
    assert "and is a web page, not the one that is pinned, and is not used" in str(raised.value)
    assert not cache.exists()


def test_web_page_is_refused_by_name(server: Server) -> None:
    with pytest.raises(SourceError, match="web page"):
        read(server.serve("/list.json", b"<!DOCTYPE html><html><body>Log in</body></html>"))


@pytest.mark.parametrize("mark", ["sha256=12", "section", "sha256=" + "g" * 64])
def test_pin_of_another_form_is_refused(server: Server, mark: str) -> None:
    with pytest.raises(SourceError, match="after the # is no pin"):
        read(f"{server.serve('/list.json', BODY)}#{mark}")
    assert server.asked == []


def test_query_of_an_address_is_kept_out_of_layers_and_messages(server: Server) -> None:
    address = server.serve("/list.json?token=secret", BODY)
    mappings = read(address)
    assert "may be secret, and is not in the layer" in mappings.sources[0].remarks[-1]
    assert "secret=" not in make_layer(mappings).text.decode()
    assert "token" not in make_layer(mappings).text.decode()
    assert called(address) == f"{server.address}/list.json"


def test_address_beyond_the_limits_is_refused(server: Server) -> None:
    with pytest.raises(SourceError, match="the server sends more than 100 bytes"):
        read(server.serve("/list.json", BODY), options=ReadOptions(limits=Limits(bytes=100)))


@pytest.mark.parametrize("word", ["http://example.org/a.json", "ftp://example.org/a.json", "file:///etc/passwd"])
def test_other_protocols_are_refused(word: str) -> None:
    with pytest.raises(SourceError, match="is not an https address, and no other is read"):
        read(word)
