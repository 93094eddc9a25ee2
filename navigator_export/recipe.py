"""How a layer is made from mappings: a value, its words for people and file names, and the command that repeats it."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from navigator_export.frameworks import framework
from navigator_export.layer.annotation import CommentStyle
from navigator_export.layer.scoring import Scoring, StrategyName, shown
from navigator_export.model import VALUES, MappingSet, Source
from navigator_export.retargeting import OnInactive
from navigator_export.selection import Criteria, Selection
from navigator_export.sources.registry import word_of
from navigator_export.tiers import TierOptions


class Recipe(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that decides a layer besides the mappings."""

    selection: Selection = Selection()
    tiers: TierOptions = TierOptions()
    scoring: Scoring = Scoring()
    attack_version: str | None = None
    """Release to move the mappings to, such as `20.0`, or `latest`; None for the sources' own."""
    comments: CommentStyle = "short"
    on_inactive: OnInactive = "drop"
    """What to do with mappings whose technique is not active in the release: leave out, keep, or refuse."""
    fold: bool = False
    """Open with sub-techniques folded away."""
    aggregate: bool = False
    """Colour techniques by aggregate scores."""
    name: str | None = None
    description: str | None = None


_CRITERIA: Final = (
    ("frameworks", "framework"),
    ("capabilities", "capability"),
    ("groups", "group"),
    ("categories", "category"),
    ("values", "value"),
    ("mapping_types", "mapping-type"),
    ("techniques", "technique"),
)
"""Fields of `Criteria`, and the option that sets each."""


def options(recipe: Recipe) -> Iterator[tuple[str, str | None]]:
    """Yield the command-line options of a recipe, without those that are at their default; flags have no value."""
    yield from _selection_options(recipe.selection)
    yield from _tier_options(recipe.tiers)
    yield from _scoring_options(recipe.scoring)
    default = Recipe()
    for option, value, unset in (
        ("attack-version", recipe.attack_version, default.attack_version),
        ("comments", recipe.comments, default.comments),
        ("on-inactive", recipe.on_inactive, default.on_inactive),
        ("name", recipe.name, default.name),
        ("description", recipe.description, default.description),
    ):
        if value != unset:
            yield option, value
    for flag, is_set in (("fold", recipe.fold), ("aggregate", recipe.aggregate)):
        if is_set:
            yield flag, None


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


def title(mappings: MappingSet, sources: Sequence[Source], recipe: Recipe, strategy: StrategyName) -> str:
    """Return a name that tells framework, release, selection and score; two recipes never share one.

    `sources` are those that mappings of the layer come from, `mappings` the whole set at the layer's release.
    """
    if recipe.name is not None:
        return recipe.name
    release = f"ATT&CK {mappings.attack_version}"
    if mappings.domain != "enterprise":
        release += f" {mappings.domain}"
    if recipe.attack_version is not None:
        release += f" (from {mappings.sources[0].attack_version})"
    selected = selection_words(recipe)
    ambiguous = any("," in (value or "") or "·" in (value or "") for _, value in _selection_options(recipe.selection))
    if ambiguous or len(selected) > _LONGEST:
        cut = selected if len(selected) <= _LONGEST else f"{selected[:_LONGEST]}…"
        selected = f"{cut} [{_digest(recipe, strategy)}]"
    frameworks = (f"{framework(s.framework).name} {s.framework_version}".rstrip() for s in sources)
    return " · ".join((" + ".join(dict.fromkeys(frameworks)), release, selected, *_other_words(recipe, strategy)))


def file_name(mappings: MappingSet, sources: Sequence[Source], recipe: Recipe, strategy: StrategyName) -> str:
    """Return a file name that tells the same as the title, safe on every file system."""
    frameworks = "+".join(dict.fromkeys(slug(f"{s.framework}-{s.framework_version}".rstrip("-")) for s in sources))
    release = mappings.attack_version
    if recipe.attack_version is not None:
        release = f"{mappings.sources[0].attack_version}-to-{release}"
    words = [*selection_words(recipe).split(", "), *_other_words(recipe, strategy)]
    tail = "_".join(map(slug, words))
    if len(tail) > _LONGEST or not all(map(_is_plain, options(recipe))):
        tail = f"{tail[:_LONGEST].rstrip('_-')}_{_digest(recipe, strategy)}"
    return f"{frameworks[:_LONGEST]}_attack-{release}-{mappings.domain}_{tail}.json"


def slug(text: str) -> str:
    """Return a text in lower case with nothing but what every file system takes in a name."""
    return re.sub(r"[^a-z0-9._+-]+", "-", text.casefold().replace("/", ".")).strip("-.") or "x"


_LONGEST: Final = 80


def _selection_options(selection: Selection) -> Iterator[tuple[str, str | None]]:
    yield from _criteria_options(selection.include, "")
    if selection.tier:
        yield "tier", selection.tier
    if selection.exact_tier:
        yield "exact-tier", None
    if selection.min_value:
        yield "min-value", selection.min_value
    yield from _criteria_options(selection.exclude, "exclude-")
    for tier in selection.exclude_tiers:
        yield "exclude-tier", tier


def _tier_options(tiers: TierOptions) -> Iterator[tuple[str, str | None]]:
    for framework_pattern, order in tiers.orders:
        yield "tiers", ("" if framework_pattern == "*" else f"{framework_pattern}:") + ",".join(order)
    for framework_pattern, pattern, tier in tiers.assigned:
        yield "assign-tier", ("" if framework_pattern == "*" else f"{framework_pattern}:") + f"{pattern}={tier}"


def _scoring_options(scoring: Scoring) -> Iterator[tuple[str, str | None]]:
    if scoring.strategy:
        yield "score", scoring.strategy
    if scoring.weights != Scoring().weights:
        pairs = zip(VALUES, scoring.weights, strict=True)
        yield "weights", ",".join(f"{value}={shown(weight)}" for value, weight in pairs)
    if scoring.range:
        yield "range", ":".join(map(shown, scoring.range))


def _criteria_options(criteria: Criteria, prefix: str) -> Iterator[tuple[str, str | None]]:
    for field, option in _CRITERIA:
        for value in getattr(criteria, field):
            yield prefix + option, value


def _other_words(recipe: Recipe, strategy: StrategyName) -> list[str]:
    settled = msgspec.structs.replace(
        recipe, selection=Selection(), tiers=TierOptions(), attack_version=None, name=None, description=None
    )
    words = [" ".join(filter(None, (option, value))) for option, value in options(settled) if option != "score"]
    return [strategy, *words]


def _is_plain(option: tuple[str, str | None]) -> bool:
    """Return whether an option's value stands in a file name as it is, and cannot be read as two options."""
    value = option[1] or ""
    return re.fullmatch(r"[A-Za-z0-9._-]*", value) is not None and re.search(r"_[a-z]+-", value) is None


def _digest(recipe: Recipe, strategy: StrategyName) -> str:
    return hashlib.sha256(msgspec.json.encode((recipe, strategy))).hexdigest()[:8]
