"""From the entries of a manifest to single layers, each with its recipe and the path it is written to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod
from pathlib import Path
from typing import Final

import msgspec

from navigator_export.attack import Catalogue
from navigator_export.build.manifest import Entry, Manifest
from navigator_export.build.paths import checked_path, digest, page_path, safe_part, same_file_key
from navigator_export.build.places import in_manifest
from navigator_export.build.sources import Sources
from navigator_export.build.templates import render
from navigator_export.build.titles import title
from navigator_export.errors import NothingSelectedError, Problem, ProblemsError, SelectionError, SourceError, nearest
from navigator_export.frameworks import framework
from navigator_export.layer.naming import file_name, slug
from navigator_export.model import CATEGORIES, MappingSet
from navigator_export.patterns import literally, matches
from navigator_export.preparation import Prepared, settle
from navigator_export.recipe import Recipe
from navigator_export.selection import ASPECTS, select
from navigator_export.wording import counted

MOST_LAYERS: Final = 10_000
"""Most layers of one manifest; crossed values multiply, and more is a slip rather than a wish."""


class Plan(msgspec.Struct, frozen=True):
    """One layer to make."""

    entry: int
    place: str
    sources: tuple[str, ...]
    recipe: Recipe
    path: str
    """Below the output folder, with `/` between folders."""
    may_be_empty: bool
    """Whether it comes from a cross of several values, where some pairs map nothing."""
    title: str
    """Of the layers that it belongs to in the index; empty where it stands for itself."""
    number: int | None = None
    """Goes before the layer's own name, where that would begin as another's."""


class _Value(msgspec.Struct, frozen=True):
    """One value of an aspect that an entry goes over."""

    aspect: str
    id: str
    name: str
    framework: str = ""
    """Of a capability: ids of different frameworks are different capabilities."""


def expand(
    manifest: Manifest, sources: Sources, catalogue: Catalogue, output: str
) -> tuple[tuple[Plan, ...], tuple[Problem, ...]]:
    """Return the layers of a manifest, in its order, and what is wrong in it.

    That is: sources that cannot be read, aspects without values, more than `MOST_LAYERS`, templates with unknown
    fields, paths that leave the folder, that two entries share, or that are those of files that the build reads.
    """
    problems: list[Problem] = []
    plans: list[Plan] = []
    for entry in manifest.entries:
        if entry.sources and all(manifest.sources[name].files for name in entry.sources):
            plans += _Family(manifest, sources, catalogue, entry, problems).plans(most=MOST_LAYERS - len(plans))
    places = [(plan.path, _place(manifest, plan)) for plan in plans]
    places += [(path, one.place) for one in manifest.requests if one.path for path in (one.path, one.table)]
    problems += _shared_paths(places)
    pages = [(path, plan.place) for plan in plans for path in _pages_of(manifest, plan)]
    problems += (*_clashes(manifest, [*places, *pages], output), *_shared_pages(manifest, plans))
    return tuple(plans), tuple(dict.fromkeys(problems))


def _place(manifest: Manifest, plan: Plan) -> str:
    line = manifest.lines.get(("layers", plan.entry, "path"))
    return f"line {line}" if line else plan.place


def _shared_paths(places: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    """Yield a problem for each path that is another file's too, on some file system, or has a file as its folder.

    `places` are the paths, each with its line in the manifest.
    """
    owners: dict[str, int] = {}
    for number, (path, place) in enumerate(places):
        other = owners.setdefault(same_file_key(path), number)
        if other != number:
            other_path, other_place = places[other]
            message = f"the path {path!r} is that of the layer on {other_place} too"
            if other_path != path:
                message += f", {other_path!r}, where a file system does not tell them apart"
            yield Problem(message, place, "give one of them another path")
    for path, place in places:
        parts = same_file_key(path).split("/")
        for end in range(1, len(parts)):
            if "/".join(parts[:end]) in owners:
                yield Problem(f"the path {path!r} has a layer's file as its folder", place)


def _clashes(manifest: Manifest, places: Sequence[tuple[str, str]], output: str) -> Iterator[Problem]:
    """Yield a problem for each file that would take the place of one that the build reads."""
    inputs = {same_file_key(str(path.resolve())) for path in manifest.inputs}
    for file, place in places:
        if same_file_key(str(Path(output, file).resolve())) in inputs:
            hint = "give it another path, or the build another output folder"
            yield Problem(f"the path {file!r} is that of a file that the build reads", place, hint)


def _shared_pages(manifest: Manifest, plans: Sequence[Plan]) -> Iterator[Problem]:
    """Yield a problem for each page that is another layer's too, on some file system."""
    owners: dict[str, Plan] = {}
    for plan in plans:
        for path in _pages_of(manifest, plan):
            other = owners.setdefault(same_file_key(path), plan)
            if other.path != plan.path:
                message = f"the page {path!r} is that of the layer {other.path!r} too"
                yield Problem(message, plan.place, "give one of them another path")


def _pages_of(manifest: Manifest, plan: Plan) -> tuple[str, ...]:
    if not manifest.pages:
        return ()
    return tuple(page_path(plan.path, ending) for ending in manifest.pages.endings)


class _Family:
    """The layers of one entry."""

    def __init__(
        self, manifest: Manifest, sources: Sources, catalogue: Catalogue, entry: Entry, problems: list[Problem]
    ) -> None:
        self._manifest = manifest
        self._sources = sources
        self._catalogue = catalogue
        self._entry = entry
        self._problems = problems

    def plans(self, most: int) -> list[Plan]:
        """Return the layers, none where they are more than `most`; note what is wrong."""
        entry = self._entry
        aspects = dict(entry.for_each)
        if "capability_set" in aspects and entry.recipe.selection.include.capabilities:
            self._problem("for_each capability_set and select capability cannot go together")
            return []
        groups: list[tuple[str, ...]] = [entry.sources]
        if "source" in aspects:
            known = [_Value("source", name, name) for name in entry.sources]
            groups = [(value.id,) for value in self._picked("source", aspects["source"], known)]
        before = len(self._problems)
        families = [(names, self._values(names)) for names in groups]
        choices = {aspect: self._choice(aspect, patterns, families) for aspect, patterns in self._inner}
        if len(self._problems) > before:
            return []
        picked = [(names, self._chosen(values, choices)) for names, values in families]
        count = sum(prod(map(len, values)) for _, values in picked)
        if count > most:
            hint = "cross fewer aspects, or name the values that are wanted"
            limit = f"a manifest may give {MOST_LAYERS:,} in all"
            self._problem(f"this gives {counted(count, 'layer')}, and {limit}", hint, "for_each")
            return []
        drafts = [draft for names, values in picked for draft in self._drafts(names, values)]
        stated = [source for names, _ in picked for source in self._sources.stated(names)]
        called = title(entry, stated)
        return [self._plan(path, called, *draft) for path, draft in _distinct(drafts)]

    @property
    def _inner(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return the aspects that are crossed within each group of sources."""
        return [(aspect, patterns) for aspect, patterns in self._entry.for_each if aspect != "source"]

    def _values(self, names: tuple[str, ...]) -> dict[str, list[_Value]]:
        """Return the values that these sources have for each aspect; note what is wrong with them."""
        try:
            prepared = self._sources.prepared(names, self._entry.recipe, self._catalogue)
            return {aspect: self._known(aspect, prepared) for aspect, _ in self._inner}
        except NothingSelectedError as error:
            if len(self._entry.sources) == 1 or not any(aspect == "source" for aspect, _ in self._entry.for_each):
                self._note(error)
        except (SelectionError, SourceError) as error:
            self._note(error)
        return {aspect: [] for aspect, _ in self._inner}

    def _choice(
        self,
        aspect: str,
        patterns: tuple[str, ...],
        families: Sequence[tuple[tuple[str, ...], dict[str, list[_Value]]]],
    ) -> tuple[_Value, ...]:
        """Return the values of an aspect that the entry goes over, of all sources together."""
        known = list(dict.fromkeys(value for _, values in families for value in values[aspect]))
        return tuple(self._picked(aspect, patterns, known))

    def _chosen(
        self, values: dict[str, list[_Value]], choices: dict[str, tuple[_Value, ...]]
    ) -> tuple[tuple[_Value, ...], ...]:
        """Return the values that are to be crossed, by aspect, in the order in which the entry goes over them."""
        present = {aspect: frozenset(values[aspect]) for aspect, _ in self._inner}
        return tuple(tuple(v for v in choices[aspect] if v in present[aspect]) for aspect, _ in self._inner)

    def _drafts(self, names: tuple[str, ...], values: tuple[tuple[_Value, ...], ...]) -> Iterator[_Draft]:
        """Yield (path, (source names, values, recipe)) for each layer from these sources."""
        mappings = self._sources.prepared(names, self._entry.recipe, self._catalogue).moved
        several = len({source.framework for source in mappings.sources}) > 1
        for combination in product(*values):
            if _contradicts(combination):
                continue
            recipe = self._recipe(combination, several=several)
            fields = self._fields(names, mappings, combination, recipe)
            recipe = msgspec.structs.replace(
                recipe,
                name=self._rendered("name", self._entry.name, fields),
                description=self._rendered("description", self._entry.description, fields),
            )
            path = self._path(names, mappings, combination, recipe, fields)
            if path is not None:
                yield path, (names, combination, recipe)

    def _known(self, aspect: str, prepared: Prepared) -> list[_Value]:
        """Return the values that an aspect has in what the entry selects. Raises SelectionError as `select` does."""
        recipe, tiers = self._entry.recipe, prepared.tiers
        picked = select(prepared.moved, recipe.selection, tiers)
        selected = (*picked.mappings, *picked.inactive)
        capabilities = sorted({(m.capability.framework, m.capability.id): m.capability for m in selected}.items())
        values: Iterable[_Value]
        match aspect:
            case "framework":
                ids = dict.fromkeys(framework_id for (framework_id, _), _ in capabilities)
                values = (_Value(aspect, id_, framework(id_).name) for id_ in ids)
            case "tier":
                stated = {tiers.of(capability) for _, capability in capabilities}
                values = (_Value(aspect, tier, tier) for tier in tiers.names if tier in stated)
            case "group":
                wanted = recipe.selection.include.groups
                terms = sorted({(term.id, term.name) for m in selected for term in m.groups})
                values = (
                    _Value(aspect, id_, name)
                    for id_, name in terms
                    if not wanted or any(matches(w, id_) or matches(w, name) for w in wanted)
                )
            case "category":
                present = {m.category for m in selected}
                values = (_Value(aspect, category, category) for category in CATEGORIES if category in present)
            case "capability":
                values = (_Value(aspect, c.id, c.name, c.framework) for _, c in capabilities)
            case _:
                values = (_Value(aspect, name, name) for name in self._manifest.capability_sets)
        return list(dict.fromkeys(values))

    def _picked(self, aspect: str, patterns: Sequence[str], known: Sequence[_Value]) -> list[_Value]:
        """Return what the patterns pick, in the patterns' order, all without patterns; note what is missing."""
        if not known:
            self._problem(f"there is no {aspect} to make layers for")
        if not patterns:
            return list(known)
        picked: dict[_Value, None] = {}
        for pattern in patterns:
            found = [value for value in known if matches(pattern, value.id) or matches(pattern, value.name)]
            picked |= dict.fromkeys(found)
            if not found:
                hint = nearest(pattern, (value.id for value in known), f"{aspect} values")
                self._problem(f"for_each {aspect}: {pattern!r} matches nothing", hint)
        return list(picked)

    def _recipe(self, values: Sequence[_Value], *, several: bool) -> Recipe:
        """Return the recipe of one combination; `several` where the sources are of several frameworks."""
        recipe = self._entry.recipe
        selection = recipe.selection
        include = selection.include
        fields = {aspect.key: aspect.field for aspect in ASPECTS}
        for value in values:
            match value.aspect:
                case "tier":
                    selection = msgspec.structs.replace(selection, tier=value.id)
                case "capability_set":
                    members = self._manifest.capability_sets[value.id]
                    include = msgspec.structs.replace(include, capabilities=members)
                case _:
                    include = msgspec.structs.replace(include, **{fields[value.aspect]: (literally(value.id),)})
                    if value.framework and several:
                        include = msgspec.structs.replace(include, frameworks=(literally(value.framework),))
        return msgspec.structs.replace(recipe, selection=msgspec.structs.replace(selection, include=include))

    def _fields(
        self, names: Sequence[str], mappings: MappingSet, values: Sequence[_Value], recipe: Recipe
    ) -> dict[str, str]:
        sources = mappings.sources
        frameworks = tuple(dict.fromkeys(source.framework for source in sources))
        fields = {
            "source": "+".join(names),
            "framework": "+".join(frameworks),
            "framework_name": " + ".join(framework(id_).name for id_ in frameworks),
            "framework_version": "+".join(dict.fromkeys(source.framework_version for source in sources)),
            "attack_version": mappings.attack_version,
            "domain": mappings.domain,
        }
        if recipe.selection.tier:
            fields["tier"] = recipe.selection.tier
        if recipe.scoring.strategy:
            fields["score"] = recipe.scoring.strategy
        for value in values:
            fields[value.aspect] = value.id
            if value.framework:
                fields["framework"], fields["framework_name"] = value.framework, framework(value.framework).name
            if value.aspect in ("framework", "group", "capability"):
                fields[f"{value.aspect}_name"] = value.name
        return fields

    def _path(
        self,
        names: tuple[str, ...],
        mappings: MappingSet,
        values: Sequence[_Value],
        recipe: Recipe,
        fields: dict[str, str],
    ) -> str | None:
        if self._entry.path is not None:
            slugs = {name: safe_part(value) for name, value in fields.items()}
            rendered = self._rendered("path", self._entry.path, slugs)
            return None if rendered is None else self._noted(checked_path(rendered), "path")
        if not self._entry.for_each:
            return self._own_name(names, recipe)
        folder = safe_part("+".join(names))
        name = "_".join(slug(value.id) for value in values)
        return self._noted(checked_path(f"{folder}/{safe_part(name)}" if values else folder), "path")

    def _own_name(self, names: tuple[str, ...], recipe: Recipe) -> str | None:
        """Return the file name that `export` would give the layer."""
        try:
            return file_name(settle(self._sources.prepared(names, recipe, self._catalogue), recipe))
        except SelectionError as error:
            self._note(error)
            return None

    def _rendered(self, key: str, template: str | None, fields: dict[str, str]) -> str | None:
        return None if template is None else self._noted(render(template, fields), key)

    def _noted(self, result: str | Problem, key: str) -> str | None:
        """Return a text, or None where it is a problem, which is noted with the line of the entry's key."""
        if isinstance(result, str):
            return result
        self._problem(f"{key}: {result.message}", result.hint, key)
        return None

    def _plan(self, path: str, called: str, names: tuple[str, ...], values: tuple[_Value, ...], recipe: Recipe) -> Plan:
        entry = self._entry
        return Plan(entry.index, entry.place, names, recipe, path, may_be_empty=bool(values), title=called)

    def _note(self, error: ProblemsError) -> None:
        """Note the problems of an error as those of this entry."""
        self._problems += in_manifest(self._manifest, self._entry.index, self._entry.place, error)

    def _problem(self, message: str, hint: str = "", key: str = "") -> None:
        line = self._manifest.lines.get(("layers", self._entry.index, key))
        self._problems.append(Problem(message, f"line {line}" if line else self._entry.place, hint))


_Draft = tuple[str, tuple[tuple[str, ...], tuple[_Value, ...], Recipe]]


def _contradicts(values: Sequence[_Value]) -> bool:
    """Return whether values go over a framework and over a capability of another one."""
    frameworks = {value.id for value in values if value.aspect == "framework"}
    return any(value.framework and frameworks and value.framework not in frameworks for value in values)


def _distinct(drafts: Sequence[_Draft]) -> Iterator[_Draft]:
    """Yield each draft under a path of its own: values that look alike in a file name are told apart by a digest."""
    alike = Counter(same_file_key(path) for path, _ in drafts)
    for path, draft in drafts:
        told_apart = path
        if alike[same_file_key(path)] > 1:
            told_apart = f"{path.removesuffix('.json')}-{digest(repr(draft[:2]))}.json"
        yield told_apart, draft
