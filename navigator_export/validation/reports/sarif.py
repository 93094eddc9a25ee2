"""Findings as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary, Sequence
from typing import Any
from urllib.parse import quote

from navigator_export.output import as_json
from navigator_export.validation.findings import Finding
from navigator_export.validation.pages import REPOSITORY, address, page
from navigator_export.validation.registry import Rule
from navigator_export.validation.reports.places import locate
from navigator_export.version import __version__


def log(findings: Sequence[Finding], files: Dictionary[str, bytes], rules: Sequence[Rule]) -> str:
    """Return a SARIF log with a result for each finding, and the rules that they are of."""
    lines = locate(findings, files)
    used = {finding.rule for finding in findings}
    driver = {
        "name": "navigator-export",
        "version": __version__,
        "informationUri": REPOSITORY,
        "rules": [_described(rule) for rule in rules if rule.id in used],
    }
    results = [_result(finding, lines.get((finding.file, finding.path), 1)) for finding in findings]
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return as_json(document)


def _described(rule: Rule) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": rule.id,
        "shortDescription": {"text": rule.doc},
        "defaultConfiguration": {"level": rule.severity},
    }
    text = page(rule.id)
    if text:
        described |= {"helpUri": address(rule.id), "help": {"text": text, "markdown": text}}
    return described


def _result(finding: Finding, line: int) -> dict[str, Any]:
    place = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(finding.file)},
            "region": {"startLine": line},
        },
        "logicalLocations": [{"fullyQualifiedName": finding.path or "$"}],
    }
    return {
        "ruleId": finding.rule,
        "level": finding.severity,
        "message": {"text": f"{finding.message}{f'; {finding.hint}' if finding.hint else ''}"},
        "locations": [place],
    }


def _uri(file: str) -> str:
    return quote(file.replace("\\", "/"), safe="/:@!$&'()*+,;=~", errors="replace")
