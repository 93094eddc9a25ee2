"""The names of published sets: `m365`, `nist:rev5@16.1`, `m365@12.11.2023`, `veris@mobile`.

A framework; `:` and its version; and each after an `@`, an ATT&CK release, a date or a domain. What a name leaves open
is the newest version at its newest release, and Enterprise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from navigator_export.errors import Problem, SourceError, nearest
from navigator_export.frameworks import FRAMEWORKS, framework, framework_called, key
from navigator_export.model import DOMAINS
from navigator_export.sets.registry import PublishedSet
from navigator_export.wording import listed, quoted

_NAME: Final = re.compile(
    r"(?P<framework>[A-Za-z0-9][A-Za-z0-9_ -]{0,40})(?::(?P<version>[^:@]{1,40}))?(?P<parts>(?:@[^:@]{1,40}){0,8})"
)
_FULL: Final = re.compile(r"[a-z0-9-]+:[^:@]+@[0-9]+\.[0-9]+(?:@(?:mobile|ics))?")
_RELEASE: Final = re.compile(r"v?([0-9]{1,2}(?:\.[0-9]{1,2})?)", re.IGNORECASE)
_DATE: Final = re.compile(r"(?P<m>[0-9]{1,2})[/.-](?P<d>[0-9]{1,2})[/.-](?P<y>[0-9]{4})")
_ISO_DATE: Final = re.compile(r"(?P<y>[0-9]{4})(?:[/.-](?P<m>[0-9]{1,2})(?:[/.-](?P<d>[0-9]{1,2}))?)?")
_MARK: Final = re.compile(r"(?:version|revision|rev|ver|r|v)[ ._-]*(?=[0-9])", re.IGNORECASE)
_SHOWN: Final = 8


def looks_like_name(word: str) -> bool:
    """Return whether a word has the form of a name, of whatever framework."""
    return _NAME.fullmatch(word) is not None


def is_name(word: str) -> bool:
    """Return whether a word names a published set of a known framework; one of that version there may not be."""
    match = _NAME.fullmatch(word)
    return match is not None and framework_called(match["framework"]) is not None


def is_full_name(word: str) -> bool:
    """Return whether a word is of the form that `name_of` gives, which a layer says."""
    return _FULL.fullmatch(word) is not None and is_name(word)


def name_of(one: PublishedSet) -> str:
    """Return the name of a set that leaves nothing open, so that it names no other set when newer ones come."""
    words = framework(one.framework).words
    domain = "" if one.domain == "enterprise" else f"@{one.domain}"
    version = _date(one.version) or re.sub(r"\Av(?=[0-9])", "", one.version.casefold())
    return f"{words[0] if words else key(one.framework)}:{version}@{one.attack_version}{domain}"


def find(word: str, sets: Sequence[PublishedSet]) -> PublishedSet:
    """Return the set that a name names among some. Raises SourceError, which lists the nearest, where there is none."""
    match = _NAME.fullmatch(word)
    wanted = framework_called(match["framework"]) if match else None
    if match is None or wanted is None:
        raise SourceError(word, [Problem("there is no published set of this name", hint=nearest_names(word, sets))])
    found = [one for one in sets if framework_called(one.framework) == wanted]
    title = FRAMEWORKS[wanted].name
    if not found:
        titles = dict.fromkeys(framework(one.framework).name for one in sets)
        hint = f"there are sets of {', '.join(titles)}; `sets outdated` tells of those that came since"
        raise SourceError(word, [Problem(f"no published set of {title} is known", hint=hint)])
    if match["version"]:
        found = _fitting(word, found, f"of version {match['version']}", _of_version(match["version"]))
    for part in match["parts"].split("@")[1:]:
        found = _fitting(word, found, *_condition(word, part.strip()))
    return max(found, key=_rank)


def newest_first(sets: Iterable[PublishedSet]) -> list[PublishedSet]:
    """Return sets by framework, those that a short name would take first."""
    ranked = sorted(sets, key=_rank, reverse=True)
    return sorted(ranked, key=lambda one: framework(one.framework).name.casefold())


def with_newer(sets: Iterable[PublishedSet], upstream: Iterable[PublishedSet]) -> tuple[PublishedSet, ...]:
    """Return sets with those that upstream has besides, or has otherwise under the same name."""
    by_name = {name_of(one): one for one in sets}
    for one in upstream:
        name = name_of(one)
        if name not in by_name or by_name[name].blob != one.blob:
            by_name[name] = one
    return tuple(by_name.values())


def nearest_names(word: str, sets: Iterable[PublishedSet], samples: Sequence[str] = ()) -> str:
    """Return a hint that names the frameworks' words, and samples, nearest to a word."""
    words = [*(known for one in sets for known in framework(one.framework).words), *samples]
    return nearest(re.split("[:@]", word)[0], words, "sets and samples" if samples else "sets")


Condition = Callable[[PublishedSet], bool]


def _fitting(word: str, sets: list[PublishedSet], what: str, fits: Condition) -> list[PublishedSet]:
    found = [one for one in sets if fits(one)]
    if found:
        return found
    names = [name_of(one) for one in newest_first(sets)]
    title = framework(sets[0].framework).name
    raise SourceError(
        word,
        [Problem(f"there is no published set of {title} {what}", hint=f"there are {listed(names, _SHOWN)}")],
    )


def _condition(word: str, part: str) -> tuple[str, Condition]:
    """Return what a part after an `@` asks for, in words and as a condition."""
    domain = part.casefold()
    if domain in DOMAINS:
        return f"for {domain}", lambda one: one.domain == domain
    if release := _RELEASE.fullmatch(part):
        wanted = release[1]
        return f"at ATT&CK {wanted}", lambda one: wanted in (one.attack_version, one.attack_version.partition(".")[0])
    if _date(part):
        return f"of {part}", _of_version(part)
    hint = "expected an ATT&CK release, a date or a domain, as in m365@16.1, m365@2025-07-18 or veris@mobile"
    raise SourceError(
        word, [Problem(f"{quoted(part)} is none of what follows an @", hint=f"{hint}; a version follows a :")]
    )


def _of_version(version: str) -> Condition:
    wanted = _spelled(version)
    return lambda one: _spelled(one.version) == wanted or _spelled(one.version).startswith(f"{wanted}-")


def _spelled(version: str) -> str:
    """Return what all spellings of a version share: `5` for `rev5` and `r5`, `2023-12-11` for `12.11.2023`."""
    return _date(version) or _MARK.sub("", version.strip().casefold(), count=1)


def _date(text: str) -> str:
    """Return a date as ISO has it, month before day where the year is last, as published; empty for other texts."""
    match = _DATE.fullmatch(text.strip()) or _ISO_DATE.fullmatch(text.strip())
    return "-".join(match[part].zfill(2) for part in "ymd" if match[part]) if match else ""


def _rank(one: PublishedSet) -> tuple[bool, list[int], list[int], str]:
    """Return what orders the sets of a framework, the highest taken first."""
    return one.domain == "enterprise", _numbers(_spelled(one.version)), _numbers(one.attack_version), one.domain


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall("[0-9]+", text)]
