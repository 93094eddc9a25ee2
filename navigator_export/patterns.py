"""Patterns that pick ids: `*` and `?` as in file names, upper and lower case alike, outer spaces ignored."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from navigator_export.frameworks import identity
from navigator_export.model import Capability


def matches(pattern: str, text: str) -> bool:
    """Return whether `text` is what the pattern says, literally or by its `*`, `?` and `[…]`."""
    wanted, given = pattern.strip().casefold(), text.strip().casefold()
    return wanted == given or fnmatchcase(given, wanted)


def matching(pattern: str, capabilities: Iterable[Capability]) -> tuple[Capability, ...]:
    """Return the capabilities whose id the pattern picks, however the pattern spells it: `AC-3` picks `AC-03`."""
    unpadded = identity(pattern)
    return tuple(
        capability
        for capability in capabilities
        if matches(pattern, capability.id) or matches(unpadded, identity(capability.id))
    )


def literally(text: str) -> str:
    """Return a pattern that picks a text as it is written, whatever characters it has."""
    return re.sub(r"[*?\[]", r"[\g<0>]", text)


def named(pattern: str) -> str | None:
    """Return the one text that a pattern of `literally` picks as it is written; None for any other pattern."""
    text = re.sub(r"\[([*?\[])\]", r"\1", pattern)
    return text if literally(text) == pattern else None
