"""The local page that carries a link too long for a command line: private to the user, and cleared away later."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Final

from navigator_export.errors import OutputError, Problem, reason
from navigator_export.pictures.markup import document, escaped

_PREFIX: Final = "navigator-export-open-"

KEPT: Final = 3600.0
"""Seconds for which a page stays, so that a slow browser still finds it."""

_STYLE: Final = "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}"

_SCRIPT: Final = "location.replace(document.getElementById('open').href)"
"""Replaces the page, so that going back leads to where one was before."""


def link_page(names: Sequence[str], address: str) -> bytes:
    """Return a page that goes to an address by itself, and by its one link where scripts are off."""
    named = "".join(f"<li>{escaped(name)}</li>" for name in names)
    body = (
        f"<main><h1>Opening in the ATT&amp;CK Navigator</h1><ul>{named}</ul>"
        f'<p><a id="open" href="{escaped(address)}">Open the Navigator</a>, should it not open by itself.</p></main>'
    )
    return document("Opening in the ATT&CK Navigator", body, style=_STYLE, script=_SCRIPT)


def place_page(text: bytes) -> Path:
    """Write a page that only this user can read into the folder for temporary files, and return where it is.

    Pages of earlier calls are cleared away once they are an hour old. Raises OutputError where it cannot be written.
    """
    _clear(Path(tempfile.gettempdir()))
    try:
        # A folder of this user alone, under a name that nobody foresees; the file is made with mode 600 on top.
        file = Path(tempfile.mkdtemp(prefix=_PREFIX), "open.html")
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as page:
            page.write(text)
    except OSError as error:
        place = str(error.filename or tempfile.gettempdir())
        hint = "set TMPDIR to a folder that can be written"
        raise OutputError(place, [Problem(f"cannot be written: {reason(error)}", hint=hint)]) from None
    return file


def _clear(folder: Path) -> None:
    """Remove the pages that this user's earlier calls left and that are old enough."""
    with suppress(OSError):
        for left in folder.glob(f"{_PREFIX}*"):
            with suppress(OSError):
                state = left.lstat()
                mine = not hasattr(os, "getuid") or state.st_uid == os.getuid()
                if mine and left.is_dir() and not left.is_symlink() and time.time() - state.st_mtime > KEPT:
                    rmtree(left, ignore_errors=True)
