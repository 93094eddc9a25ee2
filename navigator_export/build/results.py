"""What becomes of a manifest's layers, and who is told as it happens."""

from __future__ import annotations

import msgspec

from navigator_export.build.expansion import Plan
from navigator_export.build.index import IndexedComparison, IndexedGaps, IndexedLayer
from navigator_export.build.pages import Drawn
from navigator_export.build.requests import Request
from navigator_export.errors import Problem
from navigator_export.layer.format import DOMAIN_NAMES
from navigator_export.layer.sheets import shown_in_sheet


class Made(msgspec.Struct, frozen=True):
    """What became of one plan."""

    plan: Plan
    layer: IndexedLayer | None = None
    """None where the plan is empty or wrong."""
    state: str = ""
    """What became of the layer's text: `written`, or `unchanged` where it stands already; empty in a check."""
    problems: tuple[Problem, ...] = ()
    left_out: str = ""
    """What of the sources is not in the layer, in words."""
    inactive: int = 0
    """Mappings left out because their technique is not active in the release."""
    drawn: Drawn | None = None
    """What was drawn of the layer, where the manifest asks for pages."""
    warnings: tuple[str, ...] = ()
    """What to know before the layer's scores are read as ratings, each a sentence."""


class Analysed(msgspec.Struct, frozen=True):
    """What became of one comparison, or of the gaps of one coverage."""

    request: Request
    entry: IndexedComparison | IndexedGaps | None = None
    """None where something is wrong."""
    files: tuple[tuple[str, bytes], ...] = ()
    """Paths and texts of its layer and its table."""
    said: str = ""
    """What came out, in a sentence."""
    failures: tuple[str, ...] = ()
    """Gates that fail, each a sentence."""
    problems: tuple[Problem, ...] = ()


class Built(msgspec.Struct, frozen=True):
    """A finished build."""

    made: tuple[Made, ...]
    removed: tuple[str, ...]
    """Own files of an earlier build that are no longer in the manifest."""
    analysed: tuple[Analysed, ...] = ()
    """Comparisons, and threats laid over coverage."""

    @property
    def layers(self) -> tuple[Made, ...]:
        """Return what has a layer."""
        return tuple(made for made in self.made if made.layer)

    @property
    def empty(self) -> tuple[Made, ...]:
        """Return the crossed values that map nothing, and so have no layer."""
        return tuple(made for made in self.made if not made.layer)

    @property
    def alike(self) -> tuple[tuple[str, ...], ...]:
        """Return the files of layers, of one domain and release each, whose names begin alike."""
        files: dict[tuple[str, str], list[str]] = {}
        analyses = (one.entry for one in self.analysed if one.entry)
        for layer in (*(made.layer for made in self.made if made.layer), *analyses):
            domain = next(domain for domain, name in DOMAIN_NAMES.items() if name == layer.domain)
            major = layer.attack_version.partition(".")[0]
            shown = shown_in_sheet(layer.name, domain, int(major))
            files.setdefault((f"{domain} {major}", shown), []).append(layer.file)
        return tuple(tuple(group) for group in files.values() if len(group) > 1)


class Watcher:
    """Is told how a build goes; does nothing itself."""

    def planned(self, count: int) -> None:
        """Hear how many layers there are to be."""

    def waits(self) -> None:
        """Hear that another build is at work in the folder, and that this one waits until it has ended."""

    def made(self, made: Made) -> None:
        """Hear what became of one of them."""

    def done(self) -> None:
        """Hear that nothing more will come."""
