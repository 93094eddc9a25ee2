"""What no reader of one technique wants: scores, limits alone, what adversaries do, announcements of lists.

Patterns are searched for in small letters, and only where one of their words is there: that is a hundred times quicker.
"""

from __future__ import annotations

import re

from navigator_export.layer.passages.clauses import ELLIPSIS, opens_subordinate
from navigator_export.layer.passages.words import (
    ACTS,
    ENSURES,
    OF_ADVERSARIES,
    OF_LIMITS,
    OF_LISTS,
    OF_SCORES,
    stems_of,
)

_RATING = "minimal|partial|significant|low|medium|high|moderate"
_SCORE = re.compile(
    rf"(?<!secure )(?<!risk )(?<!severity )\bscor(?:ed|es?\b(?= (?:is|was|of|as|at|for|{_RATING})\b)|ing of)"
    rf"|\b(?:{_RATING}|overall|coverage|detection|protection|temporal|this|the|mapping|respond)(?: \w+)? scor(?:es?|ing)\b"
    rf"|\b(?:rated|assessed|given|graded|evaluated|marked) (?:as )?(?:an? |the )?(?:\w+ )?(?:{_RATING}|score|rating)\b"
    r"|\b(?:coverage|temporal|accuracy) (?:factor|score|is|was)\b|\bthis mapping\b|\brating (?:of|is|was|as)\b"
    r"|\b(?:minimal|partial|significant) \w+ (?:of|for|against) (?:this|the) (?:sub-?)?technique\b"
    r"|\bmarked as\b|\bmapped to this\b|\b(?:added to|in) the (?:mapping|scoring)\b"
    r"|\b(?:one|two|three|some|most|all|majority|minority|few|many|several|subset|number|none|any)\b[^.,;/]{0,30}\bsub-?tech\w*"
    r"|\b(?:its|this technique['’]s|the technique['’]s|this control['’]s) (?:\w+ )?(?:sub-?tech|procedure)\w*"
)

_ACT = (
    "protect|detect|prevent|mitigat|address|cover|block|stop|provid|support|monitor|alert|identif|appl[yi]|guarantee|"
    "ensur|respond|help|includ|extend|distinguish|differentiat|restrict|reduc|scan|inspect|analy[sz]|appear|allow|"
    "enforc|consider|work|defend|limit|trigger|offer|remediat|contain|require|have|seem|map|account|eliminat|do|"
    "necessarily|directly|always|fully|completely|currently|explicitly|specifically|actually|itself|guard|look|verif|check"
)
_LIMIT = re.compile(
    rf"\b(?:(?:do|does|did|would|will|can|could|may|might)(?: not|n['’]t)|cannot)(?: be)? (?:{_ACT})"
    r"|\b(?:is|are|was|be) (?:not|un|in|less |only )\s?(?:able|effective|likely|applicable|available|known|clear|suited"
    r"|covered|supported|protected|detected|provided|documented|mitigated|addressed|possible|designed|meant|intended|real)"
    r"|\b(?:coverage|detection|protection|mitigation|control|service|support|it|this|capability|feature|scope|visibility"
    r"|which|that|rules?|alerts?)(?: \w+)? (?:is|are|was|being|be)(?: \w+ly)? limited (?:to|in|by)\b"
    r"|\blimited (?:set|number|subset|coverage|visibility)\b"
    r"|\bno (?:documentation|visibility|coverage|protection|support|way|detection|mitigation|guarantee|ability|articles)\b"
    r"|\black(?:s|ing)? (?:of )?(?:support|visibility|coverage|documentation|detail)|\bout of scope\b|\bineffective\b"
    r"|\bnot (?:effective|all|every|real-time|able|entirely|fully|other)\b|\b(?:difficult|hard|impossible) to\b"
    r"|\bonly (?:applies|apply|supports?|covers?|detects?|protects?|address(?:es)?|represents?|effective|able|provides?"
    r"|work|works|mitigates?|available|a (?:subset|few|minority|small|limited)|on|relevant|certain|specific|some)\b"
    r"|\b(?:can|is|are|it|they|will|would|control|may) only\b|\b(?:could|may|might|can) (?:still|be (?:bypassed|evaded|circumvented)|evade|bypass)\b"
    r"|\bfalse (?:positive|negative)|\bunknown (?:rate|frequency|period)|\b(?:is|are) unknown\b|\bfails? to\b"
    r"|\b(?:may|can|could|might) fail\b|\bhigh(?:er)? (?:volume|number) of false|\bsubset of\b|\bfew of\b|\bminority of\b|\bnot (?:been|found|seen)\b|\bat worst\b"
)
_NOUN = re.compile(r"\b[a-z]{1,20}ions?\b")
"""What is told of a detection tells a limit of it, where a limit is told."""
_CONTRAST = re.compile(r"\b(?:but|however|although|though|except|unless|yet|nevertheless|nonetheless|whereas|rather)\b")

_WHO = (
    r"(?:adversar(?:y|ies)|attackers?|threat actors?|malicious (?:actors?|users?|insiders?)|intruders?|hackers?|actors?"
    r"|malware|ransomware)"
)
_ADVERSARY = re.compile(
    rf"^(?:(?:an?|the|once|when|if|as|while|since|because) )*{_WHO}\b"
    rf"|\b{_WHO}(?: [\w'’/-]+){{0,6}}? (?:may|might|can|could|will|would|must|are able|is able)\b"
    r"(?! (?:not|no longer|be (?:prevented|blocked|detected|stopped|denied|hindered|limited|forced|required|unable))\b)"
    r"|\b(?:adversaries|attackers|threat actors|actors) (?:\w+ly |also |often )?"
    r"(?:are|have|use|abuse|leverage|attempt|try|need|seek|exploit|target|employ)\b"
    rf"|\b(?:ab)?used by {_WHO}\b|\b(?:can|may|could|might) (?:occur|happen)\b|\battacks? (?:involve|occur|happen)s?\b|\b(?:involve|refer)s? (?:to )?(?:an )?adversar"
    r"|\bhelp(?:s|ing)? (?:the |an )?(?:attacker|adversar)|\bdesigned to (?:hide|evade|steal|deceive|trick)"
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


def is_limit_alone(lowered: str, place: int, acts: frozenset[str], helps: frozenset[str]) -> bool:
    """Return whether nothing is said to act, or to help in a main clause, before the limit at that place."""
    before = stems_of(_NOUN.sub("", lowered[:place]))
    return before.isdisjoint(acts) and (before.isdisjoint(helps) or opens_subordinate(lowered))


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
