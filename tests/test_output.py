from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from navigator_export import OutputError, write


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


OLD, NEW = b"old", b"new " * 1000


def fail(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


def fail_half_way(write_: Callable[[int, bytes], int]) -> Callable[[int, bytes], int]:
    calls = []

    def writes_some_then_fails(handle: int, data: bytes) -> int:
        calls.append(handle)
        if len(calls) > 1:
            fail()
        return write_(handle, bytes(data)[:100])

    return writes_some_then_fails


def interrupt(*_: Any, **__: Any) -> Any:
    raise KeyboardInterrupt


@pytest.fixture
def target(tmp_path: Path) -> Path:
    file = tmp_path / "layer.json"
    file.write_bytes(OLD)
    return file


def test_write_replaces_a_file(target: Path) -> None:
    write(NEW, target)
    assert target.read_bytes() == NEW
    assert names(target.parent) == ["layer.json"]


def test_write_makes_a_file_and_the_folders_that_are_missing(tmp_path: Path) -> None:
    write(NEW, tmp_path / "a" / "b" / "layer.json")
    assert (tmp_path / "a" / "b" / "layer.json").read_bytes() == NEW


@pytest.mark.parametrize("function", ["write", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    target: Path, function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, function, fail)
    with pytest.raises(OutputError, match="no space left"):
        write(NEW, target)
    monkeypatch.undo()
    assert target.read_bytes() == OLD
    assert names(target.parent) == ["layer.json"]


def test_a_write_that_fails_half_way_leaves_the_old_file_and_no_other(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "write", fail_half_way(os.write))
    with pytest.raises(OutputError, match="no space left"):
        write(NEW, target)
    monkeypatch.undo()
    assert target.read_bytes() == OLD
    assert names(target.parent) == ["layer.json"]


@pytest.mark.parametrize("function", ["write", "replace", "chmod"])
def test_an_interrupted_write_leaves_the_old_file_and_no_other(
    target: Path, function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, function, interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(NEW, target)
    monkeypatch.undo()
    assert target.read_bytes() == OLD
    assert names(target.parent) == ["layer.json"]


def test_short_writes_are_continued(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, bytes(data)[:7]))
    write(NEW, target)
    assert target.read_bytes() == NEW


def test_read_only_file_is_refused(target: Path) -> None:
    target.chmod(0o444)
    with pytest.raises(OutputError, match="read-only"):
        write(NEW, target)
    assert target.read_bytes() == OLD


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder"):
        write(NEW, tmp_path)


def test_a_file_where_a_folder_is_needed_is_refused(target: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write(NEW, target / "layer.json")
    assert target.read_bytes() == OLD


def test_link_is_followed(target: Path) -> None:
    link = target.with_name("link.json")
    link.symlink_to(target.name)
    write(NEW, link)
    assert link.is_symlink()
    assert target.read_bytes() == NEW


def test_link_to_nothing_makes_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to("layer.json")
    write(NEW, tmp_path / "link.json")
    assert (tmp_path / "layer.json").read_bytes() == NEW
    assert (tmp_path / "link.json").is_symlink()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_mode_of_a_file_is_kept(target: Path, mode: int) -> None:
    target.chmod(mode)
    write(NEW, target)
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    write(NEW, tmp_path / "one.json")
    (tmp_path / "two.json").write_bytes(NEW)
    assert (tmp_path / "one.json").stat().st_mode == (tmp_path / "two.json").stat().st_mode


@pytest.mark.parametrize("name", ["x" * 250 + ".json", "名" * 83 + ".json", "ä\n.json"], ids=["long", "wide", "odd"])
def test_any_name_that_the_file_system_takes_can_be_written(tmp_path: Path, name: str) -> None:
    write(NEW, tmp_path / name)
    assert (tmp_path / name).read_bytes() == NEW


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_name_that_the_file_system_does_not_take_is_an_error_in_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write(NEW, tmp_path / name)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_full_device_is_an_error_in_words() -> None:
    with pytest.raises(OutputError, match="no space left"):
        write(NEW, "/dev/full")


def test_device_is_written_to_as_it_is() -> None:
    write(NEW, os.devnull)
    assert not Path(os.devnull).is_file()


def test_named_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write(NEW, pipe)
        assert os.read(reader, 2 * len(NEW)) == NEW
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_dash_is_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write(NEW, "-")
    assert capfdbinary.readouterr().out == NEW


def test_missing_standard_output_is_an_error_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OutputError, match=r"standard output.*closed"):
        write(NEW, "-")
