"""The text of a layer file: from whatever encoding it is in, where that is beyond doubt."""

from __future__ import annotations

import codecs
from typing import Final

from navigator_export.upgrading.changes import Change, Mend

BYTE_ORDER_MARK: Final = Mend("byte-order-mark", "A byte order mark is left out: JSON has no place for one.")
ENCODING: Final = Mend(
    "encoding",
    "The file is written as UTF-8. UTF-16 and UTF-32 are told by their bytes; else it is taken as Windows-1252 where "
    "Windows-1250 reads the same, so that western and central European text are told apart or refused.",
)
ENCODING_MENDS: Final = (BYTE_ORDER_MARK, ENCODING)

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_SILENT: Final = ((b"\0\0\0", "utf-32-be"), (b"\0", "utf-16-be"))
"""How a file in another encoding begins where it has no mark: JSON begins with a character of ASCII."""


def decode(data: bytes) -> tuple[str, tuple[Change, ...]] | None:
    """Return a file's text and what is changed by writing that as UTF-8; None where its encoding is in doubt."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            text = _decoded(data[len(mark) :], name)
            changes = [Change(BYTE_ORDER_MARK.id, "", mark.hex(" "))]
            return None if text is None else (text, (*changes, *_recoded(name)))
    for name in (_silent(data), "cp1252"):
        text = _decoded(data, name)
        if text is not None and (name != "cp1252" or text == _decoded(data, "cp1250")):
            return text, _recoded(name)
    return None


def _silent(data: bytes) -> str:
    """Return the encoding of a file without a mark, by the zeros that it begins with."""
    if b"\0" not in data[:4]:
        return "utf-8"
    begins = next((name for start, name in _SILENT if data.startswith(start)), None)
    return begins or ("utf-32-le" if data[1:4] == b"\0\0\0" else "utf-16-le")


def _decoded(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _recoded(name: str) -> tuple[Change, ...]:
    return () if name == "utf-8" else (Change(ENCODING.id, "", name, "utf-8"),)
