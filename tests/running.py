"""What a run of the command line is, and how to run it in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.real_inputs import ROOT


class Outcome(NamedTuple):
    """What a run of the command line left behind."""

    code: int
    out: bytes
    err: str


Run = Callable[..., Outcome]


def run_process(
    *arguments: str | os.PathLike[str], env: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own; it finds the package that the tests found."""
    process = start(*arguments, env=env, **options)
    out, err = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def start(
    *arguments: str | os.PathLike[str], env: dict[str, str] | None = None, **options: Any
) -> subprocess.Popen[bytes]:
    """Start the command line as `run_process` does, and do not wait for it."""
    python_path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    defaults = {} if "stdout" in options else {"stdout": subprocess.PIPE}
    return subprocess.Popen(
        [sys.executable, "-m", "navigator_export", *map(os.fspath, arguments)],
        env={**os.environ, "PYTHONPATH": python_path, **(env or {})},
        stderr=subprocess.PIPE,
        **{**defaults, "stdin": subprocess.DEVNULL, **options},
    )
