"""What is known of the published frameworks and of the built-in sample's beyond what their mapping files say.

A framework that is not listed works all the same: it is shown by its id and has no tiers of its own.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final, Literal

import msgspec


class TierScheme(msgspec.Struct, frozen=True):
    """The licence tiers of a framework, and how a capability id tells its tier."""

    order: tuple[str, ...]
    """From the lowest to the highest; a higher tier includes the lower ones."""
    licence_words: tuple[tuple[str, str], ...] = ()
    """(tier, regular expression) pairs: words of a licence sentence that speak of that tier."""
    numbers: tuple[tuple[str, frozenset[str]], ...] = ()
    """(tier, numbers such as `4.12`) pairs: which capabilities are of a tier, by the number that their id ends in."""

    def tier_of(self, capability_id: str) -> str | None:
        """Return the tier of the id's number, or the one that the id ends in (`EOP-MFR-E3`: E3), or None."""
        if self.numbers and (number := _NUMBER.search(capability_id)):
            wanted = f"{int(number[1])}.{int(number[2])}"
            return next((tier for tier, numbers in self.numbers if wanted in numbers), None)
        suffix = capability_id.rpartition("-")[2].casefold()
        return next((tier for tier in self.order if tier.casefold() == suffix), None)

    def lowest_named(self, licence: str) -> str | None:
        """Return the lowest tier that a licence sentence speaks of, or None where it speaks of none."""
        for tier in self.order:
            for word_tier, pattern in self.licence_words:
                if word_tier == tier and re.search(pattern, licence, re.IGNORECASE):
                    return tier
        return None


_NUMBER: Final = re.compile(r"(?<![0-9.])([0-9]{1,2})\.([0-9]{1,2})\s*\Z")
"""The number of a CIS safeguard, alone or after other words: `4.12`, `CIS 4.12`."""


_PADDING: Final = re.compile(r"(^[a-z]+-|\()0+(?=\d)")
"""Zeros before a number of an id like `AC-02(01)`: NIST's releases disagree on them, and so do people's lists."""


def identity(capability_id: str) -> str:
    """Return what all spellings of one capability's id share: `ac-2(1)` for `AC-2(1)` and `AC-02 (01)`."""
    return _PADDING.sub(r"\1", capability_id.strip().casefold().replace(" (", "("))


Counting = tuple[str, str]
"""The word for one of a framework's capabilities, and for several."""


class Framework(msgspec.Struct, frozen=True):
    """A published framework."""

    name: str
    """As people write it in a sentence."""
    short: str = ""
    """As people write it where there is little room, such as in a layer's name; empty where the name is short."""
    capability: Counting = ("capability", "capabilities")
    """What its capabilities are called."""
    brief: Counting | None = None
    """The same where a label has room for 13 characters, if that takes other words."""
    shows: Literal["coverage", "exposure"] = "coverage"
    """Whether a mapped technique is one that something works against, or one that was used or is open to use."""
    tiers: TierScheme | None = None
    words: tuple[str, ...] = ()
    """What people call it in the name of a published set, the word for its own sets first; likewise its id."""


_CONTROLS: Final = ("control", "controls")

_M365_TIERS = TierScheme(
    order=("E3", "E5"),
    licence_words=(
        ("E3", r"\bE3\b|\bP1\b|\bplan 1\b|\bfree\b|\ball versions\b|\ball Microsoft Entra ID licen[sc]es\b"),
        ("E5", r"\bE5\b|\bP2\b|\bplan 2\b"),
    ),
)


def _numbers(*parts: tuple[int, str]) -> frozenset[str]:
    """Return the numbers of safeguards by control, `(1, "1 2")` for 1.1 and 1.2."""
    return frozenset(f"{control}.{number}" for control, numbers in parts for number in numbers.split())


_CIS_TIERS = TierScheme(
    order=("IG1", "IG2", "IG3"),
    numbers=(
        (
            "IG1",
            _numbers(
                *((1, "1 2"), (2, "1 2 3"), (3, "1 2 3 4 5 6"), (4, "1 2 3 4 5 6 7"), (5, "1 2 3 4")),
                *((6, "1 2 3 4 5"), (7, "1 2 3 4"), (8, "1 2 3"), (9, "1 2"), (10, "1 2 3"), (11, "1 2 3 4")),
                *((12, "1"), (14, "1 2 3 4 5 6 7 8"), (15, "1"), (17, "1 2 3")),
            ),
        ),
        (
            "IG2",
            _numbers(
                *((1, "3 4"), (2, "4 5 6"), (3, "7 8 9 10 11 12"), (4, "8 9 10 11"), (5, "5 6"), (6, "6 7")),
                *((7, "5 6 7"), (8, "4 5 6 7 8 9 10 11"), (9, "3 4 5 6"), (10, "4 5 6 7"), (11, "5")),
                *((12, "2 3 4 5 6 7"), (13, "1 2 3 4 5 6"), (14, "9"), (15, "2 3 4")),
                *((16, "1 2 3 4 5 6 7 8 9 10 11"), (17, "4 5 6 7 8"), (18, "1 2 3")),
            ),
        ),
        (
            "IG3",
            _numbers(
                *((1, "5"), (2, "7"), (3, "13 14"), (4, "12"), (6, "8"), (8, "12"), (9, "7"), (12, "8")),
                *((13, "7 8 9 10 11"), (15, "5 6 7"), (16, "12 13 14"), (17, "9"), (18, "4 5")),
            ),
        ),
    ),
)
"""The implementation group from which on each safeguard of CIS Controls 8 and 8.1 is asked for: 56, 74 and 23."""

_SAMPLE_TIERS: Final = TierScheme(order=("Base", "Plus", "Max"))
"""Of the company in the built-in sample."""

FRAMEWORKS: Final = MappingProxyType(
    {
        "aws": Framework("AWS", words=("aws", "amazon")),
        "azure": Framework("Azure", words=("azure",)),
        "cis_controls": Framework("CIS Controls", "CIS", _CONTROLS, tiers=_CIS_TIERS, words=("cis",)),
        "cri_profile": Framework("CRI Profile", "CRI", ("statement", "statements"), words=("cri",)),
        "csa_ccm": Framework("CSA CCM", "CCM", _CONTROLS, words=("ccm", "csa")),
        "gcp": Framework("Google Cloud", "GCP", words=("gcp", "google-cloud", "google")),
        "intel_vpro": Framework("Intel vPro", "vPro", words=("vpro", "intel")),
        "kev": Framework(
            "Known Exploited Vulnerabilities",
            "KEV",
            ("vulnerability", "vulnerabilities"),
            brief=("CVE", "CVEs"),
            shows="exposure",
            words=("kev",),
        ),
        "larkfield": Framework("Larkfield", "", _CONTROLS, tiers=_SAMPLE_TIERS),
        "m365": Framework("Microsoft 365", "M365", tiers=_M365_TIERS, words=("m365", "microsoft-365")),
        "nist_800_53": Framework("NIST 800-53", "", _CONTROLS, words=("nist", "800-53", "sp800-53")),
        "veris": Framework("VERIS", "", ("action", "actions"), shows="exposure", words=("veris",)),
    }
)


def framework(framework_id: str) -> Framework:
    """Return what is known of a framework; for an unknown one, its id as its name."""
    return FRAMEWORKS.get(key(framework_id)) or Framework(framework_id)


def key(framework_id: str) -> str:
    """Return what all spellings of a framework's id share."""
    return framework_id.casefold().replace("-", "_").replace(" ", "_")


def framework_called(word: str) -> str | None:
    """Return the key in `FRAMEWORKS` of the framework that people call so, by id, name or another word of theirs."""
    return _BY_WORD.get(key(word.strip()))


_BY_WORD: Final = {
    key(word): id_
    for id_, known in FRAMEWORKS.items()
    if known.words
    for word in (id_, known.name, known.short, *known.words)
    if word
}
