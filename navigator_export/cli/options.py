"""Options that several commands share, in sections, and what they say taken together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
import cloup
import msgspec

from navigator_export.attack import LATEST
from navigator_export.cli.values import Assignment, Limit, Pair, Range, Weights, file_names
from navigator_export.layer.annotation import COMMENT_STYLES
from navigator_export.layer.composition import LAYOUTS
from navigator_export.layer.palette import PALETTES
from navigator_export.layer.scoring import STRATEGIES, Scoring
from navigator_export.model import CATEGORIES, DOMAINS, VALUES
from navigator_export.readers.options import FORMATS, Limits, ReadOptions
from navigator_export.recipe import Recipe
from navigator_export.retargeting import ON_INACTIVE
from navigator_export.selection import ASPECTS, Criteria, Selection
from navigator_export.sets.network import using
from navigator_export.sources.capability_set import read_capability_set
from navigator_export.tiers import TierOptions


def _go_offline(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        ctx.with_resource(using(offline=True))


offline_option = cloup.option(
    "--offline",
    is_flag=True,
    expose_value=False,
    callback=_go_offline,
    help="Fetch nothing: published sets and addresses come from the cache or a mirror.",
)

quiet_option = cloup.option(
    "-q", "--quiet", is_flag=True, help="Print no summary; warnings and errors are still printed."
)

sources_argument = cloup.argument("sources", nargs=-1, required=True, metavar="SOURCE…", shell_complete=file_names)

_READ = "read_"
"""What parameters of how sources are read begin with."""

source_options = cloup.option_group(
    "Source",
    cloup.option(
        "--source-format", "read_format", type=click.Choice(FORMATS), help="Format; else detected from the content."
    ),
    cloup.option("--source-framework", "read_framework", metavar="ID", help="Framework of the sources."),
    cloup.option(
        "--source-framework-version", "read_framework_version", metavar="TEXT", help="Release of that framework."
    ),
    cloup.option(
        "--source-attack-version", "read_attack_version", metavar="RELEASE", help="ATT&CK release of the sources."
    ),
    cloup.option(
        "--source-domain",
        "read_domain",
        type=click.Choice(DOMAINS, case_sensitive=False),
        help="ATT&CK domain of the sources.",
    ),
    cloup.option(
        "--source-category",
        "read_category",
        type=click.Choice(CATEGORIES, case_sensitive=False),
        help="Category of values that come without one.",
    ),
    cloup.option(
        "--column",
        "read_columns",
        type=Pair("field=column", 'technique_id="ATT&CK ID"', blank=True),
        multiple=True,
        help="Column of a list, by its header or letter, as in technique_id=C; value= reads none. Repeatable.",
    ),
    cloup.option(
        "--rating",
        "read_ratings",
        type=Pair("word=rating", "High=significant or 50..75=partial", last=True),
        multiple=True,
        help='What a word, number or range means, as in 3="protect significant" or No=none. Repeatable.',
    ),
    cloup.option(
        "--status",
        "read_statuses",
        multiple=True,
        metavar="PATTERN",
        help="Status of the rows that map something, as in Implemented; else all. Repeatable.",
    ),
    cloup.option(
        "--fill-down", "read_fill_down", is_flag=True, help="A list's row without a capability takes the one above."
    ),
    cloup.option(
        "--sheet",
        "read_sheets",
        multiple=True,
        metavar="NAME",
        help="Sheet of an Excel file, or * for all; else the first with a list. Repeatable.",
    ),
    cloup.option(
        "--encoding", "read_encoding", metavar="NAME", help="Encoding of a text file, as in cp1250; else detected."
    ),
    offline_option,
    cloup.option(
        "--limit",
        "read_limits",
        type=Limit(),
        multiple=True,
        help="Change a limit of reading, as in bytes=1GB or rows=5000. Repeatable.",
    ),
    help="What the sources do not say of themselves.",
)


def _aspect_options(prefix: str, verb: str) -> list[Any]:
    """Return an option for each aspect of a selection; `prefix` is empty or `exclude-`."""
    return [
        cloup.option(
            f"--{prefix}{aspect.option}",
            prefix.replace("-", "_") + aspect.field,
            multiple=True,
            type=click.Choice(aspect.values, case_sensitive=False) if aspect.values else None,
            metavar=None if aspect.values else "PATTERN",
            help=f"{verb} {aspect.meaning}. Repeatable.",
        )
        for aspect in ASPECTS
    ]


_tier_scheme = (
    cloup.option(
        "--tiers",
        "tier_orders",
        multiple=True,
        metavar="[FRAMEWORK:]LOWEST,…",
        help="All tiers, the lowest first, as in E1,E3,E5. Repeatable.",
    ),
    cloup.option(
        "--assign-tier",
        "assigned",
        multiple=True,
        type=Assignment(),
        help="Put capabilities (a pattern) in a tier, as in EID-CA-E3=E5. Repeatable.",
    ),
)

tier_scheme_options = cloup.option_group("Tiers", *_tier_scheme)

selection_options = cloup.option_group(
    "Selection",
    *_aspect_options("", "Take only"),
    cloup.option(
        "--min-value", type=click.Choice(VALUES, case_sensitive=False), help="Take only mappings rated so or better."
    ),
    cloup.option(
        "--capability-set",
        "capability_sets",
        multiple=True,
        metavar="FILE",
        help="Take only the capabilities whose ids a file lists, one a line. Repeatable.",
    ),
    *_aspect_options("exclude-", "Leave out"),
    help="Repeat an option for OR; different options combine with AND. A PATTERN may hold * and ?.",
)

tier_options = cloup.option_group(
    "Tiers",
    cloup.option("--tier", metavar="TIER", help="Take what a licence tier has, with the lower tiers, as in E5."),
    cloup.option("--exact-tier", is_flag=True, help="With --tier: without the lower tiers."),
    cloup.option(
        "--exclude-tier", "exclude_tiers", metavar="TIER", multiple=True, help="Leave out a tier. Repeatable."
    ),
    *_tier_scheme,
)

score_options = cloup.option_group(
    "Scores",
    cloup.option(
        "--score",
        "strategy",
        type=click.Choice(tuple(STRATEGIES), case_sensitive=False),
        help="How to score a technique. Default: best where anything selected is rated, else count.",
    ),
    cloup.option(
        "--weights",
        type=Weights(),
        default=Scoring().weights,
        help="What minimal, partial and significant count in best, mean and sum.",
    ),
    cloup.option("--range", "range_", type=Range(), help="Scores of the first and the last colour."),
    cloup.option(
        "--colors",
        metavar="NAME|LIST",
        help=f"Colours of the scores: {', '.join(PALETTES)}, or a list like '#fee8c8,#fdbb84', lowest score first."
        " Default: blue for what is covered, orange for what is exposed (KEV, VERIS), viridis for both.",
    ),
)

_attack_version = cloup.option(
    "--attack-version",
    metavar="RELEASE",
    help=f"Move the mappings to another release, as in 20.0 or {LATEST}; revoked techniques to what replaces them.",
)

moving_options = cloup.option_group("ATT&CK release", _attack_version)

release_options = cloup.option_group(
    "ATT&CK release",
    _attack_version,
    cloup.option(
        "--on-inactive",
        type=click.Choice(ON_INACTIVE),
        default=Recipe().on_inactive,
        show_default=True,
        help="What to do with mappings to techniques that are not active in the release.",
    ),
)

layer_options = cloup.option_group(
    "What the layer says",
    cloup.option(
        "--comments",
        type=click.Choice(COMMENT_STYLES),
        default=Recipe().comments,
        show_default=True,
        help="How much a comment says.",
    ),
    cloup.option("--name", help="Name of the layer; by default what is selected, then the framework."),
    cloup.option("--description", help="Description of the layer."),
)

opening_options = cloup.option_group(
    "How the layer opens",
    cloup.option(
        "--layout",
        type=click.Choice(LAYOUTS, case_sensitive=False),
        default=Recipe().layout,
        show_default=True,
        help="Sub-techniques below their technique (flat), beside it (side), or all as small squares (mini).",
    ),
    cloup.option("--show-id", is_flag=True, help="Show the ids of techniques in the cells."),
    cloup.option("--fold", is_flag=True, help="Open the layer with sub-techniques folded away."),
    cloup.option("--aggregate", is_flag=True, help="Colour techniques by the scores of their sub-techniques too."),
    cloup.option("--hide-unscored", is_flag=True, help="Hide the techniques without a score."),
    cloup.option(
        "--platforms",
        multiple=True,
        metavar="NAME",
        help="Show only techniques of a platform, as in Windows; others can be shown again. Repeatable.",
    ),
)


_Command = TypeVar("_Command", bound=Callable[..., Any])


def covering_options(command: _Command) -> _Command:
    """Add what commands take that look at what mappings cover."""
    return source_options(selection_options(tier_options(score_options(moving_options(command)))))


def making_options(command: _Command) -> _Command:
    """Add all that decides a layer: what commands take that make one of mappings."""
    shown = release_options(layer_options(opening_options(command)))
    return source_options(selection_options(tier_options(score_options(shown))))


def read_options_from(given: dict[str, Any]) -> ReadOptions:
    """Take the options of `source_options` out of what a command was given, and return what they say."""
    values = {name.removeprefix(_READ): given.pop(name) for name in list(given) if name.startswith(_READ)}
    return ReadOptions(**values | {"limits": Limits(**dict(values["limits"]))})


def recipe_from(given: dict[str, Any]) -> Recipe:
    """Return the recipe that the options of all sections but the source's say.

    The section of what a layer says may be missing, and what it sets is at its default then.

    Raises SourceError where a file of capability ids cannot be read.
    """
    if given["exact_tier"] and given["tier"] is None:
        raise click.UsageError("--exact-tier goes with --tier")
    listed = tuple(id_ for file in given["capability_sets"] for id_ in read_capability_set(file))
    include = _criteria(given)
    return Recipe(
        selection=Selection(
            include=msgspec.structs.replace(include, capabilities=(*include.capabilities, *listed)),
            exclude=_criteria(given, "exclude_"),
            tier=given["tier"],
            exact_tier=given["exact_tier"],
            min_value=given["min_value"],
            exclude_tiers=given["exclude_tiers"],
        ),
        tiers=tiers_from(given),
        scoring=Scoring(strategy=given["strategy"], weights=given["weights"], range=given["range_"]),
        **{name: given[name] for name in _SAME_NAME if name in given},
    )


_SAME_NAME = (
    *("colors", "attack_version", "on_inactive", "comments", "name", "description"),
    *("fold", "aggregate", "layout", "show_id", "hide_unscored", "platforms"),
)
"""Fields of a recipe that are parameters of the same name."""


def tiers_from(given: dict[str, Any]) -> TierOptions:
    """Return what the options of `tier_scheme_options` say."""
    orders = []
    for text in given["tier_orders"]:
        pattern, _, names = text.rpartition(":")
        order = tuple(tier.strip() for tier in names.split(",") if tier.strip())
        if not order:
            raise click.BadParameter(f"{text!r}: expected one like E1,E3,E5", param_hint="--tiers")
        orders.append((pattern.strip() or "*", order))
    return TierOptions(orders=tuple(orders), assigned=given["assigned"])


def _criteria(given: dict[str, Any], prefix: str = "") -> Criteria:
    return Criteria(**{aspect.field: tuple(given[prefix + aspect.field]) for aspect in ASPECTS})
