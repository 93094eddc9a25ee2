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

from navigator_export import make_layer, read, write

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


def best_of(action: Callable[[], object]) -> float:
    """Return the least seconds of several runs: what is more is the machine's other work."""
    seconds = []
    for _ in range(ROUNDS):
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


def main() -> None:
    """Run everything; without the corpus, on the built-in sample."""
    sources = sorted(CORPUS.glob("*.json"))
    if not sources:
        print(f"no mapping files at {CORPUS}: measuring the built-in sample instead")
        sources = sorted((Path(__file__).parents[1] / "navigator_export" / "sample").glob("*.json"))
    bench_start()
    with tempfile.TemporaryDirectory() as folder:
        bench_exports(sources, Path(folder))


if __name__ == "__main__":
    main()
