"""A folder of detection rules or of security stack YAML."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from navigator_export.errors import Problem, SourceError, reason
from navigator_export.readers.options import FormatName, Limits, ReadOptions, beyond
from navigator_export.readers.table import Table
from navigator_export.sources.contents import contents_of_path, too_large
from navigator_export.sources.kind import Kind
from navigator_export.wording import counted, listed

if TYPE_CHECKING:
    from navigator_export.readers.source_files import SourceFile

_SUFFIXES: Final = (".yaml", ".yml", ".toml")
_START: Final = 64 * 2**10
"""Bytes that tell a file's form."""


class Folder(Kind):
    """The YAML and TOML files in a folder and the folders in it, together one source; others are left alone."""

    on_disk = True

    def takes(self, word: str) -> bool:
        """Return whether there is a folder of this path."""
        try:
            return Path(word).is_dir()
        except (OSError, ValueError):
            return False

    def tables(self, word: str, options: ReadOptions) -> Sequence[Table]:
        """Return the tables of a folder's rules and controls; files of other forms are left out, which is said.

        Raises SourceError where they cannot be read, where none is a rule or a control, or beyond the limits.
        """
        from navigator_export.readers.formats import file_form, read_files  # files are the rule
        from navigator_export.readers.origin import Origin
        from navigator_export.readers.source_files import digest

        files = _contents(word, options.limits)
        by_form: dict[FormatName, list[SourceFile]] = {}
        others = []
        for file in files:
            form = options.format or file_form(file.data[:_START].decode("utf-8", "replace").replace("\r\n", "\n"))
            if form:
                by_form.setdefault(form, []).append(file)
            else:
                others.append(file)
        if not by_form:
            hint = "a folder is read that has Sigma, Splunk or Elastic rules, or CTID's security stack mappings"
            problem = Problem(
                "there are no rules and no security stack in this folder; name the files in it", hint=hint
            )
            raise SourceError(word, [problem])
        name = Path(os.path.realpath(word)).name or "folder"
        remarks = [_left_out(others)] if others else []
        tables = []
        for form, own in by_form.items():
            origin = Origin(word, name, digest(files), form, remarks=tuple(remarks))
            tables += read_files(form, own, origin, options)
            remarks = []
        return tables

    def named(self, name: str) -> str | None:
        """Return nothing: what names a file names a folder."""
        return None

    def files(self, word: str) -> tuple[Path, ...]:
        """Return the files in a folder that are read, as far as it can be looked into."""
        try:
            return tuple(_files(word, Limits()))
        except SourceError:
            return (Path(word),)


def _contents(folder: str, limits: Limits) -> list[SourceFile]:
    from navigator_export.readers.lines import check_lines  # files are the rule
    from navigator_export.readers.source_files import SourceFile

    files = []
    left = limits.bytes
    for path in _files(folder, limits):
        data = contents_of_path(str(path), limits)
        left -= len(data)
        if left < 0:
            raise SourceError(folder, [too_large(limits)])
        check_lines(data, str(path), limits)
        files.append(SourceFile(path.relative_to(folder).as_posix(), data))
    if not files:
        raise SourceError(folder, [Problem("this is a folder without YAML or TOML; name the files in it")])
    return files


def _left_out(files: Sequence[SourceFile]) -> str:
    count = counted(len(files), "file is no rule and no control and is", "files are no rules and no controls and are")
    return f"{count} left out: {listed([file.label for file in files], 3)}"


def _files(source: str, limits: Limits) -> list[Path]:
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
            if path.suffix.casefold() in _SUFFIXES and path.is_file():
                found.append(path)
    return sorted(found, key=lambda path: path.relative_to(source).as_posix())
