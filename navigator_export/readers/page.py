"""Reads the text of a technique's page in Mappings Explorer, as copied from a browser.

Columns come out with tabs or with spaces between them; with spaces, a row is taken apart at its mapping type. A row's
comment and references stand below it. The table of sub-techniques is information: it counts, and maps nothing.

Since 2025 a page has a table for each framework, below the framework's name and the ATT&CK release, and shows ten rows
of each at first: `Showing 1 to 10 of 15 rows` tells that others are not in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, pairwise
from types import MappingProxyType
from typing import Final

import msgspec

from navigator_export.errors import Problem, SourceError
from navigator_export.model import TECHNIQUE_ID
from navigator_export.readers.assumptions import framework_id
from navigator_export.readers.options import ReadOptions, beyond
from navigator_export.readers.origin import Origin
from navigator_export.readers.table import Metadata, Row, Table
from navigator_export.readers.text import find_encoding
from navigator_export.wording import counted, quoted

_TITLE: Final = re.compile(r"\A(T[0-9]{4}(?:\.[0-9]{3})?) (\S.*?)(?: Mappings)?")
_HEADER: Final = ("Capability ID", "Capability Description", "Mapping Type", "ATT&CK ID", "ATT&CK Name")
_LAST_HEADER: Final = "Notes"
_FRAMEWORK: Final = re.compile(r"\A(\S.{0,80}) Mappings")
_RELEASE: Final = re.compile(r"ATT&CK Version ?v?([0-9]{1,3}(?:\.[0-9]{1,3})?)")
_DOMAIN: Final = re.compile(r"ATT&CK Domain ?(Enterprise|Mobile|ICS)")
_SHOWING: Final = re.compile(r"Showing [0-9]{1,6} to [0-9]{1,6} of ([0-9]{1,6}) (?:rows|entries)\b.*")
_SITE_NAMES: Final = MappingProxyType({"m365": "m365", "gcp": "gcp"})
"""Names of frameworks on the site that are not those that we show."""
_SUBTECHNIQUES: Final = ("ATT&CK Subtechniques", "Technique ID Technique Name Number of Mappings")
_SUBTECHNIQUE: Final = re.compile(r"\A(T[0-9]{4}\.[0-9]{3}) (\S.*) ([0-9]{1,6})")

_TYPES: Final = (
    *("Protects", "Mitigates", "Technique Scores", "Technique Score", "technique_scores", "technique_score"),
    *("related-to", "related_to", "exploitation_technique", "primary_impact", "secondary_impact", "uncategorized"),
    *("Exploitation Technique", "Primary Impact", "Secondary Impact", "Uncategorized", "Non-Mappable"),
)
"""Mapping types of the published frameworks, as the page prints them."""

_LICENCE: Final = re.compile(
    r"(?<=\S) +(?=Licen[sc]e [Rr]equirements?:|Required licen[sc]es?\b|Licen[sc]ing [Rr]equirements?:|Licen[sc]es?:)"
)
_WORD: Final = re.compile(r"\S+")
_SAMPLE: Final = 4096
"""Characters of a line that are looked at."""
_START: Final = 2**16
"""Characters in which a page's first table begins."""
_COLUMNS: Final = 5
"""Columns of the table but Notes."""

_FRAMEWORK_OF: Final = (
    (re.compile(r"[A-Z]{2}-\d{1,2}(?:\(\d{1,3}\))?"), "nist_800_53"),
    (re.compile(r"\A\S+-E[35]"), "m365"),
    (re.compile(r"CVE-\d{4}-\d{4,9}"), "kev"),
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
    """Return whether a text is such a page: its title and the header of a table, in this order."""
    titled = False
    header = _Header()
    for line in text[:_START].splitlines():
        spaced = _single_spaced(line)
        titled = titled or bool(_TITLE.fullmatch(spaced))
        if titled and spaced and header.ends_with(spaced):
            return True
    return False


def read_page(data: bytes, origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the table of a page.

    Raises SourceError where it is no such page, with every line of its table that is no row.
    """
    encoding = find_encoding(data, origin.file, options)
    if max(data.count(b"\n"), data.count(b"\r")) > options.limits.rows:
        raise SourceError(origin.file, [beyond(options.limits, "rows")])
    page = _Page(data.decode(encoding.codec))
    if page.problems:
        raise SourceError(origin.file, page.problems)
    if not page.technique:
        problem = Problem("this is not a technique page of Mappings Explorer", hint="expected its title and its table")
        raise SourceError(origin.file, [problem])
    listed = [part for part in page.parts if part.entries]
    if not listed:
        raise SourceError(origin.file, [Problem("the page lists no mapping")])
    reading = (
        ("encoding", encoding.name),
        ("page", f"{page.technique} {page.title}"),
        *(
            (f"sub-technique {id_}", f"{name}: {counted(int(count), 'mapping')}, not on this page")
            for id_, name, count in page.counts
        ),
    )
    remarks = [*filter(None, (encoding.remark,)), *filter(None, map(_missing, page.parts))]
    return [
        _table(part, origin, reading if i == 0 else (), tuple(remarks) if i == 0 else ())
        for i, part in enumerate(listed)
    ]


def _table(part: _Part, origin: Origin, reading: tuple[tuple[str, str], ...], remarks: tuple[str, ...]) -> Table:
    named = _SITE_NAMES.get(part.name.casefold()) or framework_id(part.name)
    return Table(
        file=origin.file,
        name=origin.name,
        sha256=origin.sha256,
        metadata=Metadata(mapping_framework=named, attack_version=part.release, technology_domain=part.domain),
        rows=[_finished(entry) for entry in part.entries],
        row_place="",
        row_places=[f"line {entry.line}" for entry in part.entries],
        metadata_place="",
        rows_place="",
        format="page",
        reading=reading,
        remarks=remarks,
        states_all=False,
        row_frameworks=() if named else tuple(_framework(entry.row.capability_id or "") for entry in part.entries),
    )


def _missing(part: _Part) -> str:
    """Return what to say of the rows of a table that are not in the text; nothing where all are."""
    there = len(part.entries)
    if there >= part.all_rows:
        return ""
    return (
        f"only {there} of {part.all_rows} rows of {part.name or 'the table'} are in the text;"
        " show all rows of the page's tables and copy it again"
    )


class _Part:
    """One table of a page: what stands above it, its rows, and how many it has on the site."""

    def __init__(self, name: str = "", said: str = "") -> None:
        release, domain = _RELEASE.search(said), _DOMAIN.search(said)
        self.name = name
        self.release = release[1] if release else ""
        self.domain = domain[1].casefold() if domain else ""
        self.entries: list[_Entry] = []
        self.all_rows = 0


class _Header:
    """The header of a table, in one line or one cell a line."""

    def __init__(self) -> None:
        self._cells = 0

    def ends_with(self, line: str) -> bool:
        """Return whether the header is complete with a line."""
        whole = " ".join(_HEADER)
        if line == whole or line.startswith(f"{whole} "):
            return True
        self._cells = self._cells + 1 if line == _HEADER[self._cells] else int(line == _HEADER[0])
        if self._cells < len(_HEADER):
            return False
        self._cells = 0
        return True


class _Page:
    """The parts of a page's text."""

    def __init__(self, text: str) -> None:
        self.technique = ""
        self.title = ""
        self.parts = [_Part()]
        self.counts: list[tuple[str, str, str]] = []
        self.problems: list[Problem] = []
        self._header = _Header()
        self._within = "text"
        for (number, line), (_, after) in pairwise(chain(self._lines(text), [(0, "")])):
            self._take(number, line, after)

    def _lines(self, text: str) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield number, line.replace("\xa0", " ").strip()

    def _take(self, number: int, line: str, after: str) -> None:
        spaced = _single_spaced(line)
        if not self.technique:
            if title := _TITLE.fullmatch(spaced):
                self.technique, self.title = title.groups()
        elif begun := self._begun(spaced, after):
            self._within = begun
        elif self._within == "sub-techniques":
            if count := _SUBTECHNIQUE.fullmatch(spaced):
                self.counts.append((count[1], count[2], count[3]))
        elif self._within == "table":
            self._take_mapping(number, line)
        elif self._within == "below" and (row := self._row(line)):
            self.parts[-1].entries.append(_Entry(row, number, comment=[], references=[]))

    def _begun(self, line: str, after: str) -> str:
        """Return what begins below a line; nothing where it is a line like others."""
        if (named := _FRAMEWORK.fullmatch(line)) and _RELEASE.match(after):
            self.parts.append(_Part(named[1], _single_spaced(after)))
            return "text"
        if self._header.ends_with(line):
            return "table"
        if self._within == "table" and (showing := _SHOWING.fullmatch(line)):
            self.parts[-1].all_rows = int(showing[1])
            return "below"
        return "sub-techniques" if line in _SUBTECHNIQUES else ""

    def _row(self, line: str) -> Row | None:
        return _tabbed_row(line) or _spaced_row(line, self.technique)

    def _take_mapping(self, number: int, line: str) -> None:
        entries = self.parts[-1].entries
        last = entries[-1] if entries else None
        if (row := self._row(line)) is not None:
            entries.append(_Entry(row, number, comment=[], references=[]))
        elif last and line in ("Comments", "References"):
            last.section = line
        elif last and last.section == "Comments":
            last.comment.append(line)
        elif last and last.section == "References" and "://" in line:
            last.references.append(line)
        elif last or line != _LAST_HEADER:
            expected = f"expected id, description, mapping type, {self.technique} and {self.title}"
            self.problems.append(Problem(f"not a row of the table: {quoted(line)}", f"line {number}", expected))


def _single_spaced(line: str) -> str:
    # Runs of spaces make patterns try every way to part them.
    return " ".join(line[:_SAMPLE].split())


def _tabbed_row(line: str) -> Row | None:
    parts = [part.strip() for part in line.split("\t")]
    if len(parts) < _COLUMNS or not TECHNIQUE_ID.fullmatch(parts[3]):
        return None
    return Row(
        capability_id=parts[0],
        capability_description=parts[1],
        mapping_type=parts[2],
        attack_object_id=parts[3],
    )


def _spaced_row(line: str, technique: str) -> Row | None:
    """Return a row whose cells have spaces between them: id, description, mapping type, technique and its name.

    What is left of the technique is description and mapping type; only known types part the two without tabs.
    """
    if len(line) > _SAMPLE:
        return None
    id_, _, rest = _single_spaced(line).partition(" ")
    found = next(_words_like(technique, rest), None)
    if found is None:
        return None
    left, name = rest[: found.start()].rstrip(), rest[found.end() :].strip()
    types = [
        left[-len(type_) :]
        for type_ in _TYPES
        if left.casefold().endswith(type_.casefold()) and not left[: -len(type_)][-1:].isalnum()
    ]
    if not types or not name:
        return None
    mapping_type = max(types, key=len)
    return Row(
        capability_id=id_,
        capability_description=left.removesuffix(mapping_type).rstrip(),
        mapping_type=mapping_type,
        attack_object_id=found[0],
    )


def _words_like(technique: str, text: str) -> Iterator[re.Match[str]]:
    """Yield the words of a text that are the technique or one of its sub-techniques."""
    return (found for found in _WORD.finditer(text) if found[0] == technique or _is_below(found[0], technique))


def _is_below(id_: str, technique: str) -> bool:
    return id_.startswith(f"{technique}.") and bool(TECHNIQUE_ID.fullmatch(id_))


def _finished(entry: _Entry) -> Row:
    # The page runs a comment's lines together; its licence sentence began a line.
    entry.row.comments = _LICENCE.sub("\n", "\n".join(entry.comment)) or None
    entry.row.references = tuple(entry.references)
    return entry.row


def _framework(capability: str) -> str:
    return next((framework for pattern, framework in _FRAMEWORK_OF if pattern.fullmatch(capability)), "")
