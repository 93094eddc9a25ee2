"""Fields that are not what the layer format asks for: missing, or of another kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from navigator_export import schemas
from navigator_export.schemas import Violation
from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.rules import items
from navigator_export.validation.view import LayerView, is_number

CRASH = Rule(
    "navigator-crash",
    "error",
    "The Navigator cannot read on: it shows a blank page, and no later layer of the file.",
)
MISSING = Rule("field-missing", "error", "A field that the Navigator needs is missing or blank.")
TYPE = Rule("field-type", "error", "A field holds another kind of value than the format asks for: it is dropped.")
VALUE = Rule("field-value", "warning", "A field holds a value that means nothing to the Navigator: it is ignored.")
TECHNIQUE_ID = Rule("technique-id", "error", "An entry has no ATT&CK id: the Navigator silently drops it.")

_JUDGED_ELSEWHERE: Final = {
    ("domain",),
    ("customDataURL",),
    ("versions",),
    ("versions", "layer"),
    ("versions", "attack"),
    ("viewMode",),
}
"""Fields of which other checks know what the Navigator makes of them."""

_ELSEWHERE_IF_MISSING: Final = {"domain", "versions", "layer", "techniques"}
"""Likewise, where they are missing."""


def check_schema(view: LayerView) -> Iterator[Finding]:
    """Find every violation of the layer schema, by what the Navigator makes of it."""
    for violation in schemas.each_violation("navigator-layer-4.5", view.layer, rows="techniques"):
        finding = _finding(violation, view)
        if finding is not None:
            yield finding


def _finding(violation: Violation, view: LayerView) -> Finding | None:
    """Return what is to be told of a violation; None where another check judges it."""
    path = view.path + violation.path.removeprefix("$")
    parts = violation.parts
    if violation.keyword == "required":
        return _missing(violation, path, view)
    if parts in _JUDGED_ELSEWHERE:
        return None
    if parts == ("name",) and (violation.found is None or violation.keyword == "pattern"):
        return MISSING.finding(path, violation.message, "write what the tab shall be called")
    if _crashes(violation):
        return CRASH.finding(path, violation.message, _instead(violation))
    if items.list_of(parts):
        return items.item_finding(violation, path, _item(view, parts))
    if violation.keyword == "depth":
        return TYPE.finding(path, violation.message)
    if items.is_colour_place(parts) and isinstance(violation.found, str):
        return items.colour_finding(violation, path)
    if parts[-1:] == ("techniqueID",):
        return None if view.is_custom else TECHNIQUE_ID.finding(path, violation.message, _id_hint(violation.found))
    if violation.keyword == "type":
        return TYPE.finding(path, violation.message, _instead(violation), "warning" if _works(violation) else "error")
    return VALUE.finding(path, violation.message, _choice(violation))


def _missing(violation: Violation, path: str, view: LayerView) -> Finding | None:
    name, parts = violation.found, violation.parts
    if name in _ELSEWHERE_IF_MISSING:
        return None
    if name == "techniqueID":
        return TECHNIQUE_ID.finding(path, violation.message, 'write "techniqueID": "T1114"')
    if parts == ("gradient",):
        hint = 'leave gradient out, or write {"colors": ["#ffffff", "#66b1ff"], "minValue": 0, "maxValue": 100}'
        if name == "colors" or any(is_number(entry.get("score")) for _, entry in view.techniques):
            return CRASH.finding(path, violation.message, hint)
        return MISSING.finding(path, f"{violation.message}, which the first score would need", hint, "warning")
    if items.list_of((*parts, name)):
        return items.item_finding(violation, path, _item(view, parts))
    return MISSING.finding(path, violation.message, f'write "{name}": {_EXAMPLES[name]}')


_EXAMPLES: Final = {"name": '"…"', "label": '"…"', "color": '"#66b1ff"'}


def _item(view: LayerView, parts: tuple[str | int, ...]) -> dict[str, Any]:
    """Return the item of a list in which a place is; an empty one where it is no object."""
    value: Any = view.layer
    for part in parts[: -1 if isinstance(parts[-1], str) else None]:
        value = value[part]
    return value if isinstance(value, dict) else {}


def _crashes(violation: Violation) -> bool:
    """Return whether the Navigator stops at a value of another kind, as its source has it."""
    parts, found = violation.parts, violation.found
    if violation.keyword == "minItems":
        return parts == ("gradient", "colors")
    if violation.keyword != "type" or parts == ("layout", "layout"):
        return False
    if isinstance(parts[-1], int):
        return parts[-2] in ("techniques", "metadata", "links", "legendItems") and not isinstance(found, list)
    return parts[-1] in _STOPS and _STOPS[parts[-1]](found)


_STOPS: Final[dict[str | int, Callable[[Any], bool]]] = {
    "techniques": lambda found: found is None or (isinstance(found, str) and bool(found)),
    "metadata": lambda found: found != "",
    "links": lambda found: found != "",
    "legendItems": lambda found: found != "",
    "colors": lambda found: not isinstance(found, str),
    "gradient": lambda found: True,
    "filters": lambda found: found is None,
    "platforms": bool,
    "layout": lambda found: not isinstance(found, list),
}
"""The fields that the Navigator takes apart unasked, and with which values of another kind it cannot."""


def _instead(violation: Violation) -> str:
    """Return what to write instead of a value of another kind, such as 5 for "5"."""
    found, wanted = violation.found, violation.message.partition(", found")[0]
    if violation.parts == ("techniques",):
        return 'write "techniques": [ … ]'
    if violation.parts == ("gradient", "colors"):
        return "write at least two colours, or leave gradient out"
    if found is None:
        return "leave it out"
    if "number" in wanted and _is_numeric(found):
        return f"write {found.strip()}, without quotation marks"
    if "true or false" in wanted and str(found).casefold() in ("true", "false"):
        return f"write {str(found).casefold()}, without quotation marks"
    if "expected text" in wanted and isinstance(found, int | float):
        return f'write "{schemas.shown(found)}"'
    if "a list" in wanted:
        return "write a list, [ … ], or leave it out"
    if "an object" in wanted:
        return "write an object, { … }, or leave it out"
    kind = next((kind for kind in ("number", "true or false") if kind in wanted), "text").replace("number", "a number")
    return f"write {kind}, or leave it out"


def _choice(violation: Violation) -> str:
    """Return what to write instead of a value that means nothing."""
    if violation.keyword == "enum":
        return "write one of these, or leave it out"
    return "write 0, 1, 2 or 3, or leave it out" if violation.parts == ("sorting",) else "leave it out"


def _works(violation: Violation) -> bool:
    """Return whether nothing is lost by another kind of value: it is read all the same, or is empty."""
    found = violation.found
    match violation.parts:
        case ("versions", "navigator") | ("filters", "platforms"):
            return True
        case ("gradient", _):
            return _is_numeric(found)
        case ("techniques",):
            return False
        case parts if items.is_colour_place(parts):
            return found is None
        case _:
            return found in ("", [], {}) and violation.message.startswith(("expected a list", "expected an object"))


def _is_numeric(found: object) -> bool:
    return isinstance(found, str) and re.fullmatch(r"\s*-?[0-9]+(\.[0-9]+)?\s*", found) is not None


def _id_hint(found: object) -> str:
    meant = re.fullmatch(r"\s*([Tt][0-9]{4}(?:[./][0-9]{3})?)\s*", found) if isinstance(found, str) else None
    return f'write "{meant[1].upper().replace("/", ".")}"' if meant else 'write an id such as "T1114" or "T1114.003"'
