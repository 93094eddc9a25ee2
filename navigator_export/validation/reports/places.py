"""The lines that findings are about, for formats that point into files."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary, Sequence
from itertools import chain

from navigator_export.validation.findings import Finding
from navigator_export.validation.locations import around, lines_of

Lines = Dictionary[tuple[str, str], int]
"""Line by file and JSON path."""


def locate(findings: Sequence[Finding], files: Dictionary[str, bytes]) -> Lines:
    """Return the line of each finding, as near as it can be told; 1 where it is about the whole file."""
    lines: dict[tuple[str, str], int] = {}
    for finding in findings:
        stated = re.match(r"line (\d+)", finding.path)
        if stated:
            lines[finding.file, finding.path] = int(stated[1])
    paths: dict[str, set[str]] = {file: set() for file in files}
    for finding in findings:
        if finding.file in paths and finding.path.startswith("$"):
            paths[finding.file].add(finding.path)
    for file, data in files.items():
        nearer = {path: around(path) for path in paths[file]}
        known = lines_of(data.decode(errors="replace"), frozenset(chain(*nearer.values())))
        for path, places in nearer.items():
            lines[file, path] = next((known[place] for place in places if place in known), 1)
    return lines
