"""Reads a folder of security stack YAML as one source."""

from __future__ import annotations

import os
from pathlib import Path

from navigator_export.errors import Problem, SourceError, reason
from navigator_export.readers.contents import contents, too_large
from navigator_export.readers.lines import check_lines
from navigator_export.readers.lists.listing import Origin
from navigator_export.readers.options import ReadOptions
from navigator_export.readers.stack import File, digest, read_stack
from navigator_export.readers.table import Table


def tables_in_folder(source: str, options: ReadOptions) -> list[Table]:
    """Return the tables of the YAML files in a folder and the folders in it; other files are left alone.

    Raises SourceError where they cannot be read, are no security stack, or go beyond the limits.
    """
    files = []
    left = options.limits.bytes
    for path in _yaml_files(source, options):
        data = contents(str(path), options.limits)
        left -= len(data)
        if left < 0:
            raise SourceError(source, [too_large(options.limits.bytes)])
        check_lines(data, str(path), options.limits)
        files.append(File(path.relative_to(source).as_posix(), data))
    if not files:
        raise SourceError(source, [Problem("this is a folder without YAML; name the files in it")])
    name = Path(os.path.realpath(source)).name or "folder"
    return read_stack(files, Origin(source, name, digest(files), "stack"), options)


def _yaml_files(source: str, options: ReadOptions) -> list[Path]:
    found: list[Path] = []
    seen = 0

    def fail(error: OSError) -> None:
        raise SourceError(source, [Problem(f"cannot be read: {reason(error)}")])

    # Links to folders are not followed: one that leads back up would never end.
    for folder, _, names in os.walk(source, onerror=fail):
        for name in names:
            seen += 1
            if seen > options.limits.files:
                limit = Problem(f"more than {options.limits.files} files", hint="--limit files=… allows more")
                raise SourceError(source, [limit])
            path = Path(folder, name)
            if path.suffix.casefold() in (".yaml", ".yml") and path.is_file():
                found.append(path)
    return sorted(found, key=lambda path: path.relative_to(source).as_posix())
