"""The mappings of a manifest's sources."""

from __future__ import annotations

from collections.abc import Sequence

from navigator_export.attack import Catalogue
from navigator_export.build.manifest import Manifest
from navigator_export.model import MappingSet, Source
from navigator_export.preparation import Prepared, prepare
from navigator_export.readers.assembly import assemble_each
from navigator_export.readers.interpretation import interpret
from navigator_export.readers.options import ReadOptions, words
from navigator_export.readers.table import Table
from navigator_export.reading import read_tables
from navigator_export.recipe import Recipe
from navigator_export.sources.address import tables_at
from navigator_export.sources.published import tables_of_set
from navigator_export.sources.registry import fetching_kind


class Sources:
    """Reads the mappings of a manifest's sources; each is read and prepared once, however many layers come from it."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._tables: dict[str, tuple[Table, ...]] = {}
        self._sets: dict[tuple[str, ...], tuple[MappingSet, ...]] = {}
        self._prepared: dict[tuple[object, ...], Prepared] = {}

    def stated(self, names: tuple[str, ...]) -> tuple[Source, ...]:
        """Return what named sources say of themselves. Raises SourceError as reading does."""
        return tuple(source for one in self.sets(names) for source in one.sources)

    def prepared(self, names: tuple[str, ...], recipe: Recipe, catalogue: Catalogue) -> Prepared:
        """Return the mappings of named sources ready for a recipe. Raises SourceError and SelectionError."""
        key = (names, recipe.attack_version, recipe.on_inactive, recipe.tiers)
        if key not in self._prepared:
            self._prepared[key] = prepare(self.sets(names), recipe, catalogue)
        return self._prepared[key]

    def sets(self, names: tuple[str, ...]) -> tuple[MappingSet, ...]:
        """Return the mapping sets of named sources. Raises SourceError as reading does."""
        if names not in self._sets:
            tables = [table for name in names for table in self._read(name)]
            options = dict.fromkeys(pair for name in names for pair in words(self._manifest.sources[name].options))
            self._sets[names] = assemble_each(tables, tuple(options))
        return self._sets[names]

    def _read(self, name: str) -> tuple[Table, ...]:
        if name not in self._tables:
            source = self._manifest.sources[name]
            tables = [table for word in source.files for table in self._interpreted(word, source.options)]
            self._tables[name] = tuple(tables)
        return self._tables[name]

    def _interpreted(self, word: str, options: ReadOptions) -> Sequence[Table]:
        """Return the tables of what a word names, or is pinned to."""
        pins, kind = self._manifest.pins, fetching_kind(word)
        if kind is None:
            return read_tables(word, options=options)
        if pins is None:
            return interpret(kind.tables(word, options), options)
        if word in pins.sets:
            return interpret(tables_of_set(pins.sets[word], word, options), options)
        return interpret(tables_at(word, pins.addresses[word], options), options)
