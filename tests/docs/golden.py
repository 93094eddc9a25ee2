"""Text in the docs that is made from the program: compared with the file, or written where that is asked for."""

from __future__ import annotations

import os
from pathlib import Path

REWRITE = os.environ.get("NAVIGATOR_EXPORT_REWRITE_GOLDEN") == "1"


def in_step(file: Path, made: str) -> bool:
    """Return whether a file holds what is made; NAVIGATOR_EXPORT_REWRITE_GOLDEN=1 writes it first."""
    if REWRITE:
        file.write_text(made, "utf-8", newline="\n")
    return file.read_text("utf-8") == made
