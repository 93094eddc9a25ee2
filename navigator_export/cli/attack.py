"""`navigator-export attack`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import click
import msgspec

from navigator_export.attack import Catalogue, known, store
from navigator_export.attack.changes import Changes, compare
from navigator_export.attack.known_threats import known_threats
from navigator_export.attack.profile import Profile, Relative, profile
from navigator_export.attack.store import ImportedRelease, is_release_name
from navigator_export.attack.threats import KINDS
from navigator_export.characters import spelled_out
from navigator_export.cli.terminal import answer, complain
from navigator_export.cli.values import file_names
from navigator_export.errors import AttackError, Problem
from navigator_export.model import DOMAINS, Domain
from navigator_export.output import as_json
from navigator_export.wording import counted


class ReleaseName(click.ParamType[str]):
    """`16.1`, and where a major release will do, `16`."""

    name = "release"

    def __init__(self, *, exact: bool = False) -> None:
        self.exact = exact

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name without a leading v."""
        text = str(value).strip().removeprefix("v")
        if not is_release_name(text) and (self.exact or not re.fullmatch(r"[1-9][0-9]{0,2}", text)):
            self.fail(f"{value!r}: expected a release like 16.1{'' if self.exact else ' or 16'}", param, ctx)
        return text


class Row(msgspec.Struct, frozen=True):
    """A release in the list of the known ones."""

    domain: Domain
    release: str
    source: str
    """`built-in` or `imported`."""
    techniques: int
    """Active ones."""
    official: bool | None
    """Whether the bundle is an official one; None where the release is built in."""
    sha256: str | None
    stix: str | None


class Imported(msgspec.Struct, frozen=True):
    """What was imported from a bundle."""

    bundle: str
    domain: Domain
    release: str
    official: bool
    sha256: str
    stix: str
    active: int
    revoked: int
    deprecated: int
    left_out: int
    file: str


json_option = click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
domain_choice = click.Choice(DOMAINS, case_sensitive=False)


@click.group("attack")
def command() -> None:
    """Show, compare, import and download ATT&CK releases.

    The releases from 8.0 on are built in. An imported one is kept in the user's data folder, or in the folder that
    NAVIGATOR_EXPORT_DATA names, and takes precedence over the built-in one.
    """


@command.command("import", short_help="Import MITRE's STIX bundles.")
@click.argument("bundles", nargs=-1, required=True, metavar="BUNDLE…", shell_complete=file_names)
@click.option("--release", type=ReleaseName(exact=True), help="The release, where the bundle does not state it.")
@json_option
def import_command(bundles: tuple[str, ...], release: str | None, as_json: bool) -> None:
    """Import MITRE's STIX bundles, such as enterprise-attack.json.

    STIX 2.0 and 2.1, any domain; - is standard input. Nothing is imported unless all bundles can be.
    """
    from navigator_export.attack.stix import read_bundle  # the other commands do without
    from navigator_export.sources.registry import called, contents

    imported = []
    with _progress(len(bundles)) as begin:
        for bundle in bundles:
            begin(f"Reading {bundle}")
            imported.append((called(bundle), read_bundle(called(bundle), contents(bundle), release)))
    _save(imported, as_json=as_json)


@command.command("download", short_help="Download MITRE's bundles of a release and import them.")
@click.argument("release", type=ReleaseName(), metavar="RELEASE")
@click.option("--domain", "domains", multiple=True, type=domain_choice, help="Only this domain. Repeatable.")
@json_option
def download_command(release: str, domains: tuple[Domain, ...], as_json: bool) -> None:
    """Download MITRE's bundles of a release, verify their SHA-256, and import them.

    RELEASE is one like 16.1; 16 is the newest 16.x. Nothing is imported unless every domain's bundle can be.
    """
    from navigator_export.attack.stix import downloadable, fetch, read_bundle

    found = downloadable(release)
    missing = [domain for domain in domains if domain not in found]
    if missing:
        raise AttackError("", [Problem(f"there is no bundle of ATT&CK {release} {' and '.join(missing)}")])
    wanted = [(domain, version) for domain, version in found.items() if domain in (domains or found)]
    imported = []
    with _progress(len(wanted)) as begin:
        for domain, version in wanted:
            name = f"ATT&CK {version} {domain}"
            begin(f"Downloading {name}")
            imported.append((name, read_bundle(name, fetch(domain, version), version)))
    _save(imported, as_json=as_json)


@command.command("list", short_help="List the known releases.")
@json_option
def list_command(as_json: bool) -> None:
    """List the known releases: built-in or imported, and how many techniques are active."""
    catalogue = known()
    rows = [_row(catalogue, domain, version) for domain, t in catalogue.domains.items() for version in t.releases]
    folder = str(store.folder())
    if as_json:
        _answer_json({"data_folder": folder, "releases": rows})
        return
    facts = {domain: known_threats(catalogue, domain) for domain in DOMAINS}
    threats = ", ".join(f"{domain} {found.attack_version}" for domain, found in facts.items() if found)
    cells = [
        (row.domain, row.release, row.source, str(row.techniques), {None: "", True: "yes", False: "no"}[row.official])
        for row in rows
    ]
    lines = _aligned([("domain", "release", "source", "techniques", "official bundle"), *cells])
    lines += ["", f"groups, campaigns and software: {threats}"]
    answer("\n".join([*lines, f"imported releases are kept in {folder}"]))


@command.command("show", short_help="Show what is known of a technique.")
@click.argument("technique", metavar="ID")
@click.option("--at", type=ReleaseName(), help="As of this release.  [default: the newest]")
@json_option
def show_command(technique: str, at: str | None, as_json: bool) -> None:
    """Show what is known of a technique or sub-technique, such as T1114.003."""
    profiles = profile(known(), technique.strip().upper(), at)
    if as_json:
        _answer_json({"techniques": profiles})
    else:
        answer("\n\n".join(map(_rendered_profile, profiles)))


def _used_by(technique: str, domain: Domain) -> str:
    """Return how many threats use a technique, in words; empty where none is known to."""
    facts = known_threats(known(), domain)
    if facts is None:
        return ""
    counts = ((kind, sum(technique in threat.techniques for threat in facts.of(kind))) for kind in KINDS)
    words = [counted(count, kind, kind if kind == "software" else "") for kind, count in counts if count]
    return f"{', '.join(words)}, as reported in {facts.attack_version}" if words else ""


@command.command("changes", short_help="Show what differs between two releases.")
@click.argument("older", type=ReleaseName(), metavar="OLDER")
@click.argument("newer", type=ReleaseName(), metavar="NEWER")
@click.option("--domain", "domains", multiple=True, type=domain_choice, help="Only this domain. Repeatable.")
@json_option
def changes_command(older: str, newer: str, domains: tuple[Domain, ...], as_json: bool) -> None:
    """Show which techniques were added, revoked, deprecated, renamed or moved to other tactics between two releases."""
    catalogue = known()
    both_known = [d for d in DOMAINS if catalogue.resolve(d, older) and catalogue.resolve(d, newer)]
    compared = [
        compare(catalogue.require(domain, older), catalogue.require(domain, newer))
        for domain in domains or both_known or DOMAINS
    ]
    if as_json:
        _answer_json({"domains": compared})
    else:
        answer("\n\n".join(map(_rendered_changes, compared)))


def _save(imported: Sequence[tuple[str, ImportedRelease]], *, as_json: bool) -> None:
    """Keep releases, once all are known to be sound, and tell of each."""
    bundle_of: dict[tuple[Domain, str], str] = {}
    for bundle, release in imported:
        key = (release.domain, release.version)
        if key in bundle_of:
            problem = f"is a bundle of {release.domain} {release.version}, and so is {bundle_of[key]}"
            raise AttackError(bundle, [Problem(problem, hint="import one of them")])
        bundle_of[key] = bundle
    results = [_result(bundle, release, store.save(release)) for bundle, release in imported]
    if as_json:
        _answer_json({"imported": results})
    else:
        answer("\n".join(map(_imported_line, results)))
    for result in results:
        if not result.official:
            complain(f"{result.bundle}: warning not an official bundle of {result.domain} {result.release}")
        if result.left_out:
            complain(
                f"{result.bundle}: warning {counted(result.left_out, 'technique')} not of {result.domain}, left out"
            )


def _result(bundle: str, release: ImportedRelease, file: Path) -> Imported:
    return Imported(
        bundle=bundle,
        domain=release.domain,
        release=release.version,
        official=release.official,
        sha256=release.sha256,
        stix=release.stix,
        active=release.count("active"),
        revoked=release.count("revoked"),
        deprecated=release.count("deprecated"),
        left_out=release.left_out,
        file=str(file),
    )


def _imported_line(result: Imported) -> str:
    return (
        f"{result.domain} {result.release}: {result.active} active, {result.revoked} revoked, "
        f"{result.deprecated} deprecated techniques; {'an' if result.official else 'not an'} official bundle "
        f"(STIX {result.stix}, SHA-256 {result.sha256})"
    )


def _row(catalogue: Catalogue, domain: Domain, version: str) -> Row:
    release = catalogue.require(domain, version)
    facts = release.imported
    return Row(
        domain=domain,
        release=version,
        source="imported" if facts else "built-in",
        techniques=len(release.active),
        official=facts.official if facts else None,
        sha256=facts.sha256 if facts else None,
        stix=facts.stix if facts else None,
    )


def _rendered_profile(shown: Profile) -> str:
    standing: str = shown.kind
    if shown.since:
        standing += f", {'new in' if shown.kind == 'not yet' else 'gone since'} {shown.since}"
    lines = [
        ("domain", shown.domain),
        (f"in {shown.release}", standing),
        ("active in", _lifetime(shown)),
        ("tactics", ", ".join(shown.tactics)),
        ("platforms", ", ".join(shown.platforms)),
        ("replaced by", _named(shown.replacement)),
        ("parent", _named(shown.parent)),
        ("used by", _used_by(shown.id, shown.domain)),
    ]
    return "\n".join([f"{shown.id} {shown.name}".rstrip(), *(f"  {word:12} {what}" for word, what in lines if what)])


def _lifetime(shown: Profile) -> str:
    if shown.first is None:
        return "none of the known releases"
    if shown.first == shown.last:
        return shown.first
    first = f"{shown.first} (or before)" if shown.first_is_oldest else shown.first
    absent = f", but not in {', '.join(shown.absent)}" if shown.absent else ""
    return f"{first} to {shown.last}{absent}"


def _named(relative: Relative | None) -> str:
    return f"{relative.id} {relative.name}" if relative else ""


def _rendered_changes(changes: Changes) -> str:
    sections = [
        ("added", [f"{t.id} {t.name}" for t in changes.added]),
        ("revoked", [f"{t.id} {t.name} → {_replacement(t.replacement, t.replacement_name)}" for t in changes.revoked]),
        ("deprecated", [f"{t.id} {t.name}" for t in changes.deprecated]),
        ("gone, and not known why", [f"{t.id} {t.name}" for t in changes.removed]),
        ("renamed", [f"{t.id} {t.older} → {t.newer}" for t in changes.renamed]),
        ("other tactics", [f"{t.id} {t.name}: {_signed(t.lost, t.gained)}" for t in changes.tactics]),
    ]
    lines = [f"{changes.domain} {changes.older} → {changes.newer}: {changes.count or 'no'} changes"]
    for title, techniques in sections:
        if techniques:
            lines += [f"  {title} ({len(techniques)})", *(f"    {line}" for line in techniques)]
    if changes.unnamed:
        missing = " and ".join(changes.unnamed)
        lines.append(f"  names are not compared: those of {missing} are not built in; import {missing} for that")
    return "\n".join(lines)


def _replacement(technique: str | None, name: str | None) -> str:
    return f"{technique} {name}" if technique else "not known"


def _signed(lost: Iterable[str], gained: Iterable[str]) -> str:
    return " ".join([*(f"-{tactic}" for tactic in lost), *(f"+{tactic}" for tactic in gained)])


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _answer_json(value: Any) -> None:
    answer(as_json(value))


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """Give a function to call as each of the steps begins; where standard error is a terminal, they are shown there."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich import progress  # for terminals alone
    from rich.console import Console

    columns = (
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}", markup=False),
        progress.TextColumn(f"{{task.completed}} of {total} done"),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=total)
        done = count()
        yield lambda what: shown.update(task, completed=next(done), description=spelled_out(what))
