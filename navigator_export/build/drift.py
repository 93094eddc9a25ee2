"""Whether a folder is what its manifest gives."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from navigator_export.build.folder import own_files


class Drift(msgspec.Struct, frozen=True):
    """How a folder differs from what its manifest gives."""

    missing: tuple[str, ...]
    stale: tuple[str, ...]
    stray: tuple[str, ...]
    """Layers that the manifest does not give."""
    foreign: tuple[str, ...] = ()
    """Those of the stray ones that no build made here, so that no build removes them."""

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.stray)

    def lines(self) -> list[str]:
        """Return one line per file."""
        parts = (("missing", self.missing), ("stale", self.stale), ("stray", self.stray))
        return [f"{what}: {path}" for what, paths in parts for path in paths]


class Comparison:
    """Compares the files of a build with a folder, one by one, without writing."""

    def __init__(self, output: str) -> None:
        self._root = Path(output)

    def state(self, path: str, text: bytes) -> str:
        """Return `missing`, `stale` or `same`."""
        try:
            return "same" if (self._root / path).read_bytes() == text else "stale"
        except FileNotFoundError:
            return "missing"
        except OSError:
            return "stale"

    def foreign(self, strays: Iterable[str]) -> tuple[str, ...]:
        """Return the strays that no build made here."""
        return tuple(sorted(set(strays) - own_files(self._root)))

    def strays(self, expected: Iterable[str], kept: Iterable[Path]) -> tuple[str, ...]:
        """Return layers that are not expected: those of earlier builds, and others in the folders of expected ones.

        Other JSON is none of the build's business, and neither are the files to be kept.
        """
        given = set(expected)
        sources = {path.resolve() for path in kept}
        folders = {(self._root / path).parent for path in given}
        found = {
            file.relative_to(self._root).as_posix()
            for folder in folders
            for file in folder.glob("*.json")
            if file.resolve() not in sources and _is_layer(file)
        }
        return tuple(sorted((found | {f for f in own_files(self._root) if (self._root / f).exists()}) - given))


def _is_layer(file: Path) -> bool:
    try:
        document = msgspec.json.decode(file.read_bytes(), type=dict[str, msgspec.Raw])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return {"domain", "techniques"} <= document.keys()
