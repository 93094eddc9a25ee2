"""Speed and memory as ratios within one run, beside those of a reference; `make bench`.

The floor of an export is to parse the same JSON with the standard library and to write the same bytes. All times are of
CPU, and the least of several runs. MAPPINGS names another folder of mapping files than the corpus; MAPEX names MITRE's
exporter (`mapex`), which then makes layers of the same files.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from measuring import action, least, peak_of_program, process, program

from navigator_export import Recipe, coverage_of, make_layer, read, write
from navigator_export.analysis.gaps import shares
from navigator_export.analysis.use import use_of
from navigator_export.attack import known
from navigator_export.attack.threats import builtin_threats
from navigator_export.export import finish_layer
from navigator_export.layer.format import encode
from navigator_export.pictures.drawing import page_of
from navigator_export.pictures.matrix import picture_of
from navigator_export.pictures.page import Look
from navigator_export.pictures.svg import svg
from navigator_export.preparation import prepare
from navigator_export.readers.assembly import assemble_each
from navigator_export.reading import read_tables
from navigator_export.validation import gate

HERE = Path(__file__).parent
CORPUS = HERE.parents[1] / "shared" / "corpus" / "mappings"
REFERENCE = HERE / "reference.json"

NOISE = 1.5
"""Times the reference from which on a figure is marked: so much differs from run to run on a shared machine."""
COPIES = (1, 4, 16, 64)


class Figure(msgspec.Struct, frozen=True):
    """One ratio; less is better unless told."""

    name: str
    value: float
    meaning: str
    more_is_better: bool = False

    def against(self, reference: float | None) -> str:
        """Return how the figure compares with a reference."""
        if reference is None:
            return ""
        worse = reference / self.value if self.more_is_better else self.value / reference
        return f"{reference:8.2f}" + (f"  WORSE by {(worse - 1) * 100:.0f} %" if worse > NOISE else "")


class Work(msgspec.Struct, frozen=True):
    """What is measured with: mapping files, and a folder for what is made of them."""

    sources: list[Path]
    folder: Path

    def parse(self) -> None:
        """Parse all mapping files, and no more."""
        for source in self.sources:
            json.loads(source.read_bytes())

    def manifest(self, name: str, *families: str) -> str:
        """Write a manifest with families of layers of all sources, and return its path."""
        listed = "".join(f"  {source.stem.replace('.', '-')}: {source}\n" for source in self.sources)
        path = self.folder / f"{name}.yaml"
        path.write_text(f"sources:\n{listed}layers:\n" + "".join(f"  - {family}\n" for family in families))
        return str(path)

    def build(self, manifest: str) -> list[str]:
        """Return the command of a build that finds nothing made before."""
        return program("build", manifest, "-o", str(self.folder / "built"), "-q", "--jobs", "1")

    def forget(self) -> None:
        """Remove what a build left, and what it remembers."""
        shutil.rmtree(self.folder / "built", ignore_errors=True)
        shutil.rmtree(self.folder / "cache", ignore_errors=True)


def exports(work: Work) -> Iterator[Figure]:
    """Measure exports in one process against their floor, and as a whole process against Python alone."""
    texts: dict[Path, bytes] = {}

    def export() -> None:
        for source in work.sources:
            product = make_layer(read(source))
            write(product.text, work.folder / "export.json")
            texts[source] = product.text

    def floor() -> None:
        for source in work.sources:
            json.loads(source.read_bytes())
            (work.folder / "floor.json").write_bytes(texts[source])

    export()
    exported, parsed = least(7, action(export), action(floor))
    yield Figure("export", exported / parsed, f"read, score, gate, write all: times the floor of {parsed:.3f} s")
    idle, helped = least(7, process([sys.executable, "-c", "pass"]), process(program("--help")))
    yield Figure("help", helped / idle, f"`--help`: times `python -c pass` of {idle:.3f} s")
    memory = max(
        peak_of_program("export", str(source), "-q", "-o", str(work.folder / "m.json")) for source in work.sources
    )
    yield Figure("export-memory", memory / 1e6, "highest peak memory of an `export` process, in MB")


def steps(work: Work) -> Iterator[Figure]:
    """Measure the steps of an export one by one, each against the floor's parsing."""
    catalogue, recipe = known(), Recipe()
    tables = [read_tables(source) for source in work.sources]
    prepared = [prepare(assemble_each(one), recipe, catalogue) for one in tables]
    products = [finish_layer(one, recipe) for one in prepared]
    parsed, decoded, assembled, finished, encoded, gated = least(
        7,
        action(work.parse),
        action(lambda: [read_tables(source) for source in work.sources]),
        action(lambda: [prepare(assemble_each(one), recipe, catalogue) for one in tables]),
        action(lambda: [finish_layer(one, recipe) for one in prepared]),
        action(lambda: [encode(product.layer) for product in products]),
        action(lambda: [gate(product.text, catalogue) for product in products]),
    )
    yield Figure("  tables", decoded / parsed, "of that, as times parsing: decode, hash, look for double keys")
    yield Figure("  mappings", assembled / parsed, "rows to mappings at their release")
    yield Figure("  techniques", (finished - encoded - gated) / parsed, "select, score, comments, metadata, links")
    yield Figure("  text", encoded / parsed, "encode the layer")
    yield Figure("  gate", gated / parsed, "decode its text again, schema and rules")


def pictures(work: Work) -> Iterator[Figure]:
    """Measure drawing layers against making them."""
    products = [make_layer(read(source)) for source in work.sources]

    def draw() -> None:
        for product in products:
            svg(page_of(picture_of(product.layer, known()), Look()))

    drawn, made = least(3, action(draw), action(lambda: [make_layer(read(source)) for source in work.sources]))
    yield Figure(
        "render", drawn / made, f"draw each layer as SVG: times making it ({drawn / len(products):.3f} s a layer)"
    )


def builds(work: Work) -> Iterator[Figure]:
    """Measure builds as whole processes: a layer a set, beside MITRE's exporter, and more than a thousand layers."""
    each = process(work.build(work.manifest("each", "for_each: source")), work.forget)
    mapex = os.environ.get("MAPEX")
    peers = [process([*shlex.split(mapex), *_for_mapex(work)], work.forget)] if mapex else []
    parsed, built, *peer = least(5, action(work.parse), each, *peers)
    yield Figure("build", built / parsed, f"build a layer a set: times parsing ({built:.2f} s for {len(work.sources)})")
    if peer:
        yield Figure(
            "mapex", peer[0] / built, f"times the CPU of the same build that MAPEX takes ({peer[0]:.2f} s)", True
        )
    many = work.build(
        work.manifest(
            "many", "for_each: [source, capability]", "{for_each: [source, group], path: 'g/{source}/{group}.json'}"
        )
    )
    export = program("export", str(work.sources[0]), "-q", "-o", str(work.folder / "s.json"))
    single, first, again = least(2, process(export), process(many, work.forget), process(many))
    count = len(json.loads((work.folder / "built" / "index.json").read_text())["layers"])
    yield Figure("layers", count / first, f"layers for a second of CPU, in a build of {count:,}", more_is_better=True)
    yield Figure("layer", first / count / single * 100, f"a layer of those: % of an `export` process of {single:.2f} s")
    yield Figure("again", again / first, "build those again with nothing changed: times the first build")
    work.forget()
    yield Figure("build-memory", peak_of_program(*many[3:]) / 1e6, "peak memory of that build, in MB")


def _for_mapex(work: Work) -> list[str]:
    """Return what the peer is asked; it takes a folder of folders, and writes beside the files of a plain one."""
    folder = work.folder / "mapex"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "in" / "sets").mkdir(parents=True)
    for source in work.sources:
        shutil.copy(source, folder / "in" / "sets")
    return ["export", str(folder / "in"), str(folder / "out"), "--file-type", "navigator-layer"]


def gaps(work: Work) -> Iterator[Figure]:
    """Measure laying every group over every source against only parsing the same JSON."""
    catalogue = known()
    facts = builtin_threats()
    release = catalogue.require(facts.domain, facts.attack_version)
    uses = [use_of([group.id], facts, release) for group in facts.of("group")]
    recipe = Recipe(attack_version=facts.attack_version)

    def lay() -> None:
        for source in work.sources:
            mappings = read(source)
            if mappings.domain == facts.domain:
                coverage = coverage_of(mappings, recipe)
                for use in uses:
                    shares(coverage, use)

    laid, parsed = least(3, action(lay), action(work.parse))
    yield Figure("gaps", laid / parsed, f"lay {len(uses)} groups over each: times parsing")


def growth(work: Work) -> Iterator[Figure]:
    """Measure how time and memory grow with the rows: copies of the largest set."""
    largest = max(work.sources, key=lambda source: source.stat().st_size)
    document = json.loads(largest.read_bytes())
    rows = document["mapping_objects"]
    files = {}
    for copies in COPIES:
        files[copies] = work.folder / f"copies-{copies}.json"
        files[copies].write_text(json.dumps({**document, "mapping_objects": rows * copies}))
    commands = [("export", str(file), "-q", "-o", str(work.folder / "copied.json")) for file in files.values()]
    one, *more = least(3, *(process(program(*command)) for command in commands))
    for copies, taken in zip(COPIES[1:], more, strict=True):
        yield Figure(f"{copies}x", taken / copies / one, f"CPU a row of {copies} copies: times that of one")
    copies, file = max(files.items())
    size = file.stat().st_size
    what = f"peak memory of {copies} copies, {len(rows) * copies:,} rows: times the file of {size / 1e6:.0f} MB"
    yield Figure(f"{copies}x-memory", peak_of_program(*commands[-1]) / size, what)


PARTS: tuple[Callable[[Work], Iterator[Figure]], ...] = (exports, steps, builds, pictures, gaps, growth)


def main() -> None:
    """Measure everything; without a corpus, on the built-in sample. `--keep` makes the result the new reference."""
    folder = Path(os.environ.get("MAPPINGS", CORPUS))
    sources = sorted(folder.resolve().glob("*.json"))
    reference = json.loads(REFERENCE.read_text()) if REFERENCE.exists() else {}
    if not sources:
        print(f"no mapping files in {folder}: measuring the built-in sample, which no reference is of")
        sources = sorted((HERE.parent / "navigator_export" / "sample").glob("*.json"))
    size = sum(source.stat().st_size for source in sources) / 1e6
    compared = reference.get("files") == len(sources)
    figures = []
    print(f"{len(sources)} mapping files, {size:.1f} MB\n{'':14}{'now':>8}{'before':>8}")
    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_CACHE_HOME"] = str(Path(place, "cache"))
        for part in PARTS:
            for figure in part(Work(sources, Path(place))):
                figures.append(figure)
                before = figure.against(reference["figures"].get(figure.name)) if compared else ""
                print(f"{figure.name:14}{figure.value:8.2f}{before:8}  {figure.meaning}", flush=True)
    if "--keep" in sys.argv:
        kept = {"files": len(sources), "figures": {figure.name: round(figure.value, 2) for figure in figures}}
        REFERENCE.write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
