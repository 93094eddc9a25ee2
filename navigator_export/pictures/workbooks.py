"""By what workbooks of our making are known again; Excel shows it among a file's properties."""

from __future__ import annotations

import io
import zipfile
from typing import Final

MARK: Final = "navigator-export"

_PROPERTIES: Final = "docProps/core.xml"
_LONGEST: Final = 100_000


def is_workbook(data: bytes) -> bool:
    """Return whether these are the bytes of a workbook of our making."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file, file.open(_PROPERTIES) as properties:
            return f"<cp:keywords>{MARK}</cp:keywords>".encode() in properties.read(_LONGEST)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return False
