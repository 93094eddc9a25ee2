"""`navigator-export build`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from navigator_export.attack import known
from navigator_export.build import Built, Manifest, Watcher, build, check, read_manifest
from navigator_export.build.manifest import usual_manifest
from navigator_export.build.memory import Memory
from navigator_export.build.paths import GALLERY
from navigator_export.build.pins import Pins, lock_of, pin, read_pins, write_pins
from navigator_export.cli import exit_codes
from navigator_export.cli.interruption import finished
from navigator_export.cli.options import offline_option
from navigator_export.cli.progress import Progress
from navigator_export.cli.reporting import print_findings
from navigator_export.cli.tables import table
from navigator_export.cli.terminal import answer, complain
from navigator_export.cli.values import file_names
from navigator_export.errors import GateError, ProblemsError
from navigator_export.validation import Rule
from navigator_export.validation.reports import REPORT_FORMATS, ReportFormat
from navigator_export.wording import counted, listed


@click.command("build")
@click.argument("manifest", metavar="[MANIFEST]", required=False, shell_complete=file_names)
@click.option(
    "-o", "--output", metavar="FOLDER", help="Folder to write; by default the manifest's output, or its folder."
)
@click.option(
    "--check", "check_only", is_flag=True, help="Write nothing; exit 1 where the folder is not as it should be."
)
@click.option("--lock", is_flag=True, help="Pin published sets and addresses that are not pinned yet, in a .lock file.")
@offline_option
@click.option("--pages", is_flag=True, help="Make pages, pictures and a gallery too, as with `pages: true`.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    help="Processes to work in; by default as many as pay: on Linux one for some 200 layers, at most one a core.",
)
@click.option("--fresh", is_flag=True, help="Make every layer anew, also those whose input did not change.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(REPORT_FORMATS),
    default="text",
    show_default=True,
    help="How to tell problems.",
)
@click.option("-v", "--verbose", is_flag=True, help="One line per layer.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing where nothing is wrong.")
def command(
    manifest: str | None,
    output: str | None,
    check_only: bool,
    lock: bool,
    pages: bool,
    jobs: int | None,
    fresh: bool,
    format_: ReportFormat,
    verbose: bool,
    quiet: bool,
) -> int:
    """Write every layer of a MANIFEST, with an index and checksums.

    Without MANIFEST it is navigator-export.yaml or layers.yaml of the current folder, whichever is there.

    All layers are made and checked before the first file moves; each file is replaced whole. Layers of an earlier
    build that the manifest no longer has are removed. Where a comparison or a threat fails what the manifest asks for,
    nothing is written either, and the exit code is 1. With --check nothing is written, and the exit code is 1 where a
    file is missing, stale or stray.

    Published sets and addresses among the sources are what the manifest's lock pins them to, layers.lock for
    layers.yaml; --lock writes it, and `sets update` moves it to what is newest.
    """
    if output in ("", "-"):
        raise click.UsageError("--output takes a folder")
    if lock and check_only:
        raise click.UsageError("--lock writes a file, which --check does not")
    manifest = manifest or usual_manifest()
    watcher = Watcher() if quiet else Progress(verbose=verbose)
    try:
        settled = read_manifest(manifest, locked=not lock, pages=pages)
        if lock:
            settled = _locked(settled)
        folder = output or settled.output or str(Path(manifest).parent)
        if check_only:
            return _check(settled, folder, jobs, format_, watcher, quiet=quiet)
        catalogue = known()
        memory = None if fresh or catalogue.has_imports else Memory(manifest, settled.pages)
        built = build(settled, folder, catalogue, jobs=jobs, memory=memory, watcher=watcher)
        if settled.pins and lock and (settled.fetched or lock_of(manifest).exists()):
            write_pins(settled.pins, manifest)
        finished()
    except ProblemsError as error:
        watcher.done()
        return _told(error, manifest, format_)
    finally:
        watcher.done()
    if format_ in ("json", "sarif"):
        print_findings([], {}, format_, f"build of {manifest}", BUILD_RULES)
    if not quiet:
        complain(_summary(built, settled, folder))
    return exit_codes.DONE


def _locked(manifest: Manifest) -> Manifest:
    """Return a manifest with all that it fetches pinned."""
    return replace(manifest, pins=pin(manifest.fetched, read_pins(manifest.file) or Pins()))


def _told(error: ProblemsError, manifest: str, format_: ReportFormat) -> int:
    """Print why a build failed, and return its exit code; in text, all but gates are told as any other error is."""
    is_gate = isinstance(error, GateError)
    if format_ == "text" and not is_gate:
        raise error
    rule = GATE if is_gate else MANIFEST
    findings = [rule.finding(p.place, p.message, p.hint, file=error.file or manifest) for p in error.problems]
    print_findings(findings, {}, format_, f"build of {manifest}", BUILD_RULES)
    return exit_codes.FINDINGS if is_gate else exit_codes.UNUSABLE


def _check(
    manifest: Manifest, folder: str, jobs: int | None, format_: ReportFormat, watcher: Watcher, *, quiet: bool
) -> int:
    drift = check(manifest, folder, known(), jobs=jobs, watcher=watcher)
    watcher.done()
    remedies = dict.fromkeys(("missing", "stale"), f"navigator-export build {manifest.file} -o {folder}")
    remedies["stray"] = "remove it, or add it to the manifest"
    if format_ == "text":
        if drift:
            answer("\n".join(drift.lines()))
            own = drift.missing or drift.stale or set(drift.stray) - set(drift.foreign)
            needed = [remedies["missing"]] if own else []
            needed += [f"{remedies['stray']}: {', '.join(drift.foreign)}"] if drift.foreign else []
            complain(f"{folder} is not what {manifest.file} gives", *needed)
        elif not quiet:
            complain(f"{folder} is what {manifest.file} gives")
    else:
        findings = [
            DRIFT.finding("", f"{what} layer file", remedies[what], file=(Path(folder) / path).as_posix())
            for what, paths in (("missing", drift.missing), ("stale", drift.stale), ("stray", drift.stray))
            for path in paths
        ]
        print_findings(findings, {}, format_, f"check of {folder}", BUILD_RULES)
    return exit_codes.FINDINGS if drift else exit_codes.DONE


MANIFEST = Rule("manifest", "error", "The manifest cannot be carried out.")
DRIFT = Rule("drift", "error", "The folder is not what its manifest gives.")
GATE = Rule("gate", "error", "What is covered is less than the manifest asks for; nothing was written.")
BUILD_RULES = (MANIFEST, DRIFT, GATE)


def _summary(built: Built, manifest: Manifest, folder: str) -> str:
    """Return what a build made, one line per entry of the manifest, and what was left out."""
    columns = ("entry", "layers", "unchanged", "techniques", "mappings", "inactive", "warnings", "empty")
    text = table("", columns, _rows(built, manifest))
    lines = [text.strip("\n"), f"{counted(len(built.layers), 'layer')} in {folder}"]
    if built.empty:
        without = counted(len(built.empty), "crossed value maps nothing and has", "crossed values map nothing and have")
        lines[-1] += f"; {without} no layer"
    lines += [f"{one.entry.name}: {one.said}" for one in built.analysed if one.entry]
    if manifest.pages:
        lines.append(f"gallery: {Path(folder, GALLERY)}")
    for files in built.alike:
        lines.append(
            f"warning the names of {counted(len(files), 'layer')} begin alike, so the Navigator cannot export them to "
            f"Excel together: {listed(files, 4)}; put what tells them apart first"
        )
    if built.removed:
        lines.append(f"removed, as the manifest no longer has them: {', '.join(built.removed)}")
    return "\n".join(lines)


def _rows(built: Built, manifest: Manifest) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = []
    for entry in manifest.entries:
        mine = [made for made in built.made if made.plan.entry == entry.index]
        layers = [made.layer for made in mine if made.layer]
        techniques = sorted(layer.techniques for layer in layers)
        spread = f"{techniques[0]} to {techniques[-1]}" if len(techniques) > 1 else "".join(map(str, techniques))
        rows.append(
            (
                entry.place,
                str(len(layers)),
                str(sum(made.state == "unchanged" for made in mine)),
                spread,
                str(sum(layer.mappings for layer in layers)),
                str(sum(made.inactive for made in mine)),
                str(sum(len(made.warnings) for made in mine)),
                str(len(mine) - len(layers)),
            )
        )
    return rows
