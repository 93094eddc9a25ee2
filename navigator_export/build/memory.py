"""What an earlier build of a manifest made, so that unchanged layers need not be made again.

It lies in the user's cache folder and is never trusted alone: a layer is spared only where its input is the same, to
the last byte of the tool's own files, and its file is still what was written. It knows the built-in ATT&CK releases
only; where others are imported, do without it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec
import platformdirs

from navigator_export.build.expansion import Plan
from navigator_export.build.index import IndexedLayer, indexed_sources
from navigator_export.build.ownership import content
from navigator_export.build.pages import Drawn
from navigator_export.build.results import Made
from navigator_export.errors import OutputError
from navigator_export.layer.format import DOMAIN_NAMES
from navigator_export.model import Source
from navigator_export.output import write
from navigator_export.recipe import encoded, selection_words


class _Remembered(msgspec.Struct, frozen=True, omit_defaults=True):
    path: str
    layer: IndexedLayer | None = None
    left_out: str = ""
    inactive: int = 0
    drawn: Drawn | None = None
    warnings: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True):
    digest: str
    """SHA-256 of the entries' text. It tells damage and entries that somebody changed by hand; it protects from nobody
    who makes a new one to go with his entries, and who can write here can write the layers themselves too."""
    entries: msgspec.Raw


class Memory:
    """What is remembered of one manifest's builds."""

    def __init__(self, manifest: str, pages: object = None) -> None:
        """Read what is remembered; `pages` is what decides the pages of layers besides the layers themselves."""
        self._pages = pages
        name = hashlib.sha256(os.fsencode(Path(manifest).resolve())).hexdigest()[:16]
        self._file = Path(platformdirs.user_cache_dir("navigator-export"), "builds", f"{name}.json")
        self._known: dict[str, _Remembered] = {}
        with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            file = msgspec.json.decode(content(self._file) or b"", type=_File)
            if hashlib.sha256(file.entries).hexdigest() == file.digest:
                self._known = msgspec.json.decode(file.entries, type=dict[str, _Remembered])

    def recall(self, plan: Plan, sources: Sequence[Source], output: str) -> Made | None:
        """Return what became of a plan, where it would become the same again and its file is untouched."""
        known = self._known.get(self._key(plan, sources))
        if known is None or not _fits(known, plan, sources):
            return None
        if known.layer:
            data = content(Path(output, plan.path))
            if data is None or hashlib.sha256(data).hexdigest() != known.layer.sha256:
                return None
            for page in known.drawn.files if known.drawn else ():
                if hashlib.sha256(content(Path(output, page.file)) or b"").hexdigest() != page.sha256:
                    return None
        return Made(
            plan,
            known.layer,
            "unchanged",
            left_out=known.left_out,
            inactive=known.inactive,
            drawn=known.drawn,
            warnings=known.warnings,
        )

    def keep(self, made: Iterable[tuple[Made, Sequence[Source]]]) -> None:
        """Remember what was made, in place of all that was remembered; a cache that cannot be written is no matter."""
        known = {
            self._key(result.plan, sources): _Remembered(
                result.plan.path, result.layer, result.left_out, result.inactive, result.drawn, result.warnings
            )
            for result, sources in made
        }
        if known != self._known:
            entries = msgspec.json.encode(known)
            file = _File(hashlib.sha256(entries).hexdigest(), msgspec.Raw(entries))
            with suppress(OutputError):
                write(msgspec.json.encode(file), self._file)

    def _key(self, plan: Plan, sources: Sequence[Source]) -> str:
        return hashlib.sha256(
            encoded(plan.recipe)
            + msgspec.json.encode((plan.path, plan.number, plan.may_be_empty, sources, self._pages, _tool()))
        ).hexdigest()


def _fits(known: _Remembered, plan: Plan, sources: Sequence[Source]) -> bool:
    """Return whether what is remembered is of this plan, as far as the plan tells what comes of it."""
    layer, recipe = known.layer, plan.recipe
    if known.path != plan.path or layer is None:
        return known.path == plan.path and plan.may_be_empty
    return (
        layer.file == plan.path
        and layer.sources == indexed_sources(sources)
        and layer.selection.casefold() == selection_words(recipe).casefold()  # which may spell a tier in its own way
        and layer.domain == DOMAIN_NAMES[sources[0].domain]
        and layer.score == (recipe.scoring.strategy or layer.score)
        and layer.name == (recipe.name or layer.name)
        and layer.description == (recipe.description or layer.description)
    )


@cache
def _tool() -> str:
    """Return a digest of the tool's own files: any change to them may change a layer."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    patterns = ("*.py", "*.json", "*.css", "*.js")
    own = (file for pattern in patterns for file in package.rglob(pattern))
    for file in sorted((*own, *package.parent.glob("schemas/*.json"))):
        digest.update(file.read_bytes())
    return digest.hexdigest()
