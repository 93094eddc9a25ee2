"""The comment of a technique: a line per capability, then what the source says of some."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from navigator_export.layer.profiles import Profile
from navigator_export.layer.room import LINE, fitting, height

_LINES: Final = 1_250
"""Pixels of the lines of capabilities: all of them, in most published sets."""

_ALL: Final = 1_900
"""Pixels of a comment: what is left of the tooltip shows the metadata of the best."""

_SENTENCES: Final = 6
"""Capabilities of which a short comment says a sentence."""

Said = tuple[Profile, str]
"""A capability and what is said of it."""


def short_comment(profiles: Sequence[Profile], origins: Sequence[str], said: Sequence[Said]) -> tuple[str, int]:
    """Return a comment that fits the tooltip, and its height; of what does not fit the comment says how much it is."""
    shown = fitting((profile.line_height for profile in profiles), _LINES)
    rest = [*and_more(len(profiles) - shown), *_from(origins)]
    lines = [*(profile.line for profile in profiles[:shown]), *rest]
    used = sum(profile.line_height for profile in profiles[:shown]) + LINE * len(rest)
    if not said:
        return "\n".join(lines), used
    paragraphs = [_paragraph(profile, text) for profile, text in said[:_SENTENCES]]
    heights = [LINE + height(paragraph) for paragraph in paragraphs]
    shown = fitting(heights, _ALL - used)
    end = and_more(len(said) - shown)
    used += sum(heights[:shown]) + 2 * LINE * len(end)
    return "\n\n".join(["\n".join(lines), *paragraphs[:shown], *end]), used


def full_comment(profiles: Sequence[Profile], origins: Sequence[str], said: Iterable[Said]) -> str:
    """Return a comment that says all."""
    lines = [*(profile.line for profile in profiles), *_from(origins)]
    return "\n\n".join(["\n".join(lines), *(_paragraph(profile, text) for profile, text in said)])


def and_more(number: int) -> list[str]:
    """Return the line that counts what is not shown; none where all is."""
    return [f"and {number:,} more"] if number else []


def _from(origins: Iterable[str]) -> list[str]:
    return [f"from {origin}" for origin in origins]


def _paragraph(profile: Profile, text: str) -> str:
    return f"{profile.heading}: {text}"
