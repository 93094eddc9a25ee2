"""Patterns that pick ids: `*` and `?` as in file names, upper and lower case alike, outer spaces ignored."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from navigator_export.frameworks import framework
from navigator_export.model import Capability


def matches(pattern: str, text: str) -> bool:
    """Return whether `text` is what the pattern says, literally or by its `*`, `?` and `[…]`."""
    wanted, given = pattern.strip().casefold(), text.strip().casefold()
    return wanted == given or fnmatchcase(given, wanted)


def matching(pattern: str, capabilities: Iterable[Capability]) -> tuple[Capability, ...]:
    """Return the capabilities whose id the pattern picks; NIST ids without regard to zero-padding."""
    picked = []
    for capability in capabilities:
        identity = framework(capability.framework).identity
        if matches(pattern, capability.id) or matches(identity(pattern.strip()), identity(capability.id)):
            picked.append(capability)
    return tuple(picked)
