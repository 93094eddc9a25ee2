"""What an earlier build of a manifest made, so that unchanged layers need not be made again.

It lies in the user's cache folder and is never trusted alone: a layer is spared only where its input is the same, to
the last byte of the tool's own files, and its file is still what was written. It knows the built-in ATT&CK releases
only; where others are imported, do without it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec
import platformdirs

from navigator_export.build.expansion import Plan
from navigator_export.build.index import IndexedLayer
from navigator_export.build.results import Made
from navigator_export.errors import OutputError
from navigator_export.model import MappingSet
from navigator_export.output import write


class _Remembered(msgspec.Struct, frozen=True, omit_defaults=True):
    layer: IndexedLayer | None = None
    left_out: str = ""
    inactive: int = 0


class Memory:
    """What is remembered of one manifest's builds."""

    def __init__(self, manifest: str) -> None:
        name = hashlib.sha256(str(Path(manifest).resolve()).encode()).hexdigest()[:16]
        self._file = Path(platformdirs.user_cache_dir("navigator-export"), "builds", f"{name}.json")
        self._known: dict[str, _Remembered] = {}
        with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
            self._known = msgspec.json.decode(self._file.read_bytes(), type=dict[str, _Remembered])

    def recall(self, plan: Plan, mappings: MappingSet, output: str) -> Made | None:
        """Return what became of a plan, where it would become the same again and its file is untouched."""
        known = self._known.get(self._key(plan, mappings))
        if known is None:
            return None
        if known.layer:
            try:
                found = hashlib.sha256(Path(output, plan.path).read_bytes()).hexdigest()
            except OSError:
                return None
            if found != known.layer.sha256:
                return None
        return Made(plan, known.layer, "unchanged", left_out=known.left_out, inactive=known.inactive)

    def keep(self, made: Iterable[tuple[Made, MappingSet]]) -> None:
        """Remember what was made, in place of all that was remembered; a cache that cannot be written is no matter."""
        known = {
            self._key(result.plan, mappings): _Remembered(result.layer, result.left_out, result.inactive)
            for result, mappings in made
        }
        if known != self._known:
            with suppress(OutputError):
                write(msgspec.json.encode(known), self._file)

    def _key(self, plan: Plan, mappings: MappingSet) -> str:
        return hashlib.sha256(
            msgspec.json.encode((plan.path, plan.recipe, plan.may_be_empty, mappings.sources, _tool()))
        ).hexdigest()


@cache
def _tool() -> str:
    """Return a digest of the tool's own files: any change to them may change a layer."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for file in sorted((*package.rglob("*.py"), *package.rglob("*.json"), *package.parent.glob("schemas/*.json"))):
        digest.update(file.read_bytes())
    return digest.hexdigest()
