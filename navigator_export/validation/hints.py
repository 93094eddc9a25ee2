"""Hints that name the words nearest to a wrong one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from navigator_export.errors import nearest

MOST: Final = 50
"""Wrong words that get a hint: to find the nearest of 700 ids takes 10 milliseconds."""


class Hints:
    """The nearest of some known words, found once for each wrong one, and for the first `MOST` of them alone."""

    def __init__(self, known: Collection[str], kind: str) -> None:
        self._known = known
        self._kind = kind
        self._found: dict[str, str] = {}

    def near(self, word: str) -> str:
        """Return a hint that names the nearest words; empty for a word that comes after the first `MOST`."""
        if word not in self._found and len(self._found) < MOST:
            self._found[word] = nearest(word, self._known, self._kind)
        return self._found.get(word, "")
