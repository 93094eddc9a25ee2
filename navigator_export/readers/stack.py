"""Reads the YAML of CTID's security stack mappings: one file per control, each technique with scores per category.

The form is that of github.com/center-for-threat-informed-defense/security-stack-mappings; ids of capabilities are made
as CTID made them for the same controls in Mappings Explorer (`Amazon Cognito`: amazon_cognito).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.assembly import NON_MAPPABLE
from navigator_export.readers.options import ReadOptions
from navigator_export.readers.origin import Origin
from navigator_export.readers.source_files import SourceFile, within
from navigator_export.readers.table import Metadata, Row, Table
from navigator_export.readers.text import find_encoding
from navigator_export.readers.yaml_fields import Fields, yaml_value
from navigator_export.strict_yaml import Object

MAPPING_TYPE: Final = "technique_scores"
_WHOLE_RELEASE: Final = re.compile(r"[0-9]{1,3}")
_DATE: Final = "%m/%d/%Y"
_NOTHING: Final = Object()
"""A score that says nothing."""


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


def read_stack(files: Sequence[SourceFile], origin: Origin, options: ReadOptions) -> list[Table]:
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
            problems += [msgspec.structs.replace(p, place=within(file.label, p.place)) for p in error.problems]
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
    name, platform, release = (fields.line(document, field) for field in ("name", "platform", "ATT&CK version"))
    for field, value in (("name", name), ("platform", platform), ("ATT&CK version", release)):
        if not value:
            fields.missing(field, line)
    tags = tuple(tag for tag in fields.texts(document, "tags") if tag and tag.strip())
    references = tuple(fields.texts(document, "references"))
    scores = list(_scores(document, fields)) or [("", _NOTHING, line)]
    return _Control(
        platform=platform,
        release=f"{release}.0" if _WHOLE_RELEASE.fullmatch(release) else release,
        date=fields.line(document, "last update") or fields.line(document, "creation date"),
        tags=tags,
        rows=[
            Row(
                capability_id=_id(name),
                capability_description=name,
                capability_group=tags[0] if tags else None,
                capability_groups=tuple(tags[1:]) or None,
                mapping_type=MAPPING_TYPE if technique else NON_MAPPABLE,
                attack_object_id=technique or None,
                score_category=fields.line(score, "category") or fields.line(score, "function") or None,
                score_value=fields.line(score, "value") or None,
                comments=fields.line(score, "comments") or fields.line(score, "comment") or None,
                references=references,
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
        id_ = fields.line(technique, "id")
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
                sub_id = fields.line(sub, "id")
                yield from ((sub_id, score, sub.line) for score in sub_scores or [_NOTHING])


def _id(name: str) -> str:
    return "_".join(name.casefold().split())


def _date_key(date: str) -> tuple[datetime, str]:
    try:
        return datetime.strptime(date, _DATE), date
    except ValueError:
        return datetime.min, date
