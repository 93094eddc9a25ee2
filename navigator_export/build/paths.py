"""Paths of layers: below the output folder, and such that every common file system takes them."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from navigator_export.errors import Problem
from navigator_export.layer.naming import slug

OWN_FILES: Final = ("index.json", "INDEX.md", "SHA256SUMS")
"""Files that a build writes beside the layers."""
_OWN_FILES: Final = frozenset(name.casefold() for name in OWN_FILES)

STAGING: Final = ".navigator-export-staging"
"""Folder where a build's files wait."""

LONGEST_PART: Final = 100
"""Characters of a folder or file name, below what any common file system takes."""

_FIT: Final = re.compile(r"(?![ .])[^\x00-\x1f\x7f<>:\"/\\|?*]*[^\x00-\x1f\x7f<>:\"/\\|?*. ]")
"""A part of a path that every common file system takes; none is hidden, as publishing passes over hidden files."""
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def checked_path(path: str) -> str | Problem:
    """Return a path with its ending, or what is wrong: it leaves the folder, or not every file system takes it."""
    parts = path.split("/")
    if path.startswith(("/", "\\", "~")) or ":" in path or "\\" in path or ".." in parts:
        hint = "name a path below it, with / between folders"
        return Problem(f"the path {path!r} leaves the output folder", hint=hint)
    parts[-1] = re.sub(r"\.json$", "", parts[-1], flags=re.IGNORECASE)
    unfit = [part for part in parts if not _FIT.fullmatch(part) or _RESERVED.fullmatch(part)]
    if unfit:
        return Problem(f"not every file system takes {unfit[0]!r} in the path {path!r}")
    if f"{'/'.join(parts)}.json".casefold() in _OWN_FILES:
        return Problem(f"the path {path!r} is that of the build's own files", hint="give it another path")
    *folders, name = parts
    return "/".join((*map(_cut, folders), f"{_cut(name)}.json"))


def safe_part(text: str) -> str:
    """Return a text as a part of a path that every file system takes."""
    plain = slug(text)
    return f"x-{plain}" if _RESERVED.fullmatch(plain) else plain


def _cut(part: str) -> str:
    return part if len(part) <= LONGEST_PART else f"{part[: LONGEST_PART - 9]}-{digest(part)}"


def digest(text: str) -> str:
    """Return a short digest that tells texts apart."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
