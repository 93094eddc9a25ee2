"""What a file was checked against, as a value."""

from __future__ import annotations

import msgspec


class Checked(msgspec.Struct, frozen=True):
    """One file that was looked into."""

    file: str
    attack: tuple[str, ...] = ()
    """The ATT&CK releases that its techniques were checked against, such as `enterprise 16.1`, each once."""
    unchecked: bool = False
    """Whether the techniques of a layer in it were checked against none: the file states none that is known."""
    other: str = ""
    """What it is instead of a layer, for which it was skipped; empty for a file that was checked."""
