"""Printing findings, for people, for machines and for GitHub's workflow pages."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping as Dictionary, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from navigator_export.cli.terminal import answer, complain
from navigator_export.validation import RULES, Finding, Rule
from navigator_export.validation.reports import Account, ReportFormat, annotation, is_overview, report, step_summary
from navigator_export.wording import counted, listed


def print_findings(
    findings: Sequence[Finding],
    files: Dictionary[str, bytes],
    format_: ReportFormat,
    title: str,
    rules: Sequence[Rule] = RULES,
    account: Account | None = None,
    *,
    verbose: bool = False,
) -> None:
    """Write findings to standard output, and in a GitHub workflow to the summary of its step.

    With an `account`, what was checked and what is left out is said on standard error. Raises OutputError where
    standard output cannot be written.
    """
    told = report(findings, files, format_, rules, account, verbose=verbose)
    if told:
        answer(told)
    if format_ == "github":
        add_to_summary(step_summary(findings, title))
    if account:
        complain(*_remarks(account, verbose=verbose))
    if format_ == "text" and is_overview(findings, account, verbose=verbose):
        complain("-v tells every finding, --explain RULE what a rule is about")
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


def _remarks(account: Account, *, verbose: bool) -> Iterator[str]:
    for what, files in account.skipped().items():
        yield f"skipped as {what}: {counted(len(files), 'file')} ({_some(files, verbose=verbose)})"
    if account.ignored:
        rules = _some([f"{rule} {number:,}" for rule, number in account.ignored_rules()], verbose=verbose)
        yield f"{counted(len(account.ignored), 'finding')} of ignored rules: {rules}"
    releases = account.releases()
    if releases:
        named = _some([f"{release} ({counted(number, 'file')})" for release, number in releases], verbose=verbose)
        yield f"techniques checked against ATT&CK {named}"
    if account.unchecked():
        yield f"techniques not checked in {counted(account.unchecked(), 'file')}, for want of a known ATT&CK release"


def _some(words: Sequence[str], *, verbose: bool) -> str:
    return listed(words, len(words) if verbose else _SHOWN)


_SHOWN: Final = 5
