"""A text's sentences, each in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_STOP = re.compile(
    # Before a capital or a number, or where the space is missing, before the first two words of a sentence.
    r"[.!?][\"”’')\]]*(?:\s+(?=[\"“‘'(\[]?[A-Z0-9])|(?=[A-Z][a-z]{0,20}\s[a-z]))"
    r"|;\s+(?=however,)"
)
_NO_END = re.compile(
    r"(?:\b(?i:e\.g|i\.e|vs|cf|incl|approx|inc|corp|ltd|no|fig)|(?<!\w)[A-Z](?<!\bI)|\.[A-Z])\.", re.ASCII
)
"""An abbreviation, or an initial: "U.S."."""
_PLAIN_END = re.compile(r"(?:(?:^|[\s(])[a-z]+|[)\"”])[.!?]$")
"""A word that `System.Management` and `node.js` do not end in."""
_LONGEST_WORD = 24
_LONGEST_ASIDE = 200

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
        if not _goes_on(line, begin, stop.start() + 1):
            yield line[begin : stop.end()]
            begin = stop.end()
    yield line[begin:]


def _goes_on(line: str, begin: int, stop: int) -> bool:
    """Return whether a sentence goes on behind a stop: behind an abbreviation, in brackets, or within a name."""
    aside = max(begin, stop - _LONGEST_ASIDE)
    if line.count("(", aside, stop) > line.count(")", aside, stop + 1):
        return True
    before = line[max(begin, stop - _LONGEST_WORD) : stop]
    if line[stop : stop + 1].isalpha():
        return _PLAIN_END.search(before) is None
    return any(found.end() == len(before) for found in _NO_END.finditer(before))


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
