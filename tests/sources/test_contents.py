from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from navigator_export.errors import SourceError
from navigator_export.readers.options import Limits
from navigator_export.sources.registry import contents


def test_bytes_of_a_file_come_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff\r\n\0")
    assert contents(str(tmp_path / "a")) == b"\xff\r\n\0"


def test_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\r\n")))
    assert contents("-") == b"\xff\r\n"


def test_closed_standard_input_is_an_error_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(SourceError, match="standard input: error is closed"):
        contents("-")


def test_missing_file_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "mappings.json").touch()
    (tmp_path / "unlike").touch()
    with pytest.raises(SourceError, match=r"no such file; nearest file names there: mappings\.json$"):
        contents(str(tmp_path / "mapings.json"))


def test_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no folder .*/none either"):
        contents(str(tmp_path / "none" / "a.json"))


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="this is a folder"):
        contents(str(tmp_path))


@pytest.mark.parametrize(("name", "words"), [("a\0b", "null byte"), ("x" * 300, "name too long"), ("", "a folder")])
def test_impossible_names_are_errors_in_words(name: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        contents(name)


@pytest.mark.skipif(os.name != "posix", reason="no permissions like these here")
def test_unreadable_file_is_an_error_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a").touch()
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match="cannot be read: permission denied"):
        contents(str(tmp_path / "a"))


@pytest.mark.parametrize(("size", "is_read"), [(64, True), (65, False)])
def test_more_than_the_limit_is_refused(
    tmp_path: Path,
    size: int,
    is_read: bool,
) -> None:
    limits = Limits(bytes=64)
    (tmp_path / "a").write_bytes(b"x" * size)
    if is_read:
        assert len(contents(str(tmp_path / "a"), limits)) == size
    else:
        with pytest.raises(SourceError, match="the largest that is read"):
            contents(str(tmp_path / "a"), limits)
