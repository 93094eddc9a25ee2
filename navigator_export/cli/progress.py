"""How long work goes, for people who wait."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from navigator_export.build import Made, Watcher
from navigator_export.characters import spelled_out
from navigator_export.cli.terminal import complain
from navigator_export.errors import respelled
from navigator_export.settings import KEYS
from navigator_export.wording import counted

if TYPE_CHECKING:
    from rich import progress


class Progress(Watcher):
    """Shows a bar where standard error is a terminal, and a line per layer where asked to."""

    def __init__(self, *, verbose: bool) -> None:
        self._verbose = verbose
        self._bar: progress.Progress | None = None

    def planned(self, count: int) -> None:
        """Start the bar."""
        if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            return
        from rich.console import Console  # only where somebody waits
        from rich.progress import Progress as Bar

        self._bar = Bar(console=Console(stderr=True), transient=True)
        self._bar.add_task("layers", total=count)
        self._bar.start()

    def waits(self) -> None:
        """Say what nothing goes on for."""
        self._say("waiting for another build in this folder to end")

    def made(self, made: Made) -> None:
        """Move the bar on."""
        if self._verbose:
            layer = made.layer
            told = (
                f"{counted(layer.techniques, 'technique')}, {counted(layer.mappings, 'mapping')}"
                if layer
                else "maps nothing"
            )
            self._say(f"{made.plan.path}: {told}{f', {made.state}' if made.state else ''}")
            for warning in made.warnings:
                self._say(f"{made.plan.path}: warning {respelled(warning, KEYS)}")
        if self._bar:
            self._bar.advance(self._bar.task_ids[0])

    def done(self) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.stop()
            self._bar = None

    def _say(self, line: str) -> None:
        if self._bar:
            self._bar.console.print(spelled_out(line), markup=False, highlight=False)
        else:
            complain(line)
