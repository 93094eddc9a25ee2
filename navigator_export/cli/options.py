"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from navigator_export.layer.scoring import Number
from navigator_export.model import CATEGORIES, DOMAINS, VALUES
from navigator_export.readers.options import FORMATS, LARGEST_LIMIT, Limits, ReadOptions
from navigator_export.selection import Criteria
from navigator_export.tiers import TierOptions

Command = TypeVar("Command", bound=Callable[..., Any])


class Weights(click.ParamType[tuple[Number, ...]]):
    """`minimal=10,partial=50,significant=100`, each of the three once."""

    name = "weights"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Number, ...]:
        """Return the three weights from the weakest value to the strongest."""
        if isinstance(value, tuple):
            return value
        pairs = [part.partition("=") for part in str(value).split(",")]
        weights = {word.strip(): _number(number) for word, _, number in pairs}
        if len(pairs) != len(VALUES) or set(weights) != set(VALUES) or None in weights.values():
            self.fail(f"{value!r}: expected one like minimal=10,partial=50,significant=100", param, ctx)
        return tuple(number for word in VALUES if (number := weights[word]) is not None)


class Range(click.ParamType[tuple[Number, ...]]):
    """`0:10`."""

    name = "from:to"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Number, ...]:
        """Return both ends."""
        if isinstance(value, tuple):
            return value
        ends = [_number(part) for part in str(value).split(":")]
        numbers = tuple(end for end in ends if end is not None)
        if len(numbers) != len(ends) or len(numbers) != 2:  # noqa: PLR2004
            self.fail(f"{value!r}: expected two numbers like 0:10", param, ctx)
        return numbers


class Assignment(click.ParamType[tuple[str, str, str]]):
    """`EID-CA-E3=E5`, or `m365:EID-CA-E3=E5` for one of several frameworks."""

    name = "id=tier"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str, str]:
        """Return the patterns of the framework and of the capability, and the tier."""
        if isinstance(value, tuple):
            return value
        words, _, tier = str(value).rpartition("=")
        owner, _, pattern = words.rpartition(":")
        if not pattern.strip() or not tier.strip():
            self.fail(f"{value!r}: expected one like EID-CA-E3=E5", param, ctx)
        return owner.strip() or "*", pattern.strip(), tier.strip()


class Pair(click.ParamType[tuple[str, str]]):
    """`name=value`, both not empty; the last `=` that leaves a value parts them, or the first."""

    def __init__(self, name: str, example: str, *, last: bool = False) -> None:
        self.name = name
        self._example = example
        self._last = last

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return both sides."""
        if isinstance(value, tuple):
            return value
        text = str(value)
        left, _, right = text.rpartition("=") if self._last else text.partition("=")
        if not left.strip() or not right.strip():
            self.fail(f"{value!r}: expected one like {self._example}", param, ctx)
        return left.strip(), right.strip()


class Limit(click.ParamType[tuple[str, int]]):
    """`bytes=1000000000`, with kB, MB and GB for powers of 1024."""

    name = "name=number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """Return the limit's name and number."""
        if isinstance(value, tuple):
            return value
        name, _, text = str(value).partition("=")
        number = re.fullmatch(r"\s*([1-9][0-9]{0,17})\s*([kMG]?)i?B?\s*", text)
        if name.strip() not in Limits.__struct_fields__ or number is None:
            known = ", ".join(Limits.__struct_fields__)
            self.fail(f"{value!r}: expected one like bytes=1GB; limits are {known}", param, ctx)
        limit = int(number[1]) * 1024 ** " kMG".index(number[2] or " ")
        if limit > LARGEST_LIMIT:
            self.fail(f"{value!r}: the largest limit is {LARGEST_LIMIT:,}", param, ctx)
        return name.strip(), limit


def _number(text: str) -> Number | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number


sources_argument = click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")


_READ_OPTIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "--format",
        "read_format",
        {"type": click.Choice(FORMATS), "help": "Form of the sources; found by their content."},
    ),
    ("--source-framework", "read_framework", {"metavar": "ID", "help": "Framework of the sources."}),
    ("--source-framework-version", "read_framework_version", {"metavar": "TEXT", "help": "Release of that framework."}),
    (
        "--source-attack-version",
        "read_attack_version",
        {"metavar": "RELEASE", "help": "ATT&CK release of the sources."},
    ),
    (
        "--source-domain",
        "read_domain",
        {"type": click.Choice(DOMAINS, case_sensitive=False), "help": "Domain of the sources."},
    ),
    (
        "--source-category",
        "read_category",
        {"type": click.Choice(CATEGORIES, case_sensitive=False), "help": "Category of values that come without one."},
    ),
    (
        "--column",
        "read_columns",
        {
            "type": Pair("field=column", 'technique_id="ATT&CK ID"'),
            "multiple": True,
            "help": "Column of a list, by its header or letter, as in technique_id=C. Repeatable.",
        },
    ),
    (
        "--rating",
        "read_ratings",
        {
            "type": Pair("word=rating", "High=significant or 50..75=partial", last=True),
            "multiple": True,
            "help": 'What a word, number or range means, as in 3="protect significant". Repeatable.',
        },
    ),
    ("--sheet", "read_sheet", {"metavar": "NAME", "help": "Sheet of an Excel file; else the first with a list."}),
    ("--encoding", "read_encoding", {"metavar": "NAME", "help": "Encoding of a text, as in cp1250; else found out."}),
    (
        "--limit",
        "read_limits",
        {"type": Limit(), "multiple": True, "help": "Read more, or less, as in bytes=1GB or rows=5000. Repeatable."},
    ),
)


def read_options(command: Command) -> Command:
    """Add the options that say how sources are to be read; see `read_options_from`."""
    for name, parameter, settings in reversed(_READ_OPTIONS):
        command = click.option(name, parameter, **settings)(command)
    return command


def read_options_from(given: dict[str, Any]) -> ReadOptions:
    """Take the options of `read_options` out of what a command was given, and return what they say."""
    values = {parameter.removeprefix("read_"): given.pop(parameter) for _, parameter, _ in _READ_OPTIONS}
    values["limits"] = Limits(**dict(values["limits"]))
    return ReadOptions(**values)


def tier_options(command: Command) -> Command:
    """Add the options that say which capability belongs to which tier; see `tiers_from`."""
    for option in (
        click.option(
            "--assign-tier",
            "assigned",
            multiple=True,
            type=Assignment(),
            help="Treat a capability (pattern) as of a tier, as in EID-CA-E3=E5. Repeatable.",
        ),
        click.option(
            "--tiers",
            "tier_orders",
            multiple=True,
            metavar="[FRAMEWORK:]LOWEST,…",
            help="All tiers, the lowest first, as in E1,E3,E5. Repeatable.",
        ),
    ):
        command = option(command)
    return command


def tiers_from(tier_orders: tuple[str, ...], assigned: tuple[tuple[str, str, str], ...]) -> TierOptions:
    """Return what the tier options say."""
    orders = []
    for text in tier_orders:
        pattern, _, names = text.rpartition(":")
        order = tuple(tier.strip() for tier in names.split(",") if tier.strip())
        if not order:
            raise click.BadParameter(f"{text!r}: expected one like E1,E3,E5", param_hint="--tiers")
        orders.append((pattern.strip() or "*", order))
    return TierOptions(orders=tuple(orders), assigned=assigned)


_ASPECTS: tuple[tuple[str, str, str, click.ParamType[str] | None], ...] = (
    ("frameworks", "framework", "a framework, by id or name", None),
    ("capabilities", "capability", "a capability, by id", None),
    ("groups", "group", "a group (product area), by id or name", None),
    ("categories", "category", "a category", click.Choice(CATEGORIES, case_sensitive=False)),
    ("values", "value", "a value", click.Choice(VALUES, case_sensitive=False)),
    ("mapping_types", "mapping-type", "a mapping type, by id or name", None),
    ("techniques", "technique", "a technique, by id (T1114* takes its sub-techniques too)", None),
)


def criteria_options(command: Command) -> Command:
    """Add an option to pick and one to leave out for each aspect; see `criteria_from`."""
    for prefix, verb in (("exclude-", "Leave out"), ("", "Take only")):
        for field, option, what, type_ in reversed(_ASPECTS):
            command = click.option(
                f"--{prefix}{option}",
                prefix.replace("-", "_") + field,
                multiple=True,
                type=type_,
                metavar=None if type_ else "PATTERN",
                help=f"{verb} {what}. Repeatable.",
            )(command)
    return click.option("--exclude-tier", "exclude_tiers", multiple=True, help="Leave out a tier. Repeatable.")(command)


def criteria_from(given: dict[str, Any], prefix: str = "") -> Criteria:
    """Return what the options of `criteria_options` say; `prefix` is `exclude_` for those that leave out."""
    return Criteria(**{field: tuple(given.get(prefix + field, ())) for field, *_ in _ASPECTS})
