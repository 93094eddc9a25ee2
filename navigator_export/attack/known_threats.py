"""Which facts about threats serve: those of the newest release, of the user's imports or built in."""

from __future__ import annotations

from navigator_export.attack.catalogue import Catalogue, order
from navigator_export.attack.threats import Threats, builtin_threats
from navigator_export.model import Domain


def known_threats(catalogue: Catalogue, domain: Domain) -> Threats | None:
    """Return the threats of the newest release that has some; of two of one release, the imported ones.

    None where there are none for the domain. Raises AttackError where an imported release is damaged.
    """
    found = [
        Threats(domain, version, stored.facts.threats)
        for version, stored in catalogue.domains[domain].imported.items()
        if stored.facts.threats
    ]
    if builtin_threats().domain == domain:
        found.append(builtin_threats())
    # The first of equals is the imported one.
    return max(found, key=lambda threats: order(threats.attack_version), default=None)
