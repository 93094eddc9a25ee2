"""A text's sentences, each in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_OPENERS = (
    "The|This|These|Those|It|They|In|If|When|An?|For|By|Both|All|As|To|With|Using|However|Additionally|Furthermore"
)
_STOP = re.compile(
    # Before a capital or a number, or where the space is missing, which `System.Management` must not look like.
    rf"[.!?][\"”’')\]]*(?:\s+(?=[\"“‘'(\[]?[A-Z0-9])|(?=(?:{_OPENERS})\s))"
)
_NO_END = re.compile(
    r"(?:\b(?i:e\.g|i\.e|etc|vs|cf|incl|approx|inc|corp|ltd|no|fig)|(?<!\w)[A-Z](?<!\bI)|\.[A-Z])\.", re.ASCII
)
"""An abbreviation, or an initial: "U.S."."""
_LONGEST_NO_END = 8

_BULLET = re.compile(r"(?:[-*•·–▪◦]|\(?[0-9]{1,2}[.)])\s+")


@lru_cache(maxsize=4096)
def sentences_of(text: str) -> tuple[str, ...]:
    """Return the sentences of a text, without lists, bullets, bare addresses and single words."""
    found = (sentence for line in _lines(text) for sentence in _line_sentences(line))
    return tuple(sentence for sentence in found if " " in sentence and any(map(str.isalpha, sentence)))


@lru_cache(maxsize=8192)
def _line_sentences(line: str) -> tuple[str, ...]:
    parts = (" ".join(part.split()) for part in _parts(line))
    return tuple(part for part in parts if part)


def _parts(line: str) -> Iterator[str]:
    begin = 0
    for stop in _STOP.finditer(line):
        place = stop.start() + 1
        before = line[max(begin, place - _LONGEST_NO_END) : place]
        if any(found.end() == len(before) for found in _NO_END.finditer(before)):
            continue
        yield line[begin : stop.end()]
        begin = stop.end()
    yield line[begin:]


def _lines(text: str) -> Iterator[str]:
    """Yield a text's lines without the lists that a line with a colon announces."""
    announced = False
    for block in _blocks(text):
        lines = _joined(block)
        if announced and len(lines) > 1:
            announced = False
            continue
        for place, line in enumerate(lines):
            yield line
            announced = line.endswith(":")
            if announced and len(lines) > place + 2:
                announced = False
                break


def _blocks(text: str) -> Iterator[list[str]]:
    """Yield the lines between blank ones."""
    block: list[str] = []
    for line in (*map(str.strip, text.splitlines()), ""):
        if line:
            block.append(line)
        elif block:
            yield block
            block = []


def _joined(lines: Iterable[str]) -> list[str]:
    """Return lines without bullets, and as one those that break in mid-sentence."""
    joined: list[list[str]] = []
    for line in lines:
        if joined and line[0].islower() and joined[-1][-1][-1] not in ".!?:":
            joined[-1].append(line)
        else:
            bullet = _BULLET.match(line)
            joined.append([line[bullet.end() :] if bullet else line])
    return [" ".join(parts) for parts in joined]
