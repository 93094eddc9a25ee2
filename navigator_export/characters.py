"""Characters that no text of a mapping needs and that a terminal, a page or a reader may obey."""

from __future__ import annotations

import re
from typing import Final

CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but tabs and line ends, and halves of characters, which UTF-8 cannot hold."""

_NAMELESS: Final = re.compile(rf"{CONTROLS.pattern}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Those, and what turns the direction of a text, so that an id or a name reads as another."""

_VISIBLE: Final = {
    **{code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"},
    **{code: f"\\u{code:04x}" for code in (0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))},
}


def without_controls(text: str) -> str:
    """Return a text without control characters; tabs and line ends stay."""
    return CONTROLS.sub("", text)


def clean_name(text: str) -> str:
    """Return an id or a name without control characters, and without those that turn its direction."""
    return text if text.isprintable() else _NAMELESS.sub("", text)


def spelled_out(text: str) -> str:
    """Return a text with control characters, and those that turn its direction, written out as escapes."""
    return text.translate(_VISIBLE).encode("utf-8", "backslashreplace").decode()


def escaped_in_json(text: str) -> str:
    """Return a JSON text with the characters that `spelled_out` writes out as JSON's own escapes; it means the same."""
    return text.translate(_IN_JSON)


_IN_JSON: Final = {code: f"\\u{code:04x}" for code in _VISIBLE if code >= 0x20}  # noqa: PLR2004 - JSON has none below
