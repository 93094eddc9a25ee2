"""What a word stands for where coverage is asked for: a layer, or a source of mappings with what is selected of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from navigator_export.analysis.coverage import Coverage, coverage_of, coverage_of_layer, layer_release
from navigator_export.analysis.means import Origin
from navigator_export.attack import LATEST, Catalogue
from navigator_export.attack.catalogue import order
from navigator_export.attack.threats import Threats
from navigator_export.errors import Problem, SelectionError, SourceError, nearest
from navigator_export.layer.format import Layer
from navigator_export.layer.reading import read_layers
from navigator_export.model import VALUES, Domain, MappingSet
from navigator_export.preparation import prepare
from navigator_export.readers.options import ReadOptions
from navigator_export.reading import read_each
from navigator_export.recipe import Recipe
from navigator_export.selection import ASPECTS, Selection
from navigator_export.sources.registry import called, contents, files_of, kind_of
from navigator_export.validation.document import parse
from navigator_export.wording import quoted


class Side(msgspec.Struct, frozen=True):
    """What one or more words stand for: either a layer, or mapping sets."""

    name: str
    layer: Layer | None = None
    sets: tuple[MappingSet, ...] = ()
    origin: Origin | None = None
    """Of a layer."""


def read_side(words: Sequence[str], options: ReadOptions) -> Side:
    """Return what words name: one layer, or sources that belong together.

    Raises SourceError where a word can be read as neither, and where a layer is one of several words or of a list.
    """
    layers = [word for word in words if is_layer(word)]
    if not layers:
        return Side(" + ".join(map(called, words)), sets=read_each(*words, options=options))
    if len(words) > 1:
        raise SourceError(layers[0], [Problem("this is a layer, and goes with no other source", hint="name it alone")])
    data = contents(words[0], options.limits)
    return Side(words[0], layer=layer_in(data, words[0]), origin=origin_of(words[0], data))


def origin_of(file: str, data: bytes) -> Origin:
    """Return a file, with its bytes, as what a result was made from."""
    return Origin(Path(file).name, hashlib.sha256(data).hexdigest())


def layer_in(data: bytes, file: str) -> Layer:
    """Return the one layer in a file's bytes. Raises SourceError where they are none, or several."""
    found = read_layers(data, file)
    if len(found) > 1:
        hint = "write the one that is meant to a file of its own"
        raise SourceError(file, [Problem(f"holds {len(found)} layers, not one", hint=hint)])
    return found[0]


def is_layer(word: str) -> bool:
    """Return whether a word names a file that is JSON with what a layer has, and a mapping file has not."""
    kind = kind_of(word)
    if kind is None or not kind.on_disk:
        return False
    files = files_of(word)
    if len(files) != 1 or not files[0].is_file():
        return False
    data = files[0].read_bytes()
    return b'"mapping_objects"' not in data and b"techniques" in data and bool(parse(data).layers)


def common_release(
    sides: Sequence[Side], asked: str | None, catalogue: Catalogue, threats: Threats | None = None
) -> str | None:
    """Return the release to move all sides to: what is asked for, else the newest that one of them states.

    `threats` are facts that state one too, if they are of the same domain.

    None where nothing has to be moved. Raises SourceError where sides are of different domains, or a layer is of none
    or of no release that is known.
    """
    domains: dict[Domain, str] = {}
    releases: dict[str, str] = {}
    for side in sides:
        for domain, release in _stated(side, catalogue):
            domains.setdefault(domain, side.name)
            releases.setdefault(release, side.name)
    if len(domains) > 1:
        words = ", ".join(f"{name} is of {domain}" for domain, name in domains.items())
        raise SourceError("", [Problem(f"different ATT&CK domains: {words}", hint="compare what is of one domain")])
    if asked is not None:
        (domain,) = domains
        return catalogue.newest(domain) if asked == LATEST else asked
    if threats is not None and threats.domain in domains:
        releases.setdefault(threats.attack_version, "")
    return max(releases, key=order) if len(releases) > 1 else None


def domain_of(side: Side, catalogue: Catalogue) -> Domain:
    """Return the domain of a side. Raises SourceError as `common_release` does for it alone."""
    domain, _ = _stated(side, catalogue)[0]
    return domain


def _stated(side: Side, catalogue: Catalogue) -> list[tuple[Domain, str]]:
    if side.layer is None:
        return [(one.domain, one.attack_version) for one in side.sets]
    release = layer_release(side.layer, side.name, catalogue)
    return [(release.domain, release.version)]


_FIELDS: Final = {aspect.key: aspect.field for aspect in ASPECTS}
_KEYS: Final = ("tier", "exact_tier", "min_value", *_FIELDS)


def narrowed(recipe: Recipe, pairs: Sequence[tuple[str, str]], place: str = "") -> Recipe:
    """Return a recipe with what one side selects: (key, value) pairs such as (tier, E3), by the manifest's keys.

    What a side says of an aspect stands for what is said of both; said twice, one or the other may fit.
    Raises SelectionError, at `place`, where a key or a value is unknown.
    """
    selection = recipe.selection
    include: dict[str, tuple[str, ...]] = {}
    for key, value in pairs:
        name = key.replace("-", "_")
        if name not in _KEYS:
            hint = nearest(name, _KEYS, "keys")
            raise SelectionError(Problem(f"{quoted(key)} is no selection", place, hint))
        if name == "tier":
            selection = msgspec.structs.replace(selection, tier=value)
        elif name == "exact_tier":
            selection = msgspec.structs.replace(selection, exact_tier=value == "true")
        elif name == "min_value":
            if value not in VALUES:
                raise SelectionError(Problem(f"{quoted(value)} is none of {', '.join(VALUES)}", place))
            selection = msgspec.structs.replace(selection, min_value=value)
        else:
            include[_FIELDS[name]] = (*include.get(_FIELDS[name], ()), value)
    criteria = msgspec.structs.replace(selection.include, **include)
    return msgspec.structs.replace(recipe, selection=msgspec.structs.replace(selection, include=criteria))


def coverage_of_side(side: Side, recipe: Recipe, catalogue: Catalogue, version: str | None) -> Coverage:
    """Return what a side covers: of mapping sets, what a recipe selects.

    Raises SourceError and SelectionError where it covers nothing that can be told, or is a layer and a part of it is
    asked for.
    """
    if side.layer is not None:
        if recipe.selection != Selection():
            hint = "select from the mappings that it was made from"
            raise SourceError(side.name, [Problem("this is a layer, and nothing can be selected of it", hint=hint)])
        coverage = coverage_of_layer(side.layer, side.name, catalogue, version)
        return msgspec.structs.replace(coverage, origins=(side.origin,) if side.origin else ())
    # A name is that of the layer to be made, not of what a side is.
    at = msgspec.structs.replace(recipe, attack_version=version, name=None, description=None)
    return coverage_of(prepare(side.sets, at, catalogue), at)
