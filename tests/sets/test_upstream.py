from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from navigator_export.errors import SourceError
from navigator_export.sets import registry, upstream
from navigator_export.sets.keeping import find_kept
from navigator_export.sets.names import name_of
from navigator_export.sets.repository import REPOSITORY
from navigator_export.sets.upstream import completed, listed_sets, sets_of_copy
from tests.https_server import Server
from tests.sets.made_sets import M365, OLD_M365, Made, made, registry_of
from tests.sets.test_registry import repository

HEAD = "f" * 40
NEW = made("m365", "05/06/2027", "19.1")


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch, cache: Path) -> Iterator[None]:
    with registry_of(monkeypatch, OLD_M365, M365):
        yield


def listing(server: Server, monkeypatch: pytest.MonkeyPatch, *sets: Made, truncated: bool = False) -> None:
    """Have GitHub be this server, and the repository have these sets."""
    monkeypatch.setattr(upstream, "API", server.address)
    monkeypatch.setattr(registry, "HOST", server.address)
    entries = [{"path": one.facts.path, "type": "blob", "sha": one.facts.blob, "size": len(one.data)} for one in sets]
    others = [
        {"path": "mappings", "type": "tree", "sha": "0" * 40},
        {"path": "a.json", "type": "blob", "sha": "1" * 40},
    ]
    server.serve(f"/repos/{REPOSITORY}/commits/HEAD", json.dumps({"sha": HEAD}).encode())
    tree = json.dumps({"tree": [*entries, *others], "truncated": truncated}).encode()
    server.serve(f"/repos/{REPOSITORY}/git/trees/{HEAD}?recursive=1", tree)
    for one in sets:
        server.serve(f"/{REPOSITORY}/{HEAD}/{quote(one.facts.path)}", one.data)


def test_listed_set_has_all_its_facts_when_its_file_came(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    listing(server, monkeypatch, M365, NEW)
    found = {name_of(one): one for one in listed_sets()}
    assert found.keys() == {"m365:2025-07-18@16.1", "m365:2027-05-06@19.1"}
    whole = completed(found["m365:2027-05-06@19.1"])
    assert (whole.version, whole.rows, whole.sha256) == (NEW.facts.version, NEW.facts.rows, NEW.facts.sha256)
    assert whole.commit == HEAD
    assert find_kept(whole.sha256, whole.bytes) == NEW.data


def test_token_goes_to_the_listing_alone(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "abc")
    listing(server, monkeypatch, NEW)
    completed(listed_sets()[0])
    assert server.tokens == ["Bearer abc", "Bearer abc", ""]


def test_other_file_than_the_listed_one_is_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    listing(server, monkeypatch, NEW)
    one = listed_sets()[0]
    server.serve(f"/{REPOSITORY}/{HEAD}/{quote(one.path)}", NEW.data[:-1] + b" ")
    with pytest.raises(SourceError, match="is not the file that the repository lists"):
        completed(one)


def test_what_is_no_whole_listing_is_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    listing(server, monkeypatch, NEW, truncated=True)
    with pytest.raises(SourceError, match="too long for GitHub to give it whole; name a copy with --from"):
        listed_sets()
    server.serve(f"/repos/{REPOSITORY}/commits/HEAD", b"<html>")
    with pytest.raises(SourceError, match="no listing of GitHub's; name a copy of the repository with --from"):
        listed_sets()


def test_sets_of_a_copy_that_are_new_are_in_the_cache(tmp_path: Path) -> None:
    copy = repository(tmp_path / "copy", M365, NEW)
    assert {name_of(one) for one in sets_of_copy(str(copy))} == {"m365:2025-07-18@16.1", "m365:2027-05-06@19.1"}
    assert find_kept(NEW.facts.sha256, NEW.facts.bytes) == NEW.data
    assert find_kept(M365.facts.sha256, M365.facts.bytes) is None
