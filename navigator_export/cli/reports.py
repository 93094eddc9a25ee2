"""Results of an analysis: in the form that was asked for, and as a layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import click
import cloup
import msgspec

from navigator_export.analysis.reports import Report, as_csv, as_markdown, as_values
from navigator_export.attack import Catalogue
from navigator_export.cli.tables import table
from navigator_export.cli.targets import spare, write_all
from navigator_export.cli.terminal import answer, complain
from navigator_export.layer.format import Layer
from navigator_export.layer.naming import slug
from navigator_export.output import STANDARD_OUTPUT, as_json, inside

FORMATS: Final = ("text", "json", "csv", "markdown")

format_option = cloup.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Form of the result on standard output.",
)

layer_options = (
    cloup.option("-o", "--output", metavar="FILE", help="Write a layer too; a folder for a name of its own."),
    cloup.option("--name", help="Name of the layer."),
    cloup.option("--description", help="Description of the layer."),
)


def deliver(
    report: Report,
    result: msgspec.Struct,
    form: str,
    output: str | None,
    layer: Callable[[], Layer],
    inputs: Sequence[str],
    catalogue: Catalogue,
) -> None:
    """Print a result, and write its layer where there is an `output` for one.

    Raises LayerError and OutputError, with nothing written or printed.
    """
    if output is not None:
        from navigator_export.analysis.layers import finished  # where a layer is asked for

        if output == STANDARD_OUTPUT:
            raise click.UsageError("the result goes to standard output; name a file for the layer with -o")
        made = layer()
        text = finished(made, catalogue)
        target = inside(output, f"{slug(made.name.replace('ATT&CK', 'attack'))}.json")
        spare([target], inputs)
        write_all([(target, text)])
        complain(f"written: {target}")
    answer(rendered(report, result, form))


def rendered(report: Report, result: msgspec.Struct, form: str) -> str:
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
