"""`navigator-export gaps`."""

from __future__ import annotations

from typing import Any

import cloup
import msgspec

from navigator_export.analysis.gaps import failing, gaps
from navigator_export.analysis.reports import of_gaps
from navigator_export.analysis.sides import common_release, coverage_of_side, domain_of, read_side
from navigator_export.analysis.words import read_use
from navigator_export.attack import known
from navigator_export.attack.known_threats import known_threats
from navigator_export.cli import exit_codes
from navigator_export.cli.options import (
    moving_options,
    read_options_from,
    recipe_from,
    score_options,
    selection_options,
    source_options,
    sources_argument,
    tier_options,
)
from navigator_export.cli.reports import format_option, rendered
from navigator_export.cli.terminal import answer, complain
from navigator_export.cli.threats import threat_options
from navigator_export.selection import Selection


@cloup.command("gaps")
@sources_argument
@threat_options
@source_options
@selection_options
@tier_options
@score_options
@moving_options
@cloup.option_group(
    "Output",
    cloup.option(
        "--offer",
        "offers",
        multiple=True,
        metavar="SOURCE",
        help="Another source, or layer, that may close gaps. Repeatable.",
    ),
    cloup.option("--most", type=int, default=25, show_default=True, help="Gaps to list; 0 for all."),
    format_option,
)
@cloup.option_group(
    "Gates",
    cloup.option("--fail-under", type=float, metavar="PERCENT", help="Exit with 1 where less of use is covered."),
    cloup.option(
        "--fail-on", metavar="IDS", help="Exit with 1 where one of these techniques is not, as in T1059,T1078."
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
    version = common_release([side, *others], recipe.attack_version, catalogue, facts)
    coverage = coverage_of_side(side, recipe, catalogue, version)
    release = catalogue.require(coverage.domain, coverage.attack_version)
    use = read_use(threats, facts, release, options, with_software=with_software, with_campaigns=with_campaigns)
    whole = msgspec.structs.replace(recipe, selection=Selection())
    # What the selection leaves out of the set itself, such as its other tiers, is on offer too.
    rest = [side] if recipe.selection != Selection() and side.layer is None else []
    offered = [coverage_of_side(other, whole, catalogue, version) for other in (*rest, *others)]
    found = gaps(coverage, use, catalogue, offered)
    answer(rendered(of_gaps(found, most or None), found, form))
    failed = failing(
        found, under=fail_under, required=[id_.strip() for id_ in (fail_on or "").split(",") if id_.strip()]
    )
    complain(*(f"error {words}" for words in failed))
    return exit_codes.FINDINGS if failed else exit_codes.DONE
