from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from navigator_export.attack import Tactic, store
from navigator_export.attack.store import DATA_VARIABLE, ImportedRelease, ImportedTechnique
from navigator_export.errors import AttackError, OutputError

RELEASE = ImportedRelease(
    domain="enterprise",
    version="21.0",
    official=True,
    sha256="0" * 64,
    stix="2.1",
    techniques=(
        ImportedTechnique("T1001", "Data Obfuscation", ("command-and-control",), ("Linux",)),
        ImportedTechnique("T1002", "Data Compressed", status="revoked", replaced_by="T1560"),
    ),
    matrix=(Tactic("command-and-control", "Command and Control", "TA0011"),),
)


def test_what_is_saved_comes_back() -> None:
    store.save(RELEASE)
    [stored] = store.listing()
    assert (stored.domain, stored.version, stored.facts) == ("enterprise", "21.0", RELEASE)


def test_file_is_the_same_for_the_same_release(data_folder: Path) -> None:
    path = store.save(RELEASE)
    assert path == data_folder / "attack/enterprise-21.0.json"
    first = path.read_bytes()
    store.save(RELEASE)
    assert path.read_bytes() == first
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_folder_is_the_users_own_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(DATA_VARIABLE)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert store.folder() == tmp_path / "navigator-export/attack"
    monkeypatch.setenv(DATA_VARIABLE, "")
    assert store.folder().parts[-2:] == ("navigator-export", "attack")


def test_nothing_is_listed_without_a_folder(data_folder: Path) -> None:
    assert store.listing() == ()
    assert not data_folder.exists()


def test_other_files_are_passed_over(data_folder: Path) -> None:
    path = store.save(RELEASE)
    for name in ("notes.txt", ".enterprise-21.0.json.x.part", "pre-7.2.json", "ics-11.0-beta.json", "ics-021.0.json"):
        (path.parent / name).touch()
    assert [stored.version for stored in store.listing()] == ["21.0"]


@pytest.mark.parametrize("name", ["16.1", "8.0", "100.10", "0.1"])
def test_release_names(name: str) -> None:
    assert store.is_release_name(name)


@pytest.mark.parametrize("name", ["", "16", "v16.1", "016.1", "16.1\n", "16.1.1", "1000.0", "٣.١", "../16.1", "-1.0"])
def test_no_release_names(name: str) -> None:
    assert not store.is_release_name(name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "is damaged"),
        (b'{"domain":"enterprise"', "is damaged"),
        (b"[]", "is damaged"),
        (b"\xff", "is damaged"),
        (json.dumps({"domain": "ics", "version": "21.0"}).encode(), "is damaged"),
    ],
)
def test_damaged_file_is_told_with_the_remedy(text: bytes, words: str) -> None:
    path = store.save(RELEASE)
    path.write_bytes(text)
    [stored] = store.listing()
    with pytest.raises(AttackError) as error:
        assert stored.facts
    [line] = error.value.lines()
    assert line.startswith(f"{path}: error {words}")
    assert line.endswith("; import the bundle again, or delete the file")


def test_file_under_another_name_is_not_believed() -> None:
    path = store.save(RELEASE)
    path.rename(path.with_name("mobile-21.0.json"))
    [stored] = store.listing()
    with pytest.raises(AttackError, match=r"holds enterprise 21.0, not what its name says"):
        assert stored.facts


def test_broken_link_is_told() -> None:
    path = store.save(RELEASE)
    path.with_name("ics-21.0.json").symlink_to("nothing")
    broken, sound = sorted(store.listing(), key=lambda stored: stored.path.endswith("enterprise-21.0.json"))
    assert sound.facts == RELEASE
    with pytest.raises(AttackError, match=r"ics-21\.0\.json: error cannot be read"):
        assert broken.facts


def test_file_of_a_later_format_is_not_misread() -> None:
    path = store.save(RELEASE)
    path.write_bytes(path.read_bytes().replace(b'"format":3', b'"format":4'))
    with pytest.raises(AttackError, match=r"another version of navigator-export \(format 4\); import the bundle again"):
        assert store.listing()[0].facts


def test_file_of_the_first_format_is_read_without_a_matrix() -> None:
    path = store.save(RELEASE)
    first = json.loads(path.read_bytes())
    assert first.pop("matrix")
    path.write_text(json.dumps(first | {"format": 1}))
    assert store.listing()[0].facts == replace(RELEASE, matrix=(), format=1)


def test_folder_that_is_a_file(data_folder: Path) -> None:
    data_folder.mkdir()
    (data_folder / "attack").touch()
    with pytest.raises(AttackError, match=f"cannot be listed: .*; mend it, or name another folder in {DATA_VARIABLE}"):
        store.listing()
    with pytest.raises(OutputError, match="cannot be made"):
        store.save(RELEASE)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every folder")
def test_folder_that_may_not_be_read(data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data_folder.mkdir(mode=0o000)
    with pytest.raises(AttackError, match="cannot be listed"):
        store.listing()
    home = tmp_path / "home"
    home.mkdir(mode=0o000)
    monkeypatch.delenv(DATA_VARIABLE)
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    assert store.listing() == ()
