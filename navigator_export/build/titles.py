"""What an index calls the layers of one entry of a manifest together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from navigator_export.build.manifest import Entry
from navigator_export.layer.naming import framework_title
from navigator_export.model import Source
from navigator_export.patterns import matches
from navigator_export.recipe import Recipe, selection_words
from navigator_export.wording import counted, shortened

_MOST_NAMED: Final = 3
"""Most sources that a title names; of more it says how many there are."""


def title(entry: Entry, sources: Sequence[Source]) -> str:
    """Return the title that an entry states, or one of what it is made of: `M365 2025-07-18 by tier`.

    It is empty for an entry that gives one layer and states none: that layer stands for itself.
    """
    if entry.title is not None:
        return entry.title
    if not entry.for_each:
        return ""
    aspects = " and ".join(aspect.replace("_", " ") for aspect, _ in entry.for_each)
    words = f"{_named(entry.recipe, sources)} by {aspects}"
    return " · ".join((words, *_particulars(entry.recipe)))


def _named(recipe: Recipe, sources: Sequence[Source]) -> str:
    wanted = recipe.selection.include.frameworks
    names = dict.fromkeys(
        framework_title(source)
        for source in sources
        if not wanted or any(matches(pattern, source.framework) for pattern in wanted)
    )
    return " + ".join(names) if 0 < len(names) <= _MOST_NAMED else counted(len(names) or len(sources), "source")


def _particulars(recipe: Recipe) -> list[str]:
    """Return what tells the entry from another one of the same sources and aspects."""
    selection = recipe.selection
    rest = msgspec.structs.replace(selection, include=msgspec.structs.replace(selection.include, frameworks=()))
    selected = selection_words(Recipe(selection=rest))
    return [shortened(words) for words in (selected, recipe.scoring.strategy) if words and words != "everything"]
