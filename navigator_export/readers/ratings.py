"""Ratings as people write them: `High`, `3`, `75 %`, `Protect - Significant`, and what the user says they mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from navigator_export.model import CATEGORIES, VALUES, Category

_CATEGORY_WORDS: Final[dict[str, str]] = {
    **{category: category for category in CATEGORIES},
    "prevent": "protect",
    "protection": "protect",
    "prevention": "protect",
    "detection": "detect",
    "response": "respond",
}
"""The words of the categories and the ones that CTID used for them at first."""

_NUMBER: Final = re.compile(r"(-?[0-9]{1,15}(?:[.,][0-9]{1,15})?)(?:\s*(%))?")
_RANGE: Final = re.compile(r"([0-9.,]{1,20})(?:\s*%)?\s*\.\.\s*([0-9.,]{1,20})(?:\s*%)?")
_WORD: Final = re.compile(r"[^\W_]+")

Rating = tuple[str | None, str | None]
"""Category and value, either of them maybe None."""

NO_MAPPING: Final[Rating] = ("none", "none")
"""The rating that says that a row maps nothing."""
_NO_MAPPING_WORDS: Final = frozenset({"none", "non_mappable", "non-mappable"})


def is_rating(text: str) -> bool:
    """Return whether a text is a rating in the project's own words: a category, a value, or both."""
    return _in_words(text) is not None


class Ratings:
    """What words and numbers mean as a rating."""

    def __init__(self, meanings: Sequence[tuple[str, str]], category: Category | None = None) -> None:
        """Take (word, rating) pairs, where a word may be a range of numbers, and the category of values without one.

        The rating `none` (or `non_mappable`) is `NO_MAPPING`.

        Raises ValueError, with what was expected, for a rating that is none.
        """
        self._category = category
        self._words: dict[str, Rating] = {}
        self._ranges: list[tuple[float, float, Rating]] = []
        self._cache: dict[Rating, Rating] = {}
        for word, rating in meanings:
            meant = NO_MAPPING if rating.strip().casefold() in _NO_MAPPING_WORDS else _in_words(rating)
            if meant is None and rating.strip():
                raise ValueError(
                    f"{rating!r} is not a rating; expected one like significant, protect significant or none"
                )
            if ends := _RANGE.fullmatch(word.strip()):
                low, high = (_as_number(end) for end in ends.groups())
                self._ranges.append((low, high, meant or (None, None)))
            else:
                self._words[_shared_spelling(word)] = meant or (None, None)

    def read(self, category: str | None, value: str | None) -> Rating:
        """Return a row's category and value in the project's words; what means nothing stays as it is.

        It is `NO_MAPPING` where either of them means that.
        """
        given = (category, value)
        if given not in self._cache:
            self._cache[given] = self._meant(category, value)
        return self._cache[given]

    def knows(self, value: str) -> bool:
        """Return whether a value means a rating, or that a row maps nothing."""
        return self._meaning(value) is not None

    def _meant(self, category: str | None, value: str | None) -> Rating:
        meant_value = self._meaning(value)
        meant_category = self._meaning(category)
        if NO_MAPPING in (meant_value, meant_category):
            return NO_MAPPING
        new_category = meant_category[0] if meant_category else category
        new_value = meant_value[1] if meant_value else value
        if meant_value and meant_value[0] and not (category or "").strip():
            new_category = meant_value[0]
        if meant_category and meant_category[1] and not (value or "").strip():
            new_value = meant_category[1]
        if (new_value or "").strip() and not (new_category or "").strip():
            new_category = self._category
        return new_category, new_value

    def _meaning(self, text: str | None) -> Rating | None:
        """Return what a text means; None where it means nothing."""
        if not (text or "").strip():
            return None
        assert text is not None  # noqa: S101 - for the type checker
        spelling = _shared_spelling(text)
        number = _NUMBER.fullmatch(text.strip())
        # A number means the same with a percent sign and without.
        for said in (spelling, spelling.removesuffix("%") if number and number[2] else f"{spelling}%"):
            if (meant := self._words.get(said)) is not None:
                return meant
        if number:
            amount = _as_number(number[1])
            for low, high, meant in self._ranges:
                if low <= amount <= high:
                    return meant
        return _in_words(text)


def _in_words(text: str) -> Rating | None:
    """Return the rating in a text of nothing but a category, a value, or both; None for any other text."""
    category: str | None = None
    value: str | None = None
    for word in _WORD.findall(text.casefold()):
        if word in _CATEGORY_WORDS and category is None:
            category = _CATEGORY_WORDS[word]
        elif word in VALUES and value is None:
            value = word
        else:
            return None
    return (category, value) if category or value else None


def _shared_spelling(word: str) -> str:
    """Return what two spellings of a word share: case, spaces, how a number is written."""
    number = _NUMBER.fullmatch(word.strip())
    if number:
        return f"{_as_number(number[1]):g}{number[2] or ''}"
    return " ".join(word.casefold().split())


def _as_number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise ValueError(f"{text!r} is not a number") from None
