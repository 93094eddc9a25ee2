"""Lines of text that are too long to be anything but an accident or an attack, found before any of them is read."""

from __future__ import annotations

from navigator_export.errors import SourceError
from navigator_export.readers.options import Limits, beyond

_BYTES_PER_CHARACTER = 4


def check_lines(data: bytes, file: str, limits: Limits) -> None:
    """Raise SourceError where a line has more bytes than `limits.cell` characters can have."""
    longest = limits.cell * _BYTES_PER_CHARACTER
    start = 0
    # The last line end within reach of the line's start is looked for, so the pieces are as large as the limit.
    while len(data) - start > longest:
        end = max(data.rfind(b"\n", start, start + longest), data.rfind(b"\r", start, start + longest))
        if end < start:
            line = data.count(b"\n", 0, start) + 1
            problem = beyond(limits, "cell", f"line {line}", "a line has")
            raise SourceError(file, [problem])
        start = end + 1
