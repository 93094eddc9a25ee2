"""`navigator-export gaps`."""

from __future__ import annotations

from typing import Any

import click
import cloup

from navigator_export.analysis.gates import earlier_in, failing
from navigator_export.analysis.questions import GapsQuestion
from navigator_export.analysis.reports import of_gaps, with_failures
from navigator_export.attack import known
from navigator_export.cli import exit_codes
from navigator_export.cli.options import covering_options, read_options_from, recipe_from, sources_argument
from navigator_export.cli.reporting import print_failures
from navigator_export.cli.reports import deliver, format_option, layer_options
from navigator_export.cli.threats import threat_options
from navigator_export.sources.registry import contents


@cloup.command("gaps")
@sources_argument
@threat_options
@covering_options
@cloup.option_group(
    "Output",
    cloup.option(
        "--offer",
        "offers",
        multiple=True,
        metavar="SOURCE",
        help="Another source, or layer, that may close gaps. Repeatable.",
    ),
    cloup.option("--most", type=click.IntRange(0), default=25, show_default=True, help="Gaps to list; 0 for all."),
    format_option,
    *layer_options,
)
@cloup.option_group(
    "Gates",
    cloup.option("--fail-under", type=float, metavar="PERCENT", help="Exit with 1 where less of use is covered."),
    cloup.option(
        "--fail-on", metavar="IDS", help="Exit with 1 where one of these techniques is not, as in T1059,T1078."
    ),
    cloup.option(
        "--no-worse-than",
        "before",
        metavar="FILE",
        help="Exit with 1 where less is covered than in an earlier answer in JSON, or a build's index.json.",
    ),
)
def command(
    sources: tuple[str, ...],
    threats: tuple[str, ...],
    with_software: bool,
    with_campaigns: bool,
    offers: tuple[str, ...],
    most: int,
    form: str,
    fail_under: float | None,
    fail_on: str | None,
    before: str | None,
    output: str | None,
    **given: Any,
) -> int:
    """Show which techniques threats use that coverage leaves open, and what would close them.

    A SOURCE is a mapping source or a layer. All is moved to one ATT&CK release first: the newest of the sources and of
    the facts about threats, or that of --attack-version.
    """
    question = GapsQuestion(
        sources, threats, offers, with_software, with_campaigns, recipe_from(given), read_options_from(given)
    )
    catalogue = known()
    found = question.answer(catalogue)
    required = [id_.strip().upper() for id_ in (fail_on or "").split(",") if id_.strip()]
    earlier = earlier_in(contents(before, question.reading.limits), before, found) if before is not None else None
    failed = failing(found, under=fail_under, required=required, earlier=earlier)
    report = of_gaps(found, most or None)
    inputs = (*sources, *offers, *threats, *filter(None, [before]))
    deliver(report, found, form, output, lambda: question.layer(found), inputs, catalogue)
    print_failures(failed, "gaps", with_failures(report, failed))
    return exit_codes.FINDINGS if failed else exit_codes.DONE
