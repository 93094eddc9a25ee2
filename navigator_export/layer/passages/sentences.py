"""A text's sentences, each in one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_ABBREVIATIONS = ("e.g", "i.e", "etc", "vs", "cf", "incl", "approx", "inc", "corp", "ltd", "no", "fig")
_NO_END = "".join(rf"(?<!\b{re.escape(word)}\.)" for word in _ABBREVIATIONS)
_OPENERS = "The|This|These|Those|It|They|In|If|When|An?|For|By|Both|All|As|To|With|Using|However|Additionally|Furthermore"

_SENTENCE_END = re.compile(
    # Before a capital or a number, not after an abbreviation or an initial ("U.S.") …
    rf"(?<=[.!?])(?i:{_NO_END})(?<![\s.(][A-Z]\.)[\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9])"
    # … or where the space is missing, which `System.Management` and `node.js` must not look like.
    rf"|(?<=[a-z)\]\"”][.!?])(?=(?:{_OPENERS})\s)"
)
_BULLET = re.compile(r"(?:[-*•·–▪◦]|\(?[0-9]{1,2}[.)])\s+")


@lru_cache(maxsize=4096)
def sentences_of(text: str) -> tuple[str, ...]:
    """Return the sentences of a text, without bullets, bare addresses and single words."""
    found = (sentence for line in _lines(text) for sentence in _line_sentences(line))
    return tuple(sentence for sentence in found if " " in sentence and any(map(str.isalpha, sentence)))


@lru_cache(maxsize=8192)
def _line_sentences(line: str) -> tuple[str, ...]:
    parts = (" ".join(part.split()) for part in _SENTENCE_END.split(line))
    return tuple(part for part in parts if part)


def _lines(text: str) -> Iterator[str]:
    """Yield a text's lines without bullets and without lists; one that breaks in mid-sentence goes on with the next."""
    announced = False
    for block in _blocks(text):
        lines = _joined(block)
        if not (announced and len(lines) > 1):
            announced = False
            for place, line in enumerate(lines):
                yield line
                if line.endswith(":"):
                    announced = place == len(lines) - 1
                    if not announced and len(lines) - place > 2:
                        break
        else:
            announced = False


def _blocks(text: str) -> Iterator[list[str]]:
    """Yield the lines between blank ones."""
    block: list[str] = []
    for line in map(str.strip, text.splitlines()):
        if line:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _joined(block: list[str]) -> list[str]:
    joined: list[str] = []
    for line in block:
        if line[0].islower() and joined and joined[-1][-1] not in ".!?:":
            joined[-1] += f" {line}"
        else:
            joined.append(_BULLET.sub("", line, count=1) if _BULLET.match(line) else line)
    return [line for line in joined if line]
