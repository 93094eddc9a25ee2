"""Findings as text: a line each while they are few, by rule and by file where they are many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.reports.account import Account
from navigator_export.wording import counted

MOST_LINES: Final = 30
"""Findings that are told one by one."""
_PLACES: Final = 3
"""Places that are told of a rule."""


def lines(findings: Iterable[Finding]) -> str:
    """Return a line for each finding."""
    return "\n".join(map(str, findings))


def overview(findings: Sequence[Finding], rules: Sequence[Rule], account: Account) -> str:
    """Return findings by rule, each with their number and first places, and the files that have any in a table."""
    docs = {rule.id: rule.doc for rule in rules}
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    # Rules with an error come before those of warnings alone, and those with most findings first.
    ordered = sorted(by_rule, key=lambda rule: (not _errors(by_rule[rule]), -len(by_rule[rule])))
    told = [_of_rule(rule, docs.get(rule, ""), by_rule[rule]) for rule in ordered]
    return "\n\n".join([*told, files_table(findings, account, every=False)])


def files_table(findings: Iterable[Finding], account: Account, *, every: bool) -> str:
    """Return a table of the files with their errors, warnings and ATT&CK releases; not `every` file, those with any."""
    counts = Counter((finding.file, finding.severity) for finding in findings)
    rows = []
    clean = 0
    for checked in account.checked():
        errors, warnings = counts[checked.file, "error"], counts[checked.file, "warning"]
        attack = ", ".join([*checked.attack, *(["not checked"] if checked.unchecked else [])])
        if every or errors or warnings:
            rows.append((f"{errors:,}", f"{warnings:,}", attack, checked.file))
        else:
            clean += 1
    table = _aligned([("errors", "warnings", "ATT&CK", "file"), *rows])
    return f"{table}\nand {counted(clean, 'file')} without a finding" if clean else table


def _of_rule(rule: str, doc: str, findings: Sequence[Finding]) -> str:
    errors = _errors(findings)
    kinds = [(errors, "error"), (len(findings) - errors, "warning")]
    numbers = ", ".join(counted(number, kind) for number, kind in kinds if number)
    files = len({finding.file for finding in findings})
    shown = [f"  {_place(finding)}" for finding in _first(findings)]
    rest = len(findings) - len(shown)
    head = f"{rule}: {numbers} in {counted(files, 'file')}"
    return "\n".join([head, *([f"  {doc}"] if doc else []), *shown, *([f"  and {rest:,} more"] if rest else [])])


def _first(findings: Sequence[Finding]) -> list[Finding]:
    """Return the first few findings, of as many files as there are."""
    earlier: Counter[str] = Counter()
    turns = []
    for finding in findings:
        turns.append((earlier[finding.file], finding))
        earlier[finding.file] += 1
    return [finding for _, finding in sorted(turns, key=lambda turn: turn[0])[:_PLACES]]


def _place(finding: Finding) -> str:
    where = "::".join(filter(None, (finding.file, finding.path)))
    return f"{where}: {finding.message}{f'; {finding.hint}' if finding.hint else ''}"


def _errors(findings: Iterable[Finding]) -> int:
    return sum(finding.severity == "error" for finding in findings)


def _aligned(rows: Sequence[tuple[str, str, str, str]]) -> str:
    """Return rows as lines: numbers to the right of their columns, and names, which may be long, last."""
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        f"{errors:>{widths[0]}}  {warnings:>{widths[1]}}  {attack:<{widths[2]}}  {file}"
        for errors, warnings, attack, file in rows
    )
