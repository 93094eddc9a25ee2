"""Words by their stems, and which of them tell what a sentence is about."""

from __future__ import annotations

import re
from functools import lru_cache

_SUFFIXES = (
    *("ations", "ation", "ating", "ated", "ates", "ate", "ions", "ion", "ings", "ing"),
    *("ive", "ies", "ers", "er", "ed", "es", "s"),
)
_LEAST_STEM = 3


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Return what the forms of a word share: `detect` of `detects`, `detection`, `detecting`."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _LEAST_STEM and not word.endswith("ss"):
            return word.removesuffix(suffix).rstrip("eiy") or word
    return word.rstrip("eiy") or word


def _stems(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


ACTS = _stems(
    "protect detect respond response mitigate mitigative prevent block defend defense alert monitor restrict reduce "
    "limit stop identify flag thwart harden minimize deter quarantine remediate safeguard hinder hamper "
    "lessen lower combat stymie recognize uncover terminate"
)
"""What something does that works against a technique."""

ENSURES = _stems("ensure enforce verify")

HELPS = ENSURES | _stems(
    "help cover address encrypt isolate scan inspect audit log trigger notify hunt track filter only "
    "remove revoke recover restore backup segment secure authenticate implement review capture record visibility "
    "validate require support provide assess check investigate warn report discover analyze sandbox disallow confirm "
    "approve contain segregate determine reveal provision evaluate"
)
"""What something does that may work against a technique or not."""

ATTACK = _stems(
    "adversary adversaries attacker attack malicious threat compromise exploit unauthorized abuse suspicious malware "
    "technique anomalous unwanted intrusion breach theft steal ransomware tamper"
)
"""What tells that an attack, whoever makes it or the technique itself is spoken of."""

EXPLOITS = _stems(
    "execute execution gain leverage obtain allow enable bypass deliver upload escalate arbitrary crafted deploy steal "
    "exfiltrate access inject send perform install create download read disclose hijack via through using"
)
"""What an attacker does by a weakness."""

EXPLOITED = _stems("exploit exploitation attacker attack adversary adversaries actor vulnerability compromise")

# Words without which none of the patterns of a kind is found.
OF_SCORES = _stems(
    "score rated rating mark mapping mapped given graded evaluated assessed factor temporal accuracy coverage sub "
    "subtechnique procedure minimal partial significant"
)
OF_LIMITS = _stems(
    "not t cannot no lack only limit limited limitation fail false unknown difficult hard impossible ineffective few "
    "subset minority scope specific worst bypass bypassed evade evaded circumvented still unable unlikely unavailable "
    "unclear uncovered unsupported less"
)
OF_ADVERSARIES = _stems(
    "adversary adversaries attacker attack actor user insider intruder hacker malware ransomware designed occur happen"
)
OF_LISTS = _stems("following below")

COMMON = ATTACK | _stems(
    "system data service account access cloud information application software network user remote control tool"
)
"""What so many sentences and names have that it says little of either."""

_NOT_OF_A_NAME = frozenset(("of", "or", "and", "for", "from", "the", "to", "via", "on", "in", "over", "with", "a"))
_NAMED = ACTS | ATTACK
_NAME = re.compile(r"[A-Z][a-z]+(?:ion|ing|ense|onse|er|or|eat)s?")
_WORD = re.compile(r"[A-Za-z0-9]+")


@lru_cache(maxsize=16384)
def _stem_in_text(word: str) -> str:
    """Return a word's stem; in capitals where "Threat Detection" is the name of something, not what it does."""
    found = stem(word.casefold())
    return found.upper() if found in _NAMED and _NAME.fullmatch(word) else found


@lru_cache(maxsize=16384)
def stems_of(text: str) -> frozenset[str]:
    """Return the stems of a sentence's words."""
    words = _WORD.findall(text)
    return frozenset((stem(words[0].casefold()), *map(_stem_in_text, words[1:]))) if words else frozenset()


@lru_cache(maxsize=2048)
def stems_of_name(name: str) -> frozenset[str]:
    """Return the stems of the words that a technique's name consists of."""
    return frozenset(stem(word) for word in _WORD.findall(name.casefold()) if word not in _NOT_OF_A_NAME)
