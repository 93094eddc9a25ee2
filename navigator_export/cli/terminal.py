"""What reaches a person: results on standard output, all else on standard error, no control characters in either."""

from __future__ import annotations

import io
import sys
from contextlib import suppress

from navigator_export.characters import spelled_out
from navigator_export.errors import respelled
from navigator_export.output import STANDARD_OUTPUT, write
from navigator_export.settings import OPTIONS


def in_options(text: str) -> str:
    """Return a remark with the settings that it speaks of called by their options."""
    return respelled(text, OPTIONS)


def write_utf8() -> None:
    """Have what click prints come in UTF-8, as answers do: no code page of Windows has all of its characters."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def complain(*lines: str) -> None:
    """Write lines to standard error, as far as it can be written to."""
    if not lines:
        return
    text = spelled_out("\n".join(lines))
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(text.encode(sys.stderr.encoding, "backslashreplace").decode(sys.stderr.encoding) + "\n")
        sys.stderr.flush()


def answer(text: str) -> None:
    """Write a result to standard output. Raises OutputError where that cannot be done, a closed pipe included."""
    write((spelled_out(text) + "\n").encode(), STANDARD_OUTPUT)
