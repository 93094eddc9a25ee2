"""Types of option values that are more than a word or a number."""

from __future__ import annotations

import re
from typing import Any

import click
from click.shell_completion import CompletionItem

from navigator_export.layer.format import Number
from navigator_export.model import VALUES
from navigator_export.readers.options import LARGEST_LIMIT, Limits


def file_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Have the shell complete what names a file or folder among other things."""
    return [CompletionItem(incomplete, type="file")]


class Weights(click.ParamType[tuple[Number, ...]]):
    """`minimal=10,partial=50,significant=100`, each of the three once."""

    name = "weights"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Number, ...]:
        """Return the three weights from the weakest value to the strongest."""
        if isinstance(value, tuple):
            return value
        pairs = [part.partition("=") for part in str(value).split(",")]
        weights = {word.strip(): _number(number) for word, _, number in pairs}
        if len(pairs) != len(VALUES) or set(weights) != set(VALUES) or None in weights.values():
            self.fail(f"{value!r}: expected one like minimal=10,partial=50,significant=100", param, ctx)
        return tuple(number for word in VALUES if (number := weights[word]) is not None)


class Range(click.ParamType[tuple[Number, ...]]):
    """`0:10`."""

    name = "from:to"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Number, ...]:
        """Return both ends."""
        if isinstance(value, tuple):
            return value
        first, _, last = str(value).partition(":")
        low, high = _number(first), _number(last)
        if low is None or high is None:
            self.fail(f"{value!r}: expected two numbers like 0:10", param, ctx)
        return low, high


class Assignment(click.ParamType[tuple[str, str, str]]):
    """`EID-CA-E3=E5`, or `m365:EID-CA-E3=E5` for one of several frameworks."""

    name = "id=tier"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str, str]:
        """Return the patterns of the framework and of the capability, and the tier."""
        if isinstance(value, tuple):
            return value
        words, _, tier = str(value).rpartition("=")
        owner, _, pattern = words.rpartition(":")
        if not pattern.strip() or not tier.strip():
            self.fail(f"{value!r}: expected one like EID-CA-E3=E5", param, ctx)
        return owner.strip() or "*", pattern.strip(), tier.strip()


class Pair(click.ParamType[tuple[str, str]]):
    """`name=value`, both not empty; the last `=` that leaves a value parts them, or the first.

    With `blank` the value may be empty.
    """

    def __init__(self, name: str, example: str, *, last: bool = False, blank: bool = False) -> None:
        self.name = name
        self._example = example
        self._last = last
        self._blank = blank

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return both sides."""
        if isinstance(value, tuple):
            return value
        text = str(value)
        left, sign, right = text.rpartition("=") if self._last else text.partition("=")
        if not left.strip() or not (right.strip() or (self._blank and sign)):
            self.fail(f"{value!r}: expected one like {self._example}", param, ctx)
        return left.strip(), right.strip()


class Limit(click.ParamType[tuple[str, int]]):
    """`bytes=1000000000`, with kB, MB and GB for powers of 1024."""

    name = "name=number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """Return the limit's name and number."""
        if isinstance(value, tuple):
            return value
        name, _, text = str(value).partition("=")
        number = re.fullmatch(r"\s*([1-9][0-9]{0,17})\s*([kMG]?)i?B?\s*", text)
        if name.strip() not in Limits.__struct_fields__ or number is None:
            known = ", ".join(Limits.__struct_fields__)
            self.fail(f"{value!r}: expected one like bytes=1GB; limits are {known}", param, ctx)
        limit = int(number[1]) * 1024 ** " kMG".index(number[2] or " ")
        if limit > LARGEST_LIMIT:
            self.fail(f"{value!r}: the largest limit is {LARGEST_LIMIT:,}", param, ctx)
        return name.strip(), limit


def _number(text: str) -> Number | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number
