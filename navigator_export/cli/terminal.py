"""What reaches a person: results on standard output, all else on standard error, no control characters in either."""

from __future__ import annotations

import sys
from contextlib import suppress

from navigator_export.output import STANDARD_OUTPUT, write

_VISIBLE = {
    **{code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"},
    **{code: f"\\u{code:04x}" for code in (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))},
}
"""Control characters, and those that turn the direction of text, spelled out."""


def harmless(text: str) -> str:
    """Return a text with its control characters spelled out: a mapping file must not steer a terminal."""
    return text.translate(_VISIBLE).encode("utf-8", "backslashreplace").decode()


def complain(*lines: str) -> None:
    """Write lines to standard error, as far as it can be written to."""
    if not lines:
        return
    text = harmless("\n".join(lines))
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(text.encode(sys.stderr.encoding, "backslashreplace").decode(sys.stderr.encoding) + "\n")
        sys.stderr.flush()


def answer(text: str) -> None:
    """Write a result to standard output. Raises OutputError where that cannot be done, a closed pipe included."""
    write((harmless(text) + "\n").encode(), STANDARD_OUTPUT)
