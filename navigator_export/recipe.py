"""How a layer is made from mappings: a value, its words for people and file names, and the command that repeats it."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Iterator
from typing import Final

import msgspec

from navigator_export.annotation import CommentStyle
from navigator_export.frameworks import framework
from navigator_export.model import VALUES, MappingSet
from navigator_export.retargeting import OnInactive
from navigator_export.scoring import Scoring, StrategyName
from navigator_export.selection import Criteria, Selection
from navigator_export.tiers import TierOptions


class Recipe(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that decides a layer besides the mappings."""

    selection: Selection = Selection()
    tiers: TierOptions = TierOptions()
    scoring: Scoring = Scoring()
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
    ("tiers", "tier"),
    ("categories", "category"),
    ("values", "value"),
    ("mapping_types", "mapping-type"),
    ("techniques", "technique"),
)
"""Fields of `Criteria`, and the option that sets each."""


def options(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """Yield the command-line options of a recipe, without those that are at their default; flags have no value."""
    yield from _selection_options(recipe.selection)
    yield from _tier_options(recipe.tiers)
    yield from _scoring_options(recipe.scoring)
    default = Recipe()
    for option, value, unset in (
        ("comments", recipe.comments, default.comments),
        ("on-inactive", recipe.on_inactive, default.on_inactive),
        ("name", recipe.name, default.name),
        ("description", recipe.description, default.description),
    ):
        if value != unset:
            yield option, value or ""
    for flag, is_set in (("fold", recipe.fold), ("aggregate", recipe.aggregate)):
        if is_set:
            yield flag, ""


def command(mappings: MappingSet, recipe: Recipe) -> str:
    """Return the command that makes the same layer from the same sources."""
    sources = dict.fromkeys(source.name.partition("/")[0] for source in mappings.sources)
    words = ["navigator-export", "export", *("-" if s == "standard input" else s for s in sources)]
    for option, value in options(recipe):
        words += [f"--{option}", value] if value else [f"--{option}"]
    return shlex.join(words)


def selection_words(recipe: Recipe) -> str:
    """Return in words what a recipe selects, `everything` where it selects all."""
    words = [
        " ".join(filter(None, (option.replace("exclude-", "without ").replace("-", " "), value)))
        for option, value in options(Recipe(selection=recipe.selection, tiers=recipe.tiers))
    ]
    return ", ".join(words) or "everything"


def title(mappings: MappingSet, recipe: Recipe, strategy: StrategyName) -> str:
    """Return a name that tells framework, release, selection and score; two recipes never share one."""
    if recipe.name is not None:
        return recipe.name
    frameworks = " + ".join(
        dict.fromkeys(f"{framework(s.framework).name} {s.framework_version}".strip() for s in mappings.sources)
    )
    parts = [frameworks, f"ATT&CK {mappings.attack_version}"]
    if mappings.domain != "enterprise":
        parts[1] += f" {mappings.domain}"
    selected = selection_words(recipe)
    parts += [_cut(selected, recipe, strategy), *_other_words(recipe, strategy)]
    return " · ".join(parts)


def file_name(mappings: MappingSet, recipe: Recipe, strategy: StrategyName) -> str:
    """Return a file name that tells the same as the title, safe on every file system."""
    frameworks = "+".join(
        dict.fromkeys(_slug(f"{s.framework}-{s.framework_version}".strip("-")) for s in mappings.sources)
    )
    words = [selection_words(recipe), *_other_words(recipe, strategy)]
    readable = [_slug(word.replace(", ", "_")) for word in words]
    plain = "_".join(readable)
    exact = all(re.fullmatch(r"[A-Za-z0-9.,_ -]+", word) for word in words) and len(plain) <= _LONGEST
    tail = plain if exact else f"{plain[:_LONGEST].rstrip('_-')}_{_digest(recipe, strategy)}"
    return f"{frameworks[:_LONGEST]}_attack-{mappings.attack_version}-{mappings.domain}_{tail}.json"


_LONGEST: Final = 80


def _selection_options(selection: Selection) -> Iterator[tuple[str, str]]:
    yield from _criteria_options(selection.include, "")
    if selection.tier:
        yield "tier", selection.tier
    if selection.exact_tier:
        yield "exact-tier", ""
    if selection.min_value:
        yield "min-value", selection.min_value
    yield from _criteria_options(selection.exclude, "exclude-")


def _tier_options(tiers: TierOptions) -> Iterator[tuple[str, str]]:
    if tiers.order:
        yield "tiers", ",".join(tiers.order)
    for pattern, tier in tiers.assigned:
        yield "assign-tier", f"{pattern}={tier}"


def _scoring_options(scoring: Scoring) -> Iterator[tuple[str, str]]:
    if scoring.strategy:
        yield "score", scoring.strategy
    if scoring.weights != Scoring().weights:
        pairs = zip(VALUES, scoring.weights, strict=True)
        yield "weights", ",".join(f"{value}={weight:g}" for value, weight in pairs)
    if scoring.range:
        yield "range", ":".join(f"{end:g}" for end in scoring.range)


def _criteria_options(criteria: Criteria, prefix: str) -> Iterator[tuple[str, str]]:
    for field, option in _CRITERIA:
        for value in getattr(criteria, field):
            yield prefix + option, value


def _other_words(recipe: Recipe, strategy: StrategyName) -> list[str]:
    settled = msgspec.structs.replace(recipe, selection=Selection(), tiers=TierOptions(), name=None, description=None)
    words = [" ".join(filter(None, (option, value))) for option, value in options(settled) if option != "score"]
    return [strategy, *words]


def _cut(words: str, recipe: Recipe, strategy: StrategyName) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}… [{_digest(recipe, strategy)}]"


def _digest(recipe: Recipe, strategy: StrategyName) -> str:
    return hashlib.sha256(msgspec.json.encode((recipe, strategy))).hexdigest()[:8]


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9._+-]+", "-", text.casefold().replace("/", ".")).strip("-.") or "x"
