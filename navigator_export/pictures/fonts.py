"""How wide texts are, and where they break: in the widths of Arial, which Liberation Sans, Arimo and Helvetica share.

`widths.json` holds the advance widths, in 2048ths of the size, that Liberation Sans 2 states; CONTRIBUTING.md says how
it was made.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from typing import Final

import msgspec

FAMILY: Final = "Arial, 'Liberation Sans', Arimo, Helvetica, sans-serif"

ASCENT: Final = 0.72
"""How far capitals rise above the base line, as a share of the size."""

_UNITS: Final = 2048
_OTHER: Final = 0.6
_WIDE: Final = 1.0
_SHORT: Final = 3
"""Characters that stay with what follows their hyphen or slash."""


@lru_cache(maxsize=20_000)
def width(text: str, bold: bool = False) -> float:
    """Return how wide a text is, as a multiple of its size."""
    table = _table("bold" if bold else "regular")
    return sum(table[character] if character in table else _guessed(character) for character in text)


@lru_cache(maxsize=50_000)
def wrapped(text: str, room: float, bold: bool = False) -> tuple[str, ...]:
    """Return a text in lines of at most so much room, as a multiple of its size; at least one line.

    Lines break at spaces and after hyphens and slashes, and within a word that is wider than a line alone, before a
    capital if that helps.
    """
    lines = [""]
    taken = 0.0
    for word, wide, inked in _words(text, bold):
        if taken + inked <= room:
            lines[-1] += word
            taken += wide
            continue
        if lines[-1]:
            lines.append("")
        *whole, rest = [word] if inked <= room else _broken(word, room, bold)
        lines[-1:] = [*whole, rest]
        taken = wide if not whole else width(rest, bold)
    return tuple(line.rstrip() for line in lines)


def shortened(text: str, room: float, bold: bool = False) -> str:
    """Return as much of a text as there is room for, with an ellipsis where that is not all."""
    if width(text, bold) <= room:
        return text
    left = room - width("…", bold)
    kept = ""
    for character in text:
        left -= width(character, bold)
        if left < 0:
            break
        kept += character
    return f"{kept.rstrip()}…"


@cache
def _table(style: str) -> dict[str, float]:
    data = msgspec.json.decode((resources.files(__package__) / "widths.json").read_bytes())
    return {character: int(wide) / _UNITS for wide, characters in data[style].items() for character in characters}


def _guessed(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else _OTHER


@lru_cache(maxsize=5_000)
def _words(text: str, bold: bool) -> tuple[tuple[str, float, float], ...]:
    """Return the pieces that a line may end after, each with its width, and that without the space at its end."""
    pieces = [""]
    for character in text:
        pieces[-1] += character
        if character == " " or (character in "-/" and len(pieces[-1]) > _SHORT):
            pieces.append("")
    return tuple((piece, width(piece, bold), width(piece.rstrip(), bold)) for piece in pieces if piece)


def _broken(word: str, room: float, bold: bool) -> list[str]:
    """Return a word that is wider than a line in pieces that are not."""
    pieces = [""]
    for part in re.split(r"(?<=[a-z])(?=[A-Z])|(?<=[_.,])", word):
        if pieces[-1] and width((pieces[-1] + part).rstrip(), bold) > room:
            pieces.append("")
        for character in part:
            if pieces[-1] and width((pieces[-1] + character).rstrip(), bold) > room:
                pieces.append("")
            pieces[-1] += character
    return pieces
