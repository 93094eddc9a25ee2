"""Findings as text, as JSON, as annotations for GitHub, and as SARIF 2.1.0 for code scanning."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping as Dictionary, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Any, Final, Literal
from urllib.parse import quote

from navigator_export.characters import spelled_out
from navigator_export.output import as_json
from navigator_export.validation.findings import Finding
from navigator_export.validation.locations import around, lines_of
from navigator_export.validation.registry import Rule
from navigator_export.validation.rules import RULES
from navigator_export.version import __version__
from navigator_export.wording import counted

ReportFormat = Literal["text", "json", "github", "sarif"]

Lines = Dictionary[tuple[str, str], int]
"""Line by file and JSON path."""


def report(
    findings: Sequence[Finding], files: Dictionary[str, bytes], format_: ReportFormat, rules: Sequence[Rule] = RULES
) -> str:
    """Return findings in a format, without a newline at the end.

    `files` are the texts that they are about, as far as they are to be pointed into; `rules` are those that can be
    named.
    """
    return _REPORTS[format_](findings, files, rules)


def step_summary(findings: Sequence[Finding], title: str) -> str:
    """Return findings as Markdown for a workflow's summary page: a count, and a table of the first of them."""
    errors = sum(finding.severity == "error" for finding in findings)
    lines = [
        f"### {markdown(title)}",
        "",
        f"{counted(errors, 'error')}, {counted(len(findings) - errors, 'warning')}",
        "",
    ]
    if findings:
        lines += ["| Severity | Rule | Place | Message |", "| --- | --- | --- | --- |"]
    for finding in findings[:_SUMMARY_ROWS]:
        cells = (finding.severity, finding.rule, f"{finding.file} {finding.path}".strip(), finding.message)
        lines.append("| " + " | ".join(map(markdown, cells)) + " |")
    if len(findings) > _SUMMARY_ROWS:
        lines += ["", f"and {len(findings) - _SUMMARY_ROWS} more"]
    return "\n".join(lines) + "\n"


def markdown(text: str) -> str:
    """Return a text that stays text in a Markdown table: no cell ends early, nothing becomes a link or HTML.

    Characters that steer a terminal or turn the direction of the text are spelled out.
    """
    return "".join(f"\\{c}" if c in "\\|[]<>*_`" else c for c in spelled_out(" ".join(text.split())))


_SUMMARY_ROWS: Final = 100


def annotation(severity: str, title: str, message: str) -> str:
    """Return the workflow command that makes GitHub show a message on the page of a run."""
    return f"::{severity} title={_property(title)}::{_data(message)}"


def locate(findings: Sequence[Finding], files: Dictionary[str, bytes]) -> Lines:
    """Return the line of each finding, as near as it can be told; 1 where it is about the whole file."""
    lines: dict[tuple[str, str], int] = {}
    for finding in findings:
        stated = re.match(r"line (\d+)", finding.path)
        if stated:
            lines[finding.file, finding.path] = int(stated[1])
    paths: dict[str, set[str]] = {file: set() for file in files}
    for finding in findings:
        if finding.file in paths and finding.path.startswith("$"):
            paths[finding.file].add(finding.path)
    for file, data in files.items():
        nearer = {path: around(path) for path in paths[file]}
        known = lines_of(data.decode(errors="replace"), frozenset(chain(*nearer.values())))
        for path, places in nearer.items():
            lines[file, path] = next((known[place] for place in places if place in known), 1)
    return lines


def _text(findings: Sequence[Finding], files: Dictionary[str, bytes], rules: Sequence[Rule]) -> str:
    return "\n".join(map(str, findings))


def _json(findings: Sequence[Finding], files: Dictionary[str, bytes], rules: Sequence[Rule]) -> str:
    counts = {severity: sum(f.severity == severity for f in findings) for severity in ("error", "warning")}
    document = {
        "files": list(files),
        "errors": counts["error"],
        "warnings": counts["warning"],
        "findings": findings,
    }
    return as_json(document)


def _github(findings: Sequence[Finding], files: Dictionary[str, bytes], rules: Sequence[Rule]) -> str:
    """One workflow command a finding, as GitHub documents them: it shows each on its file and line."""
    lines = locate(findings, files)
    commands = []
    for finding in findings:
        place = f"file={_property(finding.file)},line={lines.get((finding.file, finding.path), 1)}"
        message = f"{finding.path or 'file'}: {finding.message}{f'; {finding.hint}' if finding.hint else ''}"
        title = f"title={_property(finding.rule)}"
        commands.append(f"::{finding.severity} {place},{title}::{_data(message)}")
    return "\n".join(commands)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _sarif(findings: Sequence[Finding], files: Dictionary[str, bytes], rules: Sequence[Rule]) -> str:
    lines = locate(findings, files)
    used = {finding.rule for finding in findings}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "navigator-export",
                "version": __version__,
                "rules": [
                    {
                        "id": rule.id,
                        "shortDescription": {"text": rule.doc},
                        "defaultConfiguration": {"level": rule.severity},
                    }
                    for rule in rules
                    if rule.id in used
                ],
            }
        },
        "results": [
            {
                "ruleId": finding.rule,
                "level": finding.severity,
                "message": {"text": f"{finding.message}{f'; {finding.hint}' if finding.hint else ''}"},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": _uri(finding.file)},
                            "region": {"startLine": lines.get((finding.file, finding.path), 1)},
                        },
                        "logicalLocations": [{"fullyQualifiedName": finding.path or "$"}],
                    }
                ],
            }
            for finding in findings
        ],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return as_json(document)


def _uri(file: str) -> str:
    return quote(file.replace("\\", "/"), safe="/:@!$&'()*+,;=~", errors="replace")


_Report = Callable[[Sequence[Finding], Dictionary[str, bytes], Sequence[Rule]], str]

_REPORTS: Final[Dictionary[ReportFormat, _Report]] = MappingProxyType(
    {"text": _text, "json": _json, "github": _github, "sarif": _sarif}
)

REPORT_FORMATS: Final = tuple(_REPORTS)
