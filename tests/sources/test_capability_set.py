from __future__ import annotations

from pathlib import Path

import pytest

from navigator_export.errors import SourceError
from navigator_export.sources.capability_set import read_capability_set


def write(folder: Path, data: bytes) -> str:
    file = folder / "set.txt"
    file.write_bytes(data)
    return str(file)


def test_ids_stand_one_a_line_with_comments(tmp_path: Path) -> None:
    data = b"# ours\n\nMAIL-E3\n  HUNT-*  # all of these\r\nAbuse of something\n"
    assert read_capability_set(write(tmp_path, data)) == ("MAIL-E3", "HUNT-*", "Abuse of something")


def test_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    assert read_capability_set(write(tmp_path, b"\xef\xbb\xbfMAIL-E3")) == ("MAIL-E3",)


@pytest.mark.parametrize("data", [b"", b"\n \n", b"# none\n"])
def test_set_without_ids_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SourceError, match="lists no capability"):
        read_capability_set(write(tmp_path, data))


@pytest.mark.parametrize("data", [b"MAIL\xff", "MAIL-E3".encode("utf-16")])
def test_other_encodings_are_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SourceError, match="not UTF-8 text"):
        read_capability_set(write(tmp_path, data))


def test_missing_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read_capability_set(str(tmp_path / "none.txt"))
