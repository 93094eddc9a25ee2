"""Paths of layers: below the output folder, and such that every common file system takes them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

from navigator_export.errors import Problem
from navigator_export.layer.naming import slug

OWN_FILES: Final = ("index.json", "INDEX.md", "SHA256SUMS")
"""Files that a build writes beside the layers."""
_OWN_FILES: Final = frozenset(name.casefold() for name in OWN_FILES)

TABLE_MARK: Final = "<!-- made by navigator-export build -->"
"""Last line of a table that a build writes beside a layer."""

GALLERY: Final = "index.html"
PAGE, PICTURE, WORKBOOK, OPENING = ".html", ".svg", ".xlsx", ".open.html"
"""The gallery; endings of what is drawn of a layer, in the place of its own."""

STAGING: Final = ".navigator-export-staging"
"""Folder where a build's files wait."""

LONGEST_PART: Final = 100
"""Bytes in UTF-8 of a folder or file name without its ending, well below the 255 that common file systems take."""
_LONGEST_NAME: Final = 255

_FIT: Final = re.compile(r"(?![ .])[^\x00-\x1f\x7f<>:\"/\\|?*]*[^\x00-\x1f\x7f<>:\"/\\|?*. ]")
"""A part of a path that every common file system takes; none is hidden, as publishing passes over hidden files."""
_RESERVED: Final = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$) *(\..*)?", re.IGNORECASE
)
"""Names of devices on Windows, whatever their ending: what is written to such a file goes to the device."""

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that steer, turn or break a line, or are halves of characters."""
_BLANK: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Characters of other categories that nobody sees."""


def checked_path(path: str) -> str | Problem:
    """Return a path with its ending, or what is wrong: it leaves the folder, or not every file system takes it."""
    parts = path.split("/")
    if path.startswith(("/", "\\", "~")) or ":" in path or "\\" in path or ".." in parts:
        hint = "name a path below it, with / between folders"
        return Problem(f"the path {path!r} leaves the output folder", hint=hint)
    parts[-1] = re.sub(r"\.json$", "", parts[-1], flags=re.IGNORECASE)
    unfit = [part for part in parts if not _is_fit(part)]
    if unfit:
        return Problem(f"not every file system takes {unfit[0]!r} in the path {path!r}")
    unseen = sorted({character for part in parts for character in part if _is_unseen(character)})
    if unseen:
        hint = "leave it out"
        return Problem(f"the path {path!r} has a character that nobody sees, {unseen[0]!a}", hint=hint)
    if is_own_file(f"{'/'.join(parts)}.json"):
        return Problem(f"the path {path!r} is that of the build's own files", hint="give it another path")
    *folders, name = parts
    return "/".join((*map(_cut, folders), f"{_cut(name)}.json"))


def page_path(path: str, ending: str) -> str:
    """Return the path of what is drawn of the layer at a path, by its ending."""
    return path.removesuffix(".json") + ending


def is_layer_path(path: str) -> bool:
    """Return whether a build can have written a layer to this path."""
    *folders, name = path.split("/")
    parts = (*folders, name.removesuffix(".json"))
    return (
        name.endswith(".json")
        and not is_own_file(path)
        and all(_is_fit(part) and not any(map(_is_unseen, part)) for part in parts)
        and all(len(part.encode()) <= _LONGEST_NAME for part in (*folders, name))
    )


def is_table_path(path: str) -> bool:
    """Return whether a build can have written a table to this path: one beside a layer."""
    return path.endswith(".md") and not is_own_file(path) and is_layer_path(f"{path.removesuffix('.md')}.json")


def is_page_path(path: str) -> bool:
    """Return whether a build can have written a page or a picture to this path."""
    stem, dot, ending = path.rpartition(".")
    return path == GALLERY or (dot + ending in (PAGE, PICTURE, WORKBOOK) and is_layer_path(f"{stem}.json"))


def is_own_file(path: str) -> bool:
    """Return whether a path is that of an index, whatever its case."""
    return path.casefold() in _OWN_FILES


def same_file_key(path: str) -> str:
    """Return what paths have in common that are one file on some systems: case and Unicode form do not count there.

    Canonical caseless matching, as the Unicode Standard defines it (3.13, D145).
    """
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())
    return unicodedata.normalize("NFC", folded)


def safe_part(text: str) -> str:
    """Return a text as a part of a path that every file system takes."""
    plain = slug(text)
    return f"x-{plain}" if _RESERVED.fullmatch(plain) else plain


def _is_fit(part: str) -> bool:
    return bool(_FIT.fullmatch(part)) and not _RESERVED.fullmatch(part)


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN or bool(_BLANK.match(character))


def _cut(part: str) -> str:
    text = part.encode()
    if len(text) <= LONGEST_PART:
        return part
    return f"{text[: LONGEST_PART - 9].decode(errors='ignore')}-{digest(part)}"


def digest(text: str) -> str:
    """Return a short digest that tells texts apart."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
