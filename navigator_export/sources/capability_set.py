"""Reads a capability set: a text file with one capability id or pattern a line; `#` starts a comment."""

from __future__ import annotations

from navigator_export.errors import Problem, SourceError
from navigator_export.sources.registry import contents


def read_capability_set(source: str) -> tuple[str, ...]:
    """Return the ids and patterns in a file, or in standard input for `-`.

    Raises SourceError where it cannot be read, is not UTF-8 text, or lists nothing.
    """
    try:
        text = contents(source).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(source, [Problem("is not UTF-8 text", f"byte {error.start}", "save it as UTF-8")]) from None
    ids = tuple(id_ for line in text.splitlines() if (id_ := line.partition("#")[0].strip()))
    if not ids:
        raise SourceError(source, [Problem("lists no capability", hint="expected one id a line")])
    return ids
