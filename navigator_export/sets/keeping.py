"""Where the bytes of published sets are found: the user's cache, a mirror, or the network; verified before any use.

The cache is the folder `sets` in the user's cache folder for navigator-export; its files are called by their SHA-256.
NAVIGATOR_EXPORT_SETS names a mirror: a folder with the files, or an https address that they lie below.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote

import msgspec

from navigator_export.errors import OutputError, Problem, SourceError
from navigator_export.output import write
from navigator_export.sets.names import name_of
from navigator_export.sets.network import network
from navigator_export.sets.registry import PublishedSet
from navigator_export.sources.contents import read_up_to

VARIABLE: Final = "NAVIGATOR_EXPORT_SETS"

_HASH: Final = re.compile("[0-9a-f]{64}")
_LARGEST: Final = 2**30
"""Bytes of a file that is looked at."""


class Found(msgspec.Struct, frozen=True):
    """Bytes that are what was asked for."""

    data: bytes
    remarks: tuple[str, ...] = ()
    """What to know of how they came, each a sentence."""


def folder() -> Path:
    """Return the cache folder, whether it exists or not."""
    from platformdirs import user_cache_path  # files do without

    return user_cache_path("navigator-export", appauthor=False) / "sets"


def find(one: PublishedSet) -> Found:
    """Return the bytes of a published set: from the cache, the mirror, or the network, into the cache then.

    Raises SourceError, which says what to fetch and where to put it, where they cannot be had.
    """
    kept = find_kept(one.sha256, one.bytes) or put_by_hand(one)
    if kept is not None:
        return Found(kept)
    mirror = os.environ.get(VARIABLE, "").strip()
    if mirror and "://" not in mirror:
        return Found(_in_folder(one, mirror))
    return fetch_set(one, mirror)


def find_kept(sha256: str, most: int) -> bytes | None:
    """Return the bytes of a hash from the cache; None where it has none of at most so many, or others for them."""
    data = _read(folder() / sha256, most)
    return data if data is not None and _sha256(data) == sha256 else None


def put_by_hand(one: PublishedSet) -> bytes | None:
    """Return the bytes of a set that somebody put into the cache under the file's own name; None for others."""
    data = _read(folder() / PurePosixPath(one.path).name, one.bytes)
    return data if data is not None and _sha256(data) == one.sha256 else None


def keep(data: bytes, sha256: str) -> tuple[str, ...]:
    """Put bytes into the cache; return a remark where that cannot be done."""
    file = folder() / sha256
    try:
        with suppress(OSError):
            if file.is_symlink():  # what it leads to is not the cache's to replace
                file.unlink()
        write(data, file)
    except OutputError as error:
        return (f"what was fetched is not kept: {error.file} {error.problems[0]}",)
    return ()


def fetch_set(one: PublishedSet, mirror: str = "") -> Found:
    """Return the bytes of a set from the network, kept in the cache. Raises SourceError where they cannot be had."""
    from navigator_export.sets.fetching import fetch  # the cache and a mirror do without

    address = f"{mirror.rstrip('/')}/{quote(one.path)}" if mirror else one.address
    name = name_of(one)
    data = fetch(address, name, one.bytes, size=one.bytes, by_hand=_by_hand(one, address))
    _require(one, data, address)
    return Found(data, keep(data, one.sha256))


def refresh(one: PublishedSet) -> Found:
    """Return the bytes of a set as `find` does, into the cache where a mirror has them."""
    found = find(one)
    return found if find_kept(one.sha256, one.bytes) is not None else Found(found.data, keep(found.data, one.sha256))


def is_kept(one: PublishedSet) -> bool:
    """Return whether the cache has a file of a set's hash and size; whether it is sound is seen when it is read."""
    try:
        return (folder() / one.sha256).stat().st_size == one.bytes
    except OSError:
        return False


def verify() -> tuple[int, list[str]]:
    """Return how many files the cache has, and the names of those that are not what they are called."""
    try:
        names = sorted(entry.name for entry in folder().iterdir() if _HASH.fullmatch(entry.name))
    except OSError:
        return 0, []
    return len(names), [name for name in names if find_kept(name, _LARGEST) is None]


def _in_folder(one: PublishedSet, mirror: str) -> bytes:
    """Return the bytes of a set in a folder: by its path in the repository, its file's name, or its hash."""
    names = (one.path, PurePosixPath(one.path).name, one.sha256)
    there = False
    for name in names:
        data = _read(Path(mirror, name), one.bytes)
        there = there or Path(mirror, name).exists()
        if data is not None and _sha256(data) == one.sha256:
            return data
    message = f"the file in {mirror} is not the set: its SHA-256 differs" if there else f"is not in {mirror}"
    hint = f"put {one.address} into it, or do without {VARIABLE}"
    raise SourceError(name_of(one), [Problem(message, hint=hint)])


def _read(path: Path, most: int) -> bytes | None:
    """Return the bytes of a file of at most so many; None where there is none such."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            data = read_up_to(file, most + 1)
    except (OSError, ValueError):
        return None
    return data if len(data) <= most else None


def _require(one: PublishedSet, data: bytes, address: str) -> None:
    if _sha256(data) == one.sha256:
        return
    if data.lstrip()[:1] == b"<":
        what = "what came is a web page"
    elif len(data) < one.bytes:
        what = f"what came ends after {len(data):,} of {one.bytes:,} bytes"
    else:
        what = "what came has another SHA-256"
    raise SourceError(name_of(one), [Problem(f"{what}, and is not used", hint=_by_hand(one, address))])


def _by_hand(one: PublishedSet, address: str) -> str:
    """Return what to do where a set cannot be fetched."""
    first = "allow fetching" if network().offline else "try again"
    return f"{first}, or put {address} into {folder()}"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
