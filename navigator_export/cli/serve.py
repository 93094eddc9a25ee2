"""`navigator-export serve`."""

from __future__ import annotations

import re

import click

from navigator_export.cli import exit_codes
from navigator_export.cli.interruption import Interrupted
from navigator_export.cli.open import NAVIGATOR
from navigator_export.cli.terminal import answer, complain
from navigator_export.cli.values import file_names
from navigator_export.opening import PUBLIC_NAVIGATOR, checked_navigator, opening_address
from navigator_export.serving import Server, Site, site_of
from navigator_export.wording import counted


@click.command("serve")
@click.argument("words", nargs=-1, required=True, metavar="FOLDER|LAYER…", shell_complete=file_names)
@click.option(
    "--navigator",
    metavar="FOLDER|URL",
    envvar=NAVIGATOR,
    show_envvar=True,
    default=PUBLIC_NAVIGATOR,
    help="A built Navigator to serve with the layers, or the address of one; MITRE's own by default.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port; by default any that is free.")
@click.option("--in-container", is_flag=True, help="Listen on all of a container's interfaces; see the Dockerfile.")
def command(words: tuple[str, ...], navigator: str, port: int, in_container: bool) -> int:
    """Serve a FOLDER that a build wrote, or LAYER files, until Ctrl-C.

    Only this computer can reach it, it only reads, and of other sites only the Navigator's may ask it. With a built
    Navigator (--navigator FOLDER), layers and Navigator come from one address and no layer leaves the computer: the
    Navigator then opens up to 20 layers at its start.
    """
    is_address = re.match("https?://", navigator) is not None
    site = site_of(words, None if is_address else navigator)
    server = Server(
        site, navigator=checked_navigator(navigator) if is_address else "", port=port, in_container=in_container
    )
    answer("\n".join(_addresses(site, server)))
    complain(*_notes(site, is_public=navigator == PUBLIC_NAVIGATOR))
    try:
        server.run()
    except Interrupted:
        complain("stopped")
    return exit_codes.DONE


def _addresses(site: Site, server: Server) -> list[str]:
    lines = [f"{server.origin}{site.root}"]
    if site.navigator:
        lines.insert(0, server.origin)
    elif site.default_layers:
        lines.append(opening_address((server.origin + address for address in site.addresses), server.navigator))
    return lines


def _notes(site: Site, *, is_public: bool) -> list[str]:
    what = counted(len(site.files), "layer")
    lines = [f"serving {what}{', with the Navigator before them' if site.navigator else ''}; Ctrl-C ends it"]
    if site.navigator and not site.default_layers:
        lines.append("note these are too many to open at the Navigator's start; open them from their list")
    if is_public:
        lines.append("note browsers may ask whether the Navigator's site may read from this computer, or refuse it;")
        lines.append("     `open` needs no permission, and `--navigator FOLDER` serves a Navigator of your own")
    return lines
