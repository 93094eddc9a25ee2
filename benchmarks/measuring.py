"""CPU time and peak memory, of a function and of whole processes; other work of the machine counts for little."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

_PEAK = """
import runpy, sys
from pathlib import Path
del sys.argv[0]
try:
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
finally:
    status = Path("/proc/self/status").read_text()
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), file=sys.stderr)
"""
"""Runs a module and prints the process's peak memory in kB; what getrusage says includes the parent before it began."""


def action(work: Callable[[], object]) -> Callable[[], float]:
    """Return the measure of the seconds of CPU that work takes in this process."""

    def measure() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return measure


def least(rounds: int, *measures: Callable[[], float]) -> list[float]:
    """Return the least that each measure gives; they take turns, so that all meet the same machine."""
    taken = [[measure() for measure in measures] for _ in range(rounds)]
    return [min(seconds) for seconds in zip(*taken, strict=True)]


def process(command: Sequence[str], before: Callable[[], object] | None = None) -> Callable[[], float]:
    """Return the measure of the seconds of CPU of a process and its children, each time after `before`.

    The measure raises CalledProcessError where the process fails.
    """

    def measure() -> float:
        if before:
            before()
        start = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True, env=_environment())
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        return end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime

    return measure


def _environment() -> dict[str, str]:
    """Return the environment of a process; modules are compiled once there, as an installer does it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def program(*arguments: str) -> list[str]:
    """Return the command that runs the program."""
    return [sys.executable, "-m", "navigator_export", *arguments]


def peak_of_program(*arguments: str) -> int:
    """Return the peak memory in bytes of a process that runs the program. Raises CalledProcessError where it fails."""
    command = [sys.executable, "-c", _PEAK, "navigator_export", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=_environment())
    return int(done.stderr.split()[-1]) * 1024
