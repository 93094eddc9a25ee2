"""Reads DeTT&CT's technique administration (github.com/rabobank-cdc/DeTTECT): scores of detection and of visibility.

Each is a capability for each of the systems that it is applicable to, which are its groups. The newest score counts:
-1 and 0 are none, 1 is minimal, 2 and 3 are partial, 4 and 5 significant, unless the options say what a score means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from navigator_export.errors import Problem, SourceError
from navigator_export.model import VALUES, Value
from navigator_export.readers.assembly import NON_MAPPABLE
from navigator_export.readers.options import ReadOptions, beyond
from navigator_export.readers.origin import Origin
from navigator_export.readers.ratings import Ratings
from navigator_export.readers.table import Metadata, Row, Table
from navigator_export.readers.text import find_encoding
from navigator_export.readers.yaml_fields import Fields, yaml_value
from navigator_export.strict_yaml import Object

FILE_TYPE: Final = "technique-administration"
_SAYS_SO: Final = re.compile(rf"^file_type:[ \t]*[\"']?{FILE_TYPE}\b", re.MULTILINE)
_KINDS: Final = ("detection", "visibility")
_CATEGORY: Final = "detect"
_VALUES: Final[tuple[Value | None, ...]] = (None, None, "minimal", "partial", "partial", "significant", "significant")
"""What DeTT&CT's scores from -1 on mean here; both scales begin at 1 and end at 4 (visibility) or 5 (detection)."""
_SAID: Final = (
    "scores: 1 is minimal, 2 and 3 partial, 4 and 5 significant, -1 and 0 none; `reading.ratings` changes that"
)
_SCORES: Final = ("-1", "0", "1", "2", "3", "4", "5")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_dettect(text: str) -> bool:
    """Return whether a YAML text says that it is a technique administration."""
    return bool(_SAYS_SO.search(text))


class _Scored(msgspec.Struct, frozen=True):
    """What a technique has in one kind."""

    kind: str
    applicable_to: tuple[str, ...]
    score: str
    comment: str
    line: int


def read_dettect(data: bytes, origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the table of a technique administration.

    Raises SourceError where it is no such file, with every score that is none, or where it goes beyond the limits.
    """
    encoding = find_encoding(data, origin.file, options)
    document = yaml_value(data.decode(encoding.codec), origin.file, options.limits)
    fields = Fields()
    if not isinstance(document, Object) or fields.line(document, "file_type") != FILE_TYPE:
        problem = Problem("this is not a technique administration of DeTT&CT", hint=f"expected file_type: {FILE_TYPE}")
        raise SourceError(origin.file, [problem])
    try:
        ratings = Ratings(options.ratings)
    except ValueError as error:
        raise SourceError(origin.file, [Problem(str(error), "reading.ratings")]) from None
    rows: list[Row] = []
    places: list[str] = []
    for technique in fields.objects(document, "techniques"):
        id_ = fields.line(technique, "technique_id")
        if not id_:
            fields.missing("technique_id", technique.line)
        for scored in _scores(technique, fields):
            own = list(_rows(id_, scored, ratings, fields))
            rows += own
            places += [fields.place(scored.line)] * len(own)
            if len(rows) > options.limits.rows:
                raise SourceError(origin.file, [beyond(options.limits, "rows")])
    if fields.problems:
        raise SourceError(origin.file, fields.problems)
    return [
        Table(
            file=origin.file,
            name=origin.name,
            sha256=origin.sha256,
            metadata=Metadata(
                mapping_framework=f"dettect {name}" if (name := fields.line(document, "name")) else "dettect",
                technology_domain=fields.line(document, "domain"),
                mapping_types={kind: kind.title() for kind in _KINDS},
            ),
            rows=rows,
            row_place="",
            row_places=places,
            rows_place="techniques",
            metadata_place="",
            format="dettect",
            reading=(("encoding", encoding.name), ("platform", ", ".join(fields.words(document, "platform")) or "all")),
            remarks=tuple(filter(None, (encoding.remark, _SAID, _both(rows)))),
            states_all=False,
            own_words=True,
        )
    ]


def _both(rows: list[Row]) -> str:
    kinds = {row.mapping_type for row in rows if row.score_value}
    if len(kinds) < len(_KINDS):
        return ""
    return "scores of detection and visibility are both read as detect; `selection.include.mapping_types` takes one"


def _scores(technique: Object, fields: Fields) -> Iterator[_Scored]:
    for kind in _KINDS:
        said = technique.get(kind)
        holders = [said] if isinstance(said, Object) else fields.objects(technique, kind)
        for holder in holders:
            newest = _newest(fields.objects(holder, "score_logbook"), fields) or holder
            where = fields.words(holder, "location")
            notes = (fields.line(holder, "comment"), fields.line(newest, "comment") if newest is not holder else "")
            yield _Scored(
                kind,
                tuple(fields.words(holder, "applicable_to")) or ("all",),
                fields.line(newest, "score"),
                "\n".join(filter(None, (f"Where: {', '.join(where)}" if where else "", *notes))),
                holder.line,
            )


def _newest(log: list[Object], fields: Fields) -> Object | None:
    """Return the entry of the newest date; of several, the first, as DeTT&CT writes new ones on top."""

    def day(entry: Object) -> str:
        found = _DATE.match(fields.line(entry, "date"))
        return found[0] if found else ""

    return max(log, key=day, default=None)


def _rows(technique: str, scored: _Scored, ratings: Ratings, fields: Fields) -> Iterator[Row]:
    category, value = ratings.read(None, scored.score or None)
    if value == (scored.score or None):
        if scored.score not in _SCORES:
            expected = f"expected one from -1 to 5, found {scored.score or 'nothing'}"
            fields.problems.append(
                Problem(f"this is not a score of {scored.kind}", fields.place(scored.line), expected)
            )
            return
        value = _VALUES[_SCORES.index(scored.score)]
    if value not in VALUES:
        value = None
    for system in scored.applicable_to:
        yield Row(
            capability_id=f"{scored.kind}: {system}",
            capability_description=f"{scored.kind.title()}, applicable to {system}",
            capability_group=system,
            mapping_type=scored.kind if value else NON_MAPPABLE,
            attack_object_id=technique,
            score_category=(category or _CATEGORY) if value else None,
            score_value=value,
            comments=scored.comment or None,
            status="complete" if value else NON_MAPPABLE,
        )
