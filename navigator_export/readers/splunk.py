"""Reads the detections of Splunk's security content (github.com/splunk/security_content), a YAML file each.

`mitre_attack_id` stands in the detection or, in older ones, among its tags. The groups of a detection are its data
sources, else what it watches over (asset type) or its security domain.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from navigator_export.readers.options import ReadOptions
from navigator_export.readers.origin import Origin
from navigator_export.readers.rules import Rule, read_yaml_rules
from navigator_export.readers.source_files import SourceFile, within
from navigator_export.readers.table import Table
from navigator_export.readers.yaml_fields import Fields
from navigator_export.strict_yaml import Object

_OWN_KEYS: Final = frozenset(
    {"how_to_implement", "known_false_positives", "analytic_story", "mitre_attack_id", "data_source", "asset_type"}
)
_GROUPS: Final = ("data_source", "asset_type", "security_domain")


def is_splunk(keys: set[str]) -> bool:
    """Return whether the outer keys of a YAML text are those of a detection."""
    return {"name", "search"} <= keys and bool(keys & _OWN_KEYS)


def read_splunk(files: Sequence[SourceFile], origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the table of detections. Raises SourceError with every problem of all files, or where none is there."""
    return read_yaml_rules(files, origin, options, is_splunk, _rule)


def _rule(document: Object, label: str, fields: Fields) -> Rule:
    tags = document.get("tags")
    holders = [document, tags] if isinstance(tags, Object) else [document]
    techniques = [id_.upper() for holder in holders for id_ in fields.words(holder, "mitre_attack_id")]
    groups = [words for field in _GROUPS for holder in holders if (words := fields.words(holder, field))]
    name = fields.line(document, "name")
    return Rule(
        id=fields.line(document, "id") or name or label,
        name=name,
        place=within(label, f"line {document.line}"),
        techniques=tuple(dict.fromkeys(techniques)),
        groups=tuple(dict.fromkeys(groups[0])) if groups else (),
        status=fields.line(document, "status"),
        comment=fields.text(document, "description") or "",
        references=tuple(fields.words(document, "references")),
    )
