"""`navigator-export compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import cloup

from navigator_export.analysis.questions import CompareQuestion
from navigator_export.analysis.reports import of_comparison, of_side_by_side
from navigator_export.analysis.side_by_side import BYS, By, side_by_side
from navigator_export.analysis.sides import read_side
from navigator_export.attack import Catalogue, known
from navigator_export.cli import exit_codes
from navigator_export.cli.options import covering_options, read_options_from, recipe_from
from navigator_export.cli.reports import deliver, format_option, layer_options, rendered
from navigator_export.cli.terminal import answer
from navigator_export.cli.values import Pair, file_names
from navigator_export.errors import Problem, SourceError
from navigator_export.preparation import prepare
from navigator_export.readers.options import ReadOptions
from navigator_export.recipe import Recipe


@cloup.command("compare")
@cloup.argument("old", shell_complete=file_names)
@cloup.argument("new", required=False, shell_complete=file_names)
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
    cloup.option("--by", type=click.Choice(BYS), help="Show what each tier, group … of OLD covers, side by side."),
)
@covering_options
@cloup.option_group(
    "Output",
    format_option,
    *layer_options,
    cloup.option("--exit-code", "fail", is_flag=True, help="Exit with 1 where the two differ."),
)
def command(
    old: str,
    new: str | None,
    old_pairs: tuple[tuple[str, str], ...],
    new_pairs: tuple[tuple[str, str], ...],
    by: By | None,
    form: str,
    output: str | None,
    fail: bool,
    **given: Any,
) -> int:
    """Show what changed from one coverage to another, technique by technique.

    OLD and NEW are layers or mapping sources; without NEW, two selections of OLD are compared. Both are moved to one
    ATT&CK release first: the newer of the two, or that of --attack-version. Of two folders that builds wrote, the
    layers are compared that have the same file.
    """
    catalogue = known()
    if by is not None:
        if new is not None or old_pairs or new_pairs or output is not None or fail:
            raise click.UsageError("--by goes with one SOURCE, and without --old, --new, -o and --exit-code")
        _answer_by(old, by, form, given, catalogue)
        return exit_codes.DONE
    if new is not None and all(Path(side, "index.json").is_file() for side in (old, new)):
        asked = (recipe_from(given), read_options_from(given))
        if old_pairs or new_pairs or asked != (Recipe(), ReadOptions()):
            raise click.UsageError("folders are compared layer by layer as they are; leave options of sources out")
        return _folders(old, new, form, output, catalogue, fail=fail)
    if new is None and old_pairs == new_pairs:
        raise click.UsageError("name two sides to compare: OLD and NEW, or one source with --old and --new")
    question = CompareQuestion(
        old, old if new is None else new, old_pairs, new_pairs, recipe_from(given), read_options_from(given)
    )
    comparison = question.answer(catalogue)
    report = of_comparison(comparison)
    deliver(report, comparison, form, output, lambda: question.layer(comparison), question.words, catalogue)
    return exit_codes.FINDINGS if fail and comparison.differs else exit_codes.DONE


def _answer_by(source: str, by: By, form: str, given: dict[str, Any], catalogue: Catalogue) -> None:
    """Print what each value of an aspect covers."""
    options = read_options_from(given)
    recipe = recipe_from(given)
    side = read_side([source], options)
    if side.layer is not None:
        hint = "name the mappings that it was made from"
        raise SourceError(side.name, [Problem(f"a layer does not tell each {by} apart", hint=hint)])
    found = side_by_side(prepare(side.sets, recipe, catalogue), recipe, by)
    answer(rendered(of_side_by_side(found), found, form))


def _folders(old: str, new: str, form: str, output: str | None, catalogue: Catalogue, *, fail: bool) -> int:
    """Print what changed from one build's folder to another."""
    from navigator_export.build.comparing import compare_folders, of_folders  # for folders alone

    if output is not None:
        raise click.UsageError("two folders give no layer; compare two layers of them with -o")
    found = compare_folders(old, new, catalogue)
    answer(rendered(of_folders(found), found, form))
    return exit_codes.FINDINGS if fail and found.differs else exit_codes.DONE
