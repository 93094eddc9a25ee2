"""`navigator-export sets`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
import msgspec

from navigator_export.cli import exit_codes
from navigator_export.cli.options import offline_option
from navigator_export.cli.tables import table
from navigator_export.cli.terminal import answer, complain
from navigator_export.cli.values import file_names
from navigator_export.output import as_json
from navigator_export.sets import keeping
from navigator_export.sets.names import find, is_name, name_of, newest_first
from navigator_export.sets.network import network
from navigator_export.sets.registry import PublishedSet, known
from navigator_export.wording import counted


class Row(msgspec.Struct, frozen=True):
    """A set, as the commands tell of it."""

    name: str
    framework: str
    version: str
    attack_version: str
    domain: str
    rows: int
    bytes: int
    tiers: tuple[str, ...]
    cached: bool
    address: str
    commit: str
    sha256: str
    licence: str


manifest_argument = click.argument("manifest", metavar="[MANIFEST]", required=False, shell_complete=file_names)
json_option = click.option("--json", "as_data", is_flag=True, help="Everything, as JSON.")
from_option = click.option(
    "--from",
    "copy",
    metavar="FOLDER",
    help="Copy of the repository (a clone) to look in, instead of its listing on GitHub.",
)


@click.group("sets", invoke_without_command=True)
@json_option
@click.pass_context
def command(ctx: click.Context, as_data: bool) -> None:
    """List the published mapping sets, and show, fetch and check them.

    A set is named by its framework, and where that leaves more than one, by version, ATT&CK release, date or domain:
    m365, nist:rev5@16.1, m365@2023-12-11, veris@mobile. What a name leaves open is the newest, and Enterprise. Every
    command that reads mappings takes such a name.

    Sets are kept in the user's cache folder; NAVIGATOR_EXPORT_SETS names a mirror of them, a folder or an https
    address.
    """
    if ctx.invoked_subcommand is not None:
        return
    rows = [_row(one) for one in newest_first(known().sets)]
    if as_data:
        answer(as_json({"cache_folder": str(keeping.folder()), "sets": rows}))
        return
    columns = ("name", "framework", "version", "ATT&CK", "domain", "rows", "size", "tiers", "cached")
    cells = [
        (
            row.name,
            row.framework,
            row.version,
            row.attack_version,
            row.domain,
            f"{row.rows:,}",
            _size(row.bytes),
            " < ".join(row.tiers),
            "yes" if row.cached else "",
        )
        for row in rows
    ]
    answer(table("", columns, cells).rstrip("\n"))
    complain("a shorter name, such as m365 or veris@mobile, is the newest set that it fits")


@command.command("show", short_help="Show what is known of a set.")
@click.argument("name")
@json_option
def show_command(name: str, as_data: bool) -> None:
    """Show what is known of a set: where it lies, its size and hash, its licence."""
    row = _row(find(name, known().sets))
    if as_data:
        answer(as_json(row))
        return
    told: Sequence[tuple[str, Any]] = (
        ("framework", f"{row.framework} {row.version}"),
        ("ATT&CK", f"{row.attack_version} {row.domain}"),
        ("rows", f"{row.rows:,}"),
        ("tiers", " < ".join(row.tiers)),
        ("size", f"{row.bytes:,} bytes"),
        ("SHA-256", row.sha256),
        ("commit", row.commit),
        ("address", row.address),
        ("licence", row.licence),
        ("cached", "yes" if row.cached else "no"),
    )
    answer("\n".join([row.name, *(f"  {what:10} {value}" for what, value in told if value)]))


@command.command("fetch", short_help="Fetch sets into the cache.")
@click.argument("names", nargs=-1, required=True, metavar="NAME…|all")
@offline_option
def fetch_command(names: tuple[str, ...]) -> None:
    """Fetch sets into the cache, so that they are there without a network; `all` is every set that is known."""
    sets = known().sets
    wanted = dict.fromkeys(one for name in names for one in (sets if name == "all" else [find(name, sets)]))
    for one in wanted:
        here = keeping.find_kept(one.sha256, one.bytes) is not None
        found = keeping.refresh(one)
        for remark in found.remarks:
            complain(f"{name_of(one)}: warning {remark}")
        if not found.remarks:
            answer(f"{name_of(one)}: {'was there' if here else 'fetched'}")


@command.command("verify", short_help="Check the sets in the cache.")
def verify_command() -> int:
    """Check every file in the cache against its hash; exit 1 where one is damaged.

    A damaged file is never used: it is fetched again when it is asked for.
    """
    checked, damaged = keeping.verify()
    for name in damaged:
        answer(f"damaged: {keeping.folder() / name}")
    complain(f"{keeping.folder()}: {counted(checked, 'file')}, {len(damaged) or 'none'} damaged")
    return exit_codes.FINDINGS if damaged else exit_codes.DONE


@command.command("update", short_help="Move a manifest's lock to the newest sets.")
@manifest_argument
@from_option
@offline_option
def update_command(manifest: str | None, copy: str | None) -> None:
    """Move the lock of a MANIFEST to the newest sets that its names stand for, newer ones than this release knows too.

    Without MANIFEST it is navigator-export.yaml or layers.yaml of the current folder, whichever is there.

    They are looked for in the repository's listing on GitHub, or in a copy of it. What the lock pins then is fetched
    by the next build, or was already.
    """
    from navigator_export.build.manifest import usual_manifest
    from navigator_export.build.pins import Pins, lock_of, moves, write_pins
    from navigator_export.sets.upstream import completed

    manifest = manifest or usual_manifest()
    before, after = _pins(manifest, copy)
    whole = {word: completed(one) for word, one in after.sets.items()}
    after = Pins(sets=whole, addresses=after.addresses)
    if after != before or lock_of(manifest).exists():
        write_pins(after, manifest)
    found = moves(before, after)
    answer("\n".join(map(str, found)) or "nothing is newer")


@command.command("outdated", short_help="Tell whether there are newer sets; exit 1 where there are.")
@manifest_argument
@from_option
@offline_option
def outdated_command(manifest: str | None, copy: str | None) -> int:
    """Tell what `sets update` would change for a MANIFEST; exit 1 where there is something newer.

    Without MANIFEST it is navigator-export.yaml or layers.yaml of the current folder, whichever is there; where neither
    is, it tells which sets this release does not know, and by which address each can be read all the same.
    """
    from navigator_export.build.manifest import find_manifest

    manifest = manifest or find_manifest()
    if manifest is None:
        here = {one.blob for one in known().sets}
        newer = (one for one in newest_first(_upstream(copy)) if one.blob not in here)
        lines = [f"{name_of(one)}: {one.address}" for one in newer]
    else:
        from navigator_export.build.pins import moves

        lines = [str(move) for move in moves(*_pins(manifest, copy))]
    answer("\n".join(lines) or "nothing is newer")
    return exit_codes.FINDINGS if lines else exit_codes.DONE


def _pins(manifest: str, copy: str | None) -> tuple[Any, Any]:
    """Return the pins of a manifest as they are and as they would be. Raises SourceError and ManifestError."""
    from navigator_export.build import ManifestError, read_manifest  # the others need no build
    from navigator_export.build.pins import Pins, read_pins, renew

    settled = read_manifest(manifest, locked=False)
    if settled.problems:
        raise ManifestError(manifest, settled.problems)
    before = read_pins(manifest) or Pins()
    named = any(map(is_name, settled.fetched))
    return before, renew(settled.fetched, before, _upstream(copy) if named else (), offline=network().offline)


def _upstream(copy: str | None) -> tuple[PublishedSet, ...]:
    """Return the sets of a copy, or of the listing; none offline. Raises SourceError where they cannot be had."""
    from navigator_export.sets.upstream import listed_sets, sets_of_copy  # where they are asked for

    if copy is not None:
        return sets_of_copy(copy)
    return () if network().offline else listed_sets()


def _row(one: PublishedSet) -> Row:
    return Row(
        name=name_of(one),
        framework=one.framework,
        version=one.version,
        attack_version=one.attack_version,
        domain=one.domain,
        rows=one.rows,
        bytes=one.bytes,
        tiers=one.tiers,
        cached=keeping.is_kept(one),
        address=one.address,
        commit=one.commit,
        sha256=one.sha256,
        licence=known().licence,
    )


def _size(count: int) -> str:
    return f"{count / 1000:,.0f} kB"
