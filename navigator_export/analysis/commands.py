"""The command that makes a result again."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from navigator_export.readers.options import ReadOptions, words as reading_words
from navigator_export.recipe import Recipe, options
from navigator_export.sources.registry import called, kind_of

Pair = tuple[str, str | None]
"""An option without its dashes, and its value; None for a flag."""


def command_line(
    name: str,
    sources: Sequence[str],
    own: Iterable[Pair],
    recipe: Recipe | None = None,
    reading: ReadOptions | None = None,
) -> str:
    """Return a command with its options; files are named without their folders, which are nobody else's."""
    pairs = [*own, *(options(recipe) if recipe else ()), *(reading_words(reading) if reading else ())]
    said = (f"--{option}" if value is None else f"--{option}={value}" for option, value in pairs)
    return shlex.join(["navigator-export", name, *map(without_folder, sources), *said])


def without_folder(word: str) -> str:
    """Return what names a source where the file lies in the current folder; an address without secrets in it."""
    kind = kind_of(word)
    if kind is None or not kind.on_disk:
        return called(word) if kind and kind.fetched else word
    file = Path(word).name
    return f"./{file}" if file.startswith("-") else file


def threat_pairs(words: Sequence[str], *, with_software: bool, with_campaigns: bool) -> list[Pair]:
    """Return the options that name threats."""
    pairs: list[Pair] = [("threat", without_folder(word)) for word in words]
    flags = (("with-software", with_software), ("with-campaigns", with_campaigns))
    return [*pairs, *((flag, None) for flag, given in flags if given)]
