"""`navigator-export completion`."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from navigator_export.cli.terminal import answer

_SHELLS: Final = MappingProxyType({"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete})
_VARIABLE: Final = "_NAVIGATOR_EXPORT_COMPLETE"
"""Where the shell asks for completions; click derives it from the name of the program."""


@click.command("completion")
@click.argument("shell", type=click.Choice(tuple(_SHELLS)))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that has a shell complete commands, options and their values with the tab key.

    \b
    bash:  navigator-export completion bash > ~/.local/share/bash-completion/completions/navigator-export
    zsh:   eval "$(navigator-export completion zsh)", in ~/.zshrc after compinit
    fish:  navigator-export completion fish > ~/.config/fish/completions/navigator-export.fish
    """  # noqa: D301 - click takes \b for a block that is kept as it is
    root = ctx.find_root()
    answer(_SHELLS[shell](root.command, {}, root.info_name or "", _VARIABLE).source().strip("\n"))
