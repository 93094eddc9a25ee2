"""Where a sentence can begin and end without the rest of its argument."""

from __future__ import annotations

import re

LONGEST = 300
"""Characters of a sentence that a short comment shows: about 18 lines of the Navigator's tooltip."""

ELLIPSIS = " …"
_LEAST = 30
_MOST_CONNECTIVES = 3

_CONNECTIVE = re.compile(
    r"(?:(?:furthermore|additionally|moreover|further|besides|also|in addition|finally|lastly|secondly|thirdly|then|"
    r"however|nevertheless|nonetheless|therefore|thus|hence|consequently|accordingly|as a result|as such|overall|"
    r"for example|for instance|similarly|likewise|specifically|in particular|in this (?:case|way|regard|context)|"
    r"in these cases|because of this|due to this|to this end|that is|that said|in turn|in terms of \w+|"
    r"for this technique|again|meanwhile|ultimately|in other words|in general|in short|as mentioned(?: \w+)?|"
    r"in addition to (?:this|that|these|the above)|given this|with this(?: \w+)?)\s*,|"
    r"so|and|but|or|also|thus|therefore|hence)\s+",
    re.IGNORECASE,
)
_MID_ARGUMENT = re.compile(
    r"(?:otherwise|alternatively|instead|conversely|in contrast|on the other hand|at the same time|rather|"
    r"(?:in addition to|due to|because|because of|since|as a result of|given|from|with|by|after|without) "
    r"(?:this|that|these|those|it|its|itself|their|they|there|them|doing so)|the (?:former|latter|above|same|other)|"
    r"another|others?|(?:all|each|both|some|many|most|none|neither|either) of (?:these|this|them|those)|here|note|see|"
    r"doing so|"
    r"in doing so|such|there are|many|most|some|several|various)\b",
    re.IGNORECASE,
)
_VERB = (
    r"(?:can|could|may|might|will|would|should|must|is|was|are|were|has|have|had|do|does|did|not|"
    r"in|at|of|on|to|with|along|combined|coupled)\b"
)
_PRONOUN = re.compile(
    rf"(?:it|they|he|she|its|their|them|both|all|each)\b"
    rf"|(?:this|that)\s+(?:\w+ly\s+|also\s+|then\s+|further\s+)?(?:{_VERB}|\w*[a-rt-z]s\b(?<!is)(?<!us))"
    rf"|(?:these|those)\s+(?:\w+ly\s+|also\s+|then\s+|further\s+)?(?:{_VERB}|(?:help|provide|protect|detect|prevent|"
    r"allow|enable|include|ensure|cover|reduce|offer|mitigate|make)\b)",
    re.IGNORECASE,
)


def stands_alone(sentence: str) -> str:
    """Return a sentence without connectives at its start; empty where it is the middle of an argument."""
    for _ in range(_MOST_CONNECTIVES):
        opening = _CONNECTIVE.match(sentence)
        if not opening:
            break
        sentence = sentence[opening.end() :]
    sentence = sentence[:1].upper() + sentence[1:]
    return "" if _MID_ARGUMENT.match(sentence) else sentence


def leans(sentence: str) -> bool:
    """Return whether a sentence needs the one before it: "It detects", "does this by", but not "This control"."""
    return " above" in sentence or " does this " in sentence or _PRONOUN.match(sentence) is not None


_COLON = re.compile(r":(?=\s)")
_BOUNDARY = re.compile(
    r"[,;](?=\s)|\s[–—-]\s|\s(?=(?:which|who|where|when|while|because|since|so that|such as|including|in order to)\s)"
)
_WEAK_BOUNDARY = re.compile(r"\s(?=(?:and|or|by|via|through|using|as well as)\s)")
_DANGLING = frozenset(("and", "or", "but", "so", "which", "thus", "therefore", "hence", "is", "are"))
_SCORE_BOUNDARY = re.compile(
    r"[,;:](?=\s)|\s[–—-]\s|"
    r"\s(?=(?:resulting|results?|leading|yielding|so|thus|therefore|hence|because|since|due to|but|which)\s)|"
    r"\s(?=and (?:is|are|was|so|thus|therefore|hence|consequently|this|it|its|the)\s)"
)
_REASON = re.compile(r"(?:,|\b(?:but|and))\s(?:because|since|as|due to|given|although|though|while|if)\s[^,;]*$")
"""A reason that what is cut off was to follow from."""
_SUBORDINATE = re.compile(
    r"(?:given|due|because|since|as|while|although|though|if|when|for|based|with|after|despite|even|where|whereas|"
    r"unless|until|once|in|by|through|via|to|from|at|on)\b",
    re.IGNORECASE,
)


def opens_subordinate(text: str) -> bool:
    """Return whether a text opens with a clause that another must follow: "If", "By", "While"."""
    return _SUBORDINATE.match(text) is not None


def cut(sentence: str, before: int | None = None) -> str:
    """Return a sentence up to the last end of a clause before a place, by default the longest that is shown.

    Empty where what stands there says nothing whole.
    """
    most = LONGEST - len(ELLIPSIS)
    if before is not None:
        return _cut_at(sentence, _SCORE_BOUNDARY, _LEAST, min(before, most))
    cuts = (_cut_at(sentence, boundary, most // 3, most) for boundary in (_COLON, _BOUNDARY, _WEAK_BOUNDARY))
    return next(filter(None, cuts), "")


def _cut_at(sentence: str, boundary: re.Pattern[str], least: int, most: int) -> str:
    """Return a sentence up to the last boundary between two places that leaves no bracket or quotation open."""
    for end in reversed([found.start() for found in boundary.finditer(sentence, least, most + 1)]):
        head = sentence[:end]
        if _REASON.search(head):
            continue
        if head.count("(") <= head.count(")") and head.count('"') % 2 == 0:
            return "" if opens_subordinate(head) and "," not in head else _tidy(head) + ELLIPSIS
    return ""


def _tidy(head: str) -> str:
    """Return a head without the conjunctions and marks that it ends in."""
    while True:
        shorter = head.rstrip(" ,;:–—-")
        last = shorter.rpartition(" ")[2]
        if last.casefold() in _DANGLING:
            shorter = shorter[: -len(last)]
        if shorter == head:
            return head
        head = shorter
