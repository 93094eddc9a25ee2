"""Reads the YAML of CTID's security stack mappings: one file per control, each technique with scores per category.

The form is that of github.com/center-for-threat-informed-defense/security-stack-mappings; ids of capabilities are made
as CTID made them for the same controls in Mappings Explorer (`Amazon Cognito`: amazon_cognito).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.assembly import NON_MAPPABLE
from navigator_export.readers.lists.listing import Origin
from navigator_export.readers.lists.ratings import Ratings
from navigator_export.readers.options import ReadOptions
from navigator_export.readers.table import Metadata, Row, Table
from navigator_export.readers.text import find_encoding
from navigator_export.readers.values import line_of, yaml_value

MAPPING_TYPE: Final = "technique_scores"
_DATE: Final = "%m/%d/%Y"


class File(msgspec.Struct, frozen=True):
    """One file of a stack."""

    label: str
    """Its name within the source, for places; empty where it is the source itself."""
    data: bytes


class _Control(msgspec.Struct):
    """One control, read."""

    file: str
    platform: str
    release: str
    date: str
    name: str
    tags: tuple[str, ...] = ()
    rows: list[Row] = []
    places: list[str] = []


def is_stack(document: Any) -> bool:
    """Return whether a YAML value has the fields that every control of a security stack has."""
    return isinstance(document, dict) and {"name", "platform", "techniques"} <= document.keys()


def read_stack(files: Sequence[File], origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the tables of a stack's controls, one per platform and ATT&CK release.

    Raises SourceError with every problem of all files, or where one goes beyond the limits.
    """
    problems: list[Problem] = []
    controls = []
    ratings = Ratings((), None)
    remarks = list(origin.remarks)
    for file in files:
        try:
            encoding = find_encoding(file.data, origin.file, options)
            document = yaml_value(file.data.decode(encoding.codec), origin.file, options.limits)
        except SourceError as error:
            problems += [msgspec.structs.replace(p, place=_joined(file.label, p.place)) for p in error.problems]
            continue
        if not is_stack(document):
            if not file.label:
                problems.append(
                    Problem("this is no control of a security stack", "", "expected name, platform, techniques")
                )
            else:
                remarks.append(f"{file.label} is no control of a security stack and left out")
            continue
        controls.append(_control(document, file.label, ratings, problems))
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
    )


def _control(document: dict[str, Any], label: str, ratings: Ratings, problems: list[Problem]) -> _Control:
    name = _text(document, "name", label, problems)
    platform = _text(document, "platform", label, problems)
    release = _text(document, "ATT&CK version", label, problems)
    tags = _list(document, "tags", label, problems)
    control = _Control(
        file=label,
        platform=platform,
        release=f"{release}.0" if re.fullmatch(r"\d+", release) else release,
        date=_text(document, "last update", label, problems) or _text(document, "creation date", label, problems),
        name=name,
        tags=tuple(tag for tag in tags if isinstance(tag, str) and tag.strip()),
    )
    for field, value in (("name", name), ("platform", platform), ("ATT&CK version", release)):
        if not value:
            problems.append(Problem(f"{field} is missing", _joined(label, f"line {line_of(document)}")))
    references = [ref for ref in _list(document, "references", label, problems) if isinstance(ref, str)]
    rows = list(_technique_rows(_list(document, "techniques", label, problems), label, problems))
    for technique, score, line in rows or [("", {}, line_of(document))]:
        row = Row(
            capability_id=_id(name),
            capability_description=name,
            capability_group=control.tags[0] if control.tags else None,
            capability_groups=list(control.tags[1:]) or None,
            mapping_type=MAPPING_TYPE if technique else NON_MAPPABLE,
            attack_object_id=technique or None,
            score_category=_text(score, "category", label, problems)
            or _text(score, "function", label, problems)
            or None,
            score_value=_text(score, "value", label, problems) or None,
            comments=_text(score, "comments", label, problems) or _text(score, "comment", label, problems) or None,
            references=list(references),
            status="complete" if technique else NON_MAPPABLE,
        )
        ratings.apply(row)
        control.rows.append(row)
        control.places.append(_joined(label, f"line {line}"))
    return control


def _technique_rows(
    techniques: list[Any], label: str, problems: list[Problem]
) -> Iterator[tuple[str, dict[str, Any], int]]:
    """Yield technique, score and line for each score; a technique without any score is mapped all the same."""
    for technique in techniques:
        if not isinstance(technique, dict):
            problems.append(Problem("expected a technique with id and scores", _joined(label, "techniques")))
            continue
        line = line_of(technique)
        id_ = _text(technique, "id", label, problems)
        if not id_:
            problems.append(Problem("a technique has no id", _joined(label, f"line {line}")))
        scores = _objects(technique, "technique-scores", label, problems)
        groups = _objects(technique, "sub-techniques-scores", label, problems)
        older = _objects(technique, "sub-techniques", label, problems)
        for score in scores or ([{}] if id_ and not groups and not older else []):
            yield id_, score, line_of(score, line)
        for group in groups:
            for sub in _objects(group, "sub-techniques", label, problems):
                for score in _objects(group, "scores", label, problems) or [{}]:
                    yield _text(sub, "id", label, problems), score, line_of(sub, line)
        for sub in older:
            for score in _objects(sub, "scores", label, problems) or [{}]:
                yield _text(sub, "id", label, problems), score, line_of(sub, line)


def _objects(value: dict[str, Any], field: str, label: str, problems: list[Problem]) -> list[dict[str, Any]]:
    items = _list(value, field, label, problems)
    if not all(isinstance(item, dict) for item in items):
        problems.append(Problem(f"expected objects under {field}", _joined(label, f"line {line_of(value)}")))
    return [item for item in items if isinstance(item, dict)]


def _list(value: dict[str, Any], field: str, label: str, problems: list[Problem]) -> list[Any]:
    found = value.get(field)
    if found is None or found == "":
        return []
    if not isinstance(found, list):
        problems.append(Problem(f"expected a list under {field}", _joined(label, f"line {line_of(value)}")))
        return []
    return found


def _text(value: dict[str, Any], field: str, label: str, problems: list[Problem]) -> str:
    found = value.get(field)
    if found is None or isinstance(found, str):
        return (found or "").strip()
    problems.append(Problem(f"expected text under {field}", _joined(label, f"line {line_of(value)}")))
    return ""


def _id(name: str) -> str:
    return re.sub(r"\s+", "_", name.strip().casefold())


def _joined(label: str, place: str) -> str:
    return ", ".join(filter(None, (label, place)))


def _date_key(date: str) -> tuple[datetime, str]:
    try:
        return datetime.strptime(date, _DATE), date
    except ValueError:
        return datetime.min, date
