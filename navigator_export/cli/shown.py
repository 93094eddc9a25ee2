"""LAYER|SOURCE…: what commands that show something take, layers as they are and mappings made into one."""

from __future__ import annotations

from typing import Any

import click
import cloup
import msgspec

from navigator_export.cli.options import read_options_from, recipe_from
from navigator_export.cli.terminal import in_options
from navigator_export.cli.values import file_names
from navigator_export.errors import Problem, SourceError
from navigator_export.export import make_layer
from navigator_export.layer.format import Layer
from navigator_export.layer.reading import read_layers
from navigator_export.model import MappingSet
from navigator_export.readers.options import ReadOptions
from navigator_export.reading import read_bytes, read_each
from navigator_export.recipe import Recipe
from navigator_export.sources.registry import called, contents, files_of
from navigator_export.sources.standard_input import WORD

shown_argument = cloup.argument("words", nargs=-1, required=True, metavar="LAYER|SOURCE…", shell_complete=file_names)


class Shown(msgspec.Struct, frozen=True):
    """Layers to show, and what to tell of those that were made."""

    layers: tuple[Layer, ...]
    told: tuple[str, ...] = ()


def shown_from(words: tuple[str, ...], given: dict[str, Any]) -> Shown:
    """Return the layers that words name, in their order: those in files, and last one of all sources together.

    `given` are the parameters of the options of `export`. Raises what reading and making layers raises, and UsageError
    where such an option is given and there is no source that it could be about.
    """
    reading = read_options_from(given)
    recipe = recipe_from(given)
    layers: list[Layer] = []
    sources: list[MappingSet] = []
    for word in words:
        found = _layers_or_source(word, reading)
        if isinstance(found[0], Layer):
            layers += found
        else:
            sources += found
    if not sources:
        if (recipe, reading) != (Recipe(), ReadOptions()):
            raise click.UsageError("options of selection and scores are for mapping files; here are layers alone")
        return Shown(tuple(layers))
    product = make_layer(sources, recipe)
    told = (*product.tally.remarks, *product.warnings)
    return Shown((*layers, product.layer), tuple(f"warning {in_options(remark)}" for remark in told))


def _layers_or_source(word: str, reading: ReadOptions) -> tuple[Any, ...]:
    """Return the layers, at least one, or the mapping sets that a word names."""
    data = contents(word, reading.limits) if word == WORD or any(path.is_file() for path in files_of(word)[:1]) else b""
    if _is_layer_file(data):
        layers = read_layers(data, called(word))
        if not layers:
            raise SourceError(called(word), [Problem("holds no layer")])
        return layers
    return (read_bytes(data, called(word), reading),) if word == WORD else read_each(word, options=reading)


def _is_layer_file(data: bytes) -> bool:
    try:
        document = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    layers = document if isinstance(document, list) else [document]
    return bool(layers) and all(
        isinstance(layer, dict) and {"domain", "techniques"} <= layer.keys() for layer in layers
    )
