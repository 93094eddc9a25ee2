"""The command line: it parses, calls, prints and exits. Nothing else in the package prints or exits."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit, with 128 and the number of the signal where one ends it."""
    try:
        from navigator_export.cli.interruption import Interrupted, interruptible
    except KeyboardInterrupt:
        sys.exit(130)  # Nothing is loaded yet that could say so.
    status: int | None
    try:
        with interruptible():
            # Loaded here, so that a signal that comes meanwhile ends the command as any other does.
            from navigator_export.cli.commands import run

            status = run()
    except Interrupted as interruption:
        from navigator_export.cli.terminal import complain

        complain(f"interrupted, {', '.join(getattr(interruption, '__notes__', ('nothing changed',)))}")
        status = interruption.exit_code
        _end_workers()
    sys.exit(status)


def _end_workers() -> None:
    """End the processes that are left of a pool, lest Python waits for them."""
    if "multiprocessing" in sys.modules:
        for process in sys.modules["multiprocessing"].active_children():
            process.terminate()
