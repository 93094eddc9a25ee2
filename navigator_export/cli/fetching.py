"""How fetching goes, for people who wait."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from navigator_export.characters import spelled_out


@contextmanager
def shown(name: str, size: int) -> Iterator[Callable[[int], None]]:
    """Give a function that takes how many bytes came; where standard error is a terminal, a bar shows them."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda count: None
        return
    from rich import progress  # for terminals alone
    from rich.console import Console

    columns = (
        progress.TextColumn("fetching {task.description}", markup=False),
        progress.BarColumn(),
        progress.DownloadColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(spelled_out(name), total=size or None)
        yield lambda count: bar.advance(task, count)
