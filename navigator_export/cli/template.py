"""`navigator-export template`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from navigator_export.cli.terminal import complain
from navigator_export.errors import OutputError, Problem
from navigator_export.output import STANDARD_OUTPUT, write
from navigator_export.readers.lists.template import FORMATS, TemplateFormat, template


@click.command("template")
@click.argument("format_", metavar="[csv|xlsx|yaml]", type=click.Choice(FORMATS), default="csv")
@click.option("-o", "--output", default=STANDARD_OUTPUT, help="File to write; - (default) for stdout.")
def command(format_: TemplateFormat, output: str) -> None:
    """Write a list to start your own mappings with: the columns, an example row, and what each is for."""
    if format_ == "xlsx" and output == STANDARD_OUTPUT and sys.stdout is not None and sys.stdout.isatty():
        raise click.UsageError("refusing to write Excel to a terminal; name a file with -o")
    if output != STANDARD_OUTPUT and Path(output).is_file() and Path(output).stat().st_size:
        raise OutputError(output, [Problem("is there already, and may be a list of yours", hint="name another file")])
    write(template(format_), output)
    if output != STANDARD_OUTPUT:
        complain(f"written: {output}", f"next: navigator-export export {output}")
