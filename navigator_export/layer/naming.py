"""What a layer and its file are called: what tells one selection of one source from another."""

from __future__ import annotations

import hashlib
import re
from typing import Final

import msgspec

from navigator_export.frameworks import framework
from navigator_export.model import stated_releases
from navigator_export.preparation import Settled
from navigator_export.recipe import Recipe, options
from navigator_export.selection import Selection
from navigator_export.tiers import TierOptions

_LONGEST: Final = 80
"""Characters of a part of a name."""


def title(settled: Settled) -> str:
    """Return a name that tells framework, release, selection and score; two recipes never share one."""
    recipe, moved, selected = settled.recipe, settled.prepared.moved, settled.selection
    if recipe.name is not None:
        return recipe.name
    release = f"ATT&CK {moved.attack_version}"
    if moved.domain != "enterprise":
        release += f" {moved.domain}"
    if recipe.attack_version is not None:
        release += f" (from {', '.join(stated_releases(settled.tally.sources))})"
    only_selection = options(Recipe(selection=recipe.selection))
    ambiguous = any("," in (value or "") or "·" in (value or "") for _, value in only_selection)
    if ambiguous or len(selected) > _LONGEST:
        cut = selected if len(selected) <= _LONGEST else f"{selected[:_LONGEST]}…"
        selected = f"{cut} [{_digest(settled)}]"
    frameworks = (f"{framework(s.framework).name} {s.framework_version}".rstrip() for s in settled.tally.sources)
    return " · ".join((" + ".join(dict.fromkeys(frameworks)), release, selected, *_other_words(settled)))


def file_name(settled: Settled) -> str:
    """Return a file name that tells the same as the title, safe on every file system."""
    moved = settled.prepared.moved
    stated = (slug(f"{s.framework}-{s.framework_version}".rstrip("-")) for s in settled.tally.sources)
    frameworks = "+".join(dict.fromkeys(stated))
    release = moved.attack_version
    if settled.recipe.attack_version is not None:
        release = f"{'+'.join(stated_releases(settled.tally.sources))}-to-{release}"
    words = [*settled.selection.split(", "), *_other_words(settled)]
    tail = "_".join(map(slug, words))
    if len(tail) > _LONGEST or not all(map(_is_plain, options(settled.recipe))):
        tail = f"{tail[:_LONGEST].rstrip('_-')}_{_digest(settled)}"
    return f"{frameworks[:_LONGEST]}_attack-{release}-{moved.domain}_{tail}.json"


def slug(text: str) -> str:
    """Return a text in lower case with nothing but what every file system takes in a name."""
    return re.sub(r"[^a-z0-9._+-]+", "-", text.casefold().replace("/", ".")).strip("-.") or "x"


def _other_words(settled: Settled) -> list[str]:
    """Return the score, and what else of the recipe is not as usual."""
    rest = msgspec.structs.replace(
        settled.recipe, selection=Selection(), tiers=TierOptions(), attack_version=None, name=None, description=None
    )
    words = [" ".join(filter(None, (option, value))) for option, value in options(rest) if option != "score"]
    return [settled.strategy, *words]


def _is_plain(option: tuple[str, str | None]) -> bool:
    """Return whether an option's value stands in a file name as it is, and cannot be read as two options."""
    value = option[1] or ""
    return re.fullmatch(r"[A-Za-z0-9._-]*", value) is not None and re.search(r"_[a-z]+-", value) is None


def _digest(settled: Settled) -> str:
    return hashlib.sha256(msgspec.json.encode((settled.recipe, settled.strategy))).hexdigest()[:8]
