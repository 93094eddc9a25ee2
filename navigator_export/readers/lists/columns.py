"""Which column of a list is what, by its header: matched with tolerance, or as the user says.

Beside the fields a user can name columns of `marks`, each of one capability (a matrix of techniques and products), and
columns to `ignore`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
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
NAME: Final = "capability_description"
TECHNIQUE: Final = "attack_object_id"
SUBTECHNIQUE: Final = "subtechnique"
TECHNIQUE_NAME: Final = "attack_object_name"
SUBTECHNIQUE_NAME: Final = "subtechnique_name"
VALUE: Final = "score_value"

MARKS: Final = "marks"
"""Option for a column that is a capability's own: its header is the id, its cells are marks or ratings."""
IGNORE: Final = "ignore"
"""Option for a column that is not to be read, nor warned of."""

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
                *("cissafeguard", "cissafeguardid", "ciscontrol", "mitigationid", "countermeasureid", "policyid"),
                *("detectionid", "analyticid", "usecaseid", "testguid", "testid", "datacomponentid"),
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
                *("mitreattackids", "mitreattacktechniqueids", "mitretechniqueids", "attacktechniqueids", "mitreids"),
                *("threattechniqueid", "tid", "tids", "techniquenumber", "techniqueno", "mappedtechniqueid"),
                *("mappedtechnique", "mappedtechniques", "mitreattacktechniques", "technique", "techniques", "ttp"),
                *("mitreattack", "attack", "mitre", "targetid", "targetobjectid", "tags"),
            ),
            required=True,
        ),
        SUBTECHNIQUE: Field(
            "subtechnique_id",
            "ATT&CK id of the sub-technique, where it has a column of its own.",
            (
                *("subtechniqueid", "subtechniqueids", "attacksubtechniqueid", "mitresubtechniqueid"),
                *("mitreattacksubtechniqueid", "threattechniquesubtechniqueid", "subtechniquenumber", "subtechniqueno"),
                *("subtechnique", "subtechniques", "attacksubtechnique", "attacksubtechniques", "mitresubtechnique"),
                *("mitreattacksubtechnique", "mitreattacksubtechniques", "subtid"),
            ),
        ),
        TECHNIQUE_NAME: Field(
            "technique_name",
            "Name of the technique; compared with its id, or read in its place.",
            (
                *("attackobjectname", "techniquename", "techniquenames", "attackname", "attacktechniquename"),
                *("mitretechniquename", "mitreattacktechniquename", "mitreattackname", "threattechniquename"),
                *("techniquetitle", "mappedtechniquename"),
            ),
        ),
        SUBTECHNIQUE_NAME: Field(
            "subtechnique_name",
            "Name of the sub-technique; found under its technique.",
            (
                *("subtechniquename", "subtechniquenames", "attacksubtechniquename", "mitresubtechniquename"),
                *("mitreattacksubtechniquename", "threattechniquesubtechniquename"),
            ),
        ),
        "capability_description": Field(
            "capability_name",
            "Name of the control or product feature.",
            (
                *("capabilitydescription", "capabilityname", "controlname", "controltitle", "capabilitytitle"),
                *("safeguardtitle", "safeguardname", "featurename", "productname", "rulename", "detectionname"),
                *("analyticname", "testname", "mitigationname", "policyname", "usecasename", "mitigation", "usecase"),
                *("detection", "analytic", "policy", "countermeasure", "datacomponent", "ruletitle"),
                *("title", "name", "controldescription", "description"),
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
                *("scorevalue", "ratingvalue", "coveragevalue", "ratinglevel", "value", "rating", "coverage"),
                *("coveragescore", "coveragelevel", "coveragerating", "effectiveness", "strength"),
                *("score", "level", "maturity"),
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
        "related_score": Field(
            "related_score",
            "Technique whose score goes with this row's, as Mappings Explorer gives it; kept by convert.",
            ("relatedscore",),
        ),
        "status": Field(
            "status",
            "Where the control stands, to select rows by; non_mappable where no technique goes with it.",
            ("status", "mappingstatus", "implementationstatus", "controlstatus", "state"),
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

OTHER_OPTIONS: Final = MappingProxyType(
    {
        MARKS: "Column whose header is a capability, with marks (x, yes) or ratings in its cells.",
        IGNORE: "Column that is not to be read.",
    }
)
"""What else a column can be said to be, with its meaning."""

DOUBTFUL_VALUES: Final = frozenset({"score", "level", "maturity", "strength"})
"""Headers that often stand over other things than ratings, as `plain` gives them."""

WIDEST: Final = 1024
"""Columns in which a list is looked for."""
_LONGEST: Final = 200
_IN_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_TELLING: Final = re.compile(r"[(\[]\s{0,9}(ids?|names?|numbers?|titles?)\s{0,9}[)\]]", re.IGNORECASE)
"""Words in brackets that tell one column from another, `Technique (ID)` from `Technique (Name)`."""
_SIGNS: Final = re.compile(r"[\W_]+")
_LETTERS: Final = re.compile(r"[A-Z]{1,2}")
_BY_OPTION: Final = {field.option: name for name, field in FIELDS.items()}
_RANK: Final = {header: (name, rank) for name, field in FIELDS.items() for rank, header in enumerate(field.headers)}
_LESS_SURE: Final = 1000
"""What a header ranks lower for that is known by a part of it alone."""
_SEVERAL: Final = frozenset({CAPABILITY, TECHNIQUE, SUBTECHNIQUE, MARKS, IGNORE})
"""What several columns can be."""
_STAND_IN: Final = ((CAPABILITY, NAME), (TECHNIQUE, TECHNIQUE_NAME))
"""Required field, and the field of names that stands in for it."""
_NAMED: Final = ((CAPABILITY, NAME), (TECHNIQUE, TECHNIQUE_NAME), (SUBTECHNIQUE, SUBTECHNIQUE_NAME))
"""Field of ids, and the field of their names."""
_IDS: Final = ("id", "ids", "identifier", "number", "no", "ref")
"""What headers of ids end in."""
_DESCRIPTIONS: Final = frozenset({"controldescription", "description"})
"""Headers of names that are no id's, and less a name than any other."""
_TELLING_LAST: Final = ("rating", "score", "coverage", "technique", "techniques", "techniqueid", "techniqueids")


class Columns(msgspec.Struct, frozen=True):
    """Which column is what."""

    index: dict[str, tuple[int, ...]]
    """Field to the numbers of its columns, from 0."""
    names: dict[str, str]
    """Field to the header of its column, or its letter where there is no header."""
    unread: tuple[tuple[int, str], ...]
    """Number and header of each column that is not read, without those that are ignored on purpose."""
    marks: tuple[tuple[int, str], ...] = ()
    """Number and header of each column that is a capability's own."""
    named: frozenset[str] = frozenset()
    """Required fields that a column of names stands in for."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The required fields without a column."""
        return tuple(
            name
            for name, field in FIELDS.items()
            if field.required and name not in self.index and not (name == CAPABILITY and self.marks)
        )

    @property
    def complete(self) -> bool:
        """Whether every required field has a column."""
        return not self.missing


def plain(header: str) -> str:
    """Return what spellings of a header share: small letters and digits, without words in brackets and `ATT&CK`'s &."""
    text = _TELLING.sub(r" \1 ", header[:_LONGEST])
    text = text if text.strip().startswith(("(", "[")) else _IN_BRACKETS.sub(" ", text)
    text = text.casefold().replace("att&ck", "attack")
    # The Elastic Common Schema's names have the objects before them that hold them.
    if ".threat." in text:
        text = text[text.rindex("threat.") :]
    return _SIGNS.sub("", text)


def match_columns(headers: Sequence[str], given: Sequence[tuple[str, str]] = (), lower: Sequence[str] = ()) -> Columns:
    """Return which column is what, by a list's headers; what is `given`, as (field, column) pairs, comes first.

    Where several headers fit a field, the surest stands, then the first; columns of techniques that are told apart by
    a number are all read. `lower` are the headers of a second row, which count where both rows together are unknown.
    """
    index: dict[str, tuple[int, ...]] = {}
    others: dict[str, tuple[int, ...]] = {MARKS: (), IGNORE: ()}
    for option, column in given:
        name = _BY_OPTION.get(option, option)
        position = _position(column, headers)
        of = others if name in others else index
        if position is not None or not column.strip():
            of[name] = (*of.get(name, ()), *(() if position is None else (position,)))
    said = set(index)
    taken = {position for positions in (*index.values(), *others.values()) for position in positions}
    ranked = sorted(
        (known[1], position, known[0])
        for position, header in enumerate(headers)
        if header and position not in taken and (known := _known(header, lower[position : position + 1]))
    )
    for _, position, name in ranked:
        if name not in index:
            index[name] = (position,)
        elif _is_numbered_alike(name, headers[position], [headers[i] for i in index[name]], said):
            index[name] = (*index[name], position)
    _take_names_beside_ids(index, headers, [position for _, position, _ in ranked], said)
    index = {name: positions for name, positions in index.items() if positions}
    named = _let_names_stand_in(index, headers, said, marked=bool(others[MARKS]))
    taken = {position for positions in (*index.values(), *others.values()) for position in positions}
    return Columns(
        index=index,
        names={
            name: " and ".join(_name_of(headers, position) for position in index[name])
            for name in sorted(index, key=index.__getitem__)
        },
        unread=tuple((i, h.strip()) for i, h in enumerate(headers) if h.strip() and i not in taken),
        marks=tuple((position, _name_of(headers, position)) for position in others[MARKS]),
        named=named,
    )


def nearly_known(header: str) -> str:
    """Return the option of the field that an unknown header may well be of, by its last word; empty where none."""
    last = plain((header.split() or [""]).pop())
    known = _RANK.get(last) if last in _TELLING_LAST else None
    return FIELDS[known[0]].option if known else ""


def _known(header: str, lower: Sequence[str]) -> tuple[str, int] | None:
    """Return the field that a header is of, and how unsure that is."""
    if sure := _RANK.get(plain(header)):
        return sure
    for text in (_stem(header), *map(plain, lower)):
        if known := _RANK.get(text):
            return known[0], known[1] + _LESS_SURE
    return None


def _stem(header: str) -> str:
    """Return a header as `plain` does, without a number or year at its end."""
    return plain(header).rstrip("0123456789")


def _is_numbered_alike(name: str, header: str, before: Sequence[str], said: Set[str]) -> bool:
    """Return whether a column goes on with one that is read: `Technique 2` beside `Technique 1`."""
    return name in (TECHNIQUE, SUBTECHNIQUE) and name not in said and _stem(header) == _stem(before[0])


def _take_names_beside_ids(
    index: dict[str, tuple[int, ...]], headers: Sequence[str], free: Sequence[int], said: Set[str]
) -> None:
    """Take `Control` beside `Control ID` for the names, and `Technique` beside any id: alone they would be ids."""
    read = {position for positions in index.values() for position in positions}
    for ids, names in _NAMED:
        known = [plain(headers[i]) for i in index.get(names, ())]
        if ids not in index or names in said or not _DESCRIPTIONS.issuperset(known):
            continue
        of_ids = plain(headers[index[ids][0]]) if index[ids] and index[ids][0] < len(headers) else ""
        for position in free:
            header = plain(headers[position])
            is_known = header in _RANK and _RANK[header][0] == ids
            if position not in read and is_known and _is_named_by(header, of_ids):
                index[names] = (position,)
                break


def _is_named_by(header: str, of_ids: str) -> bool:
    """Return whether what a header names has its ids below another."""
    return of_ids.endswith(_IDS) and (of_ids.removeprefix(header) in _IDS or header in ("technique", "subtechnique"))


def _let_names_stand_in(
    index: dict[str, tuple[int, ...]], headers: Sequence[str], said: Set[str], *, marked: bool
) -> frozenset[str]:
    """Move columns of names to required fields that have no column, and return these fields."""
    named = set()
    for required, names in _STAND_IN:
        if required in index or required in said or names not in index or (required == CAPABILITY and marked):
            continue
        [position] = index[names]
        if position >= len(headers) or plain(headers[position]) not in _DESCRIPTIONS:
            index[required] = index.pop(names)
            named.add(required)
    return frozenset(named)


def check_given(given: Sequence[tuple[str, str]]) -> list[Problem]:
    """Return what is wrong with (field, column) pairs, whatever the list."""
    known = (*_BY_OPTION, *OTHER_OPTIONS)
    problems = [
        Problem(f"unknown field {option!r}", "reading.columns", nearest(option, known, "fields"))
        for option, _ in given
        if option not in known and option not in FIELDS
    ]
    counts = Counter(_BY_OPTION.get(option, option) for option, _ in given)
    problems += [
        Problem(f"{FIELDS[name].option} is given {count} columns", "reading.columns", "it is read from one")
        for name, count in counts.items()
        if count > 1 and name in FIELDS and name not in _SEVERAL
    ]
    return problems


def missing_columns(headers: Sequence[str], given: Sequence[tuple[str, str]]) -> list[Problem]:
    """Return which of the given columns a list does not have; an empty one says that a field is not read."""
    named = [header.strip() for header in headers if header.strip()]
    return [
        Problem(f"there is no column {column!r}", f"reading.columns {option}", nearest(column, named, "columns"))
        for option, column in given
        if column.strip() and _position(column, headers) is None
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
    if not column.strip():
        return None
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
