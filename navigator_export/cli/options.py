"""Options that several commands share, and the types of their values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from navigator_export.model import CATEGORIES, VALUES
from navigator_export.scoring import Number
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


class Assignment(click.ParamType[tuple[str, str]]):
    """`EID-CA-E3=E5`."""

    name = "id=tier"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return the pattern and the tier."""
        if isinstance(value, tuple):
            return value
        pattern, _, tier = str(value).rpartition("=")
        if not pattern.strip() or not tier.strip():
            self.fail(f"{value!r}: expected one like EID-CA-E3=E5", param, ctx)
        return pattern.strip(), tier.strip()


def _number(text: str) -> Number | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number


sources_argument = click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")


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


def tiers_from(tier_orders: tuple[str, ...], assigned: tuple[tuple[str, str], ...]) -> TierOptions:
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
    fields = [*(field for field, *_ in _ASPECTS), "tiers"]
    return Criteria(**{field: tuple(given.get(prefix + field, ())) for field in fields})
