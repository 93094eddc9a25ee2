"""Reads Elastic's detection rules (github.com/elastic/detection-rules), a TOML file each.

Where a technique has sub-techniques, these are what the rule detects. The groups of a rule are the data sources in its
tags, else the integrations that it needs; its status is its maturity.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.options import Limits, ReadOptions, beyond
from navigator_export.readers.origin import Origin
from navigator_export.readers.rules import Rule, read_rules
from navigator_export.readers.source_files import SourceFile
from navigator_export.readers.table import Table

_FRAMEWORK: Final = "MITRE ATT&CK"
_DATA_SOURCE: Final = "Data Source:"
_TABLE: Final = re.compile(r"^\[rule\][ \t]*(?:#.*)?$", re.MULTILINE)
_KEY: Final = re.compile(r"^rule_id[ \t]*=", re.MULTILINE)
_POSITION: Final = re.compile(r" \(at (line \d{1,9}, column \d{1,9})\)\Z")


class _Technique(msgspec.Struct):
    id: str
    subtechnique: list[_Technique] = []


class _Threat(msgspec.Struct):
    framework: str = _FRAMEWORK
    technique: list[_Technique] = []


class _Rule(msgspec.Struct):
    rule_id: str
    name: str
    description: str = ""
    references: list[str] = []
    tags: list[str] = []
    threat: list[_Threat] = []


class _Metadata(msgspec.Struct):
    maturity: str = ""
    integration: list[str] | str = []


class _File(msgspec.Struct):
    rule: _Rule
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


def is_elastic(text: str) -> bool:
    """Return whether a text is a rule in TOML."""
    return bool(_TABLE.search(text) and _KEY.search(text))


def read_elastic(files: Sequence[SourceFile], origin: Origin, options: ReadOptions) -> list[Table]:
    """Return the table of rules. Raises SourceError with every problem of all files, or where there is no rule."""

    def read_file(text: str, label: str) -> list[Rule]:
        try:
            file = msgspec.convert(_toml(text, options.limits, origin.file), _File)
        except msgspec.ValidationError as error:
            message, _, place = str(error).partition(" - at ")
            hint = "expected an Elastic detection rule"
            raise SourceError(origin.file, [Problem(message.lower(), place.strip("`"), hint)]) from None
        return [_rule(file, label)]

    return read_rules(files, origin, options, read_file)


def _toml(text: str, limits: Limits, file: str) -> dict[str, Any]:
    try:
        # Numbers stay texts: one of many digits is no part of a rule, and Python refuses to make it a number.
        document = tomllib.loads(text.replace("\r\n", "\n"), parse_float=str)
    except RecursionError:
        raise SourceError(file, [Problem("nested too deeply")]) from None
    except ValueError as error:
        found = _POSITION.search(str(error))
        words = _POSITION.sub("", str(error))
        problem = Problem(f"this is not valid TOML: {words[:1].lower()}{words[1:200]}", found[1] if found else "")
        raise SourceError(file, [problem]) from None
    for name, table in document.items():
        long = [key for key, value in table.items() if _is_long(value, limits)] if isinstance(table, dict) else []
        if long:
            raise SourceError(file, [beyond(limits, "cell", f"{name}.{long[0]}", "a text has")])
    return document


def _is_long(value: Any, limits: Limits) -> bool:
    texts = value if isinstance(value, list) else [value]
    return any(isinstance(text, str) and len(text) > limits.cell for text in texts)


def _rule(file: _File, label: str) -> Rule:
    rule, metadata = file.rule, file.metadata
    needed = [metadata.integration] if isinstance(metadata.integration, str) else metadata.integration
    looked_at = [tag.removeprefix(_DATA_SOURCE).strip() for tag in rule.tags if tag.startswith(_DATA_SOURCE)]
    return Rule(
        id=rule.rule_id.strip(),
        name=rule.name.strip(),
        place=label or "rule",
        techniques=tuple(dict.fromkeys(_techniques(rule))),
        groups=tuple(dict.fromkeys(filter(None, looked_at or needed))),
        status=metadata.maturity.strip(),
        comment=rule.description.strip(),
        references=tuple(rule.references),
    )


def _techniques(rule: _Rule) -> Iterator[str]:
    for threat in rule.threat:
        if threat.framework.strip() == _FRAMEWORK:
            for technique in threat.technique:
                yield from (sub.id.strip().upper() for sub in technique.subtechnique or [technique])
