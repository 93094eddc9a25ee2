"""`navigator-export validate`."""

from __future__ import annotations

import click

from navigator_export.attack import known
from navigator_export.cli import exit_codes
from navigator_export.cli.reporting import print_findings
from navigator_export.cli.terminal import answer, complain
from navigator_export.errors import SourceError
from navigator_export.model import DOMAINS
from navigator_export.output import as_json
from navigator_export.sources.registry import called, contents
from navigator_export.validation import RULES, validate_files
from navigator_export.validation.reports import REPORT_FORMATS, ReportFormat


@click.command("validate")
@click.argument("files", nargs=-1, metavar="FILE…")
@click.option(
    "--format", "format_", type=click.Choice(REPORT_FORMATS), default="text", show_default=True, help="How to tell."
)
@click.option("--against", metavar="RELEASE", help="Check techniques against this release.")
@click.option("--rules", is_flag=True, help="List the rules and exit.")
@click.pass_context
def command(
    context: click.Context, files: tuple[str, ...], against: str | None, format_: ReportFormat, rules: bool
) -> int:
    """Report every finding in layer files: what the Navigator would refuse, drop, hide or crash on.

    A FILE holds one layer or a list of layers; - is standard input. Exits 0 where there is no error, 1 where there
    is, 2 where a file could not be read.
    """
    if rules:
        answer(_rules(format_))
        return exit_codes.DONE
    if not files:
        raise click.UsageError("name a layer FILE, or - for standard input", context)
    read: dict[str, bytes] = {}
    unreadable = False
    for file in files:
        try:
            read[called(file)] = contents(file)
        except SourceError as error:
            unreadable = True
            complain(*error.lines())
    catalogue = known()
    if against is not None and not any(catalogue.release(domain, against) for domain in DOMAINS):
        raise click.BadParameter(f"ATT&CK {against or repr(against)} is not known", context, param_hint="--against")
    findings = validate_files(read, catalogue, against)
    errors = sum(finding.severity == "error" for finding in findings)
    print_findings(findings, read, format_, f"{len(files)} layer file{'s' if len(files) > 1 else ''}")
    return exit_codes.UNUSABLE if unreadable else exit_codes.FINDINGS if errors else exit_codes.DONE


def _rules(format_: str) -> str:
    if format_ == "json":
        return as_json(RULES)
    width = max(len(rule.id) for rule in RULES)
    return "\n".join(f"{rule.id:{width}}  {rule.severity:7}  {rule.doc}" for rule in RULES)
