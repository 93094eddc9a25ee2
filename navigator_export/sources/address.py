"""Anything at an https address, with `#sha256=…` to pin what it is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urldefrag, urlsplit

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.formats import tables_in_bytes
from navigator_export.readers.options import ReadOptions
from navigator_export.readers.table import Table
from navigator_export.sources.kind import Kind
from navigator_export.sources.published import with_whereabouts
from navigator_export.wording import shortened

_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://", re.ASCII)
_PIN: Final = "#sha256="


class Address(Kind):
    """A file at an https address, in any form that is read."""

    fetched = True

    def takes(self, word: str) -> bool:
        """Return whether it is an address, of whatever protocol."""
        return _ADDRESS.match(word) is not None

    def tables(self, word: str, options: ReadOptions) -> Sequence[Table]:
        """Return the tables in what lies at an address.

        Raises SourceError where it cannot be had, or is not what the address pins.
        """
        return tables_at(word, pin_of(word), options)

    def named(self, name: str) -> str | None:
        """Return the address, pinned, as a layer says it."""
        return name if self.takes(name) else None

    def called(self, word: str) -> str:
        """Return the address without what may be a secret in it."""
        return public(word)


def tables_at(word: str, sha256: str, options: ReadOptions) -> Sequence[Table]:
    """Return the tables in what lies at an address, where that has a hash; the empty hash is that of anything.

    Raises SourceError where it cannot be had.
    """
    data, remarks = contents_at(word, sha256, options.limits.bytes)
    shown = public(word)
    if shown != urldefrag(word)[0]:
        remarks = (*remarks, f"what follows the ? of {shown} may be secret, and is not in the layer")
    name = f"{shown}{_PIN}{hashlib.sha256(data).hexdigest()}"
    return with_whereabouts(tables_in_bytes(data, name, shown, options), (), remarks)


def contents_at(word: str, sha256: str, most: int) -> tuple[bytes, tuple[str, ...]]:
    """Return the bytes at an address, of the cache where a hash pins them, and remarks of how they came.

    Raises SourceError where they cannot be had, are more than `most`, or have another hash.
    """
    from navigator_export.sets.fetching import fetch, parts_of  # files are the rule
    from navigator_export.sets.keeping import find_kept, keep

    parts_of(word)
    shown = public(word)
    if sha256 and (kept := find_kept(sha256, most)) is not None:
        return kept, ()
    data = fetch(urldefrag(word)[0], shown, most, by_hand="try again, or fetch it by hand and name the file")
    found = hashlib.sha256(data).hexdigest()
    if sha256 and found != sha256:
        page = ", and is a web page" if data.lstrip()[:1] == b"<" else ""
        problem = Problem(f"what came has the SHA-256 {found}{page}, not the one that is pinned, and is not used")
        raise SourceError(shown, [problem])
    remarks = (
        () if sha256 else (f"{shown} is not pinned; it has the SHA-256 {found}: end the address in {_PIN}{found}",)
    )
    return data, (*remarks, *keep(data, found))


def pin_of(word: str) -> str:
    """Return the hash that an address pins, empty for none. Raises SourceError where what follows the # is no pin."""
    mark = urldefrag(word)[1]
    if not mark:
        return ""
    match = re.fullmatch("sha256=([0-9a-f]{64})", mark.casefold())
    if match is None:
        hint = f"expected {_PIN} and 64 digits 0-9 and a-f"
        raise SourceError(public(word), [Problem(f"{shortened(mark)!r} after the # is no pin", hint=hint)])
    return match[1]


def public(word: str) -> str:
    """Return an address without its pin, and without names, passwords and queries, which may be secrets."""
    try:
        parts = urlsplit(word)
    except ValueError:
        return shortened(word)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
