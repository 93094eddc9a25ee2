"""What a layer and its file are called: what tells one selection of one source from another."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from navigator_export.characters import clean_name
from navigator_export.frameworks import framework
from navigator_export.layer.labels import LONGEST, Kind
from navigator_export.layer.scoring import Scoring, choose_strategy
from navigator_export.layer.sheets import FORBIDDEN, without_forbidden
from navigator_export.model import CATEGORIES, TECHNIQUE_ID, VALUES, Domain, Source, stated_releases
from navigator_export.patterns import named
from navigator_export.preparation import Prepared, Settled
from navigator_export.recipe import Recipe, encoded, options
from navigator_export.selection import ASPECTS, Selection
from navigator_export.tiers import TierOptions

_LONGEST: Final = 80
"""Characters of a part of a file name."""

_DOMAINS: Final[dict[Domain, str]] = {"enterprise": "", "mobile": " mobile", "ics": " ICS"}

_DATE: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_REVISION: Final = re.compile(r"rev\.? ?([0-9]+)", re.IGNORECASE)


def title(settled: Settled) -> str:
    """Return what tells the layer from others: what is selected first, then the framework, then what is not as usual.

    None of the characters that an Excel sheet's name may not have stands in it. Two recipes never share one, but for
    what changes no layer.
    """
    recipe, moved, sources = settled.recipe, settled.prepared.moved, settled.tally.sources
    if recipe.name is not None:
        return recipe.name
    selection, clear = _selection(settled.prepared, recipe.selection)
    words = [*_framework_words(settled), *_unusual_words(settled)]
    if recipe.attack_version is not None:
        words.append(f"ATT&CK {moved.attack_version}")
    if not clear or not all(map(_is_clear, words)):
        words.append(f"#{_digest(settled)}")
    parts = (selection, _frameworks(sources, moved.domain), *map(without_forbidden, words))
    return clean_name(" · ".join(filter(None, parts)))


def with_number(number: int, name: str) -> str:
    """Return a name with a number before it."""
    return f"{number} · {name}"


def beginning(prepared: Prepared, recipe: Recipe) -> str:
    """Return the beginning of the title that a recipe gets, as far as it can be told before anything is selected."""
    sources = prepared.moved.sources
    selection, _ = _selection(prepared, recipe.selection)
    one_framework = len({source.framework for source in sources}) == 1
    return " · ".join(filter(None, (selection, _frameworks(sources, prepared.moved.domain) if one_framework else "")))


def framework_title(source: Source) -> str:
    """Return the short name of a source's framework with its version, a date as ISO: `M365 2025-07-18`."""
    known = framework(source.framework)
    version = _DATE.sub(r"\3-\1-\2", source.framework_version)
    version = _REVISION.sub(r"r\1", version)
    return without_forbidden(f"{known.short or known.name} {version}".rstrip())


def _frameworks(sources: Sequence[Source], domain: Domain) -> str:
    titles = " + ".join(dict.fromkeys(map(framework_title, sources)))
    return f"{titles}{_DOMAINS[domain]}"


def _selection(prepared: Prepared, selection: Selection) -> tuple[str, bool]:
    """Return in few words what is selected, and whether they can be taken for no other selection."""
    phrases = sorted(_phrases(prepared, selection), key=lambda phrase: len(phrase.short))
    clear = all(phrase.clear for phrase in phrases)
    long, short = (", ".join(getattr(phrase, form) for phrase in phrases) for form in ("long", "short"))
    text = clean_name(long if len(long) <= LONGEST else short)
    if len(text) > LONGEST:
        return f"{text[: LONGEST - 1].rstrip(' ,')}…", False
    return text, clear


class _Phrase(msgspec.Struct, frozen=True):
    """What is selected in one respect, in words with and without names."""

    long: str
    short: str
    clear: bool


def _phrase(words: Sequence[tuple[str, str, bool]]) -> _Phrase:
    longs, shorts, clear = zip(*words, strict=True)
    return _Phrase(", ".join(longs if len(words) == 1 else shorts), ", ".join(shorts), all(clear))


def _phrases(prepared: Prepared, selection: Selection) -> Iterator[_Phrase]:
    if selection.tier is not None:
        clear = re.fullmatch(r"[A-Za-z0-9+-]+", selection.tier) is not None
        clear = clear and selection.tier not in (*CATEGORIES, *VALUES) and not TECHNIQUE_ID.match(selection.tier)
        clear = clear and not prepared.labels.knows(selection.tier)
        word = without_forbidden(selection.tier if clear else f"tier {selection.tier}")
        word += " only" if selection.exact_tier else ""
        yield _Phrase(word, word, clear or _is_clear(selection.tier))
    elif selection.exact_tier:
        yield _Phrase("exact tier", "exact tier", clear=True)
    for aspect in ASPECTS:
        patterns = getattr(selection.include, aspect.field)
        if patterns and aspect.field != "frameworks":
            yield _phrase([_word(prepared, aspect.field, aspect.option, pattern) for pattern in patterns])
    if selection.min_value:
        yield _Phrase(f"at least {selection.min_value}", f"at least {selection.min_value}", clear=True)
    without = [(a.option, p) for a in ASPECTS for p in getattr(selection.exclude, a.field)]
    without += [("tier", tier) for tier in selection.exclude_tiers]
    if without:
        yield _phrase([_labelled(f"without {option}", pattern) for option, pattern in without])


_KINDS: Final[dict[str, Kind]] = {"capabilities": "capability", "groups": "group"}


def _word(prepared: Prepared, field: str, option: str, pattern: str) -> tuple[str, str, bool]:
    """Return what one pattern selects, in words with and without names, and whether they are clear."""
    kind, id_ = _KINDS.get(field), named(pattern)
    if kind and id_ is not None:
        label, short = prepared.labels.label(kind, id_), prepared.labels.id(kind, id_)
        if label or short:
            labelled, _, clear = _labelled(option, id_)
            return label or short or labelled, short or labelled, True if short else clear
    bare = field in ("categories", "values")
    bare |= field == "techniques" and re.fullmatch(rf"{TECHNIQUE_ID.pattern}\*?", pattern) is not None
    bare |= field == "capabilities" and re.fullmatch(r"(?!T[0-9]{4})[A-Za-z][A-Za-z0-9._-]*\*", pattern) is not None
    if bare:
        text = without_forbidden(pattern)
        return text, text, True
    return _labelled(option, pattern)


def _labelled(option: str, pattern: str) -> tuple[str, str, bool]:
    text = f"{option.replace('-', ' ')} {without_forbidden(pattern)}"
    return text, text, _is_clear(pattern) and "," not in pattern


_UNCLEAR: Final = frozenset(FORBIDDEN.replace("*", "") + "…'’·–#")
"""What is replaced in a name, but for the star, and what stands in its place or between the parts."""


def _is_clear(text: str) -> bool:
    """Return whether a text still tells what it is without the characters that a name may not have."""
    return clean_name(text) == text and not _UNCLEAR.intersection(text)


def _framework_words(settled: Settled) -> Iterator[str]:
    """Yield the frameworks that are selected, where they are not just those that the title names."""
    wanted = settled.recipe.selection.include.frameworks
    if set(map(named, wanted)) != {source.framework for source in settled.tally.sources}:
        yield from (f"framework {pattern}" for pattern in wanted)


def _unusual_words(settled: Settled) -> Iterator[str]:
    """Yield what else of the recipe is not as usual: tiers, the score, how the layer opens."""
    recipe = settled.recipe
    rest = msgspec.structs.replace(recipe, selection=Selection(), attack_version=None, name=None, description=None)
    if settled.strategy != choose_strategy(settled.selected.mappings, Scoring()):
        yield settled.strategy
    for option, value in options(rest):
        match option:
            case "score":
                continue
            case "range":
                yield f"range {(value or '').replace(':', ' to ')}"
            case _:
                yield " ".join(filter(None, (option.replace("-", " "), value)))


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
    decided = (msgspec.Raw(encoded(settled.recipe)), settled.strategy)
    return hashlib.sha256(msgspec.json.encode(decided)).hexdigest()[:8]
