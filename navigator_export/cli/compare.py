"""`navigator-export compare`."""

from __future__ import annotations

from typing import Any

import click
import cloup

from navigator_export.analysis.comparison import compare
from navigator_export.analysis.reports import of_comparison
from navigator_export.analysis.sides import common_release, coverage_of_side, read_side
from navigator_export.attack import known
from navigator_export.cli import exit_codes
from navigator_export.cli.options import (
    moving_options,
    read_options_from,
    recipe_from,
    score_options,
    selection_options,
    source_options,
    tier_options,
)
from navigator_export.cli.reports import format_option, rendered
from navigator_export.cli.sides import narrowed
from navigator_export.cli.terminal import answer
from navigator_export.cli.values import Pair


@cloup.command("compare")
@cloup.argument("old")
@cloup.argument("new", required=False)
@cloup.option_group(
    "Sides",
    cloup.option(
        "--old",
        "old_pairs",
        type=Pair("key=value", "tier=E3"),
        multiple=True,
        help="What the old side alone selects, as in tier=E3. Repeatable.",
    ),
    cloup.option(
        "--new",
        "new_pairs",
        type=Pair("key=value", "tier=E5"),
        multiple=True,
        help="What the new side alone selects, as in tier=E5. Repeatable.",
    ),
)
@source_options
@selection_options
@tier_options
@score_options
@moving_options
@cloup.option_group(
    "Output",
    format_option,
    cloup.option("--exit-code", "fail", is_flag=True, help="Exit with 1 where the two differ."),
)
def command(
    old: str,
    new: str | None,
    old_pairs: tuple[tuple[str, str], ...],
    new_pairs: tuple[tuple[str, str], ...],
    form: str,
    fail: bool,
    **given: Any,
) -> int:
    """Show what changed from one coverage to another, technique by technique.

    OLD and NEW are layers or mapping sources; without NEW, two selections of OLD are compared. Both are moved to one
    ATT&CK release first: the newer of the two, or that of --attack-version.
    """
    if new is None and old_pairs == new_pairs:
        raise click.UsageError("name two sides to compare: OLD and NEW, or one source with --old and --new")
    options = read_options_from(given)
    recipe = recipe_from(given)
    catalogue = known()
    words = (old, old if new is None else new)
    sides = [read_side([word], options) for word in dict.fromkeys(words)]
    version = common_release(sides, recipe.attack_version, catalogue)
    before, after = (
        coverage_of_side(side, narrowed(recipe, pairs, option), catalogue, version)
        for side, pairs, option in zip((sides[0], sides[-1]), (old_pairs, new_pairs), ("--old", "--new"), strict=True)
    )
    comparison = compare(before, after, catalogue)
    answer(rendered(of_comparison(comparison), comparison, form))
    return exit_codes.FINDINGS if fail and comparison.differs else exit_codes.DONE
