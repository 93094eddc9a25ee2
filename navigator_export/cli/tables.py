"""Tables as plain text."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from navigator_export.characters import spelled_out

_COUNTS: Final = frozenset(
    {"mappings", "techniques", "of", "distinct", "capabilities", "times", "layers", "unchanged", "inactive", "empty"}
)
_WIDTH: Final = 200
"""Columns where the result does not go to a terminal."""


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], numbers: Collection[str] = _COUNTS) -> str:
    """Return a table as text, as wide as the terminal; empty without rows. Columns of numbers stand to the right."""
    from rich import box  # rich is for people alone, and slow to load
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(title=title or None, title_justify="left", title_style="", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        is_count = column in numbers
        made.add_column(
            column, justify="right" if is_count else "left", no_wrap=is_count or column in ("id", "technique")
        )
    for row in rows:
        made.add_row(*(Text(spelled_out(cell)) for cell in row))
    if not made.row_count:
        return ""
    width = shutil.get_terminal_size((_WIDTH, 24)).columns if sys.stdout and sys.stdout.isatty() else _WIDTH
    text = io.StringIO()
    Console(file=text, width=width, color_system=None, legacy_windows=False).print(made)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
