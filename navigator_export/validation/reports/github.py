"""Findings for GitHub: annotations on files and lines, and the summary page of a workflow."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary, Sequence
from typing import Final

from navigator_export.characters import spelled_out
from navigator_export.validation.findings import Finding
from navigator_export.validation.reports.places import locate
from navigator_export.wording import counted


def workflow_commands(findings: Sequence[Finding], files: Dictionary[str, bytes]) -> str:
    """Return one workflow command a finding, as GitHub documents them: it shows each on its file and line."""
    lines = locate(findings, files)
    commands = []
    for finding in findings:
        place = f"file={_property(finding.file)},line={lines.get((finding.file, finding.path), 1)}"
        message = f"{finding.path or 'file'}: {finding.message}{f'; {finding.hint}' if finding.hint else ''}"
        title = f"title={_property(finding.rule)}"
        commands.append(f"::{finding.severity} {place},{title}::{_data(message)}")
    return "\n".join(commands)


def annotation(severity: str, title: str, message: str) -> str:
    """Return the workflow command that shows a message on the page of a run, at no file."""
    return f"::{severity} title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


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
