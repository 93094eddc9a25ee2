"""Platform names by ATT&CK release: a filter shows nothing for a name that the release does not have.

The names are those of the STIX bundles of each release; what the Navigator makes of old spellings is seen in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping as Dictionary
from typing import Final

from navigator_export.model import Domain

_DESKTOP: Final = frozenset({"Linux", "macOS", "Windows", "PRE"})
_CLOUD_8: Final = frozenset({"AWS", "Azure", "Azure AD", "GCP", "Office 365", "SaaS", "Network"})
_CLOUD_9: Final = frozenset({"Azure AD", "Google Workspace", "IaaS", "Office 365", "SaaS", "Network", "Containers"})
_CLOUD_16: Final = frozenset({"Identity Provider", "Office Suite", "IaaS", "SaaS", "Network", "Containers"})
_CLOUD_17: Final = (_CLOUD_16 - {"Network"}) | {"Network Devices", "ESXi"}

_PLANT_8: Final = frozenset(
    {
        "Control Server",
        "Data Historian",
        "Engineering Workstation",
        "Field Controller/RTU/PLC/IED",
        "Human-Machine Interface",
        "Input/Output Server",
        "Safety Instrumented System/Protection Relay",
        "Windows",
    }
)
_PLANT_10: Final = _PLANT_8 | {"Device Configuration/Parameters", "None"}
_PLANT_11: Final = _PLANT_10 - {"Windows"}
_PLANT_14: Final = frozenset({"None"})

_NAMES: Final[dict[Domain, tuple[tuple[int, frozenset[str]], ...]]] = {
    "enterprise": (
        (17, _DESKTOP | _CLOUD_17),
        (16, _DESKTOP | _CLOUD_16),
        (9, _DESKTOP | _CLOUD_9),
        (8, _DESKTOP | _CLOUD_8),
    ),
    "mobile": ((1, frozenset({"Android", "iOS"})),),
    "ics": ((14, _PLANT_14), (11, _PLANT_11), (10, _PLANT_10), (8, _PLANT_8)),
}
"""The names of a domain from a major release on, the newest first."""

READ_AS: Final = {
    "android": "Android",
    "ios": "iOS",
    "windows": "Windows",
    "linux": "Linux",
    "mac": "macOS",
    "AWS": "IaaS",
    "GCP": "IaaS",
    "Azure": "IaaS",
}
"""Old spellings in a layer's filter, and what the Navigator reads them as, whatever the layer's release."""

RENAMED: Final = (
    (9, ("AWS", "Azure", "GCP"), "IaaS"),
    (16, ("Office 365", "Google Workspace"), "Office Suite"),
    (16, ("Azure AD",), "Identity Provider"),
    (17, ("Network",), "Network Devices"),
)
"""The major releases that renamed platforms of Enterprise, oldest first: the names before it, and the name since."""


def hidden_by(
    names: Collection[str], techniques: Iterable[str], platforms_of: Dictionary[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Return the techniques that a filter on platform names hides; one whose platforms are not known counts as shown.

    A sub-technique is hidden with its technique.
    """

    def hides(technique: str) -> bool:
        has = platforms_of.get(technique, ())
        return bool(has) and not set(names).intersection(has)

    return tuple(t for t in techniques if hides(t) or hides(t.partition(".")[0]))


def platforms(domain: Domain, major: int) -> frozenset[str] | None:
    """Return the platform names of a domain in a major release; None where they are not known."""
    return next((names for since, names in _NAMES[domain] if major >= since), None)


def spelled_at(names: Iterable[str], domain: Domain, major: int) -> tuple[str, ...]:
    """Return platforms, as the newest release calls them, by their names in an earlier one, as far as that has them."""
    spelled = set(names)
    for since, before, name in reversed(RENAMED):
        if major < since and name in spelled:
            spelled = (spelled - {name}) | set(before)
    known = platforms(domain, major)
    return tuple(sorted(spelled if known is None else spelled & known))
