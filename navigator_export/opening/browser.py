"""Starting the user's browser."""

from __future__ import annotations

import os
import shlex
import subprocess
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Final

_WINDOWS: Final = os.name == "nt"

_SECONDS: Final = 1.0
"""After which a browser is taken to have started; one that hands the address to another has ended well by then."""


def start_browser(page: Path, command: str = "") -> bool:
    """Start a browser on a local page and return whether one could be started.

    `command` is the browser to take: a program with its options, `%s` in it where the address goes. Without one, that
    of the environment variable BROWSER, or the system's.
    """
    address = page.as_uri()
    if not command:
        return webbrowser.open(address)
    with suppress(ValueError, OSError, IndexError):
        # On Windows a backslash stands between folders, and quotes alone hold words together.
        words = shlex.split(command.replace("\\", "\\\\") if _WINDOWS else command)
        words = [word.replace("%s", address) for word in words] if "%s" in command else [*words, address]
        # It outlives this command, and what it has to say is none of this command's output.
        browser = subprocess.Popen(  # noqa: S603 - it is the user's own choice
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return browser.wait(_SECONDS) == 0
        except subprocess.TimeoutExpired:
            return True
    return False
