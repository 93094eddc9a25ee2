"""Signals that end a command: each becomes an exception, so that what was begun is undone on the way out."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_ENDING: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Ctrl-C; what supervisors and CI send; a terminal that is closed, in place of which Windows has SIGBREAK."""

_CLEANING: Final = 10.0
"""Seconds in which no further signal counts: people press twice, CI sends one kind after another, and what is undone
must not be interrupted. After that, one counts again, should the first have been lost in somebody's code."""


class _Latest:
    """When a signal last counted; none counts for a while after it."""

    moment: float | None = None


def finished() -> None:
    """Say that the work is done and in place: a signal that comes now no longer ends the command as interrupted."""
    _Latest.moment = time.monotonic()


class Interrupted(BaseException):
    """A signal came that ends the command."""

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number
        super().__init__(number)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise Interrupted where one of the signals comes that end a command; those that are ignored stay so.

    Only the main thread can be interrupted: in another one this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    process = os.getpid()
    _Latest.moment = None
    ended = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal ended
        if os.getpid() != process:
            os._exit(128 + number)  # A worker that was forked a moment ago: it has nothing to undo or to say.
        if _Latest.moment is None or time.monotonic() - _Latest.moment >= _CLEANING:
            _Latest.moment = time.monotonic()
            ended = True
            # What goes wrong in a thread from here on, such as that of a pool whose workers are gone, is no news.
            threading.excepthook = _ignore
            raise Interrupted(number)

    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    # `nohup` has the closing of the terminal ignored, and a shell Ctrl-C for what it runs in the background.
    before = {n: signal.getsignal(n) for n in numbers if signal.getsignal(n) not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        # After a signal the process is about to end, and further ones are none of its business.
        if not ended:
            for number, handler in before.items():
                signal.signal(number, handler)


def _ignore(failure: threading.ExceptHookArgs) -> None:
    pass
