"""What differs between systems: code pages, line ends, pipes, signals, the way processes start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from navigator_export import output
from navigator_export.cli.interruption import Interrupted, interruptible
from navigator_export.errors import SourceError
from navigator_export.opening import browser
from navigator_export.output import write
from navigator_export.readers.options import Limits
from navigator_export.sources.contents import contents_of_path
from tests.real_inputs import ROOT
from tests.running import run_process

MANIFEST = """\
sources: {company: sample-company}
layers:
  - {path: "{tier}", sources: [company], for_each: [tier]}
"""


@pytest.mark.parametrize("code_page", ["cp437", "cp1252", "ascii"])
def test_help_is_utf8_whatever_the_code_page(code_page: str) -> None:
    result = run_process("export", "--help", env={"PYTHONIOENCODING": code_page, "PYTHONUTF8": "0"})
    assert (result.returncode, result.stderr) == (0, b"")
    assert "SOURCE…" in result.stdout.decode("utf-8")


@pytest.mark.parametrize("code_page", ["cp437", "cp1252", "ascii"])
def test_answers_and_complaints_fit_the_code_page(code_page: str) -> None:
    env = {"PYTHONIOENCODING": code_page, "PYTHONUTF8": "0"}
    result = run_process("inspect", "sample", "no such 名", env=env)
    assert result.returncode == 2
    assert result.stderr.decode(code_page)
    assert b"Traceback" not in result.stderr


def test_no_file_is_opened_in_the_encoding_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "layers.yaml").write_text(MANIFEST, "utf-8")
    env = {"PYTHONWARNDEFAULTENCODING": "1", "PYTHONWARNINGS": "error::EncodingWarning", "PYTHONUTF8": "0"}
    for arguments in (
        ("build", "layers.yaml", "-o", "out", "--pages", "-q"),
        ("build", "layers.yaml", "-o", "out", "--check", "-q"),
        ("validate", "out"),
        ("upgrade", "out", "--check", "-q"),
        ("inspect", "sample"),
        ("convert", "sample-company", "-o", "mappings.json"),
        ("template", "-o", "list.csv"),
    ):
        result = run_process(*arguments, env=env, cwd=tmp_path)
        assert result.stderr.decode().find("EncodingWarning") == -1, arguments


def test_layers_have_the_line_ends_of_their_text(tmp_path: Path) -> None:
    write(b"one\ntwo\n", tmp_path / "new" / "layer.json")
    assert (tmp_path / "new" / "layer.json").read_bytes() == b"one\ntwo\n"


def test_device_is_written_to_where_nothing_can_be_opened_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_NOT_WAITING", 0)
    monkeypatch.delattr(os, "set_blocking", raising=False)
    assert write(b"x", os.devnull) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes among its files")
def test_pipe_is_refused_in_words_where_it_cannot_be_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.delattr(os, "O_NONBLOCK")
    with pytest.raises(SourceError, match="is not read here"):
        contents_of_path(str(tmp_path / "pipe"), Limits())


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGBREAK"])
def test_signals_of_every_system_end_a_command(name: str) -> None:
    number = getattr(signal, name, None)
    if number is None:
        pytest.skip(f"this system has no {name}")
    with pytest.raises(Interrupted) as caught, interruptible():
        signal.raise_signal(number)
    assert caught.value.exit_code == 128 + number


def test_build_with_processes_that_are_not_forked_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "layers.yaml").write_text(MANIFEST, "utf-8")
    script = """
        import multiprocessing, sys
        from navigator_export.cli import main
        multiprocessing.get_all_start_methods = lambda: ["spawn"]
        if __name__ == "__main__":
            main()
    """
    (tmp_path / "command.py").write_text(dedent(script), "utf-8")
    for folder, jobs in (("one", "1"), ("two", "2")):
        command = [sys.executable, "command.py", "build", "layers.yaml", "-o", folder, "--jobs", jobs, "-q"]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        result = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=False)
        assert (result.returncode, result.stderr) == (0, b"")
    one, two = ({f.name: f.read_bytes() for f in (tmp_path / folder).iterdir()} for folder in ("one", "two"))
    assert one == two
    assert len(json.loads(one["index.json"])["layers"]) > 1


def test_build_gives_way_to_paths_that_windows_does_not_take(tmp_path: Path) -> None:
    text = "sources: {company: sample-company}\nlayers:\n  - {path: aux, sources: [company]}\n"
    (tmp_path / "layers.yaml").write_text(text, "utf-8")
    result = run_process("build", tmp_path / "layers.yaml", "-o", tmp_path / "out")
    assert result.returncode == 2
    assert b"not every file system takes 'aux'" in result.stderr


def test_browser_of_windows_keeps_its_backslashes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started = []

    class Process:
        def __init__(self, words: list[str], **options: object) -> None:
            started.extend(words)

        def wait(self, seconds: float) -> int:
            return 0

    page = tmp_path / "page.html"
    monkeypatch.setattr(browser.subprocess, "Popen", Process)
    monkeypatch.setattr(browser, "_WINDOWS", True)
    assert browser.start_browser(page, r'"C:\Program Files\Web\web.exe" --new')
    assert started == [r"C:\Program Files\Web\web.exe", "--new", page.as_uri()]
