"""Printing findings, for people, for machines and for GitHub's workflow pages."""

from __future__ import annotations

import os
from collections.abc import Mapping as Dictionary, Sequence
from contextlib import suppress
from pathlib import Path

from navigator_export.cli.terminal import answer, complain
from navigator_export.validation import RULES, Finding, Rule
from navigator_export.validation.reports import ReportFormat, annotation, report, step_summary
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
    if format_ == "github":
        add_to_summary(step_summary(findings, title))
    if format_ != "github":
        errors = sum(finding.severity == "error" for finding in findings)
        complain(f"{title}: {counted(errors, 'error')}, {counted(len(findings) - errors, 'warning')}")


def print_failures(failures: Sequence[str], title: str, page: str) -> None:
    """Write gates that failed to standard error; in a GitHub workflow as annotations, and a page for its summary."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        complain(*(annotation("error", title, failure) for failure in failures))
        add_to_summary(page)
    else:
        complain(*(f"error {failure}" for failure in failures))


def add_to_summary(page: str) -> None:
    """Add Markdown to the summary of a GitHub workflow's step, where there is one to be written."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with suppress(OSError), Path(summary).open("a", encoding="utf-8") as file:
            file.write(page)
