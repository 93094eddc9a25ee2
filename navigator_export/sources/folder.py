"""A folder of security stack YAML."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from navigator_export.errors import Problem, SourceError, reason
from navigator_export.readers.options import Limits, ReadOptions, beyond
from navigator_export.readers.table import Table
from navigator_export.sources.contents import contents_of_path, too_large
from navigator_export.sources.kind import Kind


class Folder(Kind):
    """The YAML files in a folder and the folders in it, together one source; other files are left alone."""

    on_disk = True

    def takes(self, word: str) -> bool:
        """Return whether there is a folder of this path."""
        try:
            return Path(word).is_dir()
        except (OSError, ValueError):
            return False

    def tables(self, word: str, options: ReadOptions) -> Sequence[Table]:
        """Return the tables of a folder's controls.

        Raises SourceError where they cannot be read, are no security stack, or go beyond the limits.
        """
        from navigator_export.readers.lines import check_lines  # noqa: PLC0415 - files are the rule
        from navigator_export.readers.origin import Origin  # noqa: PLC0415
        from navigator_export.readers.stack import File, digest, read_stack  # noqa: PLC0415

        files = []
        left = options.limits.bytes
        for path in _yaml_files(word, options.limits):
            data = contents_of_path(str(path), options.limits)
            left -= len(data)
            if left < 0:
                raise SourceError(word, [too_large(options.limits)])
            check_lines(data, str(path), options.limits)
            files.append(File(path.relative_to(word).as_posix(), data))
        if not files:
            raise SourceError(word, [Problem("this is a folder without YAML; name the files in it")])
        name = Path(os.path.realpath(word)).name or "folder"
        return read_stack(files, Origin(word, name, digest(files), "stack"), options)

    def named(self, name: str) -> str | None:
        """Return nothing: what names a file names a folder."""
        return None

    def files(self, word: str) -> tuple[Path, ...]:
        """Return the YAML files in a folder, as far as it can be looked into."""
        try:
            return tuple(_yaml_files(word, Limits()))
        except SourceError:
            return (Path(word),)


def _yaml_files(source: str, limits: Limits) -> list[Path]:
    found: list[Path] = []
    seen = 0

    def fail(error: OSError) -> None:
        raise SourceError(source, [Problem(f"cannot be read: {reason(error)}")])

    # Links to folders are not followed: one that leads back up would never end.
    for folder, _, names in os.walk(source, onerror=fail):
        for name in names:
            seen += 1
            if seen > limits.files:
                raise SourceError(source, [beyond(limits, "files")])
            path = Path(folder, name)
            if path.suffix.casefold() in (".yaml", ".yml") and path.is_file():
                found.append(path)
    return sorted(found, key=lambda path: path.relative_to(source).as_posix())
