"""Making all layers of a manifest, one after the other or in several processes."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import ClassVar

from navigator_export.attack import Catalogue
from navigator_export.build.drift import Comparison, Drift
from navigator_export.build.expansion import Plan, expand
from navigator_export.build.folder import Staging, put_in_place
from navigator_export.build.index import IndexedLayer, IndexedSource, index_files
from navigator_export.build.manifest import Manifest, ManifestError
from navigator_export.build.memory import Memory
from navigator_export.build.places import in_manifest
from navigator_export.build.results import Built, Made, Watcher
from navigator_export.build.sources import Sources
from navigator_export.errors import LayerError, NothingSelectedError, Problem, SelectionError
from navigator_export.export import finish_layer

Keep = Callable[[str, bytes], str]
"""Takes the path and the text of a layer and says what became of it."""


class Workshop:
    """Makes the layers of plans; what layers share is prepared once."""

    def __init__(self, manifest: Manifest, sources: Sources, catalogue: Catalogue) -> None:
        self._manifest = manifest
        self._sources = sources
        self._catalogue = catalogue

    def make(self, plan: Plan, keep: Keep) -> Made:
        """Make a plan's layer and hand its path and text to `keep`; return what became of it. Never raises."""
        recipe = plan.recipe
        try:
            product = finish_layer(self._sources.prepared(plan.sources, recipe, self._catalogue), recipe)
        except NothingSelectedError as error:
            if plan.may_be_empty:
                return Made(plan)
            return Made(plan, problems=in_manifest(self._manifest, plan.entry, plan.place, error))
        except SelectionError as error:
            return Made(plan, problems=in_manifest(self._manifest, plan.entry, plan.place, error))
        except LayerError as error:
            return Made(plan, problems=tuple(Problem(str(f), f"{plan.place}, {plan.path}") for f in error.findings))
        state = keep(plan.path, product.text)
        tally = product.tally
        mappings = self._sources.mappings(plan.sources)
        layer = IndexedLayer(
            file=plan.path,
            name=product.layer.name,
            description=product.layer.description or "",
            domain=product.layer.domain,
            attack_version=tally.retargeting.to_release,
            sources=tuple(IndexedSource(s.name, s.sha256, s.framework, s.attack_version) for s in mappings.sources),
            selection=product.selection,
            score=product.strategy,
            techniques=tally.techniques,
            mappings=tally.mappings,
            command=product.command,
            sha256=hashlib.sha256(product.text).hexdigest(),
        )
        return Made(plan, layer, state, left_out=tally.left_out(), inactive=tally.retargeting.dropped)


def build(
    manifest: Manifest,
    output: str,
    catalogue: Catalogue,
    *,
    jobs: int = 1,
    memory: Memory | None = None,
    watcher: Watcher | None = None,
) -> Built:
    """Make every layer of a manifest and put the folder in place; all is made and checked before the first file moves.

    `memory` spares layers whose input did not change and whose file is still what it was.
    Raises ManifestError with every problem of the manifest and its layers, SourceError, and OutputError.
    """
    watcher = watcher or Watcher()
    sources = Sources(manifest)
    plans, wrong = expand(manifest, sources, catalogue, output)
    watcher.planned(len(plans))
    workshop = Workshop(manifest, sources, catalogue)
    if manifest.problems or wrong:
        _made(manifest, plans, wrong, workshop, _discard, jobs, watcher)
    known = {}
    if memory:
        recalled = ((plan, memory.recall(plan, sources.mappings(plan.sources), output)) for plan in plans)
        known = {plan.path: spared for plan, spared in recalled if spared}
    for spared in known.values():
        watcher.made(spared)
    with Staging(output) as staging:
        todo = [plan for plan in plans if plan.path not in known]
        fresh = _made(manifest, todo, (), workshop, staging.keep, jobs, watcher)
        made = sorted((*known.values(), *fresh), key=lambda result: result.plan.path)
        _require_layers(manifest, made)
        layers = tuple(result.layer for result in made if result.layer)
        for path, text in index_files(manifest, plans, layers).items():
            staging.keep(path, text)
        removed = put_in_place(staging, output, layers, manifest.inputs)
    if memory:
        memory.keep((result, sources.mappings(result.plan.sources)) for result in made)
    return Built(tuple(made), removed)


def check(
    manifest: Manifest, output: str, catalogue: Catalogue, *, jobs: int = 1, watcher: Watcher | None = None
) -> Drift:
    """Return how a folder differs from what the manifest gives; writes nothing, and trusts no memory.

    Raises ManifestError and SourceError as `build` does.
    """
    watcher = watcher or Watcher()
    sources = Sources(manifest)
    plans, wrong = expand(manifest, sources, catalogue, output)
    watcher.planned(len(plans))
    comparison = Comparison(output)
    made = _made(manifest, plans, wrong, Workshop(manifest, sources, catalogue), comparison.state, jobs, watcher)
    _require_layers(manifest, made)
    layers = tuple(result.layer for result in sorted(made, key=lambda r: r.plan.path) if result.layer)
    states = {result.plan.path: result.state for result in made if result.layer}
    states |= {path: comparison.state(path, text) for path, text in index_files(manifest, plans, layers).items()}
    strays = comparison.strays(states, manifest.inputs)
    return Drift(
        missing=tuple(sorted(path for path, state in states.items() if state == "missing")),
        stale=tuple(sorted(path for path, state in states.items() if state == "stale")),
        stray=strays,
        foreign=comparison.foreign(strays),
    )


def _discard(path: str, text: bytes) -> str:
    return ""


def _require_layers(manifest: Manifest, made: Sequence[Made]) -> None:
    if not any(result.layer for result in made):
        raise ManifestError(manifest.file, [Problem("no layer comes of it: all crossed values map nothing")])


def _made(
    manifest: Manifest,
    plans: Sequence[Plan],
    wrong: Sequence[Problem],
    workshop: Workshop,
    keep: Keep,
    jobs: int,
    watcher: Watcher,
) -> list[Made]:
    """Return what becomes of each plan.

    Raises ManifestError with the problems of the manifest, those that were found on the way, and those of all plans.
    """
    results = []
    for result in _results(plans, workshop, keep, jobs):
        results.append(result)
        watcher.made(result)
    problems = [*manifest.problems, *wrong, *(problem for result in results for problem in result.problems)]
    if problems:
        raise ManifestError(manifest.file, tuple(dict.fromkeys(problems)))
    return results


def _results(plans: Sequence[Plan], workshop: Workshop, keep: Keep, jobs: int) -> Iterator[Made]:
    """Yield what becomes of each plan; with several jobs from processes of their own."""
    if jobs <= 1 or len(plans) <= 1:
        for plan in plans:
            yield workshop.make(plan, keep)
        return
    # Forked workers share what was read; where there is no fork, it is sent to each of them once.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    with ProcessPoolExecutor(
        max_workers=min(jobs, len(plans)),
        mp_context=multiprocessing.get_context(method),
        initializer=_Worker.start,
        initargs=(workshop, keep),
    ) as pool:
        yield from pool.map(_Worker.make, plans, chunksize=max(1, min(16, len(plans) // (jobs * 4))))


class _Worker:
    """What a process of the pool holds."""

    workshop: ClassVar[Workshop]
    keep: ClassVar[list[Keep]]

    @classmethod
    def start(cls, workshop: Workshop, keep: Keep) -> None:
        """Take what the process works with."""
        cls.workshop, cls.keep = workshop, [keep]
        threading.Thread(target=_end_with_parent, daemon=True).start()

    @classmethod
    def make(cls, plan: Plan) -> Made:
        """Make one layer."""
        return cls.workshop.make(plan, cls.keep[0])


def _end_with_parent() -> None:
    """End this process when the one that started it does, however that ends: nobody waits for its work then."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
