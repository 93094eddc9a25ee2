"""`navigator-export export`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from navigator_export.attack import LATEST
from navigator_export.characters import spelled_out
from navigator_export.cli.options import (
    Range,
    Weights,
    criteria_from,
    criteria_options,
    read_options,
    read_options_from,
    sources_argument,
    tier_options,
    tiers_from,
)
from navigator_export.cli.terminal import complain, in_options
from navigator_export.errors import OutputError, Problem
from navigator_export.export import Product, make_layer
from navigator_export.layer.annotation import COMMENT_STYLES, CommentStyle
from navigator_export.layer.scoring import STRATEGIES, Number, Scoring, StrategyName
from navigator_export.model import VALUES, Value
from navigator_export.output import STANDARD_OUTPUT, as_json, write
from navigator_export.reading import read
from navigator_export.recipe import Recipe
from navigator_export.retargeting import ON_INACTIVE, OnInactive, Retargeting
from navigator_export.selection import Selection
from navigator_export.sources.capability_set import read_capability_set


@click.command("export")
@sources_argument
@click.option(
    "-o",
    "--output",
    default=STANDARD_OUTPUT,
    help="File to write; a folder for a name of its own; - (default) for stdout.",
)
@click.option("--tier", help="Take what a licence tier has, the lower tiers included.")
@click.option("--exact-tier", is_flag=True, help="With --tier: without the lower tiers.")
@click.option(
    "--min-value", type=click.Choice(VALUES, case_sensitive=False), help="Take only mappings rated so or better."
)
@click.option(
    "--capability-set",
    "capability_sets",
    multiple=True,
    metavar="FILE",
    help="Take only the capabilities whose ids a file lists, one a line. Repeatable.",
)
@criteria_options
@tier_options
@click.option(
    "--score",
    "strategy",
    type=click.Choice(STRATEGIES, case_sensitive=False),
    help="How to score a technique. Default: best where anything selected is rated, else count.",
)
@click.option("--weights", type=Weights(), default=Scoring().weights, help="What values count in best, mean and sum.")
@click.option("--range", "range_", type=Range(), help="Scores of the first and the last colour.")
@click.option(
    "--attack-version",
    metavar="RELEASE",
    help="Move the mappings to another ATT&CK release, as in 20.0 or latest; revoked techniques to what replaces them.",
)
@click.option(
    "--comments", type=click.Choice(COMMENT_STYLES), default="short", show_default=True, help="How much a comment says."
)
@click.option(
    "--on-inactive",
    type=click.Choice(ON_INACTIVE),
    default="drop",
    show_default=True,
    help="What to do with mappings to techniques that are not active in the ATT&CK release.",
)
@click.option("--fold", is_flag=True, help="Open the layer with sub-techniques folded away.")
@click.option("--aggregate", is_flag=True, help="Colour techniques by the scores of their sub-techniques too.")
@click.option("--name", help="Name of the layer; by default it tells framework, release, selection and score.")
@click.option("--description", help="Description of the layer.")
@click.option("--report", metavar="FILE", help="Write what became of inactive techniques: JSON for *.json.")
@read_options
@click.option("-q", "--quiet", is_flag=True, help="Say nothing of what was made; problems are told all the same.")
def command(
    sources: tuple[str, ...],
    output: str,
    tier: str | None,
    exact_tier: bool,
    min_value: Value | None,
    capability_sets: tuple[str, ...],
    tier_orders: tuple[str, ...],
    assigned: tuple[tuple[str, str, str], ...],
    strategy: StrategyName | None,
    weights: tuple[Number, Number, Number],
    range_: tuple[Number, Number] | None,
    attack_version: str | None,
    comments: CommentStyle,
    on_inactive: OnInactive,
    fold: bool,
    aggregate: bool,
    name: str | None,
    description: str | None,
    report: str | None,
    quiet: bool,
    **criteria: Any,
) -> None:
    """Write one Navigator layer from mapping files.

    A SOURCE is a mapping file or list, a folder of security stack YAML, - for standard input, or `sample` for the
    built-in sample. Several sources go into one layer where they agree on ATT&CK release and domain. PATTERNs know *
    and ?, whatever the case.
    """
    if exact_tier and tier is None:
        raise click.UsageError("--exact-tier goes with --tier")
    if report == output == STANDARD_OUTPUT:
        raise click.UsageError("the layer and its report cannot both go to standard output; name a file with -o")
    listed = [id_ for file in capability_sets for id_ in read_capability_set(file)]
    criteria["capabilities"] = (*criteria["capabilities"], *listed)
    product = make_layer(
        read(*sources, options=read_options_from(criteria)),
        Recipe(
            selection=Selection(
                include=criteria_from(criteria),
                exclude=criteria_from(criteria, "exclude_"),
                tier=tier,
                exact_tier=exact_tier,
                min_value=min_value,
                exclude_tiers=criteria["exclude_tiers"],
            ),
            tiers=tiers_from(tier_orders, assigned),
            scoring=Scoring(strategy=strategy, weights=weights, range=range_),
            attack_version=attack_version,
            comments=comments,
            on_inactive=on_inactive,
            fold=fold,
            aggregate=aggregate,
            name=name,
            description=description,
        ),
    )
    target = _target(output, product)
    _spare((target, report or STANDARD_OUTPUT), (*sources, *capability_sets))
    write(product.text, target)
    if report:
        write(_report(product.tally.retargeting, machine=report.endswith(".json")), report)
    complain(*_account(product, target, attack_version, quiet=quiet))


def _unlisted(product: Product, asked: str | None) -> list[str]:
    """Return a note where an ATT&CK release is not listed, and another one's techniques served for it."""
    retargeting = product.tally.retargeting
    wanted = asked or retargeting.from_release
    if wanted in (retargeting.to_release, LATEST):
        return []
    return [f"note ATT&CK {wanted} is not listed; its techniques are taken to be those of {retargeting.to_release}"]


def _target(output: str, product: Product) -> str:
    if output == STANDARD_OUTPUT:
        return output
    is_folder = output.endswith(("/", os.sep)) or Path(output).is_dir()
    return str(Path(output, product.file_name)) if is_folder else output


def _spare(targets: Sequence[str], inputs: Sequence[str]) -> None:
    """Raise OutputError where a file to write is one that was read, or is to be written twice."""
    written = [Path(target) for target in targets if target != STANDARD_OUTPUT]
    for number, target in enumerate(written):
        if target.resolve() in [other.resolve() for other in written[:number]]:
            raise OutputError(str(target), [Problem("is the layer's file too", hint="name another file")])
        for source in map(Path, inputs):
            if target.exists() and source.exists() and target.samefile(source):
                raise OutputError(str(target), [Problem("was read as an input", hint="name another file")])


def _report(retargeting: Retargeting, *, machine: bool) -> bytes:
    """Return what became of every id that is not active in the layer's release."""
    if machine:
        return f"{as_json(retargeting)}\n".encode()
    lines = [
        f"ATT&CK {retargeting.from_release} to {retargeting.to_release}, {retargeting.domain}: "
        f"{retargeting.mappings_in} mappings in, {retargeting.mappings_out} out, {retargeting.dropped} dropped",
        *map(str, retargeting.fates),
    ]
    return (spelled_out("\n".join(lines)) + "\n").encode()


def _account(product: Product, target: str, asked: str | None, *, quiet: bool) -> list[str]:
    """Return what to tell of a layer: problems always, the rest unless quiet."""
    tally = product.tally
    lines = [str(finding) for finding in product.findings]
    lines += [f"warning {in_options(remark)}" for remark in tally.remarks]
    lines += _unlisted(product, asked)
    lines += [f"{'note' if fate.target else 'warning'} {fate}" for fate in tally.retargeting.fates]
    if tally.without_tier:
        ids = ", ".join(capability.id for capability in tally.without_tier[:8])
        more = " …" if len(tally.without_tier) > 8 else ""  # noqa: PLR2004
        lines.append(f"warning {len(tally.without_tier)} capabilities have no tier and are left out: {ids}{more}")
    if not quiet:
        lines.append(
            f"{product.layer.name}: {tally.mappings} mappings of {tally.capabilities} capabilities "
            f"on {tally.techniques} techniques"
        )
        lines.append(
            f"{tally.rows} rows: {', '.join(filter(None, (f'{tally.mappings} in the layer', tally.left_out())))}"
        )
        if target != STANDARD_OUTPUT:
            lines.append(f"written: {target}")
    return lines
