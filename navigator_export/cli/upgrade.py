"""`navigator-export upgrade`."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
import cloup

from navigator_export.attack import LATEST, known
from navigator_export.characters import spelled_out
from navigator_export.cli import exit_codes
from navigator_export.cli.interruption import finished
from navigator_export.cli.targets import spare
from navigator_export.cli.terminal import answer, complain, in_options
from navigator_export.cli.values import file_names
from navigator_export.output import STANDARD_OUTPUT, as_json, inside, named, write_together
from navigator_export.upgrading import ON_MERGE, OnMerge, Upgrade, UpgradeOptions, upgrade
from navigator_export.upgrading.batch import LayerInput, read_inputs
from navigator_export.upgrading.encoding import decode
from navigator_export.wording import counted, listed

_LISTED: Final = 20
"""Files, and notes, that are told of one by one."""


@cloup.command("upgrade")
@cloup.argument("layers", nargs=-1, required=True, metavar="LAYER…", shell_complete=file_names)
@cloup.option_group(
    "ATT&CK release",
    cloup.option(
        "--attack-version",
        metavar="RELEASE",
        help=f"Move the layers to another release, as in 20.0 or {LATEST}; revoked techniques to what replaces them.",
    ),
    cloup.option("--keep-inactive", is_flag=True, help="Keep entries whose technique is gone without a replacement."),
    cloup.option(
        "--on-merge",
        type=click.Choice(ON_MERGE),
        default=UpgradeOptions().on_merge,
        show_default=True,
        help="What becomes of entries that a move puts into the same cell.",
    ),
)
@cloup.option_group(
    "Output",
    cloup.option(
        "-o", "--output", help="File to write; a folder for several layers; - (default for one layer) for stdout."
    ),
    cloup.option("--in-place", is_flag=True, help="Write each layer over itself, where something changes."),
    cloup.option("--check", is_flag=True, help="Write no layer; exit 1 where something would change."),
    cloup.option("--diff", is_flag=True, help="Write no layer; show what would change."),
    cloup.option("--report", metavar="FILE", help="Write every change, with before and after: JSON for *.json."),
    cloup.option("-q", "--quiet", is_flag=True, help="Print no summary; notes and errors are still printed."),
)
@click.pass_context
def command(
    context: click.Context,
    layers: tuple[str, ...],
    attack_version: str | None,
    keep_inactive: bool,
    on_merge: OnMerge,
    output: str | None,
    in_place: bool,
    check: bool,
    diff: bool,
    report: str | None,
    quiet: bool,
) -> int:
    """Bring layer files of any format to format 4.5, which opens without a prompt, and to another ATT&CK release.

    A LAYER is a layer file, a folder of them, or - for standard input. All are written, or none where one cannot be
    mended. Exits 0 where that is done, 1 where one cannot be mended, or with --check would change, 2 where one could
    not be read.
    """
    _check_usage(context, layers, output, report, in_place=in_place, only_looks=check or diff)
    found = read_inputs(layers)
    for problem in found.problems:
        complain(*problem.lines())
    if found.problems:
        return exit_codes.UNUSABLE
    several = len(layers) > 1 or any(Path(word).is_dir() for word in layers)
    catalogue = known()
    options = UpgradeOptions(attack_version, keep_inactive, on_merge)
    upgrades = [upgrade(layer.data, layer.name, options, catalogue) for layer in found.layers]
    failed = any(done.findings for done in upgrades)
    texts: list[tuple[str, bytes]] = []
    if not (failed or in_place or check or diff):
        texts = _texts(found.layers, upgrades, output, several=several)
    if report:
        texts.append((report, _report(upgrades, machine=report.endswith(".json"))))
    spare((target for target, _ in texts), [layer.word for layer in found.layers])
    if in_place and not failed:
        texts = [*_own_places(found.layers, upgrades), *texts]
    if diff:
        shown = [_diff(layer, done) for layer, done in zip(found.layers, upgrades, strict=True) if done.changes]
        if shown:
            answer("\n".join(shown))
    write_together(texts)
    finished()
    complain(*_account(upgrades, found.others, quiet=quiet, failed=failed, writes=not (check or diff)))
    changed = any(done.changes for done in upgrades)
    return exit_codes.FINDINGS if failed or (check and changed) else exit_codes.DONE


def _check_usage(
    context: click.Context,
    layers: Sequence[str],
    output: str | None,
    report: str | None,
    *,
    in_place: bool,
    only_looks: bool,
) -> None:
    """Raise UsageError for options that do not go together."""
    for place in (output, report):
        if place is not None:
            named(place)
    if in_place and output is not None:
        raise click.UsageError("--in-place and -o say two places; choose one", context)
    if only_looks and (in_place or output is not None):
        raise click.UsageError("--check and --diff write no layer; leave out -o and --in-place", context)
    if in_place and STANDARD_OUTPUT in layers:
        raise click.UsageError("standard input has no place to be written to; name a file with -o", context)
    several = len(layers) > 1 or any(Path(word).is_dir() for word in layers)
    if several and not (in_place or only_looks) and (output in (None, STANDARD_OUTPUT) or Path(output or "").is_file()):
        raise click.UsageError("several layers go to a folder; name one with -o, or use --in-place", context)
    if report == STANDARD_OUTPUT and not (in_place or only_looks) and output in (None, STANDARD_OUTPUT):
        raise click.UsageError("the layer and the report cannot both go to standard output; name a file", context)


def _texts(
    layers: Sequence[LayerInput], upgrades: Sequence[Upgrade], output: str | None, *, several: bool
) -> list[tuple[str, bytes]]:
    """Return what is to be written where: beside each other in a folder, or the one where it was asked for."""
    texts = []
    for layer, done in zip(layers, upgrades, strict=True):
        target = str(Path(output or "", layer.place)) if several else inside(output or STANDARD_OUTPUT, layer.place)
        texts.append((target, done.data or b""))
    return texts


def _own_places(layers: Sequence[LayerInput], upgrades: Sequence[Upgrade]) -> list[tuple[str, bytes]]:
    """Return what is to be written over the layers: those that change."""
    pairs = zip(layers, upgrades, strict=True)
    return [(layer.word, done.data) for layer, done in pairs if done.changes and done.data is not None]


def _diff(layer: LayerInput, done: Upgrade) -> str:
    decoded = decode(layer.data)
    before = decoded[0] if decoded else ""
    after = (done.data or b"").decode()
    names = (layer.name, f"{layer.name} upgraded")
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), *names, lineterm="")
    return "\n".join(lines) or f"{layer.name}: the same text in UTF-8"


def _report(upgrades: Sequence[Upgrade], *, machine: bool) -> bytes:
    """Return every change, note and finding of all files."""
    if machine:
        entries = [
            {"file": done.file, "changes": done.changes, "notes": [in_options(note) for note in done.notes]}
            | ({"findings": done.findings} if done.findings else {})
            for done in upgrades
        ]
        return f"{as_json(entries)}\n".encode()
    lines = []
    for done in upgrades:
        lines += [f"{done.file}::{change}" for change in done.changes]
        lines += [f"{done.file}: note {in_options(note)}" for note in done.notes]
        lines += [in_options(str(finding)) for finding in done.findings]
    return "".join(f"{spelled_out(line)}\n" for line in lines).encode()


def _account(
    upgrades: Sequence[Upgrade], others: Sequence[str], *, quiet: bool, failed: bool, writes: bool
) -> list[str]:
    """Return what to tell: notes and findings always, the rest unless quiet."""
    notes = [f"{done.file}: note {in_options(note)}" for done in upgrades for note in done.notes]
    lines = notes[:_LISTED]
    if len(notes) > _LISTED:
        lines.append(f"and {len(notes) - _LISTED:,} more notes; --report FILE tells all")
    lines += [in_options(str(finding)) for done in upgrades for finding in done.findings]
    if others:
        left_out = counted(len(others), "JSON file")
        lines.append(f"note {left_out} in the folders left out, as no layer: {listed(others, 3)}")
    if not quiet:
        changed = [done for done in upgrades if done.changes]
        lines += [f"{done.file}: {_kinds(done)}" for done in changed[:_LISTED]]
        if len(changed) > _LISTED:
            lines.append(f"and {len(changed) - _LISTED:,} more; --report FILE tells all")
        count = sum(len(done.changes) for done in upgrades)
        as_they_were = len(upgrades) - len(changed) - sum(bool(done.findings) for done in upgrades)
        lines.append(
            f"{counted(len(upgrades), 'layer file')}: {len(changed):,} {'upgraded' if writes else 'would change'}, "
            f"{as_they_were:,} as they were; {counted(count, 'change')}"
        )
    if failed and writes:
        lines.append("nothing was written; mend what is told above, or leave those files out")
    return lines


def _kinds(done: Upgrade) -> str:
    kinds = Counter(change.rule for change in done.changes)
    return ", ".join(f"{count:,} {rule}" for rule, count in kinds.items())
