"""How the time that something takes grows with its input."""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import process_time

LEAST = 0.002
"""Seconds below which a run says nothing of growth: what is that quick is quick enough."""


def growth(work: Callable[[int], object], size: int) -> float:
    """Return how many times the processor time of `work(size)` it takes for twice the size; 2 where it is linear.

    Of several runs the shortest counts, for what else the machine does makes runs longer, never shorter.
    """
    once, twice = (min(_seconds(work, size * factor) for _ in range(5)) for factor in (1, 2))
    return twice / max(once, LEAST)


def _seconds(work: Callable[[int], object], size: int) -> float:
    gc.collect()
    start = process_time()
    work(size)
    return process_time() - start
