"""`navigator-export mcp`."""

from __future__ import annotations

import click

from navigator_export.agents import server
from navigator_export.cli.options import offline_option
from navigator_export.cli.values import file_names


@click.command("mcp")
@click.argument("folder", shell_complete=file_names)
@offline_option
def command(folder: str) -> None:
    """Serve tools to an agent over standard input and output, by the Model Context Protocol, within a FOLDER.

    An agent can inspect mapping files of the folder and published sets, validate, compare and draw layers of the
    folder, lay threats against them, and get layers made, which it can have written to new files there. Needs the
    extra `mcp`: pip install 'navigator-export[mcp]'.
    """
    server(folder).run()
