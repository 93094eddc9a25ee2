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

    def tier_of(self, capability_id: str) -> str | None:
        """Return the tier that the id ends in (`EOP-MFR-E3`: E3), or None."""
        suffix = capability_id.rpartition("-")[2].casefold()
        return next((tier for tier in self.order if tier.casefold() == suffix), None)

    def lowest_named(self, licence: str) -> str | None:
        """Return the lowest tier that a licence sentence speaks of, or None where it speaks of none."""
        for tier in self.order:
            for word_tier, pattern in self.licence_words:
                if word_tier == tier and re.search(pattern, licence, re.IGNORECASE):
                    return tier
        return None


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


_CONTROLS: Final = ("control", "controls")

_M365_TIERS = TierScheme(
    order=("E3", "E5"),
    licence_words=(
        ("E3", r"\bE3\b|\bP1\b|\bplan 1\b|\bfree\b|\ball versions\b|\ball Microsoft Entra ID licen[sc]es\b"),
        ("E5", r"\bE5\b|\bP2\b|\bplan 2\b"),
    ),
)

_SAMPLE_TIERS: Final = TierScheme(order=("Base", "Plus", "Max"))
"""Of the company in the built-in sample."""

FRAMEWORKS: Final = MappingProxyType(
    {
        "aws": Framework("AWS"),
        "azure": Framework("Azure"),
        "cis_controls": Framework("CIS Controls", "CIS", _CONTROLS),
        "cri_profile": Framework("CRI Profile", "CRI", ("statement", "statements")),
        "csa_ccm": Framework("CSA CCM", "CCM", _CONTROLS),
        "gcp": Framework("Google Cloud", "GCP"),
        "intel_vpro": Framework("Intel vPro", "vPro"),
        "kev": Framework(
            "Known Exploited Vulnerabilities",
            "KEV",
            ("vulnerability", "vulnerabilities"),
            brief=("CVE", "CVEs"),
            shows="exposure",
        ),
        "larkfield": Framework("Larkfield", "", _CONTROLS, tiers=_SAMPLE_TIERS),
        "m365": Framework("Microsoft 365", "M365", tiers=_M365_TIERS),
        "nist_800_53": Framework("NIST 800-53", "", _CONTROLS),
        "veris": Framework("VERIS", "", ("action", "actions"), shows="exposure"),
    }
)


def framework(framework_id: str) -> Framework:
    """Return what is known of a framework; for an unknown one, its id as its name."""
    return FRAMEWORKS.get(framework_id.casefold().replace("-", "_")) or Framework(framework_id)
