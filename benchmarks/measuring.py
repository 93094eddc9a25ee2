"""CPU time and peak memory, of a function and of whole processes; other work of the machine counts for little."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

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


def cpu_of(action: Callable[[], object]) -> float:
    """Return the seconds of CPU that an action takes in this process."""
    start = time.process_time()
    action()
    return time.process_time() - start


def least(rounds: int, *actions: Callable[[], object]) -> list[float]:
    """Return the least seconds of CPU of each action; they take turns, so that all meet the same machine."""
    taken = [[cpu_of(action) for action in actions] for _ in range(rounds)]
    return [min(seconds) for seconds in zip(*taken, strict=True)]


def cpu_of_process(command: Sequence[str], cwd: Path | None = None) -> float:
    """Return the seconds of CPU of a process and its children. Raises CalledProcessError where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, cwd=cwd, env=_environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def least_of_processes(
    rounds: int, *commands: Sequence[str], before: Callable[[], object] | None = None
) -> list[float]:
    """Return the least seconds of CPU of each command's process; they take turns, each after `before`."""
    taken = []
    for _ in range(rounds):
        row = []
        for command in commands:
            if before:
                before()
            row.append(cpu_of_process(command))
        taken.append(row)
    return [min(seconds) for seconds in zip(*taken, strict=True)]


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
