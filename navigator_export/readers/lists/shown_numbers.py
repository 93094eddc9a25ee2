"""Numbers as a spreadsheet shows them: `3.10` and `007`, which are 3.1 and 7 by their cells' values."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

import msgspec

_PART: Final = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]{0,40}\]|([0#?][0#?,.]{0,60}|\.[0#?]{1,60})|(%)|([ $€£+()/:!&\'~{}<>=-])'
)
"""Pieces of a number format: text in quotation marks, an escaped character, space, colour, digits, %, other text."""
_PLAIN: Final = frozenset({"", "General", "@"})


class _Format(msgspec.Struct, frozen=True):
    before: str
    whole: int
    """Digits before the point at least."""
    least: int
    most: int
    """Digits after the point."""
    thousands: bool
    percent: bool
    after: str


def shown_number(value: float, number_format: str) -> str:
    """Return a number as a spreadsheet shows it in a format of its cell, `0.00` or `"AC-"0`.

    Formats for scientific notation, fractions and conditions are not worked out: the number is then given as it is.
    The rules are those of ECMA-376, part 1, 18.8.31.
    """
    plain = f"{value:.15g}"
    if number_format in _PLAIN:
        return plain
    sections = number_format.split(";")
    negative = value < 0 and len(sections) > 1
    form = _parsed(sections[1] if negative else sections[0])
    if form is None:
        return plain
    try:
        number = Decimal(plain) * (100 if form.percent else 1)
        rounded = abs(number).quantize(Decimal(1).scaleb(-form.most), ROUND_HALF_UP)
    except InvalidOperation:
        return plain
    whole, _, digits = f"{rounded:f}".partition(".")
    whole = whole.lstrip("0").rjust(form.whole, "0")
    digits = digits[: form.least] + digits[form.least :].rstrip("0")
    if form.thousands:
        whole = f"{int(whole or 0):,}".rjust(form.whole, "0")
    sign = "-" if number < 0 and not negative and rounded else ""
    return f"{sign}{form.before}{whole}{'.' if digits else ''}{digits}{form.after}"


@lru_cache(maxsize=256)
def _parsed(section: str) -> _Format | None:
    """Return the parts of a section of a number format; None for one that is not understood."""
    before, digits, after, percent, end = "", "", "", False, 0
    for piece in _PART.finditer(section):
        if piece.start() != end:
            return None
        end = piece.end()
        text = (piece[1] or "") + (piece[2] or "") + (piece[4] or "") + (piece[5] or "")
        percent = percent or bool(piece[4])
        if piece[3] and digits:
            return None
        digits = digits or piece[3] or ""
        before, after = (before, after + text) if digits else (before + text, after)
    if end != len(section) or not digits or digits.endswith(",") or digits.count(".") > 1:
        return None
    whole, _, decimals = digits.partition(".")
    return _Format(
        before=before,
        whole=whole.count("0"),
        least=decimals.count("0"),
        most=len(decimals),
        thousands="," in whole,
        percent=percent,
        after=after,
    )
