"""The commands, and what becomes of the errors that they raise."""

from __future__ import annotations

import gc
import signal
from importlib import import_module
from types import MappingProxyType
from typing import Final

import click

from navigator_export.cli import exit_codes
from navigator_export.cli.fetching import shown
from navigator_export.cli.interruption import Interrupted
from navigator_export.cli.terminal import complain, write_utf8
from navigator_export.errors import LayerError, NavigatorExportError, ProblemsError
from navigator_export.sets.network import using
from navigator_export.version import __version__

COMMANDS: Final = MappingProxyType(
    {
        "export": "Write one Navigator layer from mapping files.",
        "build": "Write every layer of a manifest, with an index, or check that they are current.",
        "compare": "Show what changed from one coverage to another.",
        "gaps": "Show what threats use and coverage leaves open.",
        "plan": "Find the fewest capabilities that cover what threats use.",
        "threat": "Show what threats use, or write it as a layer.",
        "validate": "Report every finding in layer files.",
        "upgrade": "Bring layer files to today's format, and to another ATT&CK release.",
        "render": "Draw layers as SVG, HTML, Excel, PNG and PDF.",
        "open": "Open layers, or mapping files, in the Navigator.",
        "serve": "Serve layers, and a Navigator, to this computer's browser alone.",
        "inspect": "Show what mapping files hold.",
        "convert": "Write mapping files, in any form, as unified JSON.",
        "template": "Write a list to start your own mappings with.",
        "sets": "List, show, fetch and check published mapping sets; find newer ones.",
        "attack": "Show, compare, import and download ATT&CK releases.",
        "mcp": "Serve inspect, export, validate, compare, gaps and render to agents.",
        "completion": "Print what completes commands and options in your shell.",
    }
)
"""Each command with its summary; it is `command` in the module of its name, loaded when it runs."""


class _Commands(click.Group):
    """Commands that are loaded when they run, so that `--help` and each command load only what they need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"navigator_export.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that arguments name, and the other arguments.

        Raises NoSuchCommand, with the nearest names: click knows none of those that are loaded when they run.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands and their summaries."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


BEGIN: Final = (
    "To begin: `navigator-export export sample-company -o layer.json` makes a layer of a built-in sample, "
    "`navigator-export open layer.json` shows it. `navigator-export COMMAND --help` says more of a command."
)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=BEGIN,
)
@click.version_option(__version__, prog_name="navigator-export")
def commands() -> None:
    """Turn ATT&CK mappings into validated ATT&CK Navigator layers."""


def run() -> int:
    """Run the command line and return its exit code: 0 done, 1 findings, 2 usage or unreadable input."""
    write_utf8()
    # Mappings are many and hold no cycles: by default a twentieth of the time goes into looking for some.
    gc.set_threshold(50_000, 20, 20)
    try:
        with using(show=shown):
            status: int = commands.main(prog_name="navigator-export", standalone_mode=False)
        return status
    except click.exceptions.Abort:
        raise Interrupted(signal.SIGINT) from None
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except ProblemsError as error:
        from navigator_export.settings import OPTIONS  # where something is wrong

        complain(*error.lines(names=OPTIONS), *getattr(error, "__notes__", ()))
        return exit_codes.UNUSABLE
    except LayerError as error:
        complain("the layer was not written:", *map(str, error.findings))
        return exit_codes.FINDINGS
    except UnicodeEncodeError as error:
        complain(f"error an option or a file name is not UTF-8 text: {error.object!r}; use another name")
        return exit_codes.UNUSABLE
    except (NavigatorExportError, OSError) as error:
        complain(f"error {error}")
        return exit_codes.UNUSABLE
