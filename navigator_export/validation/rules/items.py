"""Metadata, links and colours that the Navigator drops, entry by entry."""

from __future__ import annotations

from typing import Any, Final

from navigator_export.schemas import Violation, shown
from navigator_export.validation.annotations import is_shown
from navigator_export.validation.colours import is_colour, plain
from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule

METADATA = Rule(
    "metadata-entry", "error", "An entry of metadata is no name with its value, and no divider: it is dropped."
)
LINK_ENTRY = Rule(
    "link-entry", "error", "An entry of links is no label with its address, and no divider: it is dropped."
)
COLOUR = Rule("colour-invalid", "error", "A text is no colour: the Navigator drops it, or what needs it.")
COLOUR_NAME = Rule("colour-name", "warning", "A colour works, but is not written as the layer format asks: #rrggbb.")

_RULES: Final = {"metadata": METADATA, "links": LINK_ENTRY}
_PAIRS: Final = {"metadata": '"name": "…", "value": "…"', "links": '"label": "…", "url": "https://…"'}
_DIVIDER: Final = '{"divider": true}'


def list_of(parts: tuple[str | int, ...]) -> str:
    """Return the list, `metadata` or `links`, in whose item a place is; empty for other places."""
    return next((str(name) for name in parts[-3:-1] if name in _RULES), "")


def item_finding(violation: Violation, path: str, item: dict[str, Any]) -> Finding | None:
    """Return what is to be told of an item of metadata or links; None where something worse is told of it."""
    name = list_of(violation.parts)
    if violation.keyword == "not":
        if not is_shown(name, item):
            return None
        message, hint = "a divider beside a pair is ignored", f"leave divider out, or write {_DIVIDER} as its own entry"
    else:
        message, hint = _item(violation, name, item)
    return _RULES[name].finding(path, message, hint, violation.severity)


def _item(violation: Violation, name: str, item: dict[str, Any]) -> tuple[str, str]:
    if item.get("divider") is True or str(item.get("name", item.get("label"))).upper() == "DIVIDER":
        return f"{violation.message}, and a divider stands alone: dropped", f"write {_DIVIDER}"
    if violation.keyword == "const" and violation.found is False:
        return "a divider that is false shows as an empty row", f"leave the entry out, or write {_DIVIDER}"
    if violation.keyword == "const":
        return f"{violation.message}: dropped", f"write {_DIVIDER}"
    if violation.keyword == "required" and violation.found == "divider":
        return "neither a divider nor a pair: dropped", f"write {_PAIRS[name]}"
    if violation.keyword == "required":
        return f"{violation.message}: dropped", f"write {_PAIRS[name]}, or leave the entry out"
    if violation.keyword == "type" and isinstance(violation.found, int | float):
        return f"{violation.message}: dropped", f'write "{shown(violation.found)}"'
    return f"{violation.message}: dropped", f"write {_PAIRS[name]}, or leave the entry out"


def is_colour_place(parts: tuple[str | int, ...]) -> bool:
    """Return whether a place holds a colour."""
    return parts[-1:] in (("color",), ("tacticRowBackground",)) or parts[-2:-1] == ("colors",)


def colour_finding(violation: Violation, path: str) -> Finding:
    """Return what is to be told of a text that is not a colour as the format writes it."""
    text = str(violation.found)
    hint = f'write "{plain(text)}"' if plain(text) else 'write "#rrggbb", such as "#66b1ff"'
    if not is_colour(text):
        return COLOUR.finding(path, f"{shown(text)} is no colour: {_lost(violation.parts)}", hint)
    if violation.parts[0] in _DRAWN_BY_BROWSER and not _is_css(text):
        return COLOUR.finding(path, f"{shown(text)} is a colour to the Navigator, but not to the browser", hint)
    return COLOUR_NAME.finding(path, f"{shown(text)} works, but is not in the format", hint)


_DRAWN_BY_BROWSER: Final = {"legendItems", "tacticRowBackground"}
"""Where the Navigator hands a colour on as it is written."""


def _is_css(text: str) -> bool:
    """Return whether a browser takes what the Navigator takes: names, functions but `hsv`, digits with their #."""
    word = text.strip().lower()
    return word.startswith(("#", "rgb", "hsl")) or (word.isalpha() and f"#{word}" != plain(word))


def _lost(parts: tuple[str | int, ...]) -> str:
    match parts[0]:
        case "legendItems":
            return "the line of the legend is dropped"
        case "gradient":
            return "the Navigator takes its own gradient's colours"
        case _:
            return "dropped"
