"""The licence sentence of a comment: most published M365 comments end with one."""

from __future__ import annotations

import re
from functools import lru_cache

from navigator_export.layer.passages.sentences import sentences_of

_LICENCE_HEADING = re.compile(
    r"^[ \t]*(?:licen[sc]e requirements?|licen[sc]es?(?= ?[:\n])|required licen[sc]es?|licen[sc]ing requirements?)"
    r"[ \t]*:?\s*(?P<text>.+(?:\n(?![ \t]*\n|[ \t]*licen[sc]e).+)*)",
    re.IGNORECASE | re.MULTILINE,
)
_REQUIRES = re.compile(r"\brequires?\b", re.IGNORECASE)
_LICENCE = re.compile(r"\b(?:licen[sc]es?|E3|E5|P1|P2|plan [12])\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def licence_of(comment: str) -> str:
    """Return the licence sentence of a comment in one line, without its heading; empty where there is none."""
    if not comment:
        return ""
    lowered = comment.casefold()
    if "licen" not in lowered and "require" not in lowered:
        return ""
    heading = _LICENCE_HEADING.search(comment)
    if heading:
        return " ".join(heading["text"].split())
    return next(filter(requires_licence, sentences_of(comment)), "")


def without_licence(comment: str) -> str:
    """Return a comment without what stands under a heading of licences."""
    return _LICENCE_HEADING.sub("", comment) if "licen" in comment.casefold() else comment


def requires_licence(sentence: str) -> bool:
    """Return whether a sentence says that something is required, and after that, before a full stop, a licence.

    In two steps: one pattern for both takes time that grows with the square of a comment's length.
    """
    for part in sentence.split("."):
        required = _REQUIRES.search(part)
        if required and _LICENCE.search(part, required.end()):
            return True
    return False
