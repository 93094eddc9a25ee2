"""`navigator-export plan`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import click
import cloup
import msgspec

from navigator_export.analysis.commands import Pair, command_line, threat_pairs, without_folder
from navigator_export.analysis.coverage import Coverage
from navigator_export.analysis.plan import Key, plan
from navigator_export.analysis.reports import of_plan
from navigator_export.analysis.sides import common_release, coverage_of_side, domain_of, narrowed, read_side
from navigator_export.analysis.words import names_threats, read_use
from navigator_export.attack import known
from navigator_export.attack.known_threats import known_threats
from navigator_export.cli.options import (
    moving_options,
    read_options_from,
    recipe_from,
    selection_options,
    source_options,
    sources_argument,
    tier_options,
)
from navigator_export.cli.reports import deliver, format_option, layer_options
from navigator_export.cli.threats import threat_options
from navigator_export.errors import Problem, SourceError
from navigator_export.layer.format import Layer, Number
from navigator_export.layer.scoring import Scoring
from navigator_export.readers.options import Limits
from navigator_export.recipe import Recipe
from navigator_export.sources.registry import contents


@cloup.command("plan")
@sources_argument
@threat_options
@cloup.option_group(
    "Goal",
    cloup.option(
        "--have",
        multiple=True,
        metavar="ID|KEY=VALUE",
        help="What is there already: a capability's id, or a selection as in tier=E3. Repeatable.",
    ),
    cloup.option(
        "--target", type=click.FloatRange(0, 100, min_open=True), metavar="PERCENT", help="Share of use to cover."
    ),
    cloup.option(
        "--budget",
        type=click.FloatRange(0, min_open=True),
        metavar="N",
        help="The most it may cost: capabilities, or costs.",
    ),
    cloup.option("--costs", metavar="FILE", help="CSV with the id of a capability and its cost in each line."),
)
@source_options
@selection_options
@tier_options
@moving_options
@cloup.option_group("Output", format_option, *layer_options)
def command(
    sources: tuple[str, ...],
    threats: tuple[str, ...],
    with_software: bool,
    with_campaigns: bool,
    have: tuple[str, ...],
    target: float | None,
    budget: float | None,
    costs: str | None,
    form: str,
    output: str | None,
    **given: Any,
) -> None:
    """Find the smallest, or cheapest, set of capabilities that covers what threats use.

    Without --target and --budget, it covers all that the sources can. What is found is proven to be best, or said not
    to be.
    """
    if target is not None and budget is not None:
        raise click.UsageError("--target and --budget do not go together; name one")
    options = read_options_from(given)
    recipe = recipe_from(given | {"strategy": None, "weights": Scoring().weights, "range_": None})
    catalogue = known()
    side = read_side(sources, options)
    facts = known_threats(catalogue, domain_of(side, catalogue))
    if side.layer is not None:
        raise SourceError(side.name, [Problem("a layer does not tell which capabilities there are to choose from")])
    version = common_release([side], recipe.attack_version, catalogue, facts if names_threats(threats) else None)
    coverage = coverage_of_side(side, recipe, catalogue, version)
    release = catalogue.require(coverage.domain, coverage.attack_version)
    use = read_use(threats, facts, release, options, with_software=with_software, with_campaigns=with_campaigns)
    owned: set[Key] = set()
    for recipe_of_had in _had(have, recipe):
        owned |= _keys(coverage_of_side(side, recipe_of_had, catalogue, version))
    found = plan(
        coverage,
        use,
        have=owned,
        target=None if target is None else target / 100,
        budget=budget,
        costs=None if costs is None else _costs(costs, coverage, options.limits),
    )

    def layer() -> Layer:
        from navigator_export.analysis.layers import Making, plan_layer  # where one is asked for

        goal = (("target", target), ("budget", budget))
        pairs: list[Pair] = [("have", word) for word in have]
        pairs += [(option, f"{number:g}") for option, number in goal if number is not None]
        pairs += [("costs", without_folder(costs))] if costs is not None else []
        plain = msgspec.structs.replace(recipe, name=None, description=None)
        words = threat_pairs(threats, with_software=with_software, with_campaigns=with_campaigns)
        again = command_line("plan", sources, [*words, *pairs], plain, options)
        return plan_layer(found, Making(again, recipe.name, recipe.description))

    inputs = (*sources, *threats, *filter(None, [costs]))
    deliver(of_plan(found), found, form, output, layer, inputs, catalogue)


def _had(words: Iterable[str], recipe: Recipe) -> list[Recipe]:
    """Return recipes that select what is there already, one a word."""
    pairs = [word.partition("=") if "=" in word else ("capability", "=", word) for word in words]
    return [narrowed(recipe, [(key, value)], "--have") for key, _, value in pairs]


def _keys(coverage: Coverage) -> set[Key]:
    return {(means.framework, means.id) for covered in coverage.techniques.values() for means in covered.means}


def _costs(file: str, coverage: Coverage, limits: Limits) -> dict[Key, Number]:
    """Return the costs that a file states, by capability. Raises SourceError where a line is none."""
    known = {id_.casefold(): (framework, id_) for framework, id_ in sorted(_keys(coverage))}
    found: dict[Key, Number] = {}
    problems = []
    text = contents(file, limits).decode("utf-8-sig", errors="replace")
    for number, row in enumerate(csv.reader(io.StringIO(text)), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#"):
            continue
        cost = _number(cells[1]) if len(cells) > 1 else None
        key = known.get(cells[0].casefold())
        if cost is not None and key:
            found[key] = cost
        elif cost is None and number > 1:  # the first line may be a header
            problems.append(Problem("no cost", f"line {number}", "write an id and a number that is not negative"))
    if problems:
        raise SourceError(file, problems)
    return found


def _number(text: str) -> Number | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
