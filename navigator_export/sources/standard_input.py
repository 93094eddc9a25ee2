"""Standard input, by `-`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from navigator_export.errors import Problem, SourceError, reason
from navigator_export.readers.formats import tables_in_bytes
from navigator_export.readers.options import Limits, ReadOptions
from navigator_export.readers.table import Table
from navigator_export.sources.contents import read_up_to, too_large
from navigator_export.sources.kind import Kind

WORD = "-"
NAME = "standard input"


class StandardInput(Kind):
    """What is piped in; it can be read once."""

    repeatable = False

    def takes(self, word: str) -> bool:
        """Return whether it is the dash."""
        return word == WORD

    def tables(self, word: str, options: ReadOptions) -> Sequence[Table]:
        """Return the tables in what is piped in. Raises SourceError where nothing can be read."""
        return tables_in_bytes(contents_of_standard_input(options.limits), NAME, NAME, options)

    def named(self, name: str) -> str | None:
        """Return the dash for the name that standard input has."""
        return WORD if name == NAME else None

    def called(self, word: str) -> str:
        """Return its name in words."""
        return NAME


def contents_of_standard_input(limits: Limits) -> bytes:
    """Return the bytes piped in. Raises SourceError where there are none to be had, or more than the limits allow."""
    try:
        if sys.stdin is None:
            raise SourceError(NAME, [Problem("is closed", hint="name a file, or pipe one in")])
        data = read_up_to(sys.stdin.buffer, limits.bytes + 1)
    except (OSError, ValueError) as error:
        raise SourceError(NAME, [Problem(f"cannot be read: {reason(error)}")]) from None
    if len(data) > limits.bytes:
        raise SourceError(NAME, [too_large(limits)])
    return data
