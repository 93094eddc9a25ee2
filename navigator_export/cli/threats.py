"""Options of the commands that lay threats against coverage."""

from __future__ import annotations

import cloup

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
