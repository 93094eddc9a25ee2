"""What no reader of one technique wants: scores, limits alone, what adversaries do, announcements of lists.

Patterns are searched for in small letters, and only where one of their words is there: that is a hundred times quicker.
"""

from __future__ import annotations

import re

from navigator_export.layer.passages.clauses import ELLIPSIS, opens_subordinate
from navigator_export.layer.passages.words import (
    ACTS,
    ENSURES,
    HELPS,
    OF_ADVERSARIES,
    OF_LIMITS,
    OF_LISTS,
    OF_SCORES,
    stems_of,
)


def _any(*patterns: str) -> re.Pattern[str]:
    """Return what finds any of patterns that begin with a word; looking at words' beginnings alone takes a third."""
    return re.compile(rf"\b(?=\w)(?:{'|'.join(patterns)})")


_RATING = r"(?:minimal|partial|significant|low|medium|high|moderate)"
_SCORE = _any(
    rf"(?<!secure )(?<!risk )(?<!severity )\bscor(?:ed|es?\b(?= (?:is|was|of|as|at|for|{_RATING})\b)|ing of)",
    rf"\b(?:{_RATING}|overall|coverage|detection|protection|temporal|this|the|mapping|respond)"
    r"(?: (?!secure|risk|severity)\w+)? scor(?:es?|ing)\b",
    r"\b(?:rated|assessed|given|graded|evaluated|marked) (?:as )?(?:an? |the )?(?:\w+ )?"
    rf"(?:{_RATING}|score|rating)\b",
    r"\b(?:coverage|temporal|accuracy) (?:factor|score|is|was)\b",
    r"\bthis mapping\b",
    r"\brating (?:of|is|was|as)\b",
    r"\bm(?:arked as|apped to this)\b",
    r"\b(?:added to|in) the (?:mapping|scoring)\b",
    # A rating in other words: how much of the technique is covered.
    r"\b(?:minimal|partial|significant) \w+ (?:of|for|against) (?:this|the) (?:sub-?)?technique\b",
    r"\b(?:one|two|three|some|most|all|majority|minority|few|many|several|subset|number|none|any)\b"
    r"[^.,;/]{0,30}\bsub-?tech\w*",
    r"\b(?:its|this technique['’]s|the technique['’]s|this control['’]s) (?:\w+ )?(?:sub-?tech|procedure)\w*",
)

_MAY_ACT = (
    r"(?:protect|detect|prevent|mitigat|address|cover|block|stop|provid|support|monitor|alert|identif|appl[yi]|"
    r"guarantee|ensur|respond|help|includ|extend|distinguish|differentiat|restrict|reduc|scan|inspect|analy[sz]|appear|"
    r"allow|enforc|consider|work|defend|limit|trigger|offer|remediat|contain|require|have|seem|map|account|eliminat|do|"
    r"necessarily|directly|always|fully|completely|currently|explicitly|specifically|actually|itself|guard|look|verif|"
    r"check|referenc|describ|specif|mention)"
)
_SUBJECT = (
    r"(?:coverage|detection|protection|mitigation|control|service|support|it|this|capability|feature|scope|visibility|"
    r"which|that|rules?|alerts?)"
)
_LIMIT = _any(
    rf"\b(?:(?:do|does|did|would|will|can|could|may|might)(?: not|n['’]t)|can(?:not|['’]t))(?: be)? {_MAY_ACT}",
    r"\b(?:is|are|was|be) (?:not|un|in|less |only )\s?(?:able|effective|likely|applicable|available|known|clear|suited|"
    r"covered|supported|protected|detected|provided|documented|mitigated|addressed|possible|designed|meant|intended|real)",
    r"\bnot(?! only)(?: \w+){0,3}? "
    r"(?:protect|detect|prevent|mitigat|address|cover|block|stop|alert|identif|respond|limit(?!ed)|restrict|help)",
    rf"\b{_SUBJECT}(?: \w+)? (?:is|are|was|being|be)(?: \w+ly)? limited (?:to|in|by)\b",
    r"\blimited (?:set|number|subset|coverage|visibility)\b",
    r"\bno (?:documentation|visibility|coverage|protection|support|detection|mitigation|guarantee|ability|articles)\b",
    r"\black(?:s|ing)? (?:of )?(?:support|visibility|coverage|documentation|detail)",
    r"\bnot (?:effective|all|every|real-time|able|entirely|fully|other|been|found|seen)\b",
    r"\b(?:difficult|hard|impossible|fails?) to\b",
    r"\b(?:may|can|could|might) (?:fail|still|evade|bypass|be (?:bypassed|evaded|circumvented))\b",
    r"\bonly (?:applies|apply|supports?|covers?|detects?|protects?|address(?:es)?|represents?|effective|able|provides?|"
    r"works?|mitigates?|available|a (?:subset|few|minority|small|limited)|on|relevant|certain|specific|some)\b",
    r"\b(?:can|is|are|it|they|will|would|control|may) only\b",
    r"\bis specific to\b",
    r"\bfalse (?:positive|negative)",
    r"\bunknown (?:rate|frequency|period)",
    r"\b(?:is|are) unknown\b",
    r"\b(?:subset|few|minority) of\b",
    r"\b(?:out of scope|ineffective|at worst)\b",
)
_UNTOLD = re.compile(
    r"\bno (?:articles|technical details|public reports)\b|\bnot (?:been )?(?:publicly |yet )?"
    r"(?:told|shared|released|disclosed|published|reported|found)\b"
)
_NOUN = re.compile(r"\b[a-z]{1,20}ions?\b")
"""What is told of "detection" is no detecting."""
_CONTRAST = re.compile(r"\b(?:but|however|although|though|except|unless|yet|nevertheless|nonetheless|whereas|rather)\b")

_WHO = (
    r"(?:adversar(?:y|ies)|attackers?|threat actors?|malicious (?:actors?|users?|insiders?)|intruders?|hackers?|"
    r"actors?|malware|ransomware)"
)
_ADVERSARY = _any(
    rf"^(?:(?:an?|the|once|when|if|as|while|since|because) )*{_WHO}\b",
    rf"\b{_WHO}(?: [\w'’/-]+){{0,6}}? (?:may|might|can|could|will|would|must|are able|is able)\b"
    r"(?! (?:not|no longer|be (?:prevented|blocked|detected|stopped|denied|hindered|limited|forced|required))\b)",
    r"\b(?:adversaries|attackers|threat actors|actors) (?:\w+ly |also |often )?"
    r"(?:are|have|use|abuse|leverage|attempt|try|need|seek|exploit|target|employ)\b",
    rf"\b(?:ab)?used by {_WHO}\b",
    r"\b(?:can|may|could|might) (?:occur|happen)\b",
    r"\battacks? (?:involve|occur|happen)s?\b",
    r"\b(?:involve|refer)s? (?:to )?(?:an )?adversar",
    r"\bhelp(?:s|ing)? (?:the |an )?(?:attacker|adversar)",
    r"\bdesigned to (?:hide|evade|steal|deceive|trick)",
)
_ANSWER = re.compile(
    r"[,;] (?!which |that )[^,;]{0,120}\b(?:can|could|may|will|helps?|would|to)(?: be| help(?: to)?)? "
    r"(?:protect|detect|mitigat|prevent|block|identif|alert|restrict|reduc|limit|stop|monitor)"
)
_ANNOUNCEMENT = re.compile(r"\b(?:following|below)\b[^.:]{0,60}[.:]?$")


def score_at(lowered: str, stems: frozenset[str]) -> int | None:
    """Return where a sentence begins to speak of its own score; None where it does not."""
    if stems.isdisjoint(OF_SCORES):
        return None
    found = _SCORE.search(lowered)
    return found.start() if found else None


def limit_at(lowered: str, stems: frozenset[str]) -> int | None:
    """Return where a sentence tells what something does not do; None where it does not."""
    if stems.isdisjoint(OF_LIMITS):
        return None
    found = _LIMIT.search(lowered)
    return found.start() if found else None


def is_limit_alone(lowered: str, place: int) -> bool:
    """Return whether nothing is said to act, or to help in a main clause, before the limit at that place."""
    before = stems_of(_NOUN.sub("", lowered[:place]))
    return before.isdisjoint(ACTS) and (before.isdisjoint(HELPS) or opens_subordinate(lowered))


def tells_nothing(lowered: str, stems: frozenset[str]) -> bool:
    """Return whether a sentence says that something has not been told."""
    return not stems.isdisjoint(OF_LIMITS) and _UNTOLD.search(lowered) is not None


def is_of_adversaries(lowered: str, stems: frozenset[str]) -> bool:
    """Return whether a sentence tells what adversaries do, and not what is done against it before or after."""
    if stems.isdisjoint(OF_ADVERSARIES):
        return False
    found = _ADVERSARY.search(lowered)
    if not found or _ANSWER.search(lowered, found.end()):
        return False
    return stems_of(lowered[: found.start()]).isdisjoint(ACTS | ENSURES)


def reverses(sentence: str, shown: str) -> bool:
    """Return whether what a cut leaves out turns what it leaves; what a colon announces does not."""
    kept = len(shown.removesuffix(ELLIPSIS))
    lost = sentence[kept:].casefold()
    return not lost.startswith(":") and (_CONTRAST.search(lost) is not None or _LIMIT.search(lost) is not None)


def is_announcement(lowered: str, stems: frozenset[str]) -> bool:
    """Return whether a sentence only says that a list follows."""
    return not stems.isdisjoint(OF_LISTS) and _ANNOUNCEMENT.search(lowered) is not None
