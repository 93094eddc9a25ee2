"""Findings as text, as JSON, as annotations for GitHub, and as SARIF 2.1.0 for code scanning."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary, Sequence
from typing import Any, Final, Literal, get_args

from navigator_export.output import as_json
from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.reports import github, sarif, text
from navigator_export.validation.reports.account import Account
from navigator_export.validation.reports.github import annotation, markdown, step_summary
from navigator_export.validation.rules import RULES

__all__ = [
    "REPORT_FORMATS",
    "Account",
    "ReportFormat",
    "annotation",
    "is_overview",
    "markdown",
    "report",
    "step_summary",
]

ReportFormat = Literal["text", "json", "github", "sarif"]
REPORT_FORMATS: Final[tuple[ReportFormat, ...]] = get_args(ReportFormat)


def report(
    findings: Sequence[Finding],
    files: Dictionary[str, bytes],
    format_: ReportFormat,
    rules: Sequence[Rule] = RULES,
    account: Account | None = None,
    *,
    verbose: bool = False,
) -> str:
    """Return findings in a format, without a newline at the end.

    `files` are the texts that they are about, as far as they are to be pointed into; `rules` are those that can be
    named; `account` says what was looked at. Text alone may leave findings out, as an overview; `verbose` text has all.
    """
    match format_:
        case "github":
            return github.workflow_commands(findings, files)
        case "sarif":
            return sarif.log(findings, files, rules)
        case "json":
            return _json(findings, files, account)
        case "text":
            return _text(findings, rules, account, verbose=verbose)


def is_overview(findings: Sequence[Finding], account: Account | None, *, verbose: bool) -> bool:
    """Return whether text has findings by rule instead of a line for each."""
    return account is not None and not verbose and len(findings) > text.MOST_LINES


def _text(findings: Sequence[Finding], rules: Sequence[Rule], account: Account | None, *, verbose: bool) -> str:
    if account is None:
        return text.lines(findings)
    if is_overview(findings, account, verbose=verbose):
        return text.overview(findings, rules, account)
    table = text.files_table(findings, account, every=True) if verbose else ""
    return "\n\n".join(filter(None, (text.lines(findings), table)))


def _json(findings: Sequence[Finding], files: Dictionary[str, bytes], account: Account | None) -> str:
    counts = {severity: sum(f.severity == severity for f in findings) for severity in ("error", "warning")}
    document: dict[str, Any] = {
        "files": list(files),
        "errors": counts["error"],
        "warnings": counts["warning"],
        "findings": findings,
    }
    if account:
        document |= {
            "attack": {file.file: file.attack for file in account.checked()},
            "skipped": {file.file: file.other for file in account.files if file.other},
            "ignored": dict(account.ignored_rules()),
        }
    return as_json(document)
