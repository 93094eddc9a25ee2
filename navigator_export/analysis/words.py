"""From words to what threats use: names of threats, technique ids, a list of them in a file, or a layer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from navigator_export.analysis.sides import is_layer, layer_in, origin_of
from navigator_export.analysis.use import ThreatUse, use_of, use_of_layer, use_of_list
from navigator_export.attack import Release
from navigator_export.attack.threats import Threats
from navigator_export.errors import Problem, SelectionError, SourceError
from navigator_export.layer.format import Number
from navigator_export.readers.options import ReadOptions
from navigator_export.sources.registry import contents, kind_of
from navigator_export.wording import quoted, shortened

_PAIR: Final = re.compile(r"(T[0-9]{4}(?:\.[0-9]{3})?)(?:[\s,;=]+([0-9]+(?:\.[0-9]+)?))?\s*", re.IGNORECASE)


def read_use(
    words: Sequence[str],
    threats: Threats | None,
    release: Release,
    options: ReadOptions,
    *,
    with_software: bool = False,
    with_campaigns: bool = False,
) -> ThreatUse:
    """Return what the words name, at a release: threats together, or techniques together, or one file.

    Technique ids may have a weight, `T1059=3`; a file is a layer, or has an id a line, with a weight after it or not.
    Raises SourceError where a file cannot be read, and SelectionError where words name nothing, or are of several
    kinds.
    """
    if not all(map(str.strip, words)):
        raise SelectionError(Problem("no threat is named", "threat", "name a group, as in APT29"))
    files = [word for word in words if _is_file(word)]
    pairs = [match for word in words if word not in files and (match := _PAIR.fullmatch(word.strip()))]
    if len(words) > 1 and (files or pairs) and len(pairs) < len(words):
        hint = "name threats, or technique ids, or one file"
        raise SelectionError(Problem(f"{', '.join(map(quoted, words))} do not go together", "threat", hint))
    if files:
        return _of_file(files[0], release, options)
    if pairs:
        return use_of_list(map(_weighted, pairs), "the techniques named", release)
    if threats is None:
        hint = f"`attack import` takes a bundle of {release.domain}, which has some; or name technique ids, or a layer"
        message = f"no groups, campaigns and software of {release.domain} are known"
        raise SelectionError(Problem(message, "threat", hint))
    return use_of(words, threats, release, with_software=with_software, with_campaigns=with_campaigns)


def names_threats(words: Sequence[str]) -> bool:
    """Return whether words name groups, campaigns or software, so that the facts about these count."""
    return not any(_is_file(word) or _PAIR.fullmatch(word.strip()) for word in words)


def _is_file(word: str) -> bool:
    kind = kind_of(word)
    return kind is not None and kind.on_disk


def _of_file(file: str, release: Release, options: ReadOptions) -> ThreatUse:
    data = contents(file, options.limits)
    if is_layer(file):
        use = use_of_layer(layer_in(data, file), release)
    else:
        use = use_of_list(list(_lines(file, data)), Path(file).name, release)
    return msgspec.structs.replace(use, origins=(origin_of(file, data),))


def _lines(file: str, data: bytes) -> Iterator[tuple[str, Number]]:
    for number, line in enumerate(data.decode("utf-8-sig", errors="replace").splitlines(), 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        match = _PAIR.fullmatch(text)
        if match is None:
            hint = "write an id a line, with a weight after it or not, as in T1114.003,2"
            raise SourceError(file, [Problem(f"no technique id: {shortened(text, 40)!r}", f"line {number}", hint)])
        yield _weighted(match)


def _weighted(match: re.Match[str]) -> tuple[str, Number]:
    weight = float(match[2] or 1)
    return match[1].upper(), int(weight) if weight.is_integer() else weight
