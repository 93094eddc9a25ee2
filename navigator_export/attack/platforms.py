"""Platform names by ATT&CK release: a filter on any other name shows an empty matrix.

Seen in the Navigator for v16; the names themselves are those of the STIX bundles of each release.
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

_ENTERPRISE: Final = ((17, _CLOUD_17), (16, _CLOUD_16), (9, _CLOUD_9), (8, _CLOUD_8))

_MOBILE: Final = frozenset({"Android", "iOS"})


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
    if domain == "enterprise":
        return next((_DESKTOP | names for since, names in _ENTERPRISE if major >= since), None)
    return _MOBILE if domain == "mobile" else None
