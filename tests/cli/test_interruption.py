"""Signals end a command without a traceback, and leave nothing half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from textwrap import dedent

import pytest

from navigator_export.cli import targets
from navigator_export.cli.interruption import Interrupted, finished, interruptible
from tests.real_inputs import ROOT

SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"]


def run_script(script: str, *arguments: str | os.PathLike[str]) -> subprocess.CompletedProcess[bytes]:
    """Run a script in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", dedent(script), *map(os.fspath, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


AT_AUDIT_EVENT = """
    import os, signal, sys
    number, wanted, part = getattr(signal, sys.argv.pop(1)), sys.argv.pop(1), sys.argv.pop(1)
    def hook(event, arguments):
        if event == wanted and part in str(arguments[0]):
            os.kill(os.getpid(), number)
    from navigator_export.cli import main
    sys.addaudithook(hook)
    sys.argv[0] = "navigator-export"
    main()
"""


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("module", ["navigator_export.cli.commands", "click", "msgspec", "navigator_export.export"])
def test_signal_while_modules_are_loaded_shows_no_traceback(name: str, module: str) -> None:
    run = run_script(AT_AUDIT_EVENT, name, "import", module, "export", "sample")
    expected = (128 + getattr(signal, name), b"", b"interrupted, nothing changed\n")
    assert (run.returncode, run.stdout, run.stderr) == expected


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("event", ["tempfile.mkstemp", "os.chmod", "os.rename"])
def test_signal_while_a_layer_is_written_leaves_nothing_behind(name: str, event: str, tmp_path: Path) -> None:
    run = run_script(AT_AUDIT_EVENT, name, event, str(tmp_path), "export", "sample", "-o", tmp_path / "x.json")
    assert run.returncode == 128 + getattr(signal, name)
    assert b"Traceback" not in run.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {"x.json"}


def test_signals_are_those_of_the_caller_again_afterwards() -> None:
    before = [signal.getsignal(getattr(signal, name)) for name in SIGNALS]
    with interruptible():
        assert [signal.getsignal(getattr(signal, name)) for name in SIGNALS] != before
    assert [signal.getsignal(getattr(signal, name)) for name in SIGNALS] == before


def test_signal_that_is_ignored_stays_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """As under `nohup`."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_system_without_a_signal_does_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGHUP)
    number = signal.SIGHUP
    monkeypatch.delattr(signal, "SIGHUP")
    with interruptible():
        assert signal.getsignal(number) == before


def test_thread_runs_without_signals() -> None:
    ran: list[object] = []

    def work() -> None:
        with interruptible():
            ran.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ran == [before]


@pytest.fixture
def handlers() -> Iterator[None]:
    """Put the handlers of signals back after a test."""
    before = {name: signal.getsignal(getattr(signal, name)) for name in SIGNALS}
    hook = threading.excepthook
    yield
    threading.excepthook = hook
    for name, handler in before.items():
        signal.signal(getattr(signal, name), handler)


@pytest.mark.usefixtures("handlers")
def test_second_signal_does_not_count_while_the_first_ends_the_command(capfd: pytest.CaptureFixture[str]) -> None:
    cleaned = []

    def work() -> None:
        with interruptible():
            try:
                signal.raise_signal(signal.SIGTERM)
            finally:
                signal.raise_signal(signal.SIGINT)
                signal.raise_signal(signal.SIGTERM)
                cleaned.append(True)

    with pytest.raises(Interrupted) as interruption:
        work()
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    assert capfd.readouterr() == ("", "")
    assert cleaned == [True]
    assert interruption.value.exit_code == 143


@pytest.mark.usefixtures("handlers")
def test_signal_counts_again_where_the_first_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("navigator_export.cli.interruption._CLEANING", 0.0)

    def work() -> None:
        with interruptible():
            with suppress(Interrupted):
                signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted) as interruption:
        work()
    assert interruption.value.exit_code == 130


@pytest.mark.usefixtures("handlers")
def test_signal_after_the_work_is_done_does_not_say_that_nothing_changed() -> None:
    with interruptible():
        finished()
        signal.raise_signal(signal.SIGTERM)
    with pytest.raises(Interrupted), interruptible():
        signal.raise_signal(signal.SIGTERM)


@pytest.mark.usefixtures("handlers")
def test_interruption_between_two_files_says_how_many_are_written(tmp_path: Path) -> None:
    def work() -> None:
        with interruptible(), pytest.MonkeyPatch.context() as patched:
            real = targets.write

            def interrupted(data: bytes, target: str) -> None:
                if target.endswith("2"):
                    signal.raise_signal(signal.SIGINT)
                real(data, target)

            patched.setattr(targets, "write", interrupted)
            targets.write_all([(str(tmp_path / name), b"x") for name in ("1", "2", "3")])

    with pytest.raises(Interrupted) as interruption:
        work()
    assert interruption.value.__notes__ == ["1 of 3 files written"]
    assert [path.name for path in tmp_path.iterdir()] == ["1"]
