"""Which column of a list is what, by its header: matched with tolerance, or as the user says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from navigator_export.errors import Problem, nearest
from navigator_export.wording import shortened


class Field(msgspec.Struct, frozen=True):
    """What a column can hold."""

    option: str
    """Its name in `reading.columns`."""
    meaning: str
    """In words, for people who fill in a list."""
    headers: tuple[str, ...]
    """Headers it goes by, in small letters without spaces and signs; the first is the surest."""
    required: bool = False


CAPABILITY: Final = "capability_id"
TECHNIQUE: Final = "attack_object_id"
SUBTECHNIQUE: Final = "subtechnique"

FIELDS: Final = MappingProxyType(
    {
        CAPABILITY: Field(
            "capability_id",
            "Id of the control or product feature, such as AC-03.",
            (
                *("capabilityid", "controlid", "controlidentifier", "controlnumber", "controlno", "controlref"),
                *(
                    "capability",
                    "control",
                    "controls",
                    "securitycontrol",
                    "requirementid",
                    "requirement",
                    "safeguardid",
                ),
                *("safeguard", "measureid", "measure", "featureid", "feature", "ruleid", "rule", "cveid", "cve"),
                *("productid", "product", "toolid", "tool", "identifier", "ref", "id"),
            ),
            required=True,
        ),
        TECHNIQUE: Field(
            "technique_id",
            "ATT&CK id, T1114 or T1114.003; several with commas between.",
            (
                *("attackobjectid", "techniqueid", "techniqueids", "attackid", "attackids", "attacktechniqueid"),
                *("mitreattackid", "mitreid", "mitretechniqueid", "mitreattacktechniqueid", "attacktechnique"),
                *("attacktechniques", "mitretechnique", "mitretechniques", "mitreattacktechnique", "ttpid", "ttps"),
                *("mitreattacktechniques", "technique", "techniques", "ttp", "mitreattack", "attack", "mitre"),
            ),
            required=True,
        ),
        SUBTECHNIQUE: Field(
            "subtechnique_id",
            "ATT&CK id of the sub-technique, where it has a column of its own.",
            ("subtechniqueid", "subtechnique", "subtechniques", "subtechniqueids", "attacksubtechnique"),
        ),
        "capability_description": Field(
            "capability_name",
            "Name of the control or product feature.",
            (
                *("capabilitydescription", "capabilityname", "controlname", "controltitle", "capabilitytitle"),
                *("controldescription", "safeguardtitle", "featurename", "productname", "title", "name", "description"),
            ),
        ),
        "capability_group": Field(
            "group",
            "Group or product area that it belongs to.",
            (
                *("capabilitygroup", "group", "groupname", "controlfamily", "family", "controldomain", "productarea"),
                *("controlgroup", "area", "section"),
            ),
        ),
        "mapping_type": Field(
            "mapping_type",
            "How the control relates to the technique, such as mitigates.",
            ("mappingtype", "relationship", "relation", "relationshiptype", "type"),
        ),
        "score_category": Field(
            "category",
            "protect, detect or respond.",
            ("scorecategory", "category", "ratingcategory", "coveragecategory", "function", "coveragetype"),
        ),
        "score_value": Field(
            "value",
            "How well: minimal, partial or significant.",
            (
                *("scorevalue", "ratingvalue", "coveragevalue", "ratinglevel", "value", "score", "rating", "coverage"),
                *("coveragescore", "coveragelevel", "effectiveness", "strength"),
                *("level", "maturity"),
            ),
        ),
        "comments": Field(
            "comment",
            "Why, in words.",
            (
                *("comments", "comment", "notes", "note", "rationale", "justification", "explanation", "remarks"),
                *("remark", "reasoning"),
            ),
        ),
        "references": Field(
            "references",
            "Addresses to read on, https://…, several with spaces between.",
            ("references", "reference", "links", "link", "urls", "url", "sources", "source"),
        ),
        "status": Field(
            "status",
            "non_mappable for a control that no technique goes with.",
            ("status", "mappingstatus"),
        ),
        "mapping_framework": Field(
            "framework",
            "Framework that the controls belong to.",
            ("mappingframework", "framework", "frameworkid", "standard"),
        ),
        "mapping_framework_version": Field(
            "framework_version",
            "Release of the framework.",
            ("mappingframeworkversion", "frameworkversion", "standardversion"),
        ),
        "attack_version": Field(
            "attack_version",
            "ATT&CK release that the technique ids belong to, such as 16.1.",
            ("attackversion", "attackrelease", "mitreattackversion", "mitreversion", "attckversion"),
        ),
        "technology_domain": Field(
            "domain",
            "enterprise, mobile or ics.",
            ("technologydomain", "attackdomain", "domain", "matrix"),
        ),
    }
)
"""Fields of a row and of the metadata, by their name in the unified JSON."""

WIDEST: Final = 1024
"""Columns in which a list is looked for."""
_LONGEST: Final = 200
_IN_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SIGNS: Final = re.compile(r"[\W_]+")
_LETTERS: Final = re.compile(r"[A-Z]{1,2}")
_BY_OPTION: Final = {field.option: name for name, field in FIELDS.items()}
_RANK: Final = {header: (name, rank) for name, field in FIELDS.items() for rank, header in enumerate(field.headers)}


class Columns(msgspec.Struct, frozen=True):
    """Which column is what."""

    index: dict[str, int]
    """Field to the number of its column, from 0."""
    names: dict[str, str]
    """Field to the header of its column, or its letter where there is no header."""
    unread: tuple[str, ...]
    """Headers of columns that are not read."""

    @property
    def complete(self) -> bool:
        """Whether every required field has a column."""
        return all(name in self.index for name, field in FIELDS.items() if field.required)


def plain(header: str) -> str:
    """Return what spellings of a header share: small letters and digits, without words in brackets and `ATT&CK`'s &."""
    header = header[:_LONGEST]
    text = header if header.strip().startswith(("(", "[")) else _IN_BRACKETS.sub(" ", header)
    return _SIGNS.sub("", text.casefold().replace("att&ck", "attack"))


def match_columns(headers: Sequence[str], given: Sequence[tuple[str, str]] = ()) -> Columns:
    """Return which column is what, by a list's headers; what is `given`, as (field, column) pairs, comes first.

    Where several headers fit a field, the surest stands, then the first.
    """
    index: dict[str, int] = {}
    for option, column in given:
        position = _position(column, headers)
        if position is not None:
            index[_BY_OPTION.get(option, option)] = position
    ranked: list[tuple[int, int, str]] = []
    for position, header in enumerate(headers):
        if not header or position in index.values():
            continue
        known = _RANK.get(plain(header))
        if known and known[0] not in index:
            ranked.append((known[1], position, known[0]))
    for _, position, name in sorted(ranked):
        index.setdefault(name, position)
    taken = set(index.values())
    return Columns(
        index=index,
        names={name: _name_of(headers, index[name]) for name in sorted(index, key=index.__getitem__)},
        unread=tuple(h.strip() for i, h in enumerate(headers) if h.strip() and i not in taken),
    )


def check_given(given: Sequence[tuple[str, str]]) -> list[Problem]:
    """Return what is wrong with (field, column) pairs, whatever the list."""
    return [
        Problem(f"unknown field {option!r}", "reading.columns", nearest(option, _BY_OPTION, "fields"))
        for option, _ in given
        if option not in _BY_OPTION and option not in FIELDS
    ]


def missing_columns(headers: Sequence[str], given: Sequence[tuple[str, str]]) -> list[Problem]:
    """Return which of the given columns a list does not have."""
    named = [header.strip() for header in headers if header.strip()]
    return [
        Problem(f"there is no column {column!r}", f"reading.columns {option}", nearest(column, named, "columns"))
        for option, column in given
        if _position(column, headers) is None
    ]


def letter(position: int) -> str:
    """Return the letters of a column, as spreadsheets name it: A for 0, AA for 26."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def position_of(letters: str) -> int:
    """Return the number of a column, from 0, by its letters in a spreadsheet; see `letter`."""
    position = 0
    for character in letters:
        position = position * 26 + ord(character) - ord("A") + 1
    return position - 1


def _position(column: str, headers: Sequence[str]) -> int | None:
    exact = [i for i, header in enumerate(headers) if header.strip() == column.strip()]
    alike = [i for i, header in enumerate(headers) if plain(header) and plain(header) == plain(column)]
    if exact or alike:
        return (exact or alike)[0]
    if _LETTERS.fullmatch(column.strip()):
        return position_of(column.strip())
    return None


def _name_of(headers: Sequence[str], position: int) -> str:
    header = headers[position] if position < len(headers) else ""
    return shortened(header) or letter(position)
