"""Options of the commands that look at coverage: what each side of a comparison selects, and the layer to write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click
import msgspec

from navigator_export.model import VALUES
from navigator_export.recipe import Recipe
from navigator_export.selection import ASPECTS

_FIELDS: Final = {aspect.key: aspect.field for aspect in ASPECTS}
_KEYS: Final = ("tier", "min_value", *_FIELDS)


def narrowed(recipe: Recipe, pairs: Sequence[tuple[str, str]], option: str) -> Recipe:
    """Return a recipe with what one side selects: (key, value) pairs such as (tier, E3).

    What a side says of an aspect stands for what is said of both; said twice, one or the other may fit.
    Raises click.BadParameter where a key or a value is unknown.
    """
    selection = recipe.selection
    include: dict[str, tuple[str, ...]] = {}
    for key, value in pairs:
        name = key.replace("-", "_")
        if name not in _KEYS:
            raise click.BadParameter(f"{key!r} is no selection; known are {', '.join(_KEYS)}", param_hint=option)
        if name == "tier":
            selection = msgspec.structs.replace(selection, tier=value)
        elif name == "min_value":
            if value not in VALUES:
                raise click.BadParameter(f"{value!r} is none of {', '.join(VALUES)}", param_hint=option)
            selection = msgspec.structs.replace(selection, min_value=value)
        else:
            include[_FIELDS[name]] = (*include.get(_FIELDS[name], ()), value)
    criteria = msgspec.structs.replace(selection.include, **include)
    return msgspec.structs.replace(recipe, selection=msgspec.structs.replace(selection, include=criteria))
