"""Speed and memory as ratios within one run; `make bench`.

The floor of an export is to parse the same JSON with the standard library and to write the same bytes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from navigator_export import Recipe, coverage_of, make_layer, read, write
from navigator_export.analysis.gaps import shares
from navigator_export.analysis.use import use_of
from navigator_export.attack import known
from navigator_export.attack.threats import builtin_threats

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "mappings"
ROUNDS = 7

PEAK = """
from pathlib import Path
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""
"""Prints the peak memory of the process in kB; what getrusage says includes the parent before the program began."""

EXPORT_ALL = """
import sys
from pathlib import Path
from navigator_export import make_layer, read, write
for source in sys.argv[2:]:
    product = make_layer(read(source))
    write(product.text, Path(sys.argv[1], product.file_name))
"""


def best_of(action: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the least seconds of several runs: what is more is the machine's other work."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def run(*arguments: str) -> str:
    """Return what a Python process prints."""
    return subprocess.run([sys.executable, *arguments], check=True, capture_output=True, text=True).stdout


def bench_exports(sources: list[Path], folder: Path) -> None:
    """Compare exports with their floor, and take the peak memory of a process that does nothing else."""
    texts = {}

    def export(source: Path) -> None:
        product = make_layer(read(source))
        write(product.text, folder / product.file_name)
        texts[source] = product.text

    def floor(source: Path) -> None:
        json.loads(source.read_bytes())
        (folder / "floor.json").write_bytes(texts[source])

    def all_of(action: Callable[[Path], None]) -> Callable[[], None]:
        return lambda: [action(source) for source in sources] and None

    exported, least = best_of(all_of(export)), best_of(all_of(floor))
    size = sum(source.stat().st_size for source in sources)
    print(
        f"{len(sources)} mapping files, {size / 1e6:.1f} MB, to layers of {sum(map(len, texts.values())) / 1e6:.1f} MB"
    )
    print(f"  read, score, gate, write: {exported / least:.1f} times the floor ({exported:.3f} s : {least:.3f} s)")
    largest = max(sources, key=lambda source: source.stat().st_size)
    print(f"  {largest.name} alone: {best_of(lambda: export(largest)):.3f} s")
    peak = int(run("-c", EXPORT_ALL + PEAK, str(folder), *map(str, sources))) / 1024
    print(f"  peak memory of the process: {peak:.0f} MB; of an idle one: {int(run('-c', PEAK)) / 1024:.0f} MB")


def bench_start() -> None:
    """Compare the start of the command line with that of Python alone."""
    idle = best_of(lambda: run("-c", "pass"))
    shown = best_of(lambda: run("-m", "navigator_export", "--help"))
    print(f"--help: {shown - idle:.3f} s more than `python -c pass` ({shown:.3f} s : {idle:.3f} s)")


BUILD = """
from navigator_export.attack import known
from navigator_export.build import build, read_manifest
import sys
manifest = read_manifest(sys.argv[1])
print(len(build(manifest, sys.argv[2], known(), jobs=int(sys.argv[3])).layers))
"""


def bench_builds(sources: list[Path], folder: Path) -> None:
    """Compare a build per capability and per group with single exports, with two jobs, and with nothing to do."""
    manifest = folder / "layers.yaml"
    listed = "".join(f"  {source.stem.replace('.', '-')}: {source}\n" for source in sources)
    families = "  - for_each: [source, capability]\n  - for_each: [source, group]\n    path: g/{source}/{group}.json\n"
    manifest.write_text(f"sources:\n{listed}layers:\n{families}")
    fewer = folder / "fewer.yaml"
    fewer.write_text(f"sources:\n{listed}layers:\n  - for_each: source\n")
    once = time.perf_counter()
    count = int(run("-c", BUILD, str(manifest), str(folder / "one"), "1"))
    once = time.perf_counter() - once
    twice = time.perf_counter()
    run("-c", BUILD, str(manifest), str(folder / "two"), "2")
    twice = time.perf_counter() - twice
    command = ("-m", "navigator_export", "build", str(manifest), "-o", str(folder / "kept"), "-q")
    run(*command)
    again = best_of(lambda: run(*command), rounds=3)
    reading = best_of(lambda: [read(source) for source in sources], rounds=3)
    single = best_of(lambda: run("-m", "navigator_export", "export", str(sources[0]), "-q"), rounds=3)
    print(f"build of {count} layers, per capability and per group: {count / once:.0f} layers a second")
    print(
        f"  a layer costs {once / count / single:.3f} of one `export` process ({once / count:.4f} s : {single:.3f} s)"
    )
    print(f"  two jobs: {once / twice:.1f} times as fast as one")
    print(f"  again with nothing changed: {again:.2f} s; reading the sources alone: {reading:.2f} s")
    few, many = (run("-c", BUILD + PEAK, str(m), str(folder / m.stem), "1").split() for m in (fewer, manifest))
    print(f"  peak memory: {int(many[1]) / 1024:.0f} MB for {many[0]} layers, {int(few[1]) / 1024:.0f} MB for {few[0]}")


def bench_gaps(sources: list[Path]) -> None:
    """Compare laying every group over every source with only parsing the same JSON."""
    catalogue = known()
    facts = builtin_threats()
    release = catalogue.require(facts.domain, facts.attack_version)
    uses = [use_of([group.id], facts, release) for group in facts.of("group")]
    recipe = Recipe(attack_version=facts.attack_version)

    def lay() -> None:
        for source in sources:
            mappings = read(source)
            if mappings.domain == facts.domain:
                coverage = coverage_of(mappings, recipe)
                for use in uses:
                    shares(coverage, use)

    laid = best_of(lay, rounds=3)
    floor = best_of(lambda: [json.loads(source.read_bytes()) for source in sources] and None, rounds=3)
    print(
        f"{len(sources)} mapping files against {len(uses)} groups each: {laid:.2f} s, {laid / floor:.1f} times parsing"
    )


def main() -> None:
    """Run everything; without the corpus, on the built-in sample."""
    sources = sorted(CORPUS.glob("*.json"))
    if not sources:
        print(f"no mapping files at {CORPUS}: measuring the built-in sample instead")
        sources = sorted((Path(__file__).parents[1] / "navigator_export" / "sample").glob("*.json"))
    bench_start()
    with tempfile.TemporaryDirectory() as folder:
        bench_exports(sources, Path(folder))
        bench_builds(sources, Path(folder))
    bench_gaps(sources)


if __name__ == "__main__":
    main()
