"""The ATT&CK release that a layer names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import LayerView

NAVIGATOR_OLDEST: Final = 4
"""The oldest ATT&CK release that the Navigator has."""
ATTACK_MISSING = Rule(
    "attack-version-missing",
    "warning",
    "The layer names no ATT&CK release: the Navigator silently opens it as the newest.",
)
ATTACK_UNKNOWN = Rule(
    "attack-version-unknown", "error", "The Navigator has no such ATT&CK release: it refuses the layer."
)
ATTACK_SPELLING = Rule(
    "attack-version-spelling",
    "warning",
    "Only the first digits of the ATT&CK release count; the rest misleads.",
)


def check_attack_version(view: LayerView) -> Iterator[Finding]:
    """Find an ATT&CK release that is missing, unknown or misleading."""
    path = f"{view.path}.versions.attack"
    newest = max(int(view.catalogue.newest(domain).partition(".")[0]) for domain in view.catalogue.domains)
    if not view.attack:
        if isinstance(view.layer.get("versions"), dict):
            yield ATTACK_MISSING.finding(path, "the ATT&CK release is missing", f'add it, such as "{newest}"')
    elif view.major is None or not NAVIGATOR_OLDEST <= view.major <= newest:
        yield ATTACK_UNKNOWN.finding(
            path, f"unknown ATT&CK release {view.attack!r}", f"known are {NAVIGATOR_OLDEST} to {newest}"
        )
    elif not re.fullmatch(r"[0-9]+(\.[0-9]+)*", view.attack):
        yield ATTACK_SPELLING.finding(path, f"{view.attack!r} is read as {view.major}", f'write "{view.major}"')
