"""Names, descriptions and paths with fields in braces: `{source}/{tier}.json`."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from string import Formatter
from typing import Final

from navigator_export.errors import Problem, nearest

FIELDS: Final = (
    *("source", "framework", "framework_name", "framework_version", "attack_version", "domain"),
    *("tier", "group", "group_name", "category", "capability", "capability_name", "capability_set", "score"),
)
"""What a template may name; one without a value in a layer is an error there."""


def render(template: str, fields: Dictionary[str, str]) -> str | Problem:
    """Return a template with its fields filled in, or what is wrong with it; formats and attributes are not known."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        return Problem(str(error), hint="write {{ and }} for braces")
    text = []
    for literal, field, spec, conversion in parts:
        text.append(literal)
        if field is None:
            continue
        plain = not spec and not conversion
        if field not in fields or not plain:
            known = field in FIELDS and plain
            message = f"{{{field}}} has no value in this layer" if known else f"there is no field {{{field}}}"
            return Problem(message, hint=nearest(field, fields, "fields"))
        text.append(fields[field])
    return "".join(text)
