"""A file, or a named pipe, by its path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from navigator_export.readers.formats import tables_in_bytes
from navigator_export.readers.options import ReadOptions
from navigator_export.readers.table import Table
from navigator_export.sources.contents import contents_of_path
from navigator_export.sources.kind import Kind


class File(Kind):
    """One file in any form that is read; its name in a layer is without folders."""

    on_disk = True

    def takes(self, word: str) -> bool:
        """Return whether there is something of this path that is no folder."""
        try:
            path = Path(word)
            return path.exists() and not path.is_dir()
        except (OSError, ValueError):
            return False

    def tables(self, word: str, options: ReadOptions) -> Sequence[Table]:
        """Return the tables in a file. Raises SourceError where there is none, or it cannot be read."""
        return tables_in_bytes(contents_of_path(word, options.limits), Path(word).name, word, options)

    def named(self, name: str) -> str:
        """Return the name: what no other kind has named is a file."""
        return name

    def files(self, word: str) -> tuple[Path, ...]:
        """Return the file itself."""
        return (Path(word),)
