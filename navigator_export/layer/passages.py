"""What a comment says: its sentences, which of them speak of this technique, and its licence sentence.

Most published M365 comments open with the same product description for every technique, and end with a licence
sentence. A reader of one technique wants neither first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from navigator_export.model import Mapping

_LICENCE_HEADING = re.compile(
    r"^[ \t]*(?:licen[sc]e requirements?|licen[sc]es?(?= ?[:\n])|required licen[sc]es?|licen[sc]ing requirements?)"
    r"[ \t]*:?\s*(?P<text>.+(?:\n(?![ \t]*\n|[ \t]*licen[sc]e).+)*)",
    re.IGNORECASE | re.MULTILINE,
)
_REQUIRES = re.compile(r"\brequires?\b", re.IGNORECASE)
_LICENCE = re.compile(r"\b(?:licen[sc]es?|E3|E5|P1|P2|plan [12])\b", re.IGNORECASE)

_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!\betc\.)(?<!\bvs\.)[\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9])"
)

_EFFECTS = (
    *("protect", "detect", "respon", "mitigat", "prevent", "block"),
    *("defen", "alert", "monitor", "restrict", "reduc"),
)
"""Stems of words that say what a capability does against a technique."""

_LONGEST = 300
"""Characters of a sentence that a short comment shows: about 18 lines of the Navigator's tooltip."""


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
    found = (sentence for sentence in _sentences(comment) if _requires_licence(sentence))
    return next(found, "")


def _requires_licence(sentence: str) -> bool:
    """Return whether a sentence says that something is required, and after that, before a full stop, a licence.

    In two steps: one pattern for both takes time that grows with the square of a comment's length.
    """
    for part in sentence.split("."):
        required = _REQUIRES.search(part)
        if required and _LICENCE.search(part, required.end()):
            return True
    return False


class Passages:
    """The sentences of all comments of a mapping set, to tell what a capability says again and again."""

    def __init__(self, mappings: Iterable[Mapping]) -> None:
        said_of: dict[tuple[str, str, str], set[str]] = {}
        for mapping in mappings:
            capability = mapping.capability
            for sentence in _spoken(mapping.comment):
                said_of.setdefault((capability.framework, capability.id, sentence), set()).add(mapping.technique)
        self._repetition = {
            key: (len(techniques) > 1, len({technique[:5] for technique in techniques}))
            for key, techniques in said_of.items()
        }
        """Per capability and sentence: whether it is said of several techniques, and of how many families of them."""

    def about(self, mapping: Mapping, technique_name: str) -> str:
        """Return the sentence of the mapping's comment that speaks most of its technique; empty without a comment.

        A sentence that the capability repeats for other techniques gives way to one that it does not; then one that
        names the technique comes first, then one that says what is protected, detected or responded to.
        """
        sentences = _spoken(mapping.comment)
        capability = mapping.capability
        if len(sentences) > 1:
            by_repetition: dict[tuple[bool, int], list[str]] = {}
            for sentence in sentences:
                repetition = self._repetition[capability.framework, capability.id, sentence]
                by_repetition.setdefault(repetition, []).append(sentence)
            sentences = tuple(by_repetition[min(by_repetition)])
        if len(sentences) > 1:
            name = _plain(technique_name)
            return _shortened(min(sentences, key=lambda sentence: _distance(sentence, name)))
        return _shortened(sentences[0]) if sentences else ""


def _distance(sentence: str, name: str) -> tuple[bool, bool, bool]:
    """Return how far a sentence is from saying what a capability does against the technique of that name."""
    plain = _plain(sentence)
    return (
        " scor" in plain or " rated " in plain,
        not (name and name in plain),
        not any(stem in plain for stem in _EFFECTS),
    )


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    """Return a text without what spellings of a technique's name differ in: case, hyphens, a plural's end."""
    return text.casefold().replace("-", " ").removesuffix("s")


@lru_cache(maxsize=8192)
def _paragraph_sentences(paragraph: str) -> tuple[str, ...]:
    parts = (" ".join(part.split()) for part in _SENTENCE_END.split(paragraph))
    return tuple(part for part in parts if part)


def _sentences(comment: str) -> list[str]:
    return [sentence for line in comment.split("\n") for sentence in _paragraph_sentences(line)]


@lru_cache(maxsize=4096)
def _spoken(comment: str) -> tuple[str, ...]:
    """Return a comment's sentences without its licence passage and without bare addresses."""
    if not comment:
        return ()
    text = _LICENCE_HEADING.sub("", comment) if "licen" in comment.casefold() else comment
    return tuple(s for s in _sentences(text) if any(map(str.isalpha, s)) and " " in s)


def _shortened(sentence: str) -> str:
    if len(sentence) <= _LONGEST:
        return sentence
    return sentence[: sentence.rindex(" ", 0, _LONGEST) if " " in sentence[:_LONGEST] else _LONGEST] + " …"
