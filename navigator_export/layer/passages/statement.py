"""What a sentence states: whether something acts against a technique, and how well the sentence stands alone."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import msgspec

from navigator_export.layer.passages.clauses import LONGEST, cut, leans, opens_subordinate, stands_alone

Kind = Literal["coverage", "exposure"]


def _stems_of(words: str) -> frozenset[str]:
    return frozenset(map(_stem, words.split()))


_SUFFIXES = ("ations", "ation", "ating", "ated", "ates", "ate", "ions", "ion", "ings", "ing", "ive", "ies", "ers", "er",
             "ed", "es", "s")  # fmt: skip
_LEAST_STEM = 3


@lru_cache(maxsize=16384)
def _stem(word: str) -> str:
    """Return what the forms of a word share: `detect` of `detects`, `detection`, `detecting`."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _LEAST_STEM and not word.endswith("ss"):
            return word.removesuffix(suffix).rstrip("eiy") or word
    return word.rstrip("eiy") or word


_NAME = re.compile(r"(?:[A-Z][a-z]+(?:ion|ing|ense|onse|er|or|t))s?")


@lru_cache(maxsize=16384)
def _stem_in_text(word: str) -> str:
    """Return a word's stem; in a capital letter where "Threat Detection" is the name of something, not what it does."""
    stem = _stem(word.casefold())
    return stem.upper() if stem in _STRONG_OR_ATTACK and _NAME.fullmatch(word) else stem


_STRONG = _stems_of(
    "protect detect respond response mitigate mitigative prevent block defend defense alert monitor restrict reduce "
    "limit stop identify flag thwart harden minimize deter quarantine remediate safeguard hinder hamper "
    "counter lessen lower combat stymie recognize uncover"
)
"""What is said of something that acts against a technique."""

_WEAK = _stems_of(
    "ensure enforce verify help cover address encrypt isolate scan inspect audit log trigger notify hunt track filter "
    "remove revoke recover restore backup segment secure authenticate implement review capture record visibility "
    "validate require support provide assess check investigate warn report discover analyze sandbox disallow confirm "
    "approve contain segregate determine reveal provision evaluate only"
)
_FIRM = _STRONG | _stems_of("ensure enforce verify")
_ATTACK = _stems_of(
    "adversary adversaries attacker attack malicious threat compromise exploit unauthorized abuse suspicious malware "
    "technique anomalous unwanted intrusion breach theft steal ransomware tamper"
)
_STRONG_OR_ATTACK = _STRONG | _ATTACK
_EXPLOITED = _stems_of(
    "execute execution gain leverage obtain allow enable bypass deliver upload escalate arbitrary crafted deploy steal "
    "exfiltrate access inject send perform install create download read disclose hijack via through using"
)
_EXPLOIT = _stems_of("exploit exploitation attacker attack adversary adversaries actor vulnerability compromise")
_EFFECTS = {"coverage": (_STRONG, _WEAK), "exposure": (_EXPLOITED, _EXPLOIT)}
_NOT_OF_A_NAME = frozenset(("of", "or", "and", "for", "from", "the", "to", "via", "on", "in", "over", "with", "a"))

_WORD = re.compile(r"[A-Za-z0-9]+")


@lru_cache(maxsize=2048)
def stems_of_name(name: str) -> frozenset[str]:
    """Return the stems of the words that a technique's name consists of."""
    return frozenset(_stem(word) for word in _WORD.findall(name.casefold()) if word not in _NOT_OF_A_NAME)


# ---- what is refused -------------------------------------------------------------------------------------------------

_RATING = "minimal|partial|significant|low|medium|high|moderate"
_SCORE = re.compile(
    rf"(?<!secure )(?<!risk )(?<!severity )\bscor(?:ed|es?\b(?= (?:is|was|of|as|at|for|{_RATING})\b)|ing of)"
    rf"|\b(?:{_RATING}|overall|coverage|detection|protection|temporal|this|the|mapping|respond)(?: \w+)? scor(?:es?|ing)\b"
    rf"|\b(?:rated|assessed|given|graded|evaluated|marked) (?:as )?(?:an? |the )?(?:\w+ )?(?:{_RATING}|score|rating)\b"
    r"|\b(?:coverage|temporal|accuracy) (?:factor|score|is|was)\b|\bthis mapping\b|\brating (?:of|is|was|as)\b"
    r"|\bmarked as\b|\bmapped to this\b|\b(?:added to|in) the (?:mapping|scoring)\b"
    r"|\b(?:one|two|three|some|most|all|majority|minority|few|many|several|subset|number|none|any)\b[^.,;]{0,30}\bsub-?tech\w*"
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
    r"|\b(?:is|are|was|being|be)(?: \w+ly)? limited (?:to|in|by)\b|\blimited (?:set|number|subset|coverage|visibility|to)\b"
    r"|\bno (?:documentation|visibility|coverage|protection|support|way|detection|mitigation|guarantee|ability|articles)\b"
    r"|\black(?:s|ing)? (?:of )?(?:support|visibility|coverage|documentation|detail)|\bout of scope\b|\bineffective\b"
    r"|\bnot (?:effective|all|every|real-time|able|entirely|fully|other)\b|\b(?:difficult|hard|impossible) to\b"
    r"|\bonly (?:applies|apply|supports?|covers?|detects?|protects?|address(?:es)?|represents?|effective|able|provides?"
    r"|work|works|mitigates?|available|a (?:subset|few|minority|small|limited)|on|relevant|certain|specific|some)\b"
    r"|\b(?:can|is|are|it|they|will|would|control|may) only\b|\b(?:could|may|might|can) (?:still|be (?:bypassed|evaded|circumvented)|evade|bypass)\b"
    r"|\bfalse (?:positive|negative)|\bunknown (?:rate|frequency|period)|\b(?:is|are) unknown\b|\bfails? to\b"
    r"|\b(?:may|can|could|might) fail\b|\bhigh(?:er)? (?:volume|number) of false|\bsubset of\b|\bfew of\b|\bminority of\b|\bnot been\b|\bat worst\b"
)
_CONTRAST = re.compile(r"\b(?:but|however|although|though|except|unless|yet|nevertheless|nonetheless|whereas|rather)\b")

_ADVERSARY = re.compile(
    r"\b(?:adversar(?:y|ies)|attackers?|threat actors?|malicious (?:actors?|users?|insiders?)|intruders?|hackers?|actors?"
    r"|malware|ransomware)(?: [\w'’/-]+){0,6}? (?:may|might|can|could|will|would|must|are able|is able)\b"
    r"|\b(?:adversaries|attackers|threat actors|actors) (?:\w+ly |also |often )?(?:are|have|use|abuse|leverage|attempt|try|"
    r"need|seek|exploit|target|employ)\b"
    r"|\battacks? (?:involve|occur|happen)s?\b|\b(?:involve|refer)s? (?:to )?(?:an )?adversar"
    r"|\bhelp(?:s|ing) the (?:attacker|adversary)|\bdesigned to (?:hide|evade|steal|deceive|trick)"
)
_ANSWER = re.compile(
    r"[,;] (?!which |that )[^,;]{0,120}\b(?:can|could|may|will|helps?|would|to)(?: be| help(?: to)?)? "
    r"(?:protect|detect|mitigat|prevent|block|identif|alert|restrict|reduc|limit|stop|monitor)"
)
_ANNOUNCEMENT = re.compile(r"\b(?:following|below)\b[^.:]{0,60}[.:]?$")


class Statement(msgspec.Struct, frozen=True):
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

    That is a sentence on the score, on limits alone, on what adversaries do, an announcement of a list, or the middle
    of an argument. Where a technique is shown as exposed, what adversaries do is what a reader wants.
    """
    text = stands_alone(sentence)
    if not text:
        return None
    lowered = text.casefold()
    if kind == "coverage":
        score = _SCORE.search(lowered)
        if score:
            text = cut(text, before=score.start())
            if not text:
                return None
            lowered = text.casefold()
    words = _WORD.findall(text)
    if not words or text.rstrip("\"”’')]")[-1:] not in _ENDS and _MODALS.isdisjoint(words):
        return None
    words[0] = words[0].casefold()
    stems = frozenset(map(_stem_in_text, words))
    limit = _LIMIT.search(lowered)
    if _ANNOUNCEMENT.search(lowered) or limit and not _acts(lowered[: limit.start()], *_EFFECTS[kind]):
        return None
    if kind == "coverage":
        adversary = _ADVERSARY.search(lowered)
        if adversary and not _acts(lowered[: adversary.start()], _FIRM) and not _ANSWER.search(lowered, adversary.end()):
            return None
    strong, weak = _EFFECTS[kind]
    if strong.isdisjoint(stems) and weak.isdisjoint(stems):
        return None
    shown = text
    if len(text) > LONGEST:
        shown = cut(text)
        lost = lowered[len(shown) :]
        if not shown or _LIMIT.search(lost) or _CONTRAST.search(lost):
            return None
    return Statement(
        text=shown,
        stems=stems,
        weak=strong.isdisjoint(stems),
        limited=limit is not None,
        of_attack=not _ATTACK.isdisjoint(stems),
        leaning=leans(text),
        cut=shown != sentence,
    )


_ENDS = frozenset(".!?…")
_MODALS = frozenset(("can", "could", "may", "might", "will", "would", "is", "are", "that", "which", "to"))


def _acts(before: str, firm: frozenset[str], weak: frozenset[str] = frozenset()) -> bool:
    """Return whether what stands before a place says already that something acts against something."""
    stems = set(map(_stem, _WORD.findall(before)))
    return not firm.isdisjoint(stems) or not weak.isdisjoint(stems) and not opens_subordinate(before)
