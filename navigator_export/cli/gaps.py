"""`navigator-export gaps`."""

from __future__ import annotations

from typing import Any

import click
import cloup
import msgspec

from navigator_export.analysis.commands import Pair, command_line, without_folder
from navigator_export.analysis.gaps import gaps
from navigator_export.analysis.gates import earlier_in, failing
from navigator_export.analysis.reports import of_gaps, with_failures
from navigator_export.analysis.sides import common_release, coverage_of_side, domain_of, read_side
from navigator_export.analysis.words import names_threats, read_use
from navigator_export.attack import known
from navigator_export.attack.known_threats import known_threats
from navigator_export.cli import exit_codes
from navigator_export.cli.options import covering_options, read_options_from, recipe_from, sources_argument
from navigator_export.cli.reporting import print_failures
from navigator_export.cli.reports import deliver, format_option, layer_options
from navigator_export.cli.threats import threat_options, threat_pairs
from navigator_export.layer.format import Layer
from navigator_export.selection import Selection
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
    options = read_options_from(given)
    recipe = recipe_from(given)
    catalogue = known()
    side = read_side(sources, options)
    facts = known_threats(catalogue, domain_of(side, catalogue))
    others = [read_side([word], options) for word in offers]
    version = common_release(
        [side, *others], recipe.attack_version, catalogue, facts if names_threats(threats) else None
    )
    coverage = coverage_of_side(side, recipe, catalogue, version)
    release = catalogue.require(coverage.domain, coverage.attack_version)
    use = read_use(threats, facts, release, options, with_software=with_software, with_campaigns=with_campaigns)
    whole = msgspec.structs.replace(recipe, selection=Selection())
    # What the selection leaves out of the set itself, such as its other tiers, is on offer too.
    rest = [side] if recipe.selection != Selection() and side.layer is None else []
    offered = [coverage_of_side(other, whole, catalogue, version) for other in (*rest, *others)]
    found = gaps(coverage, use, catalogue, offered)
    required = [id_.strip().upper() for id_ in (fail_on or "").split(",") if id_.strip()]
    earlier = earlier_in(contents(before, options.limits), before, found) if before is not None else None
    failed = failing(found, under=fail_under, required=required, earlier=earlier)

    def layer() -> Layer:
        from navigator_export.analysis.layers import Making, gaps_layer  # where one is asked for

        pairs: list[Pair] = [("offer", without_folder(word)) for word in offers]
        plain = msgspec.structs.replace(recipe, name=None, description=None)
        words = threat_pairs(threats, with_software=with_software, with_campaigns=with_campaigns)
        again = command_line("gaps", sources, [*words, *pairs], plain, options)
        return gaps_layer(found, Making(again, recipe.name, recipe.description))

    report = of_gaps(found, most or None)
    inputs = (*sources, *offers, *threats, *filter(None, [before]))
    deliver(report, found, form, output, layer, inputs, catalogue)
    print_failures(failed, "gaps", with_failures(report, failed))
    return exit_codes.FINDINGS if failed else exit_codes.DONE
