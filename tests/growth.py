"""How the time that something takes grows with its input."""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import process_time

LINEAR = 24
"""Growth below which something is taken for linear."""

LEAST = 0.002
"""Seconds below which a run says nothing of growth: what is that quick is quick enough."""


def growth(work: Callable[[int], object], size: int) -> float:
    """Return how many times the processor time of `work(size)` it takes for eight times the size.

    That is 8 where it is linear and 64 where it grows with the square: far enough apart on any machine.

    Of several runs the shortest counts, for what else the machine does makes runs longer, never shorter.
    """
    small, large = (min(_seconds(work, size * factor) for _ in range(5)) for factor in (1, 8))
    return large / max(small, LEAST)


def _seconds(work: Callable[[int], object], size: int) -> float:
    gc.collect()
    start = process_time()
    work(size)
    return process_time() - start
