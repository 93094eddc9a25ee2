"""Technique ids as people write them in a cell: several, with names, in small letters, `T1114.3` for `T1114.003`."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import Final

from navigator_export.errors import nearest
from navigator_export.model import DOMAINS
from navigator_export.wording import quoted

_ID: Final = re.compile(
    r"(?<![A-Za-z0-9.])[Tt]([0-9]{4})(?:\s?[./]\s?([0-9]{1,3}))?(?![A-Za-z0-9]|[./][A-Za-z0-9*]|\.\*)"
)
_LIKE_AN_ID: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[Tt][Aa]?[0-9]+[\w.*/]*|[Tt][0-9]*[Xx]+\b)|^\s*[0-9]{4}(?:\.[0-9]{1,3})?\s*$"
)
_RANGE: Final = re.compile(r"-|–|—|\.\.|…|to|through|bis", re.IGNORECASE)
_CUT_SHORT: Final = re.compile(r"\s{0,9}(?:-|–|—|\.\.|,|&|\+|/)\s{0,9}\.?[0-9]{1,3}(?![A-Za-z0-9])")
_TACTIC: Final = re.compile(r"TA[0-9]{4}", re.IGNORECASE)
_NO_DIGITS: Final = re.compile(r"[^0-9.]+")
_SHORT: Final = 200
_LONGEST: Final = 2**15
"""Characters of a cell: what one in Excel can hold."""
_SEPARATOR: Final = re.compile(r"[,;|\n\r]+")

EXPECTED: Final = "expected T1114 or T1114.003, several with commas between"


def technique_ids(cell: str, *, near: bool = True) -> tuple[tuple[str, ...], str]:
    """Return the ids in a cell, each once, and an empty text; or no id, and what is wrong in words.

    A name may stand before or after an id (`T1114 - Email Collection`). Whatever looks like an id and is none, a
    part without an id, and a range make the cell wrong: no part of it is left out in silence. Without `near` the words
    name no nearest id, which takes long to find.
    """
    if len(cell) > _LONGEST:
        return (), f"{quoted(cell)} is longer than any list of ids; {EXPECTED}"
    # Short cells come again and again; long ones would only fill the memory.
    return _kept(cell, near) if len(cell) <= _SHORT else _technique_ids(cell, near)


def _technique_ids(cell: str, near: bool) -> tuple[tuple[str, ...], str]:
    found = list(_ID.finditer(cell))
    if not found:
        return (), _what_instead(cell.strip(), near=near)
    for one, other in itertools.pairwise(found):
        if _RANGE.fullmatch(cell[one.end() : other.start()].strip()):
            return (), f"{quoted(cell)} is a range; {EXPECTED}"
    rest = _ID.sub(" ", cell)
    other_id = _LIKE_AN_ID.search(rest)
    if other_id:
        return (), _what_instead(other_id[0].strip(), near=near)
    if any(_CUT_SHORT.match(cell, match.end()) for match in found):
        return (), f"{quoted(cell)} is cut short; {EXPECTED}"
    for part in _SEPARATOR.split(cell):
        if len(found) > 1 and part.strip() and not _ID.search(part) and _names_technique(part):
            return (), _what_instead(part.strip(), near=near)
    ids = (f"T{number}.{int(sub):03}" if sub else f"T{number}" for number, sub in (m.groups() for m in found))
    return tuple(dict.fromkeys(ids)), ""


_kept = lru_cache(maxsize=8192)(_technique_ids)


def _names_technique(part: str) -> bool:
    return _named(part.strip().casefold()) is not None


def _what_instead(text: str, *, near: bool) -> str:
    """Return in words what a text is, that was to be a technique id, and the nearest one that would be right."""
    shown = quoted(text)
    if _TACTIC.fullmatch(text):
        return f"{shown} is a tactic; {EXPECTED}"
    named = _named(text.casefold())
    if named:
        return f"{shown} is a name without its id; expected {named}"
    known = _all_ids()
    digits = _NO_DIGITS.sub("", text)
    guess = f"T{digits}" if digits else text.upper()
    if guess in known:
        return f"{shown} is not a technique id; expected {guess}"
    close = nearest(guess[:20], known, "ids") if near else ""
    return f"{shown} is not a technique id; {EXPECTED}{f' ({close})' if close.startswith('nearest') else ''}"


@lru_cache(maxsize=1)
def _all_ids() -> frozenset[str]:
    from navigator_export.attack import builtin  # noqa: PLC0415 - for messages alone

    return frozenset(id_ for table in builtin().domains.values() for id_ in table.by_id)


@lru_cache(maxsize=1)
def _ids_by_name() -> dict[str, str]:
    from navigator_export.attack import builtin  # noqa: PLC0415 - for messages alone

    # Of several techniques of one name, the later counts: active ones, then those of Enterprise.
    tables = builtin().domains
    named = (t for domain in reversed(DOMAINS) for t in sorted(tables[domain].techniques, key=lambda t: t.last is None))
    return {technique.name.casefold(): technique.id for technique in named if technique.name}


def _named(name: str) -> str | None:
    return _ids_by_name().get(name)
