from __future__ import annotations

import json
import subprocess
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from navigator_export.errors import SourceError
from navigator_export.sets.compile import compile_registry
from navigator_export.sets.names import name_of
from navigator_export.sets.registry import PublishedSet, decode, encode, known
from navigator_export.sets.repository import SET_PATH, blob_id, read_repository
from tests.real_inputs import MAPPING_FILES, shared
from tests.sets.made_sets import M365, NIST_5, SETS, Made


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


def repository(folder: Path, *sets: Made) -> Path:
    """Make a repository that has these sets, and files beside them that are none."""
    folder.mkdir()
    git(folder, "init", "-q")
    others = {"README.md": b"read me", M365.facts.path.replace(".json", "_navigator_layer.json"): b"{}"}
    for path, data in ({one.facts.path: one.data for one in sets} | others).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "sets")
    return folder


def test_shipped_registry_has_the_published_facts() -> None:
    document = json.loads(shared("corpus/published-sets.json").read_text("utf-8"))
    stated = ("path", "framework", "framework_version", "attack_version", "domain", "bytes", "rows", "sha256")
    own = ("path", "framework", "version", "attack_version", "domain", "bytes", "rows", "sha256")
    assert {tuple(one[field] for field in stated) for one in document["sets"]} == {
        tuple(getattr(one, field) for field in own) for one in known().sets
    }
    assert known().commit == document["commit"]
    assert known().committed == document["committed"]


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_facts_are_those_of_the_file(file: Path) -> None:
    data = file.read_bytes()
    found = [one for one in known().sets if one.path.endswith(f"/{file.name}")]
    assert [(one.blob, one.bytes) for one in found] == [(blob_id(data), len(data))]


def test_registry_is_one_set_a_line_and_reads_back() -> None:
    data = (resources.files("navigator_export.sets") / "registry.json").read_bytes()
    assert encode(decode(data)) == data
    assert data.count(b"\n") == len(known().sets) + 2


@pytest.mark.parametrize("one", known().sets, ids=name_of)
def test_address_is_the_raw_file_at_a_commit(one: PublishedSet) -> None:
    parts = urlsplit(one.address)
    assert (parts.scheme, parts.netloc) == ("https", "raw.githubusercontent.com")
    assert parts.path == f"/{one.repository}/{known().commit}/{one.path}"
    assert SET_PATH.fullmatch(one.path)


def test_registry_is_rebuilt_from_a_clone_and_from_a_bare_one(tmp_path: Path) -> None:
    clone = repository(tmp_path / "clone", *SETS)
    git(tmp_path, "clone", "-q", "--bare", "clone", "bare")
    (clone / M365.facts.path).write_text("changed, and not in a commit", "utf-8")
    read = decode(compile_registry(str(clone)))
    assert compile_registry(str(tmp_path / "bare")) == compile_registry(str(clone))
    assert {(one.sha256, one.blob, one.rows) for one in read.sets} == {
        (one.facts.sha256, one.facts.blob, one.facts.rows) for one in SETS
    }


def test_contents_come_with_the_facts(tmp_path: Path) -> None:
    registry, contents = read_repository(str(repository(tmp_path / "clone", NIST_5)))
    assert [contents[one.sha256] for one in registry.sets] == [NIST_5.data]


def test_two_sets_of_one_name_are_no_registry(tmp_path: Path) -> None:
    moved = M365.facts.path.replace("m365", "m365-b")
    copy = repository(tmp_path / "clone", M365)
    (copy / moved).parent.mkdir(parents=True)
    (copy / moved).write_bytes(M365.data)
    git(copy, "add", "-A")
    git(copy, "commit", "-qm", "twin")
    with pytest.raises(SourceError, match=r"would have the same name as .*, m365:2025-07-18@16\.1"):
        compile_registry(str(copy))


@pytest.mark.parametrize("what", ["nothing", "folder", "no set", "broken set"])
def test_what_is_no_copy_is_told(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "copy"
    if what == "folder":
        folder.mkdir()
    elif what == "no set":
        repository(folder)
    elif what == "broken set":
        repository(folder, M365._replace(data=b"{}"))
    with pytest.raises(SourceError) as raised:
        read_repository(str(folder))
    told = {"no set": "no published set in this copy", "broken set": "is no published set"}
    assert told.get(what, "no copy of the repository that git can read") in str(raised.value)
