"""What a user can set: each setting by the path of its field, as a command-line option, and as a manifest's key.

Problems name settings by path: as their place, `selection.tier`, or within backticks in a message or hint. The command
line and the build say them in their own words, so that nobody is advised to use what is not there; from Python the path
itself is what to set.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from types import MappingProxyType
from typing import Final

import msgspec

from navigator_export.selection import ASPECTS


class Setting(msgspec.Struct, frozen=True):
    """One thing that a user can set."""

    path: str
    """Field of a recipe, `selection.tier`; or of how sources are read, `reading.encoding`."""
    option: str
    """Option of the command line, `--tier`."""
    key: str
    """Key in the manifest, below an entry, `select.tier`; below a source for what is of reading."""


def _aspects(part: str, option_prefix: str, key: str) -> tuple[Setting, ...]:
    return tuple(
        Setting(f"selection.{part}.{aspect.field}", f"--{option_prefix}{aspect.option}", f"{key}.{aspect.key}")
        for aspect in ASPECTS
    )


RECIPE_SETTINGS: Final = (
    *_aspects("include", "", "select"),
    Setting("selection.tier", "--tier", "select.tier"),
    Setting("selection.exact_tier", "--exact-tier", "select.exact_tier"),
    Setting("selection.min_value", "--min-value", "select.min_value"),
    *_aspects("exclude", "exclude-", "exclude"),
    Setting("selection.exclude_tiers", "--exclude-tier", "exclude.tier"),
    Setting("tiers.orders", "--tiers", "tiers.FRAMEWORK.order"),
    Setting("tiers.assigned", "--assign-tier", "tiers.FRAMEWORK.assign"),
    Setting("scoring.strategy", "--score", "score.strategy"),
    Setting("scoring.weights", "--weights", "score.weights"),
    Setting("scoring.range", "--range", "score.range"),
    Setting("colors", "--colors", "colors"),
    Setting("attack_version", "--attack-version", "attack_version"),
    Setting("comments", "--comments", "comments"),
    Setting("on_inactive", "--on-inactive", "on_inactive"),
    Setting("name", "--name", "name"),
    Setting("description", "--description", "description"),
    Setting("fold", "--fold", "fold"),
    Setting("aggregate", "--aggregate", "aggregate"),
    Setting("layout", "--layout", "layout"),
    Setting("show_id", "--show-id", "show_id"),
    Setting("hide_unscored", "--hide-unscored", "hide_unscored"),
    Setting("platforms", "--platforms", "platforms"),
)
"""Those of a recipe, in the order in which a command names them."""

READING_SETTINGS: Final = (
    Setting("reading.format", "--source-format", "format"),
    Setting("reading.framework", "--source-framework", "framework"),
    Setting("reading.framework_version", "--source-framework-version", "framework_version"),
    Setting("reading.attack_version", "--source-attack-version", "attack_version"),
    Setting("reading.domain", "--source-domain", "domain"),
    Setting("reading.category", "--source-category", "category"),
    Setting("reading.columns", "--column", "columns"),
    Setting("reading.ratings", "--rating", "ratings"),
    Setting("reading.sheets", "--sheet", "sheet"),
    Setting("reading.fill_down", "--fill-down", "fill_down"),
    Setting("reading.statuses", "--status", "status"),
    Setting("reading.encoding", "--encoding", "encoding"),
    *(
        Setting(f"reading.limits.{name}", f"--limit {name}=…", f"limits.{name}")
        for name in ("bytes", "unpacked", "rows", "cell", "depth", "values", "files", "wait")
    ),
)
"""Those of how sources are read."""

SETTINGS: Final = (*RECIPE_SETTINGS, *READING_SETTINGS)

OPTIONS: Final[Dictionary[str, str]] = MappingProxyType(
    {setting.path: setting.option for setting in SETTINGS}
    | {"bundle.release": "--release", "on_merge": "--on-merge", "navigator_url": "--navigator"}
    | {asked: f"--{asked}" for asked in ("threat", "target", "costs", "by", "old", "new")}
    | {"look.page": "--page", "look.sub_techniques": "--sub-techniques", "look.only_scored": "--only-scored"}
)
"""Path to option of the command line; the last are those of single commands: `attack import`, `upgrade`, `open` with
`serve`, the analyses, and `render`."""

KEYS: Final[Dictionary[str, str]] = MappingProxyType({setting.path: setting.key for setting in SETTINGS})
"""Path to key of the manifest."""
