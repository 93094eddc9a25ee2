"""Making the comparisons and the gaps that a manifest asks for: a layer and a table each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from navigator_export.analysis.comparison import compare
from navigator_export.analysis.coverage import Coverage, coverage_of
from navigator_export.analysis.gaps import gaps
from navigator_export.analysis.gates import earlier_in, failing
from navigator_export.analysis.layers import Making, comparison_layer, comparison_name, finished, gaps_layer, gaps_name
from navigator_export.analysis.reports import Report, as_markdown, of_comparison, of_gaps
from navigator_export.analysis.sides import Side, common_release
from navigator_export.analysis.words import names_threats, read_use
from navigator_export.attack import Catalogue
from navigator_export.attack.known_threats import known_threats
from navigator_export.attack.threats import Threats
from navigator_export.build.index import IndexedComparison, IndexedGaps, IndexedLayer, IndexedSource, indexed_sources
from navigator_export.build.manifest import Manifest
from navigator_export.build.paths import TABLE_MARK
from navigator_export.build.places import in_manifest
from navigator_export.build.requests import CompareRequest, GapsRequest, Request, SideRequest
from navigator_export.build.results import Analysed
from navigator_export.build.sources import Sources
from navigator_export.errors import LayerError, Problem, ProblemsError
from navigator_export.layer.format import DOMAIN_NAMES, Layer
from navigator_export.layer.naming import with_number
from navigator_export.layer.sheets import shown_in_sheet
from navigator_export.model import Domain
from navigator_export.readers.options import ReadOptions
from navigator_export.selection import Selection
from navigator_export.sources.registry import contents
from navigator_export.wording import counted

_MOST_GAPS: Final = 50
"""Gaps that a table lists."""


def analyses(
    manifest: Manifest, sources: Sources, catalogue: Catalogue, layers: Iterable[IndexedLayer]
) -> tuple[Analysed, ...]:
    """Return what becomes of each comparison and of each threat laid over coverage, in the manifest's order.

    `layers` are those that stand beside them: no name of its own begins as that of another layer.
    """
    names = {_shown(layer.name, layer.domain, layer.attack_version) for layer in layers}
    analyst = _Analyst(manifest, sources, catalogue, names)
    return tuple(analyst.analysed(request) for request in manifest.requests)


class _Analyst:
    def __init__(
        self, manifest: Manifest, sources: Sources, catalogue: Catalogue, names: set[tuple[str, str, str]]
    ) -> None:
        self._manifest = manifest
        self._sources = sources
        self._catalogue = catalogue
        self._names = names

    def analysed(self, request: CompareRequest | GapsRequest) -> Analysed:
        """Return what becomes of a request; never raises."""
        try:
            return self._compared(request) if isinstance(request, CompareRequest) else self._laid(request)
        except ProblemsError as error:
            found = in_manifest(self._manifest, request.index, request.place, error, request.key)
            return Analysed(request, problems=found)
        except LayerError as error:
            where = f"{request.place}, {request.path}"
            return Analysed(request, problems=tuple(Problem(str(finding), where) for finding in error.findings))

    def _compared(self, request: CompareRequest) -> Analysed:
        old, new = self._coverages([request.old, request.new])
        found = compare(old, new, self._catalogue)
        layer = comparison_layer(found, self._making(request, comparison_name(found), new))
        report = of_comparison(found)
        counts = found.counts
        before, after = found.total.counts
        failures = [f"{counted(counts[kind], 'technique')} {kind}" for kind in request.fail_on if counts[kind]]
        files = self._files(request, layer, report)
        entry = IndexedComparison(
            **_listing(request, layer, new, files),
            sources=self._indexed([request.old, request.new]),
            old=old.name,
            new=new.name,
            counts=dict(counts.items()),
            before=before,
            after=after,
            of=found.total.of,
        )
        return Analysed(request, entry, files, report.sentences[0], tuple(failures))

    def _laid(self, request: GapsRequest) -> Analysed:
        facts = known_threats(self._catalogue, self._sources.stated(request.coverage.sources)[0].domain)
        whole = replace(request.coverage.recipe, selection=Selection())
        rest = [replace(request.coverage, recipe=whole)] if request.coverage.recipe.selection != Selection() else []
        sides = [request.coverage, *rest, *request.offers]
        version = self._release(sides, facts if names_threats(request.threats) else None)
        coverage, *offers = (self._coverage(side, version) for side in sides)
        release = self._catalogue.require(coverage.domain, coverage.attack_version)
        flags = {"with_software": request.with_software, "with_campaigns": request.with_campaigns}
        use = read_use(request.threats, facts, release, ReadOptions(), **flags)
        found = gaps(coverage, use, self._catalogue, offers)
        before = request.no_worse_than
        earlier = earlier_in(contents(before), before, found) if before is not None else None
        failures = failing(found, under=request.fail_under, required=request.fail_on, earlier=earlier)
        layer = gaps_layer(found, self._making(request, gaps_name(found), coverage))
        report = of_gaps(found, _MOST_GAPS)
        files = self._files(request, layer, report)
        entry = IndexedGaps(
            **_listing(request, layer, coverage, files),
            sources=self._indexed([request.coverage, *request.offers]),
            coverage=coverage.name,
            threat=use.name,
            covered=found.shares.covered,
            weak=found.shares.weak,
            of=found.shares.of,
            by_use=found.shares.by_use,
            by_rating=found.shares.by_rating,
        )
        return Analysed(request, entry, files, report.sentences[0], failures)

    def _coverages(self, sides: Sequence[SideRequest]) -> list[Coverage]:
        version = self._release(sides, None)
        return [self._coverage(side, version) for side in sides]

    def _release(self, sides: Sequence[SideRequest], facts: Threats | None) -> str | None:
        read = [Side(" + ".join(side.sources), sets=self._sources.sets(side.sources)) for side in sides]
        return common_release(read, sides[0].recipe.attack_version, self._catalogue, facts)

    def _coverage(self, side: SideRequest, version: str | None) -> Coverage:
        recipe = replace(side.recipe, attack_version=version)
        return coverage_of(self._sources.prepared(side.sources, recipe, self._catalogue), recipe)

    def _making(self, request: Request, own: str, of: Coverage) -> Making:
        """Return what a layer says of its making; its own name gets a number where it begins as another's."""
        command = f"navigator-export build {Path(self._manifest.file).name}"
        domain = DOMAIN_NAMES[of.domain]
        given = request.name
        names = iter([given]) if given is not None else _numbered(own)
        name = next(name for name in names if given or _shown(name, domain, of.attack_version) not in self._names)
        self._names.add(_shown(name, domain, of.attack_version))
        return Making(command, name, request.description)

    def _files(self, request: Request, layer: Layer, report: Report) -> tuple[tuple[str, bytes], ...]:
        text = f"{as_markdown(replace(report, title=layer.name))}\n{TABLE_MARK}\n"
        return (request.path, finished(layer, self._catalogue)), (request.table, text.encode())

    def _indexed(self, sides: Iterable[SideRequest]) -> tuple[IndexedSource, ...]:
        names = dict.fromkeys(side.sources for side in sides)
        return tuple(dict.fromkeys(one for group in names for one in indexed_sources(self._sources.stated(group))))


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (with_number(number, name) for number in count(1))


def _shown(name: str, domain: str, version: str) -> tuple[str, str, str]:
    """Return what two layers of one name in a build have in common."""
    owner: Domain = next(own for own, other in DOMAIN_NAMES.items() if other == domain)
    major = version.partition(".")[0]
    return domain, major, shown_in_sheet(name, owner, int(major))


def _listing(request: Request, layer: Layer, of: Coverage, files: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    (file, text), (table, page) = files
    return {
        "file": file,
        "table": table,
        "name": layer.name,
        "description": layer.description or "",
        "domain": layer.domain,
        "attack_version": of.attack_version,
        "sha256": hashlib.sha256(text).hexdigest(),
        "table_sha256": hashlib.sha256(page).hexdigest(),
    }
