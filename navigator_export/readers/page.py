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
from navigator_export.model import TECHNIQUE_ID
from navigator_export.readers.options import ReadOptions, beyond
from navigator_export.readers.origin import Origin
from navigator_export.readers.table import Metadata, Row, Table
from navigator_export.readers.text import find_encoding
from navigator_export.wording import counted, quoted

_TITLE: Final = re.compile(r"\A(T[0-9]{4}(?:\.[0-9]{3})?) (\S.*) Mappings")
_HEADER: Final = "Capability ID Capability Description Mapping Type ATT&CK ID ATT&CK Name"
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
    """Return whether a text is such a page: its title and the header of its table, in this order."""
    titled = False
    for line in text[:_SAMPLE].splitlines():
        spaced = _single_spaced(line)
        titled = titled or bool(_TITLE.fullmatch(spaced))
        if titled and _is_header(spaced):
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
                    (f"sub-technique {id_}", f"{name}: {counted(int(count), 'mapping')}, not on this page")
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
        for number, line in self._lines(text):
            self._take(number, line)

    def _lines(self, text: str) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield number, line.replace("\xa0", " ").strip()

    def _take(self, number: int, line: str) -> None:
        if self._part == "top":
            if not self.technique and (title := _TITLE.fullmatch(_single_spaced(line))):
                self.technique, self.title = title.groups()
            elif self.technique and _is_header(_single_spaced(line)):
                self._part = "mappings"
        elif self._part == "mappings":
            self._take_mapping(number, line)
        elif self._part == "sub-techniques" and (count := _SUBTECHNIQUE.fullmatch(_single_spaced(line))):
            self.counts.append((count[1], count[2], count[3]))

    def _take_mapping(self, number: int, line: str) -> None:
        if _single_spaced(line) in _SUBTECHNIQUES:
            self._part = "sub-techniques"
            return
        row = _tabbed_row(line) or _spaced_row(line, self.technique)
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
            self.problems.append(Problem(f"not a row of the table: {quoted(line.strip())}", f"line {number}", expected))


def _single_spaced(line: str) -> str:
    # Runs of spaces make patterns try every way to part them.
    return " ".join(line[:_SAMPLE].split())


def _is_header(spaced: str) -> bool:
    return spaced == _HEADER or spaced.startswith(f"{_HEADER} ")


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
    types = [type_ for type_ in _TYPES if left.endswith(type_) and not left[: -len(type_)][-1:].isalnum()]
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
    entry.row.references = list(entry.references)
    return entry.row


def _framework(capability: str) -> str:
    return next((framework for pattern, framework in _FRAMEWORK_OF if pattern.fullmatch(capability)), "")
