"""Every regular expression that meets what others wrote takes time in proportion to the text, whatever the text."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

import navigator_export
from navigator_export.readers import lists, unified
from tests.growth import LINEAR

PACKAGES = (navigator_export.readers, lists, unified, navigator_export.sources)
MODULES = ("navigator_export.characters", "navigator_export.strict_yaml", "navigator_export.conversion")

PIECES = (
    *(
        " ",
        "\t",
        "\n",
        "a",
        "A-",
        "0",
        "1.",
        "T1114 ",
        "T1114.003 x ",
        "TX",
        "(",
        ")",
        "[",
        "'",
        '"',
        "\\",
        "\\'",
        "'\\",
    ),
    *(",", ";", "-", "--", "..", "%", "https://", "https://a.b,", "_x", "_x000", "<c ", "<row ", '<c r="A1">', "<f>"),
    *("mergeCell ", "<mergeCell ", "\\u00", "\xc2", "Licence ", "x  ", "a:", ":", "att&ck", "E3", "-E3", "aws_", "1 "),
)


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Yield every compiled pattern that a module holds by name, those in tuples of tuples too."""
    names = [*MODULES]
    for package in PACKAGES:
        names += [f"{package.__name__}.{module.name}" for module in pkgutil.iter_modules(package.__path__)]
    for name in names:
        for variable, value in vars(importlib.import_module(name)).items():
            for pattern in found_in(value):
                yield f"{name.removeprefix('navigator_export.')}.{variable} {pattern.pattern!r:.30}", pattern


def found_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from found_in(item)


PATTERNS = {name: pattern for name, pattern in patterns() if "TECHNIQUE_ID" not in name}


def seconds(pattern: re.Pattern[Any], text: str) -> float:
    """Return the least CPU time of several goes at a text, in every way that a pattern can be used."""
    subject = text.encode("latin-1") if isinstance(pattern.pattern, bytes) else text
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        pattern.fullmatch(subject)
        pattern.sub(subject[:0], subject)
        best = min(best, time.process_time() - start)
    return best


def test_patterns_are_found() -> None:
    assert len(PATTERNS) > 25


@pytest.mark.parametrize("name", PATTERNS)
def test_time_grows_with_the_length_of_a_text_and_not_with_its_square(name: str) -> None:
    pattern = PATTERNS[name]
    for piece in PIECES:
        for end in ("", "\0"):
            short, long = (piece * (length // len(piece)) + end for length in (5_000, 40_000))
            # Eight times the time is linear, 64 times the square; what takes a tenth of a second does no harm.
            taken = seconds(pattern, long)
            assert taken < 0.1 or taken < LINEAR * seconds(pattern, short), (piece, end)
