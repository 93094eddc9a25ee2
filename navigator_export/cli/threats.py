"""Options of the commands that lay threats against coverage."""

from __future__ import annotations

from collections.abc import Sequence

import cloup

from navigator_export.analysis.commands import Pair, without_folder


def threat_pairs(words: Sequence[str], *, with_software: bool, with_campaigns: bool) -> list[Pair]:
    """Return the options of `threat_options` that say the same."""
    pairs: list[Pair] = [("threat", without_folder(word)) for word in words]
    flags = (("with-software", with_software), ("with-campaigns", with_campaigns))
    return [*pairs, *((flag, None) for flag, given in flags if given)]


threat_options = cloup.option_group(
    "Threats",
    cloup.option(
        "--threat",
        "threats",
        multiple=True,
        required=True,
        metavar="WHAT",
        help="A group, campaign or software by id, name or alias; groups:all; top:50 for the techniques that most "
        "groups use; technique ids, as in T1059=3; a file of them; or a layer. Repeatable.",
    ),
    cloup.option("--with-software", is_flag=True, help="Also what the software does that a group uses."),
    cloup.option(
        "--with-campaigns", is_flag=True, help="Also what the campaigns did that a group is held to have run."
    ),
)
