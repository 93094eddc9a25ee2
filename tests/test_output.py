from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from navigator_export import OutputError, output, write
from navigator_export.output import write_together
from tests.real_inputs import ROOT
from tests.running import run_process


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


def test_pipe_that_nobody_reads_is_an_error_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "READER_SECONDS", 0)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="is a pipe that nobody reads; start what reads it first"):
        write(NEW, tmp_path / "pipe")


def test_link_that_leads_round_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    with pytest.raises(OutputError, match="is a link that leads round to itself"):
        write(NEW, tmp_path / "one")
    assert names(tmp_path) == ["one", "two"]


def test_empty_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match="the name of the output is empty; name a file"):
        write(NEW, "")
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["/dev/fd/{}", "/proc/self/fd/{}"])
def test_open_descriptor_is_written_to_where_it_stands(tmp_path: Path, name: str) -> None:
    with (tmp_path / "file").open("wb", buffering=0) as file:
        file.write(b"first ")
        write(b"second", name.format(file.fileno()))
    assert (tmp_path / "file").read_bytes() == b"first second"
    assert names(tmp_path) == ["file"]


def test_closed_descriptor_is_an_error_in_words() -> None:
    with pytest.raises(OutputError, match="bad file descriptor"):
        write(NEW, "/dev/fd/999")


# ---- as real processes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("arguments", [("export", "sample"), ("template",)])
def test_standard_output_by_name_is_a_pipe_like_any_other(name: str, arguments: tuple[str, ...]) -> None:
    done = run_process(*arguments, "-o", name)
    assert (done.returncode, done.stdout) == (0, run_process(*arguments).stdout)


def test_report_to_standard_error_by_name(tmp_path: Path) -> None:
    done = run_process("export", "sample", "-q", "-o", tmp_path / "layer.json", "--report", "/dev/stderr")
    assert done.returncode == 0
    assert done.stderr.startswith(b"ATT&CK ")


def test_descriptor_that_a_shell_hands_over() -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as reader:
        done = run_process("template", "-o", f"/dev/fd/{write_end}", pass_fds=[write_end])
        os.close(write_end)
        assert (done.returncode, done.stdout) == (0, b"")
        assert reader.read() == run_process("template").stdout


@pytest.mark.parametrize("command", [("export", "sample"), ("convert", "sample"), ("template",)])
def test_empty_name_writes_nothing_into_the_current_folder(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = run_process(*command, "-o", "", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"the name of the output is empty" in done.stderr
    assert names(tmp_path) == []


def test_link_that_leads_round_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("one")
    done = run_process("export", "sample", "-o", "one", "--report", tmp_path / "report.txt", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == b"one: error is a link that leads round to itself; name a file\n"


# ---- what killed processes leave -------------------------------------------------------------------------------------

KILLED_BEFORE_REPLACING = """
import os, pathlib, signal
pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from navigator_export.cli import main
main()
"""


def test_next_export_clears_what_a_killed_one_left(tmp_path: Path) -> None:
    export = ["export", "sample", "-q", "-o", str(tmp_path / "layer.json")]
    killed = subprocess.run([sys.executable, "-c", KILLED_BEFORE_REPLACING, *export], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    [left] = names(tmp_path)
    assert left.startswith(".navigator-export-")
    assert left.endswith(".part")
    assert run_process(*export).returncode == 0
    assert names(tmp_path) == ["layer.json"]


def test_only_our_own_files_of_processes_that_are_gone_are_cleared(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    kept = [
        f".navigator-export-{os.getpid()}-abc.part",  # of a living process
        f".navigator-export-{gone.pid}-abc.part.json",
        f"navigator-export-{gone.pid}-abc.part",
        ".navigator-export-abc.part",
        ".navigator-export-0-abc.part",
    ]
    for name in (*kept, f".navigator-export-{gone.pid}-abc.part"):
        (tmp_path / name).touch()
    (tmp_path / f".navigator-export-{gone.pid}-link.part").symlink_to(kept[0])
    (tmp_path / f".navigator-export-{gone.pid}-folder.part").mkdir()
    write(NEW, tmp_path / "layer.json")
    assert names(tmp_path) == sorted(
        [*kept, "layer.json", f".navigator-export-{gone.pid}-link.part", f".navigator-export-{gone.pid}-folder.part"]
    )


def test_dash_is_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write(NEW, "-")
    assert capfdbinary.readouterr().out == NEW


def test_missing_standard_output_is_an_error_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OutputError, match=r"standard output.*closed"):
        write(NEW, "-")


def test_files_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    old, new, folder = (str(tmp_path / name) for name in ("old", "deep/new", "folder"))
    Path(old).write_bytes(b"before")
    Path(folder).mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        write_together([(old, b"after"), (new, b"after"), (folder, b"after")])
    assert Path(old).read_bytes() == b"before"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [Path(old)]
    write_together([(old, b"after"), (new, b"after")])
    assert (Path(old).read_bytes(), Path(new).read_bytes()) == (b"after", b"after")


def test_what_is_no_file_is_written_after_the_files(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write_together([("-", b"out"), (str(tmp_path / "a"), b"in")])
    assert (capfdbinary.readouterr().out, (tmp_path / "a").read_bytes()) == (b"out", b"in")
    with pytest.raises(OutputError):
        write_together([("-", b"out"), (str(tmp_path), b"in")])
    assert capfdbinary.readouterr().out == b""
