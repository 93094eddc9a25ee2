"""Reads Sigma rules (github.com/SigmaHQ/sigma): their tags name techniques as `attack.t1059.001`.

The group of a rule is its log source's product, else its category or service. A file may hold several documents:
rules, and correlations over them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from navigator_export.readers.options import ReadOptions
from navigator_export.readers.origin import Origin
from navigator_export.readers.rules import Rule, read_yaml_rules
from navigator_export.readers.source_files import SourceFile, within
from navigator_export.readers.table import Table
from navigator_export.readers.yaml_fields import Fields
from navigator_export.strict_yaml import Object

_TECHNIQUE: Final = re.compile(r"attack\.(t[0-9].*)", re.IGNORECASE)
"""A tag for a technique; tactics, groups and software have other letters."""
_SOURCES: Final = ("product", "category", "service")


def is_sigma(keys: set[str]) -> bool:
    """Return whether the outer keys of a YAML text are those of a Sigma rule."""
    return "title" in keys and bool(keys & {"detection", "correlation", "logsource"})


def read_sigma(files: Sequence[SourceFile], origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the table of rules. Raises SourceError with every problem of all files, or where there is no rule."""
    return read_yaml_rules(files, origin, options, is_sigma, _rule)


def _rule(document: Object, label: str, fields: Fields) -> Rule:
    title = fields.line(document, "title")
    tags = fields.words(document, "tags")
    logs = document.get("logsource")
    sources = [fields.line(logs, field) for field in _SOURCES] if isinstance(logs, Object) else []
    techniques = [found[1].upper() for tag in tags if (found := _TECHNIQUE.fullmatch(tag))]
    return Rule(
        id=fields.line(document, "id") or title or label,
        name=title,
        place=within(label, f"line {document.line}"),
        techniques=tuple(dict.fromkeys(techniques)),
        groups=tuple(filter(None, sources))[:1],
        status=fields.line(document, "status"),
        comment=fields.text(document, "description") or "",
        references=tuple(fields.words(document, "references")),
    )
