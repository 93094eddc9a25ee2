"""The command line as a whole: help, exit codes, streams."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from navigator_export import __version__
from navigator_export.cli.commands import COMMANDS, commands
from tests.docs.command_reference import every_command
from tests.made_inputs import mapping_file, rated_rows
from tests.real_inputs import ROOT
from tests.running import Run, run_process

EVERY = list(every_command())


def test_commands_are_listed_with_their_summaries() -> None:
    result = CliRunner().invoke(commands, ["--help"])
    assert result.exit_code == 0
    for name, summary in COMMANDS.items():
        assert name in result.stdout
        assert summary in " ".join(result.stdout.split())
    assert "To begin: `navigator-export export sample-company -o layer.json`" in " ".join(result.stdout.split())


@pytest.mark.parametrize("words", [words for words, _ in EVERY], ids=" ".join)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_has_help(words: tuple[str, ...], option: str) -> None:
    result = CliRunner().invoke(commands, [*words, option])
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ")
    assert result.stderr == ""


@pytest.mark.parametrize(("words", "command"), EVERY, ids=[" ".join(words) for words, _ in EVERY])
def test_every_option_says_what_it_does(words: tuple[str, ...], command: click.Command) -> None:
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert [option.opts for option in options if not option.help] == []
    assert command.help


def test_version_is_told(run: Run) -> None:
    outcome = run("--version")
    assert (outcome.code, outcome.out.decode().strip()) == (0, f"navigator-export, version {__version__}")


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("--nothing",),
        ("export",),
        ("export", "--nothing"),
        ("export", "sample", "--score", "highest"),
        ("export", "sample", "--weights", "1,2,3"),
        ("export", "sample", "--range", "5"),
        ("export", "sample", "--assign-tier", "x"),
        ("export", "sample", "--exact-tier"),
        ("export", "sample", "--tier"),
        ("validate",),
        ("validate", "--format", "xml", "x"),
        ("inspect",),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2_with_words_on_standard_error(arguments: tuple[str, ...], run: Run) -> None:
    outcome = run(*arguments)
    assert (outcome.code, outcome.out) == (2, b"")
    assert "Error: " in outcome.err


def test_no_command_shows_help_and_exits_2(run: Run) -> None:
    outcome = run()
    assert outcome.code == 2
    assert "Usage: " in outcome.err + outcome.out.decode()


class Interrupted(io.RawIOBase):
    """Standard input during which someone presses Ctrl-C."""

    def readable(self) -> bool:
        return True

    def readinto(self, _: object) -> int:
        raise KeyboardInterrupt


@pytest.mark.parametrize("command", ["export", "validate", "inspect"])
def test_interrupt_exits_130_without_traceback(command: str, run: Run) -> None:
    outcome = run(command, "-", stdin=Interrupted())
    assert outcome.code == 130
    assert "Traceback" not in outcome.err


# ---- streams that are not there --------------------------------------------------------------------------------------

LONG = [
    ("export", "sample"),
    ("inspect", "sample"),
    ("inspect", "sample", "--json"),
    ("validate", "--rules"),
    ("--help",),
]


def closed_pipe() -> int:
    """Return a pipe that nobody reads from."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.parametrize("arguments", LONG, ids=" ".join)
def test_closed_pipe_exits_without_traceback(arguments: tuple[str, ...]) -> None:
    pipe = closed_pipe()
    try:
        run = run_process(*arguments, stdout=pipe)
    finally:
        os.close(pipe)
    assert b"Traceback" not in run.stderr
    assert b"Exception" not in run.stderr
    assert run.returncode in (1, 2)


def test_closed_pipe_is_told_and_exits_2_on_export() -> None:
    pipe = closed_pipe()
    try:
        run = run_process("export", "sample", stdout=pipe)
    finally:
        os.close(pipe)
    assert run.returncode == 2
    assert run.stderr.startswith(b"standard output: error cannot be written: broken pipe")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", LONG, ids=" ".join)
def test_full_standard_output_exits_2_without_traceback(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        run = run_process(*arguments, stdout=full)
    assert run.returncode == 2
    assert b"Traceback" not in run.stderr
    assert b"no space left" in run.stderr.lower()


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "RUN": f"{sys.executable} -m navigator_export"}
    return subprocess.run(["sh", "-c", line], env=environment, cwd=folder, capture_output=True, check=False)


def test_missing_standard_output_exits_2_without_traceback(tmp_path: Path) -> None:
    run = shell("$RUN export sample >&-", tmp_path)
    assert run.returncode == 2
    assert b"Traceback" not in run.stderr
    assert b"standard output" in run.stderr


def test_missing_standard_error_does_no_harm(tmp_path: Path) -> None:
    run = shell("$RUN export sample -o x.json 2>&-", tmp_path)
    assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")
    assert (tmp_path / "x.json").exists()


def test_missing_standard_input_is_told(tmp_path: Path) -> None:
    run = shell("$RUN export - <&-", tmp_path)
    assert run.returncode == 2
    assert b"Traceback" not in run.stderr
    assert b"standard input: error" in run.stderr


# ---- names and texts in any encoding ---------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--name", "--description", "--capability", "--technique", "--tier", "--group"])
@pytest.mark.parametrize("value", [b"\xff", b"\xed\xa0\x80"])
def test_arguments_that_are_no_text_are_no_traceback(option: str, value: bytes, tmp_path: Path) -> None:
    file = mapping_file(tmp_path, rated_rows())
    run = run_process("export", file, option, os.fsdecode(value))
    assert b"Traceback" not in run.stderr
    assert run.returncode in (0, 2)


def test_file_name_that_is_no_text_is_no_traceback(tmp_path: Path) -> None:
    file = mapping_file(tmp_path, rated_rows(), os.fsdecode(b"\xff.json"))
    for command in ("export", "inspect", "validate"):
        run = run_process(command, file)
        assert b"Traceback" not in run.stderr
        assert run.returncode in (0, 1, 2)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_of_the_streams_will_do(encoding: str, tmp_path: Path) -> None:
    file = mapping_file(tmp_path, rated_rows(), "ä “x”.json")
    environment = {"PYTHONIOENCODING": encoding, "LC_ALL": "C"}
    runs = [run_process(command, file, env=environment) for command in ("export", "inspect", "validate")]
    assert [run.returncode for run in runs] == [0, 0, 1]
    assert "ä “x”".encode() in runs[0].stdout
    assert all(b"Traceback" not in run.stderr for run in runs)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["exprot"], "No such command 'exprot'. Did you mean 'export'?"),
        (["attack", "improt"], "No such command 'improt'. Did you mean 'import'?"),
        (["qqqqq"], "No such command 'qqqqq'."),
    ],
)
def test_mistyped_command_is_told_the_nearest_one(arguments: list[str], words: str, run: Run) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert outcome.err.endswith(f"Error: {words}\n")
