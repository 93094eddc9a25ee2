"""Which word names which kind of source, and how each is called, read, named again and spared."""

from __future__ import annotations

import io
import shlex
import sys
from pathlib import Path

import pytest

from navigator_export import MappingSet, Recipe, SourceError, read
from navigator_export.recipe import command
from navigator_export.sources.registry import KINDS, called, contents, files_of, kind_of
from tests.made_inputs import NIST, mapping_bytes, mapping_file, rated_rows, unrated_rows
from tests.readers.test_page import PAGE
from tests.readers.test_stack import CONTROL, stack


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def words(mappings: MappingSet) -> list[str]:
    """Return the words after `export` of the command that makes a layer again."""
    return shlex.split(command(mappings, Recipe()))[2:]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("-", "StandardInput"),
        ("sample", "Sample"),
        ("sample-company", "Sample"),
        ("sample-", "File"),
        ("folder", "Folder"),
        ("file", "File"),
        ("./-", "File"),
    ],
)
def test_kind_of_a_word(tmp_path: Path, word: str, kind: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "-").touch()
    (tmp_path / "sample").touch()
    (tmp_path / "sample-company").touch()
    (tmp_path / "sample-").touch()
    found = kind_of(word)
    assert type(found).__name__ == kind
    assert found in KINDS


@pytest.mark.parametrize("word", ["nothing", "a\0b", "x" * 5000])
def test_word_that_names_nothing_is_told_as_a_file_that_is_not_there(word: str) -> None:
    assert kind_of(word) is None
    with pytest.raises(SourceError) as raised:
        read(word)
    assert raised.value.file == word


def test_paths_begin_in_the_folder_that_is_given(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").touch()
    assert kind_of("file") is None
    assert type(kind_of("file", "below")).__name__ == "File"
    assert type(kind_of("sample", "below")).__name__ == "Sample"


def test_what_messages_call_it() -> None:
    assert [called(word) for word in ("-", "sample", "a/b.json")] == ["standard input", "sample", "a/b.json"]


def test_files_that_are_read_are_named_so_that_they_are_spared(tmp_path: Path) -> None:
    (tmp_path / "stack").mkdir()
    stack(tmp_path / "stack", A=CONTROL)
    (tmp_path / "stack" / "notes.txt").touch()
    assert files_of("stack") == (Path("stack", "A.yaml"),)
    assert files_of("a.json") == (Path("a.json"),)
    assert files_of("-") == files_of("sample") == ()


def test_files_of_a_folder_that_is_not_looked_into(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert files_of("empty") == ()


@pytest.mark.parametrize("name", ["a b.json", "-x.json", "sample", "mappings.json"])
def test_command_names_a_file_so_that_it_is_read_again(tmp_path: Path, name: str) -> None:
    mapping_file(tmp_path, rated_rows(), name)
    mappings = read(tmp_path / name)
    [word] = words(mappings)
    assert not word.startswith("-")
    assert read(word).sources == mappings.sources


def test_command_names_what_one_word_gives_once(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    page = read("page.txt")
    assert len(page.sources) > 1
    assert words(page) == ["page.txt"]
    assert words(read("sample")) == ["sample"]


def test_command_names_each_of_two_files_of_one_name(tmp_path: Path) -> None:
    for folder, rows, metadata in (("a", rated_rows(), {}), ("b", unrated_rows(), NIST)):
        (tmp_path / folder).mkdir()
        mapping_file(tmp_path / folder, rows, **metadata)
    assert words(read("a/mappings.json", "b/mappings.json")) == ["mappings.json", "mappings.json"]


def test_command_names_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(mapping_bytes(rated_rows()))))
    mappings = read("-")
    assert mappings.sources[0].name == "standard input"
    assert words(mappings) == ["-"]


def test_bytes_are_those_of_a_file_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "sample").write_bytes(b"x")
    assert contents("sample") == b"x"
