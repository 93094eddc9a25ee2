"""Where the rows of a table came from."""

from __future__ import annotations

import msgspec


class Origin(msgspec.Struct, frozen=True):
    """One source, as its readers pass it on."""

    file: str
    """The source as the user named it, for messages."""
    name: str
    """The source's name without folders, for layers."""
    sha256: str
    format: str
    sheet: str = ""
    unit: str = "row"
    """What the numbers of its rows count."""
    reading: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()

    def row(self, number: int) -> str:
        """Return the place of a row of a list."""
        return f"sheet {self.sheet}, row {number}" if self.sheet else f"{self.unit} {number}"
