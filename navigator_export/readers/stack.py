"""Reads the YAML of CTID's security stack mappings: one file per control, each technique with scores per category.

The form is that of github.com/center-for-threat-informed-defense/security-stack-mappings; ids of capabilities are made
as CTID made them for the same controls in Mappings Explorer (`Amazon Cognito`: amazon_cognito).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.assembly import NON_MAPPABLE
from navigator_export.readers.options import ReadOptions
from navigator_export.readers.origin import Origin
from navigator_export.readers.table import Metadata, Row, Table
from navigator_export.readers.text import find_encoding
from navigator_export.readers.yaml_fields import Fields, yaml_value
from navigator_export.strict_yaml import Object

MAPPING_TYPE: Final = "technique_scores"
_WHOLE_RELEASE: Final = re.compile(r"[0-9]{1,3}")
_DATE: Final = "%m/%d/%Y"
_NOTHING: Final = Object()
"""A score that says nothing."""


class File(msgspec.Struct, frozen=True):
    """One file of a stack."""

    label: str
    """Its name within the source, for places; empty where it is the source itself."""
    data: bytes


class _Control(msgspec.Struct, frozen=True):
    """One control, read."""

    platform: str
    release: str
    date: str
    tags: tuple[str, ...]
    rows: list[Row]
    places: list[str]


def is_stack(document: Object) -> bool:
    """Return whether a YAML object has the fields that every control of a security stack has."""
    return {"name", "platform", "techniques"} <= document.keys()


def read_stack(files: Sequence[File], origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the tables of a stack's controls, one per platform and ATT&CK release.

    Raises SourceError with every problem of all files, or where one goes beyond the limits.
    """
    problems: list[Problem] = []
    controls = []
    remarks = list(origin.remarks)
    for file in files:
        try:
            encoding = find_encoding(file.data, origin.file, options)
            document = yaml_value(file.data.decode(encoding.codec), origin.file, options.limits)
        except SourceError as error:
            problems += [msgspec.structs.replace(p, place=_within(file.label, p.place)) for p in error.problems]
            continue
        if isinstance(document, Object) and is_stack(document):
            fields = Fields(file.label)
            controls.append(_control(document, fields))
            problems += fields.problems
        elif file.label:
            remarks.append(f"{file.label} is not a control of a security stack and is left out")
        else:
            problems.append(
                Problem("this is not a control of a security stack", "", "expected name, platform, techniques")
            )
    if problems:
        raise SourceError(origin.file, problems)
    if not controls:
        hint = "expected YAML files with name, platform and techniques"
        raise SourceError(
            origin.file, [Problem("there is no security stack in this folder; name the files in it", hint=hint)]
        )
    by_table: dict[tuple[str, str], list[_Control]] = {}
    for control in controls:
        by_table.setdefault((control.platform, control.release), []).append(control)
    origin = msgspec.structs.replace(origin, remarks=tuple(remarks))
    return [
        _table(platform, release, group, origin, first=i == 0)
        for i, ((platform, release), group) in enumerate(by_table.items())
    ]


def digest(files: Sequence[File]) -> str:
    """Return the SHA-256 of one file; of several, that of the lines `hash  name` that sha256sum writes for them."""
    if len(files) == 1 and not files[0].label:
        return hashlib.sha256(files[0].data).hexdigest()
    lines = (f"{hashlib.sha256(file.data).hexdigest()}  {file.label}\n" for file in files)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _table(platform: str, release: str, controls: Sequence[_Control], origin: Origin, *, first: bool) -> Table:
    groups = {tag: tag for control in controls for tag in control.tags}
    return Table(
        file=origin.file,
        name=origin.name,
        sha256=origin.sha256,
        metadata=Metadata(
            mapping_framework=_id(platform),
            attack_version=release,
            technology_domain="enterprise",
            mapping_framework_version=max((c.date for c in controls), key=_date_key, default=""),
            mapping_types={MAPPING_TYPE: "Technique Scores"},
            capability_groups=groups,
        ),
        rows=[row for control in controls for row in control.rows],
        row_place="",
        row_places=[place for control in controls for place in control.places],
        rows_place="techniques",
        metadata_place="",
        format="stack",
        reading=(("platform", platform), ("controls", str(len(controls)))),
        remarks=origin.remarks if first else (),
        own_words=True,
    )


def _control(document: Object, fields: Fields) -> _Control:
    line = document.line
    name, platform, release = (_stripped(document, field, fields) for field in ("name", "platform", "ATT&CK version"))
    for field, value in (("name", name), ("platform", platform), ("ATT&CK version", release)):
        if not value:
            fields.missing(field, line)
    tags = tuple(tag for tag in fields.texts(document, "tags") if tag and tag.strip())
    references = fields.texts(document, "references")
    scores = list(_scores(document, fields)) or [("", _NOTHING, line)]
    return _Control(
        platform=platform,
        release=f"{release}.0" if _WHOLE_RELEASE.fullmatch(release) else release,
        date=_stripped(document, "last update", fields) or _stripped(document, "creation date", fields),
        tags=tags,
        rows=[
            Row(
                capability_id=_id(name),
                capability_description=name,
                capability_group=tags[0] if tags else None,
                capability_groups=list(tags[1:]) or None,
                mapping_type=MAPPING_TYPE if technique else NON_MAPPABLE,
                attack_object_id=technique or None,
                score_category=_stripped(score, "category", fields) or _stripped(score, "function", fields) or None,
                score_value=_stripped(score, "value", fields) or None,
                comments=_stripped(score, "comments", fields) or _stripped(score, "comment", fields) or None,
                references=list(references),
                status="complete" if technique else NON_MAPPABLE,
            )
            for technique, score, _ in scores
        ],
        places=[fields.place(line) for _, _, line in scores],
    )


def _scores(document: Object, fields: Fields) -> Iterator[tuple[str, Object, int]]:
    """Yield technique, score and line for each score; a technique without any score is mapped all the same."""
    for technique in fields.objects(document, "techniques"):
        line = technique.line
        id_ = _stripped(technique, "id", fields)
        if not id_:
            fields.missing("a technique's id", line)
        scores = fields.objects(technique, "technique-scores")
        groups = fields.objects(technique, "sub-techniques-scores")
        older = fields.objects(technique, "sub-techniques")
        if id_ and not scores and not groups and not older:
            yield id_, _NOTHING, line
        yield from ((id_, score, score.line) for score in scores)
        rated = [(fields.objects(group, "sub-techniques"), fields.objects(group, "scores")) for group in groups]
        rated += [([sub], fields.objects(sub, "scores")) for sub in older]
        for subs, sub_scores in rated:
            for sub in subs:
                sub_id = _stripped(sub, "id", fields)
                yield from ((sub_id, score, sub.line) for score in sub_scores or [_NOTHING])


def _stripped(holder: Object, field: str, fields: Fields) -> str:
    return (fields.text(holder, field) or "").strip()


def _id(name: str) -> str:
    return "_".join(name.casefold().split())


def _within(label: str, place: str) -> str:
    return ", ".join(filter(None, (label, place)))


def _date_key(date: str) -> tuple[datetime, str]:
    try:
        return datetime.strptime(date, _DATE), date
    except ValueError:
        return datetime.min, date
