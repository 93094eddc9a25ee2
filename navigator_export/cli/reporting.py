"""Printing findings, for people, for machines and for GitHub's workflow pages."""

from __future__ import annotations

import os
from collections.abc import Mapping as Dictionary, Sequence
from contextlib import suppress
from pathlib import Path

from navigator_export.cli.terminal import answer, complain
from navigator_export.validation import RULES, Finding, Rule
from navigator_export.validation.reports import ReportFormat, report, step_summary
from navigator_export.wording import counted


def print_findings(
    findings: Sequence[Finding],
    files: Dictionary[str, bytes],
    format_: ReportFormat,
    title: str,
    rules: Sequence[Rule] = RULES,
) -> None:
    """Write findings to standard output, and in a GitHub workflow to the summary of its step.

    Raises OutputError where standard output cannot be written.
    """
    if findings or format_ in ("json", "sarif"):
        answer(report(findings, files, format_, rules))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if format_ == "github" and summary:
        with suppress(OSError), Path(summary).open("a", encoding="utf-8") as page:
            page.write(step_summary(findings, title))
    if format_ != "github":
        errors = sum(finding.severity == "error" for finding in findings)
        complain(f"{title}: {counted(errors, 'error')}, {counted(len(findings) - errors, 'warning')}")
