"""Reads the text of a technique's page in Mappings Explorer, as copied from a browser.

Columns come out with tabs or with spaces between them; with spaces, a row is taken apart at its mapping type. A row's
comment and references stand below it. The table of sub-techniques is information: it counts, and maps nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.options import ReadOptions
from navigator_export.readers.origin import Origin
from navigator_export.readers.table import Metadata, Row, Table
from navigator_export.readers.text import find_encoding
from navigator_export.wording import quoted

_TITLE: Final = re.compile(r"^\s*(T\d{4}(?:\.\d{3})?)\s+(\S.*?)\s+Mappings\s*$")
_HEADER: Final = re.compile(r"^\s*Capability ID\s+Capability Description\s+Mapping Type\s+ATT&CK ID\s+ATT&CK Name\b")
_SUBTECHNIQUES: Final = re.compile(r"^\s*Technique ID\s+Technique Name\s+Number of Mappings\s*$")
_SUBTECHNIQUE: Final = re.compile(r"^\s*(T\d{4}\.\d{3})\s+(\S.*?)\s+(\d{1,6})\s*$")

_TYPES: Final = (
    *("Protects", "Mitigates", "Technique Scores", "Technique Score", "technique_scores", "technique_score"),
    *("related-to", "related_to", "exploitation_technique", "primary_impact", "secondary_impact", "uncategorized"),
    *("Exploitation Technique", "Primary Impact", "Secondary Impact", "Uncategorized", "Non-Mappable"),
)
"""Mapping types of the published frameworks, as the page prints them."""

_TYPE: Final = "|".join(re.escape(name) for name in _TYPES)
_LICENCE: Final = re.compile(
    r"(?<=\S) +(?=Licen[sc]e [Rr]equirements?:|Required licen[sc]es?\b|Licen[sc]ing [Rr]equirements?:|Licen[sc]es?:)"
)
_SAMPLE: Final = 4096

_FRAMEWORK_OF: Final = (
    (re.compile(r"[A-Z]{2}-\d{1,2}(?:\(\d+\))?"), "nist_800_53"),
    (re.compile(r"\S+-E[35]"), "m365"),
    (re.compile(r"CVE-\d{4}-\d{4,}"), "kev"),
    (re.compile(r"(?:action|attribute|value_chain)\..+"), "veris"),
    (re.compile(r"(?:amazon|aws)_\S+"), "aws"),
    (re.compile(r"(?:GV|ID|PR|DE|RS|RC|EX)\.[A-Z]{2}-\d{2}\.\d{2}"), "cri_profile"),
)
"""Forms of capability ids that tell their published framework; the page itself does not name it."""


class _Entry(msgspec.Struct):
    row: Row
    line: int
    section: str = ""
    comment: list[str] = []
    references: list[str] = []


def is_page(text: str) -> bool:
    """Return whether a text is such a page: its title and the header of its table, in this order."""
    titled = False
    for line in text[:_SAMPLE].splitlines():
        titled = titled or bool(_TITLE.match(_single_spaced(line)))
        if titled and _HEADER.match(line):
            return True
    return False


def read_page(data: bytes, origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the table of a page.

    Raises SourceError where it is no such page, with every line of its table that is no row.
    """
    encoding = find_encoding(data, origin.file, options)
    if max(data.count(b"\n"), data.count(b"\r")) > options.limits.rows:
        limit = Problem(f"more than {options.limits.rows} lines", hint="`reading.limits.rows` allows more")
        raise SourceError(origin.file, [limit])
    page = _Page(data.decode(encoding.codec))
    if page.problems:
        raise SourceError(origin.file, page.problems)
    if not page.technique:
        problem = Problem("this is no technique page of Mappings Explorer", hint="expected its title and its table")
        raise SourceError(origin.file, [problem])
    if not page.entries:
        raise SourceError(origin.file, [Problem("the page lists no mapping")])
    return [
        Table(
            file=origin.file,
            name=origin.name,
            sha256=origin.sha256,
            metadata=Metadata(),
            rows=[_finished(entry) for entry in page.entries],
            row_place="",
            row_places=[f"line {entry.line}" for entry in page.entries],
            metadata_place="",
            rows_place="",
            format="page",
            reading=(
                ("encoding", encoding.name),
                ("page", f"{page.technique} {page.title}"),
                *(
                    (f"sub-technique {id_}", f"{name}: {count} mappings, not on this page")
                    for id_, name, count in page.counts
                ),
            ),
            remarks=(encoding.remark,) if encoding.remark else (),
            states_all=False,
            row_frameworks=tuple(_framework(entry.row.capability_id or "") for entry in page.entries),
        )
    ]


class _Page:
    """The parts of a page's text."""

    def __init__(self, text: str) -> None:
        self.technique = ""
        self.title = ""
        self.entries: list[_Entry] = []
        self.counts: list[tuple[str, str, str]] = []
        self.problems: list[Problem] = []
        self._part = "top"
        self._row: re.Pattern[str] | None = None
        for number, line in self._lines(text):
            self._take(number, line)

    def _lines(self, text: str) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield number, line.replace("\xa0", " ").strip()

    def _take(self, number: int, line: str) -> None:
        if self._part == "top":
            if not self.technique and (title := _TITLE.match(_single_spaced(line))):
                self.technique, self.title = title.groups()
                self._row = _row_pattern(self.technique, self.title)
            elif self.technique and _HEADER.match(line):
                self._part = "mappings"
        elif self._part == "mappings":
            self._take_mapping(number, line)
        elif self._part == "sub-techniques" and (count := _SUBTECHNIQUE.match(_single_spaced(line))):
            self.counts.append((count[1], count[2], count[3]))

    def _take_mapping(self, number: int, line: str) -> None:
        if re.fullmatch(r"\s*ATT&CK Subtechniques\s*", line) or _SUBTECHNIQUES.match(line):
            self._part = "sub-techniques"
            return
        row = _cells(line, self._row)
        if row is not None:
            self.entries.append(_Entry(row, number, comment=[], references=[]))
        elif self.entries and line.strip() in ("Comments", "References"):
            self.entries[-1].section = line.strip()
        elif self.entries and self.entries[-1].section == "Comments":
            self.entries[-1].comment.append(line.strip())
        elif self.entries and self.entries[-1].section == "References" and "://" in line:
            self.entries[-1].references.append(line.strip())
        else:
            expected = f"expected id, description, mapping type, {self.technique} and {self.title}"
            self.problems.append(Problem(f"{quoted(line.strip())} is no row of the table", f"line {number}", expected))


def _single_spaced(line: str) -> str:
    # Runs of spaces make patterns try every way to part them.
    return " ".join(line[:_SAMPLE].split())


def _row_pattern(technique: str, title: str) -> re.Pattern[str]:
    # What is left of the technique is description and mapping type; only known types part the two without tabs.
    return re.compile(
        rf"\s*(?P<id>\S+)\s+(?P<left>\S.*?)\s+(?P<technique>{re.escape(technique)}(?:\.\d{{3}})?)\s+"
        rf"(?P<name>{re.escape(title)}|\S.*)"
    )


def _cells(line: str, pattern: re.Pattern[str] | None) -> Row | None:
    parts = [part.strip() for part in line.split("\t")]
    if len(parts) >= 5 and re.fullmatch(r"T\d{4}(?:\.\d{3})?", parts[3]):  # noqa: PLR2004 - the columns but Notes
        return Row(
            capability_id=parts[0],
            capability_description=parts[1],
            mapping_type=parts[2],
            attack_object_id=parts[3],
        )
    found = pattern.fullmatch(_single_spaced(line)) if pattern and len(line) <= _SAMPLE else None
    if found is None:
        return None
    typed = re.fullmatch(rf"(?P<description>.*?)\s*\b(?P<type>{_TYPE})", found["left"])
    if typed is None:
        return None
    return Row(
        capability_id=found["id"],
        capability_description=typed["description"],
        mapping_type=typed["type"],
        attack_object_id=found["technique"],
    )


def _finished(entry: _Entry) -> Row:
    # The page runs a comment's lines together; its licence sentence began a line.
    entry.row.comments = _LICENCE.sub("\n", "\n".join(entry.comment)) or None
    entry.row.references = list(entry.references)
    return entry.row


def _framework(capability: str) -> str:
    return next((framework for pattern, framework in _FRAMEWORK_OF if pattern.fullmatch(capability)), "")
