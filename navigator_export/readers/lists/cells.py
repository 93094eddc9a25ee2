"""Cells that stand for several things: the capabilities, techniques and references of a row."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import Final

import msgspec

from navigator_export.readers.lists.technique_ids import technique_ids
from navigator_export.readers.lists.technique_names import ids_named, subtechniques_named
from navigator_export.wording import quoted

NOTHING: Final = frozenset(
    {"", "-", "–", "—", "n/a", "na", "n.a.", "none", "null", "nan", "not applicable", "no technique"}
)
"""Words for an empty cell, in small letters."""
MARKED: Final = frozenset({"x", "✓", "✔", "☑", "●", "•", "yes", "y", "true", "ja"})
"""Marks for what applies, in small letters."""
UNMARKED: Final = NOTHING | {"no", "n", "false", "✗", "✘", "☐", "nein"}
"""Marks for what does not."""

_BETWEEN: Final = re.compile(r"[,;|\r\n]+")
_BETWEEN_IN_WORDS: Final = re.compile(r"[,;|\r\n]|\s(?:and|&|\+)\s")
_BETWEEN_ENDS: Final = re.compile(r"\s(?:-|to|through)\s|–|—|\.\.|…")
_LIKE_AN_ID: Final = re.compile(
    r"(?:(?=\S{0,60}[0-9])\S{1,60}|[A-Z][A-Z._:/-]{0,60}|\w{1,40}(?:[._:]\w{1,40}){1,9})(?: ?\(\w{1,10}\))?"
)
_PLAIN_ID: Final = re.compile(r"[A-Z]{1,10}-[0-9]{1,9}[\w.()-]{0,20}")
_SUB_NUMBER: Final = r"(?:0?\.)?[0-9]{1,3}"
_SUB_NUMBERS: Final = re.compile(rf"{_SUB_NUMBER}(?:(?:\s*[,;|/&+]\s*|\s+(?:and\s+)?){_SUB_NUMBER}){{0,99}}")
_LONGEST_LIST: Final = 2**15
"""Characters of a printed list that is taken apart: what an Excel cell can hold."""


def capabilities_in(cell: str) -> tuple[tuple[str, ...], bool]:
    """Return the capability ids in a cell, each once, and whether it may hold several that cannot be told apart.

    It is taken apart where each part looks like an id: `AC-2; AC-3`, but not `Login, odd place`.
    """
    if cell.isalnum():
        return (cell,), False
    parts = _parts(_BETWEEN, cell)
    for separator in (_BETWEEN, _BETWEEN_IN_WORDS):
        found = _parts(separator, cell)
        if found and all(_LIKE_AN_ID.fullmatch(part) for part in found):
            return tuple(dict.fromkeys(found)), False
    words = cell.split()
    if len(words) > 1 and all(_PLAIN_ID.fullmatch(word) for word in words):
        return tuple(dict.fromkeys(words)), False
    ends = _parts(_BETWEEN_ENDS, cell)
    return (cell,), len(parts) > 1 or (len(ends) > 1 and all(_LIKE_AN_ID.fullmatch(end) for end in ends))


def _parts(separator: re.Pattern[str], cell: str) -> list[str]:
    return [part.strip() for part in separator.split(cell) if part.strip()]


class Techniques(msgspec.Struct, frozen=True):
    """The techniques that a row names."""

    ids: tuple[str, ...] = ()
    wrong: str = ""
    """What is wrong, in words; then there are no ids."""
    by_name: str = ""
    """The name that an id was found by; empty where ids are given."""
    odd: str = ""
    """What does not go together and is read all the same."""


def techniques_in(technique: str, sub: str = "", sub_name: str = "", *, near: bool = True) -> Techniques:
    """Return what a row's cells for technique, sub-technique and the latter's name come to.

    Sub-techniques stand in for their own parent; the row's other techniques stay. See `technique_ids` for `near`.
    """
    parents = _named_or_given(technique, near=near)
    if parents.wrong or (sub.casefold() in NOTHING and (not sub_name or len(parents.ids) != 1)):
        return parents
    if sub.casefold() in NOTHING:
        found = subtechniques_named(sub_name, parents.ids)
        return Techniques(found, by_name=sub_name) if len(found) == 1 and found != parents.ids else parents
    subs = _subtechniques(technique, parents.ids, sub, near=near)
    if subs.wrong:
        return subs
    alone = [id_ for id_ in parents.ids if not any(s == id_ or s.startswith(f"{id_}.") for s in subs.ids)]
    strangers = [s for s in subs.ids if parents.ids and not {s, s.partition(".")[0]} & set(parents.ids)]
    odd = f"{strangers[0]} is no sub-technique of {', '.join(parents.ids)}" if strangers else ""
    ids = tuple(dict.fromkeys((*alone, *subs.ids)))
    return Techniques(ids, by_name=subs.by_name or parents.by_name, odd=odd)


def _named_or_given(cell: str, *, near: bool) -> Techniques:
    if cell.casefold() in NOTHING:
        return Techniques()
    if not any(character.isdigit() for character in cell):
        parts = [cell] if ids_named(cell) else _parts(_BETWEEN, cell)
        named = [ids_named(part) for part in parts]
        if all(len(ids) == 1 for ids in named):
            return Techniques(tuple(dict.fromkeys(id_ for ids in named for id_ in ids)), by_name=parts[0])
    ids, wrong = technique_ids(cell, near=near)
    return Techniques(ids, wrong)


def _subtechniques(technique: str, parents: tuple[str, ...], sub: str, *, near: bool) -> Techniques:
    if _SUB_NUMBERS.fullmatch(sub):
        bases = {id_.partition(".")[0] for id_ in parents}
        if len(bases) != 1:
            return Techniques(wrong=f"{quoted(sub)} is not a sub-technique of {quoted(technique)}")
        [base] = bases
        numbers = re.findall(_SUB_NUMBER, sub)
        return Techniques(tuple(dict.fromkeys(f"{base}.{_sub_number(number)}" for number in numbers)))
    if not any(character.isdigit() for character in sub):
        found = subtechniques_named(sub, parents) or (ids_named(sub) if not parents else ())
        if len(found) == 1:
            return Techniques(found, by_name=sub)
        if not found and parents:
            return Techniques(wrong=f"{quoted(sub)} is not a sub-technique of {', '.join(parents)}")
    ids, wrong = technique_ids(sub, near=near)
    return Techniques(ids, wrong)


def _sub_number(text: str) -> str:
    """Return the three digits of a sub-technique; Excel makes 0.001 of .001, and 0.01 of .010."""
    whole, point, digits = text.rpartition(".")
    return digits.ljust(3, "0") if point and whole == "0" else digits.rjust(3, "0")


def references_in(cell: str) -> list[str | None]:
    """Return the addresses of a cell, where they are printed as a list (`['https://…', 'https://…']`) one by one."""
    text = cell.strip()
    if not text or text == "[]":
        return []
    if not (text.startswith("[") and text.endswith("]")) or len(text) > _LONGEST_LIST:
        return [text]
    found: list[str | None] = []
    for literal in _LITERAL.findall(text):
        if len(literal) == 1 or literal[-1] != literal[0]:
            return [text]
        try:
            found.append(str(ast.literal_eval(literal)))
        except (ValueError, SyntaxError):
            found.append(literal[1:-1])
    return found or [text]


# One that is never closed goes on to the end: looked for anew from each later mark, it would take long to fail.
_LITERAL: Final = re.compile(r"'(?:[^'\\]|\\.)*(?:'|\\?\Z)|\"(?:[^\"\\]|\\.)*(?:\"|\\?\Z)", re.DOTALL)


def together(cells: Iterable[str]) -> str:
    """Return the cells of several columns of one field as one cell of several lines, without those of nothing."""
    return "\n".join(text for cell in cells if (text := cell.strip()).casefold() not in NOTHING)
