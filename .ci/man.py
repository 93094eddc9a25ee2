"""Writes a manual page of every command, made by click-man of its help: `python .ci/man.py FOLDER`."""

from __future__ import annotations

import re
import sys
from inspect import cleandoc
from pathlib import Path

import click
from click_man.core import write_man_pages

from navigator_export.cli.commands import COMMANDS, commands
from navigator_export.version import __version__


def loaded(name: str) -> click.Command:
    """Return a command, with the summary that `--help` has, and what click keeps as it is kept by roff too."""
    command = commands.get_command(click.Context(commands), name)
    assert command  # noqa: S101 - each of `COMMANDS` is there
    command.short_help = COMMANDS[name]
    command.help = re.sub("\b\n((?:.+\n?)+)", r".nf\n\1\n.fi", cleandoc(command.help or ""))
    return command


folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
# click-man finds those commands alone that are loaded before they are called.
commands.commands = {name: loaded(name) for name in COMMANDS}
commands.short_help = commands.help
write_man_pages("navigator-export", commands, version=__version__, target_dir=folder)
