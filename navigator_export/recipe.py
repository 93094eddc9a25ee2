"""How a layer is made from mappings: a value, its words for people, and the command that repeats it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from operator import attrgetter
from typing import Any, Final

import msgspec

from navigator_export.layer.annotation import CommentStyle
from navigator_export.layer.composition import LayoutName
from navigator_export.layer.scales import shown
from navigator_export.layer.scoring import Scoring
from navigator_export.model import VALUES, MappingSet
from navigator_export.retargeting import OnInactive
from navigator_export.selection import Selection
from navigator_export.settings import RECIPE_SETTINGS
from navigator_export.sources.registry import word_of
from navigator_export.tiers import TierOptions


class Recipe(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that decides a layer besides the mappings."""

    selection: Selection = Selection()
    tiers: TierOptions = TierOptions()
    scoring: Scoring = Scoring()
    colors: str | None = None
    """Name of a colour scale, or a list like `#fee8c8,#fdbb84,#e34a33`; None for what is mapped."""
    attack_version: str | None = None
    """Release to move the mappings to, such as `20.0`, or `latest`; None for the sources' own."""
    comments: CommentStyle = "short"
    on_inactive: OnInactive = "drop"
    """What to do with mappings whose technique is not active in the release: leave out, keep, or refuse."""
    fold: bool = False
    """Open with sub-techniques folded away."""
    aggregate: bool = False
    """Colour techniques by aggregate scores."""
    layout: LayoutName = "flat"
    """Where sub-techniques stand: `side` beside their technique, `flat` below it; `mini` is small squares."""
    show_id: bool = False
    """Show the ids of techniques in the cells."""
    hide_unscored: bool = False
    """Hide the techniques that no selected mapping is of."""
    platforms: tuple[str, ...] = ()
    """Show only techniques of these platforms, by the names of the layer's release; empty for all."""
    name: str | None = None
    description: str | None = None


def encoded(recipe: Recipe) -> bytes:
    """Return a recipe as JSON, which equal recipes share, also those that went from one process to another.

    msgspec by itself leaves out a default only where it is the same object.
    """
    return msgspec.json.encode(_without_defaults(recipe))


def _without_defaults(value: Any) -> Any:
    if not isinstance(value, msgspec.Struct):
        return value
    values = ((field.name, getattr(value, field.name), field.default) for field in msgspec.structs.fields(value))
    return {name: _without_defaults(own) for name, own, default in values if own != default}


def options(recipe: Recipe) -> Iterator[tuple[str, str | None]]:
    """Yield the command-line options of a recipe, without those that are at their default; flags have no value."""
    for setting in RECIPE_SETTINGS:
        value = attrgetter(setting.path)(recipe)
        if value != attrgetter(setting.path)(_DEFAULT):
            option = setting.option.removeprefix("--")
            yield from ((option, word) for word in _words(setting.path, value))


def _words(path: str, value: Any) -> Iterator[str | None]:
    """Yield what follows a setting's option, once for each time that the option has to be given."""
    match path:
        case "tiers.orders":
            yield from (f"{_owner(framework)}{','.join(order)}" for framework, order in value)
        case "tiers.assigned":
            yield from (f"{_owner(framework)}{pattern}={tier}" for framework, pattern, tier in value)
        case "scoring.weights":
            yield ",".join(f"{word}={shown(weight)}" for word, weight in zip(VALUES, value, strict=True))
        case "scoring.range":
            yield ":".join(map(shown, value))
        case _ if value is True:
            yield None
        case _:
            yield from (value,) if isinstance(value, str) else value


def _owner(framework: str) -> str:
    return "" if framework == "*" else f"{framework}:"


_DEFAULT: Final = Recipe()


def command(mappings: MappingSet, recipe: Recipe) -> str:
    """Return the command that makes the same layer from the same sources."""
    words = ["navigator-export", "export", *_source_words(mappings)]
    reading = dict.fromkeys(pair for source in mappings.sources for pair in source.read_options)
    for option, value in (*reading, *options(recipe)):
        words.append(f"--{option}" if value is None else f"--{option}={value}")
    return shlex.join(words)


def _source_words(mappings: MappingSet) -> Iterator[str]:
    """Yield what names each source on a command line; sources that one word gives are named once."""
    words = [word_of(source) for source in mappings.sources]
    first = {word: (s.sha256, s.framework) for word, s in reversed(list(zip(words, mappings.sources, strict=True)))}
    for word, source in zip(words, mappings.sources, strict=True):
        if (source.sha256, source.framework) == first[word]:
            yield word[0]


def selection_words(recipe: Recipe) -> str:
    """Return in words what a recipe selects, `everything` where it selects all."""
    words = [
        " ".join(filter(None, (option.replace("exclude-", "without ").replace("-", " "), value)))
        for option, value in options(Recipe(selection=recipe.selection, tiers=recipe.tiers))
    ]
    return ", ".join(words) or "everything"
