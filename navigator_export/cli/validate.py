"""`navigator-export validate`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from navigator_export.attack import Catalogue, known
from navigator_export.cli import exit_codes
from navigator_export.cli.reporting import print_findings
from navigator_export.cli.terminal import answer, complain
from navigator_export.cli.values import file_names
from navigator_export.errors import Problem, SourceError, nearest
from navigator_export.model import DOMAINS
from navigator_export.output import as_json
from navigator_export.sources.layer_files import LayerFile, layer_files
from navigator_export.sources.registry import called, contents
from navigator_export.validation import RULES, Checked, examine
from navigator_export.validation.choice import Choice, unknown_rules
from navigator_export.validation.configuration import Configuration, find_configuration, read_configuration
from navigator_export.validation.pages import page
from navigator_export.validation.reports import REPORT_FORMATS, Account, ReportFormat
from navigator_export.wording import counted, quoted


@click.command("validate")
@click.argument("files", nargs=-1, metavar="FILE…", shell_complete=file_names)
@click.option(
    "--format", "format_", type=click.Choice(REPORT_FORMATS), default="text", show_default=True, help="How to tell."
)
@click.option("-v", "--verbose", is_flag=True, help="One line per finding, and every file in the table.")
@click.option("--against", metavar="RELEASE", help="Check techniques against this release.")
@click.option(
    "--select", multiple=True, metavar="RULE", help="Only this rule, or these, as in technique-*. Repeatable."
)
@click.option("--ignore", multiple=True, metavar="RULE", help="Not this rule, or these, as in technique-*. Repeatable.")
@click.option("--strict/--no-strict", default=None, help="Whether warnings fail, too.")
@click.option("--config", metavar="FILE", help="Read the configuration from this file.")
@click.option("--isolated", is_flag=True, help="Read no configuration.")
@click.option("--rules", is_flag=True, help="List the rules and exit.")
@click.option("--explain", metavar="RULE", help="Show the page of a rule and exit.")
@click.pass_context
def command(
    context: click.Context,
    files: tuple[str, ...],
    format_: ReportFormat,
    verbose: bool,
    against: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool | None,
    config: str | None,
    isolated: bool,
    rules: bool,
    explain: str | None,
) -> int:
    """Report every finding in layer files: what the Navigator would refuse, drop, hide or crash on.

    A FILE holds one layer or a list of layers; of a folder, the .json files in it and in its folders are checked; - is
    standard input. More than 30 findings are told by rule. What is ignored may stand in .navigator-export.toml, or in
    the table [tool.navigator-export] of pyproject.toml, of this folder or the nearest above it. Exits 0 where there is
    no error, 1 where there is, 2 where a file could not be read.
    """
    if rules:
        answer(_rules(format_))
        return exit_codes.DONE
    if explain is not None:
        answer(_page(context, explain))
        return exit_codes.DONE
    if not files:
        raise click.UsageError("name a layer FILE, a folder, or - for standard input", context)
    settings = _configuration(context, config, isolated=isolated)
    if verbose and settings.file:
        complain(f"configuration: {settings.file}")
    choice = _choice(context, settings, select, ignore)
    catalogue = known()
    release = _release(context, catalogue, against, settings)
    named, unusable = _named(files)
    read, unreadable = _read(named)
    optional = {called(file.word) for file in named if file.folder} - set(map(called, files))
    found, checked = examine(read, catalogue, release, optional)
    told, ignored = choice.split(found)
    account = Account(checked, tuple(ignored))
    title = counted(len(account.checked()), "layer file")
    print_findings(told, read, format_, title, account=account, verbose=verbose)
    without_layers = _without_layers(files, named, checked)
    if unusable or unreadable or without_layers:
        return exit_codes.UNUSABLE
    failing = told if (settings.strict if strict is None else strict) else [f for f in told if f.severity == "error"]
    return exit_codes.FINDINGS if failing else exit_codes.DONE


def _named(words: Sequence[str]) -> tuple[list[LayerFile], bool]:
    """Return the files that words name, and whether some word could not be used, which is said."""
    named: list[LayerFile] = []
    unusable = False
    for word in words:
        try:
            named += layer_files(word)
        except SourceError as error:
            unusable = True
            complain(*error.lines())
    return named, unusable


def _read(files: Sequence[LayerFile]) -> tuple[dict[str, bytes], bool]:
    """Return the bytes of files by what messages call them, and whether some could not be read, which is said."""
    read: dict[str, bytes] = {}
    unreadable = False
    for file in files:
        if called(file.word) in read:
            continue
        try:
            read[called(file.word)] = contents(file.word)
        except SourceError as error:
            unreadable = True
            complain(*error.lines())
    return read, unreadable


def _without_layers(words: Sequence[str], named: Sequence[LayerFile], checked: Sequence[Checked]) -> bool:
    """Return whether some folder has files but no layer, which is said."""
    with_layers = {file.file for file in checked if not file.other}
    found = False
    for word in dict.fromkeys(words):
        own = [called(file.word) for file in named if file.folder == word]
        if own and with_layers.isdisjoint(own):
            found = True
            complain(
                *SourceError(word, [Problem("there is no layer in this folder", hint="name a layer file")]).lines()
            )
    return found


def _configuration(context: click.Context, file: str | None, *, isolated: bool) -> Configuration:
    if isolated and file is not None:
        raise click.UsageError("--isolated reads no configuration: leave out it or --config", context)
    if isolated:
        return Configuration()
    return find_configuration(Path.cwd()) if file is None else read_configuration(Path(file))


def _choice(
    context: click.Context, settings: Configuration, select: tuple[str, ...], ignore: tuple[str, ...]
) -> Choice:
    """Return the rules to tell: the options select instead of the configuration, and ignore besides it."""
    for option, patterns in (("--select", select), ("--ignore", ignore)):
        for _, problem in unknown_rules(patterns):
            raise click.BadParameter(str(problem), context, param_hint=option)
    return Choice(
        select or settings.select,
        settings.ignore + ignore,
        settings.per_file_ignores,
        str(Path(settings.file).parent) if settings.file else "",
    )


def _release(context: click.Context, catalogue: Catalogue, option: str | None, settings: Configuration) -> str | None:
    release = settings.against if option is None else option
    if release is None or any(catalogue.release(domain, release) for domain in DOMAINS):
        return release
    unknown = f"ATT&CK {release or repr(release)} is not known"
    if option is None:
        raise SourceError(settings.file, [Problem(unknown, "against")])
    raise click.BadParameter(unknown, context, param_hint="--against")


def _rules(format_: str) -> str:
    if format_ == "json":
        return as_json(RULES)
    width = max(len(rule.id) for rule in RULES)
    return "\n".join(f"{rule.id:{width}}  {rule.severity:7}  {rule.doc}" for rule in RULES)


def _page(context: click.Context, rule: str) -> str:
    ids = [known_rule.id for known_rule in RULES]
    text = page(rule) if rule in ids else None
    if text is None:
        hint = nearest(rule, ids, "rules")
        raise click.BadParameter(f"there is no rule {quoted(rule)}; {hint}", context, param_hint="--explain")
    return text.rstrip("\n")
