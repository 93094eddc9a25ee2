"""Technique ids as people write them in a cell: several, with names, in small letters, `T1114.3` for `T1114.003`.

Shortened lists (`T1552 (.001, .004)`, `T1087.001 and .002`) are written out, and tags of Sigma (`attack.t1059`) read.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import Final

from navigator_export.errors import nearest
from navigator_export.readers.lists.technique_names import all_ids, ids_named, names_like
from navigator_export.wording import LINE, quoted

_ID: Final = re.compile(
    r"(?<![A-Za-z0-9.])[Tt]([0-9]{4})(?:\s?[./_]\s?([0-9]{1,3}))?(?![A-Za-z0-9]|[./_][A-Za-z0-9*]|\.\*)"
)
_LIKE_AN_ID: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[Tt][Aa]?[0-9]+[\w.*/]*|[Tt][0-9]*[Xx]+\b)|^\s*[0-9]{4}(?:\.[0-9]{1,3})?\s*$"
)
_RANGE: Final = re.compile(r"-|–|—|\.\.|…|to|through|bis", re.IGNORECASE)
_CUT_SHORT: Final = re.compile(
    r"\s{0,9}(?:-|–|—|\.\.|,|&|\+|/)\s{0,9}\.?[0-9]{1,3}(?![A-Za-z0-9])"
    r"|[^A-Za-z0-9]{1,9}(?:\.[0-9]{1,3}|0[0-9]{2})(?![A-Za-z0-9])"
)
_LEFT_OVER: Final = re.compile(r"(?<![A-Za-z0-9.])\.[0-9]{3}(?![A-Za-z0-9])")
_SUB: Final = r"\.?[0-9]{3}"
_AND: Final = r"(?:\s{0,9}(?:[,;/|&+]|\band\b|\bor\b)\s{0,9}|\s{1,9})"
_BRACKETED: Final = re.compile(
    rf"(?<![A-Za-z0-9.])[Tt]([0-9]{{4}})\s{{0,9}}\.?[(\[{{]\s{{0,9}}({_SUB}(?:{_AND}{_SUB}){{0,99}})\s{{0,9}}[)\]}}](?![?*+])"
)
_FOLLOWED: Final = re.compile(
    rf"(?<![A-Za-z0-9.])[Tt]([0-9]{{4}})(\.[0-9]{{1,3}}(?:{_AND}\.[0-9]{{1,3}}(?![A-Za-z0-9])){{1,99}})"
)
_NUMBER: Final = re.compile(r"[0-9]{1,3}")
_SIGMA_TECHNIQUE: Final = re.compile(r"(?<![A-Za-z0-9.])attack\.(?=t[0-9]{4})", re.IGNORECASE)
_SIGMA_OTHER: Final = re.compile(
    r"(?<![A-Za-z0-9.])(?:attack\.(?:ta[0-9]{4}|[gscm][0-9]{4}|[a-z][a-z_-]{2,40})|(?:cve|car|detection|tlp|d3fend)\.[\w.-]{1,60})(?!\w)",
    re.IGNORECASE,
)
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
    part without an id, a pattern and a range make the cell wrong: no part of it is left out in silence. A cell of
    Sigma's tags for tactics alone has no id, and nothing is wrong. Without `near` the words name no nearest id, which
    takes long to find.
    """
    if len(cell) > _LONGEST:
        return (), f"{quoted(cell)} is longer than any list of ids; {EXPECTED}"
    # Short cells come again and again; long ones would only fill the memory.
    return _kept(cell, near) if len(cell) <= _SHORT else _technique_ids(cell, near)


def written_out(cell: str) -> str:
    """Return a cell's text with shortened ids in full: `T1552 (.001, .004)` as `T1552.001, T1552.004`."""
    text = _SIGMA_TECHNIQUE.sub("", cell.replace("\\.", "."))
    return _FOLLOWED.sub(_in_full, _BRACKETED.sub(_in_full, text))


def _in_full(shortened: re.Match[str]) -> str:
    return ", ".join(f"T{shortened[1]}.{int(sub):03}" for sub in _NUMBER.findall(shortened[2]))


def _technique_ids(cell: str, near: bool) -> tuple[tuple[str, ...], str]:
    said, cell = cell, written_out(cell)
    if "." in cell and _SIGMA_OTHER.search(cell):
        cell = _SIGMA_OTHER.sub("", cell)
        if not any(character.isalnum() for character in cell):
            return (), ""
    found = list(_ID.finditer(cell))
    if not found:
        return (), _what_instead(cell.strip(), near=near)
    for one, other in itertools.pairwise(found):
        if _RANGE.fullmatch(cell[one.end() : other.start()].strip()):
            return (), f"{quoted(said)} is a range; {EXPECTED}"
    rest = _ID.sub(" ", cell)
    other_id = _LIKE_AN_ID.search(rest)
    if other_id:
        return (), _what_instead(other_id[0].strip(), near=near)
    if _LEFT_OVER.search(rest) or any(_CUT_SHORT.match(cell, match.end()) for match in found):
        return (), f"{quoted(said)} is cut short; {EXPECTED}"
    for part in _SEPARATOR.split(cell):
        if len(found) > 1 and part.strip() and not _ID.search(part) and _names_technique(part):
            return (), _what_instead(part.strip(), near=near)
    ids = (f"T{number}.{int(sub):03}" if sub else f"T{number}" for number, sub in (m.groups() for m in found))
    return tuple(dict.fromkeys(ids)), ""


_kept = lru_cache(maxsize=8192)(_technique_ids)


def _names_technique(part: str) -> bool:
    return bool(ids_named(part))


def _what_instead(text: str, *, near: bool) -> str:
    """Return in words what a text is, that was to be a technique id, and the nearest one that would be right."""
    shown = quoted(text)
    if _TACTIC.fullmatch(text):
        return f"{shown} is a tactic; {EXPECTED}"
    named = ids_named(text)
    if named:
        return f"{shown} is a name without its id; expected {' or '.join(named)}"
    known = all_ids()
    digits = _NO_DIGITS.sub("", text)
    guess = f"T{digits}" if digits else text.upper()
    if guess in known:
        return f"{shown} is not a technique id; expected {guess}"
    if near and not digits and (names := names_like(text[:LINE])):
        return f"{shown} is not a technique id; nearest names: {', '.join(names)}"
    close = nearest(guess[:20], known, "ids") if near else ""
    return f"{shown} is not a technique id; {EXPECTED}{f' ({close})' if close.startswith('nearest') else ''}"
