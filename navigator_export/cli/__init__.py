"""The command line: it parses, calls, prints and exits. Nothing else in the package prints or exits."""

from __future__ import annotations

import sys

import click

from navigator_export import __version__
from navigator_export.cli.export import export_command
from navigator_export.cli.inspect import inspect_command
from navigator_export.cli.terminal import complain
from navigator_export.cli.validate import validate_command
from navigator_export.errors import LayerError, NavigatorExportError, ProblemsError

EXIT_FINDINGS = 1
EXIT_UNUSABLE = 2
EXIT_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="navigator-export")
def commands() -> None:
    """Turn ATT&CK mappings into validated ATT&CK Navigator layers."""


for command in (export_command, validate_command, inspect_command):
    commands.add_command(command)


def main() -> None:
    """Run the command line and exit: 0 done, 1 findings, 2 usage or unreadable input."""
    try:
        status = commands.main(prog_name="navigator-export", standalone_mode=False)
    except click.exceptions.Abort:
        status = EXIT_INTERRUPTED
    except click.ClickException as error:
        status = error.exit_code
        error.show()
    except ProblemsError as error:
        status = EXIT_UNUSABLE
        complain(*error.lines())
    except LayerError as error:
        status = EXIT_FINDINGS
        complain("the layer was not written:", *map(str, error.findings))
    except NavigatorExportError as error:
        status = EXIT_UNUSABLE
        complain(str(error))
    sys.exit(status)
