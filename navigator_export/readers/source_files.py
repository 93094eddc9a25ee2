"""The files of a source that is a folder, or the one file that it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec


class SourceFile(msgspec.Struct, frozen=True):
    """One file of a source."""

    label: str
    """Its name within the source, for places; empty where it is the source itself."""
    data: bytes


def digest(files: Sequence[SourceFile]) -> str:
    """Return the SHA-256 of one file; of several, that of the lines `hash  name` that sha256sum writes for them."""
    if len(files) == 1 and not files[0].label:
        return hashlib.sha256(files[0].data).hexdigest()
    lines = (f"{hashlib.sha256(file.data).hexdigest()}  {file.label}\n" for file in files)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def within(label: str, place: str) -> str:
    """Return a place in a file of a source."""
    return ", ".join(filter(None, (label, place)))
