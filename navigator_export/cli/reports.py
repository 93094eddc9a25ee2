"""Results of an analysis in the form that was asked for."""

from __future__ import annotations

from typing import Final

import click
import cloup

from navigator_export.analysis.comparison import Comparison
from navigator_export.analysis.gaps import Gaps
from navigator_export.analysis.plan import Plan
from navigator_export.analysis.reports import Report, as_csv, as_markdown, as_values
from navigator_export.analysis.use import ThreatUse
from navigator_export.cli.tables import table
from navigator_export.output import as_json

FORMATS: Final = ("text", "json", "csv", "markdown")

format_option = cloup.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Form of the result on standard output.",
)


def rendered(report: Report, result: Comparison | Gaps | Plan | ThreatUse, form: str) -> str:
    """Return a report in a form; as JSON, the result that it was made of."""
    match form:
        case "json":
            return as_json(as_values(result))
        case "csv":
            return as_csv(report).rstrip("\n")
        case "markdown":
            return as_markdown(report).rstrip("\n")
    tables = (
        table(one.title, [c.title for c in one.columns], one.rows, [c.title for c in one.columns if c.is_number])
        for one in report.tables
    )
    return "\n".join((report.title, "", *report.sentences, "", *tables)).rstrip()
