"""The page of all commands, made of what `--help` says."""

from __future__ import annotations

from collections.abc import Iterator

import click
from click.testing import CliRunner

from navigator_export.cli.commands import commands

HEAD = """\
# Commands

What `navigator-export COMMAND --help` says of every command; `python -m navigator_export` is the same program. [Exit
codes](exit-codes.md) have a page of their own.
"""


def every_command(
    group: click.Group = commands, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))


def reference() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(section(words) for words, _ in every_command())])


def section(words: tuple[str, ...]) -> str:
    """Return what the page says of a command."""
    result = CliRunner().invoke(commands, [*words, "--help"], prog_name="navigator-export", terminal_width=86)
    assert result.exit_code == 0
    return f"{'#' * (1 + len(words))} {' '.join(words)}\n\n```text\n{result.output.rstrip()}\n```\n"
