"""Texts that live at the top level, where people and editors find them, and travel inside the installed package."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def packaged_text(path: str) -> str:
    """Return a text by its path, from the installed package or, in a checkout, from the top level.

    Raises OSError where neither has it.
    """
    packaged = resources.files("navigator_export").joinpath(path)
    if packaged.is_file():
        return packaged.read_text("utf-8")
    return (Path(__file__).parents[1] / path).read_text("utf-8")
