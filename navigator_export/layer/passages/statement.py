"""What a sentence states: whether something acts against a technique, and how well the sentence stands alone."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from navigator_export.layer.passages.clauses import ELLIPSIS, LONGEST, cut, leans, stands_alone
from navigator_export.layer.passages.licence import requires_licence
from navigator_export.layer.passages.refusals import (
    is_announcement,
    is_limit_alone,
    is_of_adversaries,
    limit_at,
    reverses,
    score_at,
    tells_nothing,
)
from navigator_export.layer.passages.words import ACTS, ATTACK, EXPLOITED, EXPLOITS, HELPS, stem, stems_of

Kind = Literal["coverage", "exposure"]
"""Whether a technique is one that something works against, or one that was used or is open to use."""

_ENDS = frozenset(".!?…")
_QUOTED = "\"”’')]"

_EFFECTS: dict[Kind, tuple[frozenset[str], frozenset[str]]] = {
    "coverage": (ACTS, HELPS),
    "exposure": (EXPLOITS, EXPLOITED),
}
_DOES = ACTS | HELPS | EXPLOITS | EXPLOITED
_AUXILIARIES = frozenset(
    ("can", "could", "may", "might", "will", "would", "should", "must", "is", "are", "was", "were", "has", "have", "do")
)

_NO_VERB = ("ing", "ion", "ed", "er", "ment", "ive")
_REQUIRE = stem("require")
_IMPERATIVES = frozenset(["ensure", "use", "limit", "restrict", "monitor", "set", "enforce"])


class Statement(msgspec.Struct, frozen=True, gc=False):
    """A sentence that says positively what something does, as it may be shown."""

    text: str
    """At most `LONGEST` characters."""
    stems: frozenset[str]
    weak: bool
    """Whether nothing is said to act against anything: something is ensured, required, looked through."""
    limited: bool
    """Whether a limit is told as well."""
    of_attack: bool
    """Whether an attack, an adversary or the technique is spoken of."""
    leaning: bool
    """Whether it opens with a pronoun for what the sentence before says."""
    cut: bool


@lru_cache(maxsize=16384)
def statement(sentence: str, kind: Kind) -> Statement | None:
    """Return what a sentence states; None for what no reader of one technique wants.

    That is a sentence on the score, on limits alone, on what adversaries do, an announcement of a list, the middle of
    an argument, or one without an effect. Of an exposed technique, a reader wants to know what adversaries do.
    """
    text = stands_alone(sentence)
    stems = stems_of(text)
    acts, helps = _EFFECTS[kind]
    if (stems.isdisjoint(acts) and stems.isdisjoint(helps)) or text.count('"') % 2:
        return None
    if kind == "coverage":
        score = score_at(text.casefold(), stems)
        if score is not None:
            text = cut(text, score)
            stems = stems_of(text)
    lowered = text.casefold()
    weak = stems.isdisjoint(acts)
    limit = limit_at(lowered, stems)
    if (
        (weak and stems.isdisjoint(helps))
        or not (text.rstrip(_QUOTED)[-1:] in _ENDS or _has_verb(text))
        or is_announcement(lowered, stems)
        or (_REQUIRE in stems and requires_licence(text))
        or (kind == "exposure" and tells_nothing(lowered, stems))
        or (kind == "coverage" and limit is not None and is_limit_alone(lowered, limit))
        or (kind == "coverage" and is_of_adversaries(lowered, stems))
    ):
        return None
    shown = text if len(text) <= LONGEST else cut(text)
    if shown.endswith((":", ";")):
        shown = shown[:-1] + ELLIPSIS
    if shown != text and (
        stems_of(shown).isdisjoint(helps if weak else acts) or not _has_verb(shown) or reverses(text, shown)
    ):
        return None
    return Statement(
        text=shown,
        stems=stems,
        weak=weak,
        limited=limit is not None,
        of_attack=not stems.isdisjoint(ATTACK),
        leaning=leans(text),
        cut=shown != sentence,
    )


@lru_cache(maxsize=4096)
def remark(sentence: str, kind: Kind) -> str:
    """Return a sentence as it may be shown where it is all that is said of a technique; empty where it may not.

    What it says need not be told by words that are known, as long as it is none of what is refused in any case.
    """
    text = stands_alone(sentence)
    lowered, stems = text.casefold(), stems_of(text)
    limit = limit_at(lowered, stems)
    if (
        text.rstrip(_QUOTED)[-1:] not in _ENDS
        or leans(text)
        or is_announcement(lowered, stems)
        or requires_licence(text)
        or (kind == "exposure" and tells_nothing(lowered, stems))
        or (kind == "coverage" and limit is not None and is_limit_alone(lowered, limit))
        or (kind == "coverage" and (score_at(lowered, stems) is not None or is_of_adversaries(lowered, stems)))
    ):
        return ""
    shown = text if len(text) <= LONGEST else cut(text)
    return "" if shown != text and reverses(text, shown) else shown


@lru_cache(maxsize=4096)
def is_context(sentence: str, kind: Kind) -> bool:
    """Return whether a sentence can stand before one that leans on it: it says what something is or does."""
    lowered, stems = sentence.casefold(), stems_of(sentence)
    return (
        stands_alone(sentence) == sentence
        and sentence[-1] in _ENDS
        and not leans(sentence)
        and (
            not tells_nothing(lowered, stems)
            if kind == "exposure"
            else limit_at(lowered, stems) is None
            and score_at(lowered, stems) is None
            and not is_of_adversaries(lowered, stems)
        )
    )


def _has_verb(text: str) -> bool:
    """Return whether a text has a verb that makes a sentence of it, other than "Blocking of what is sent"."""
    words = text.casefold().split()
    if words[0] in _IMPERATIVES or not _AUXILIARIES.isdisjoint(words):
        return True
    subjects = ("", *words)
    return any(
        (word.endswith("s") or (subject.endswith("s") and not word.endswith(_NO_VERB)))
        and not _DOES.isdisjoint(stems_of(word))
        for subject, word in zip(subjects, words, strict=False)
    )
