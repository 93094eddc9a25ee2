"""Making all layers of a manifest, one after the other or in several processes."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from typing import ClassVar, Final

from navigator_export.analysis.tactics import count_by_tactic
from navigator_export.attack import Catalogue
from navigator_export.build.drift import Drift, find_drift
from navigator_export.build.expansion import Plan, expand
from navigator_export.build.index import IndexedLayer, checksums, index_of, indexed_matrices, indexed_sources, texts_of
from navigator_export.build.manifest import Manifest, ManifestError
from navigator_export.build.memory import Memory
from navigator_export.build.numbering import numbered
from navigator_export.build.paths import GALLERY
from navigator_export.build.places import in_manifest
from navigator_export.build.placing import put_in_place
from navigator_export.build.results import Analysed, Built, Made, Watcher
from navigator_export.build.sources import Sources
from navigator_export.build.staging import Staging
from navigator_export.errors import GateError, LayerError, NothingSelectedError, Problem, SelectionError
from navigator_export.export import Product, finish_layer

Keep = Callable[[str, bytes], str]
"""Takes the path and the text of a layer and says what became of it."""

IN_PLACE: Final = "all files were in place"
"""Note on an exception that came after a build was done."""


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
            product = finish_layer(self._sources.prepared(plan.sources, recipe, self._catalogue), recipe, plan.number)
        except NothingSelectedError as error:
            if plan.may_be_empty:
                return Made(plan)
            return Made(plan, problems=in_manifest(self._manifest, plan.entry, plan.place, error))
        except SelectionError as error:
            return Made(plan, problems=in_manifest(self._manifest, plan.entry, plan.place, error))
        except LayerError as error:
            return Made(plan, problems=tuple(Problem(str(f), f"{plan.place}, {plan.path}") for f in error.findings))
        state = keep(plan.path, product.text)
        drawn = None
        if self._manifest.pages:
            from navigator_export.build.pages import draw

            drawn = draw(product.layer, plan.path, self._manifest.pages, self._catalogue, keep)
        tally = product.tally
        layer = IndexedLayer(
            file=plan.path,
            name=product.layer.name,
            description=product.layer.description or "",
            domain=product.layer.domain,
            attack_version=tally.retargeting.to_release,
            sources=indexed_sources(self._sources.stated(plan.sources)),
            selection=product.selection,
            score=product.strategy,
            techniques=tally.techniques,
            mappings=tally.mappings,
            command=product.command,
            sha256=hashlib.sha256(product.text).hexdigest(),
            tactics=self._per_tactic(product),
        )
        return Made(
            plan,
            layer,
            state,
            left_out=tally.left_out(),
            inactive=tally.retargeting.dropped,
            drawn=drawn,
            warnings=product.warnings,
        )

    def _per_tactic(self, product: Product) -> dict[str, int]:
        """Return how many techniques of each tactic a layer has."""
        release = self._catalogue.require(product.tally.retargeting.domain, product.tally.retargeting.to_release)
        scored = [entry.technique_id for entry in product.layer.techniques or () if entry.enabled is not False]
        return {row.tactic: row.counts[0] for row in count_by_tactic(release, [scored])}


def build(
    manifest: Manifest,
    output: str,
    catalogue: Catalogue,
    *,
    jobs: int | None = 1,
    memory: Memory | None = None,
    watcher: Watcher | None = None,
) -> Built:
    """Make every layer of a manifest and put the folder in place; all is made and checked before the first file moves.

    `jobs` is the number of processes, None for as many as pay.
    `memory` spares layers whose input did not change and whose file is still what it was.
    Raises ManifestError with every problem of the manifest and its layers, GateError where what is covered fails what
    the manifest asks for, SourceError, and OutputError. After any
    exception, an interruption too, the folder is as it was, unless the exception has the note `IN_PLACE`.
    """
    watcher = watcher or Watcher()
    sources = Sources(manifest)
    plans, wrong = expand(manifest, sources, catalogue, output)
    plans = numbered(plans, sources, catalogue)
    watcher.planned(len(plans))
    workshop = Workshop(manifest, sources, catalogue)
    if manifest.problems or wrong:
        _made(manifest, plans, wrong, workshop, _discard, jobs, watcher)
    # All that looks at the folder does so under its lock: what a build remembers holds until it is done.
    staging = Staging(output, watcher.waits)
    try:
        with staging:
            known = {}
            if memory:
                recalled = ((plan, memory.recall(plan, sources.stated(plan.sources), output)) for plan in plans)
                known = {plan.path: spared for plan, spared in recalled if spared}
            for spared in known.values():
                watcher.made(spared)
            todo = [plan for plan in plans if plan.path not in known]
            fresh = _made(manifest, todo, (), workshop, staging.keep, jobs, watcher)
            by_path = {result.plan.path: result for result in (*known.values(), *fresh)}
            made = [by_path[plan.path] for plan in plans]
            _require_layers(manifest, made)
            analysed = _analysed(manifest, sources, catalogue, made)
            texts, listed = _folder(manifest, catalogue, plans, made, analysed)
            for path, text in texts.items():
                staging.keep(path, text)
            removed = put_in_place(staging, output, listed, manifest.inputs)
        if memory:
            memory.keep((result, sources.stated(result.plan.sources)) for result in made)
        return Built(tuple(made), removed, analysed)
    except BaseException as error:
        if staging.finished:
            error.add_note(IN_PLACE)
        raise


def check(
    manifest: Manifest, output: str, catalogue: Catalogue, *, jobs: int | None = 1, watcher: Watcher | None = None
) -> Drift:
    """Return how a folder differs from what the manifest gives; writes nothing, and trusts no memory.

    Raises ManifestError, GateError and SourceError as `build` does.
    """
    watcher = watcher or Watcher()
    sources = Sources(manifest)
    plans, wrong = expand(manifest, sources, catalogue, output)
    plans = numbered(plans, sources, catalogue)
    watcher.planned(len(plans))
    made = _made(manifest, plans, wrong, Workshop(manifest, sources, catalogue), _discard, jobs, watcher)
    _require_layers(manifest, made)
    analysed = _analysed(manifest, sources, catalogue, made)
    texts, expected = _folder(manifest, catalogue, plans, made, analysed)
    expected |= {path: hashlib.sha256(text).hexdigest() for path, text in texts.items()}
    return find_drift(output, expected, manifest.inputs)


def _folder(
    manifest: Manifest,
    catalogue: Catalogue,
    plans: Sequence[Plan],
    made: Sequence[Made],
    analysed: Sequence[Analysed],
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the texts of all files but the layers and their pages, and the checksums of what the index lists."""
    layers = [result.layer for result in made if result.layer]
    entries = [one.entry for one in analysed if one.entry]
    index = index_of(manifest, plans, layers, entries, indexed_matrices(layers, catalogue))
    texts = {path: text for one in analysed for path, text in one.files}
    if manifest.pages:
        from navigator_export.build.pages import with_pages

        drawn = {result.plan.path: result.drawn for result in made if result.drawn}
        index, texts[GALLERY] = with_pages(index, drawn)
    texts |= texts_of(index)
    return texts, checksums(index)


def _analysed(manifest: Manifest, sources: Sources, catalogue: Catalogue, made: Sequence[Made]) -> tuple[Analysed, ...]:
    """Return the comparisons and gaps of a manifest.

    Raises ManifestError with all that is wrong with them, and GateError where they fail what the manifest asks for.
    """
    if not manifest.requests:
        return ()
    from navigator_export.build.analyses import analyses  # where a manifest asks for some

    found = analyses(manifest, sources, catalogue, [result.layer for result in made if result.layer])
    problems = [problem for one in found for problem in one.problems]
    if problems:
        raise ManifestError(manifest.file, tuple(dict.fromkeys(problems)))
    failures = [
        Problem(f"{one.entry.name}: {failure}", one.request.place)
        for one in found
        if one.entry
        for failure in one.failures
    ]
    if failures:
        raise GateError(manifest.file, failures)
    return found


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
    jobs: int | None,
    watcher: Watcher,
) -> list[Made]:
    """Return what becomes of each plan.

    Raises ManifestError with the problems of the manifest, those that were found on the way, and those of all plans.
    """
    results = []
    # Closed at once where something is wrong: no process may write on when the folder is put in order.
    with closing(_results(manifest, plans, workshop, keep, jobs)) as coming:
        for result in coming:
            results.append(result)
            watcher.made(result)
    problems = [*manifest.problems, *wrong, *(problem for result in results for problem in result.problems)]
    if problems:
        raise ManifestError(manifest.file, tuple(dict.fromkeys(problems)))
    return results


def _results(
    manifest: Manifest, plans: Sequence[Plan], workshop: Workshop, keep: Keep, jobs: int | None
) -> Generator[Made, None, None]:
    """Yield what becomes of each plan; with several jobs from processes of their own."""
    jobs = jobs or _that_pay(len(plans))
    if jobs <= 1 or len(plans) <= 1:
        for plan in plans:
            yield workshop.make(plan, keep)
        return
    # Forked workers share what was read; where there is no fork, it is sent to each of them once.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    try:
        with ProcessPoolExecutor(
            max_workers=min(jobs, len(plans)),
            mp_context=multiprocessing.get_context(method),
            initializer=_Worker.start,
            initargs=(workshop, keep),
        ) as pool:
            yield from pool.map(_Worker.make, plans, chunksize=max(1, min(16, len(plans) // (jobs * 4))))
    except BrokenProcessPool:
        problem = Problem("a process that makes layers was ended from outside", hint="try again with fewer jobs")
        raise ManifestError(manifest.file, [problem]) from None


def _that_pay(layers: int) -> int:
    """Return how many processes are faster than fewer; without a fork, each has to be sent what was read."""
    return max(1, min(layers // _LAYERS_A_JOB, os.cpu_count() or 1)) if sys.platform == "linux" else 1


_LAYERS_A_JOB: Final = 200
"""Layers for which a further process pays: it takes the time of some twenty to start and to end."""


class _Worker:
    """What a process of the pool holds."""

    workshop: ClassVar[Workshop]
    keep: ClassVar[list[Keep]]

    @classmethod
    def start(cls, workshop: Workshop, keep: Keep) -> None:
        """Take what the process works with.

        Ctrl-C reaches every process of a terminal: this one leaves it to the one that started it. Other signals end it.
        """
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_DFL)
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
