"""How messages put things: counts in the singular or plural, the first of many, texts of others cut to a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LINE: Final = 60
"""Characters of somebody's text that fit a message."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, `1 mapping` or `2 mappings`; `plural` where an s does not make it."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def listed(words: Sequence[str], most: int) -> str:
    """Return the first few of many words, and how many more there are: `a, b and 3 more`."""
    rest = len(words) - most
    return ", ".join(words[:most]) + (f" and {rest:,} more" if rest > 0 else "")


def quoted(text: str | None) -> str:
    """Return a text in quotation marks with its control characters spelled out, cut to what fits a line."""
    return repr(text) if text is None or len(text) <= LINE else f"{text[:LINE]!r}…"


def shortened(text: str, longest: int = LINE) -> str:
    """Return a text in one line, cut to what fits."""
    words = " ".join(text.split())
    return words if len(words) <= longest else f"{words[:longest]}…"
