"""What the Navigator keeps of an entry's annotations: the rest is dropped, and leaves nothing to see."""

from __future__ import annotations

from typing import Any, Final

from navigator_export.validation.colours import is_colour
from navigator_export.validation.view import is_number

_LISTS: Final = {"metadata": ("name", "value"), "links": ("url", "label")}
"""The lists of an entry: what makes an item a pair, and what else the pair needs."""


def kept(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the annotations of an entry that the Navigator keeps: no empty ones, none of another kind, no defaults."""
    found: dict[str, Any] = {}
    if is_number(fields.get("score")):
        found["score"] = fields["score"]
    if colour := colour_of(fields):
        found["color"] = colour
    if isinstance(fields.get("comment"), str) and fields["comment"]:
        found["comment"] = fields["comment"]
    if fields.get("enabled") is False:
        found["enabled"] = False
    for name in _LISTS:
        items = fields.get(name)
        shown = [item for item in items if is_shown(name, item)] if isinstance(items, list) else []
        if shown:
            found[name] = shown
    return found


def is_open(fields: dict[str, Any]) -> bool:
    """Return whether an entry opens its technique's sub-techniques."""
    return fields.get("showSubtechniques") is True


def colour_of(fields: dict[str, Any]) -> str:
    """Return an entry's own colour, which hides the score's; empty where it has none that the Navigator takes."""
    colour = fields.get("color")
    return colour if isinstance(colour, str) and is_colour(colour) else ""


def is_shown(name: str, item: object) -> bool:
    """Return whether an item of `metadata` or `links` is shown: a whole pair, or a divider."""
    first, second = _LISTS[name]
    if not isinstance(item, dict):
        return False
    if first not in item:
        return isinstance(item.get("divider"), bool)
    return all(isinstance(item.get(key), str) and item[key] for key in (first, second))
