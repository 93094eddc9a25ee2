"""`navigator-export open`."""

from __future__ import annotations

import os
from typing import Any

import cloup

from navigator_export.cli import exit_codes
from navigator_export.cli.options import making_options
from navigator_export.cli.shown import shown_argument, shown_from
from navigator_export.cli.terminal import answer, complain
from navigator_export.opening import PUBLIC_NAVIGATOR, link_page, link_to, place_page, start_browser
from navigator_export.wording import counted

BROWSER = "NAVIGATOR_EXPORT_BROWSER"
NAVIGATOR = "NAVIGATOR_EXPORT_NAVIGATOR"


@cloup.command("open")
@shown_argument
@cloup.option_group(
    "Opening",
    cloup.option(
        "--navigator",
        metavar="URL",
        envvar=NAVIGATOR,
        show_envvar=True,
        default=PUBLIC_NAVIGATOR,
        help="Navigator to open the layers in; MITRE's own by default.",
    ),
    cloup.option("--print", "print_", is_flag=True, help="Print the link instead, and start no browser."),
)
@making_options
def command(words: tuple[str, ...], navigator: str, print_: bool, **given: Any) -> int:
    """Open layers in the Navigator: LAYER files, and one layer made of each SOURCE together.

    The layers travel inside the link, in the part that browsers send to nobody: the Navigator's site does not get to
    see them. But the link, and so the layers, stays in the browser's history, and is synchronised where that is. What
    must not be there belongs into a local Navigator, with a private window, or `serve --navigator FOLDER`.

    The browser is the system's, or the one that the environment variable NAVIGATOR_EXPORT_BROWSER or BROWSER names. It
    reads the link from a page in the folder for temporary files that this user alone can read, and that a later call
    clears away.
    """
    shown = shown_from(words, given)
    link = link_to(shown.layers, navigator)
    told = list(shown.told)
    if link.left_out:
        told.append(f"warning {link.left_out}, or the link would be too long for browsers; `serve` shows all of it")
    if print_:
        complain(*told)
        answer(link.address)
        return exit_codes.DONE
    page = place_page(link_page([layer.name for layer in shown.layers], link.address))
    if not start_browser(page, os.environ.get(BROWSER, "")):
        complain(*told, f"error no browser could be started; open {page} in one, or name one in {BROWSER}")
        return exit_codes.UNUSABLE
    complain(*told, f"opening {counted(len(shown.layers), 'layer')} in {navigator}, by way of {page}")
    return exit_codes.DONE
