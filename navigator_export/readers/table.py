"""What every reader gives: the rows of one source, still in the source's own spelling.

The field names are those of Mappings Explorer's unified JSON, so that format decodes straight into them.
"""

from __future__ import annotations

import msgspec


class Row(msgspec.Struct, gc=False):
    """One row as the source has it; None and missing are the same."""

    capability_id: str | None = None
    capability_description: str | None = None
    capability_group: str | None = None
    mapping_type: str | None = None
    attack_object_id: str | None = None
    score_category: str | None = None
    score_value: str | None = None
    comments: str | None = None
    references: list[str | None] | None = None
    status: str | None = None
    mapping_framework_version: str | None = None
    attack_version: str | None = None


class Metadata(msgspec.Struct):
    """What a source says of itself."""

    mapping_framework: str
    attack_version: str
    technology_domain: str
    mapping_framework_version: str | None = None
    mapping_types: dict[str, str] = {}
    """Id to display name."""
    capability_groups: dict[str, str] = {}
    """Id to display name."""


class Table(msgspec.Struct):
    """The rows of one source."""

    file: str
    """The source as the user named it, for messages."""
    name: str
    """The source's name without folders, for layers."""
    sha256: str
    metadata: Metadata
    rows: list[Row]
    row_place: str
    """Place of a row in a message, with `{}` for its index."""

    def place(self, index: int, column: str = "") -> str:
        """Return the place of a row, or of one column of it."""
        place = self.row_place.format(index)
        return f"{place}.{column}" if column else place
