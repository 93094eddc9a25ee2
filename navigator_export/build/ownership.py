"""Which layers, tables and pages of a folder a build made, so that a build may remove them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from navigator_export.build.index import INDEX, listed_files
from navigator_export.build.paths import TABLE_MARK, is_layer_path, is_page_path, is_table_path
from navigator_export.build.staging import record_files
from navigator_export.pictures.markup import MARK
from navigator_export.pictures.workbooks import is_workbook

_BEGINNINGS: Final = (MARK.encode(), b'<svg xmlns="http://www.w3.org/2000/svg" width="')


def own_files(output: str) -> set[str]:
    """Return the layers, tables and pages that builds made in a folder and that nobody changed since.

    Their index says so, or the record of a build that was killed. As anybody can write an index, a listed file counts
    only where a build can have written it: it is a layer or looks like a table or a page of ours, under a name that a
    build gives, below the folder and not behind a link out of it, with the checksum that is listed.
    """
    root = Path(output)
    return {path for path, checksum in _listed(root) if _is_own(root, path, checksum)}


def is_strange(output: str, path: str) -> bool:
    """Return whether a page's place is taken by a file that no build made, as far as its looks and the indexes tell."""
    data = content(Path(output, path))
    return data is not None and not is_page(data) and path not in {listed for listed, _ in _listed(Path(output))}


def is_inside(root: Path, path: str) -> bool:
    """Return whether a path stays in a folder, also through the links on its way."""
    try:
        return (root / path).parent.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError):
        return False


def is_layer(data: bytes) -> bool:
    """Return whether a text looks like a layer, of whatever making."""
    try:
        document = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return {"domain", "techniques"} <= document.keys()


def is_table(data: bytes) -> bool:
    """Return whether a file looks like the tables that a build writes beside layers."""
    return data.endswith(f"{TABLE_MARK}\n".encode())


def is_page(data: bytes) -> bool:
    """Return whether a file looks like the pages, pictures and workbooks of a build."""
    return data.startswith(_BEGINNINGS) or is_workbook(data)


def content(file: Path) -> bytes | None:
    """Return what is in a file; None where it cannot be read, or is none: a pipe or a device would keep us waiting."""
    try:
        return file.read_bytes() if file.is_file() else None
    except (OSError, ValueError):
        return None


def _listed(root: Path) -> Iterator[tuple[str, str]]:
    for index in (root / INDEX, *record_files(str(root))):
        yield from listed_files(content(index) or b"").items()


def _is_own(root: Path, path: str, checksum: str) -> bool:
    kinds = ((is_layer_path, is_layer), (is_table_path, is_table), (is_page_path, is_page))
    looks_own = next((looks for is_path, looks in kinds if is_path(path)), None)
    if looks_own is None or not is_inside(root, path) or (root / path).is_symlink():
        return False
    data = content(root / path)
    return data is not None and hashlib.sha256(data).hexdigest() == checksum and looks_own(data)
