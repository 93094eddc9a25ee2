"""The tactics of a matrix, in the order of its columns."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Tactic(msgspec.Struct, frozen=True):
    """One column of a matrix."""

    short_name: str
    """What techniques and layers call it: `command-and-control`."""
    name: str
    """What people call it: `Command and Control`."""
    id: str = ""
    """`TA0011`; empty where no matrix that is known has the tactic."""


Matrix = tuple[Tactic, ...]
"""The tactics of a domain in a release, as its columns are ordered."""


def tactic(short_name: str, id_: str = "") -> Tactic:
    """Return a tactic with the name that follows from its short name."""
    words = short_name.removesuffix("-ics").split("-")
    return Tactic(short_name, " ".join(word if word == "and" else word.capitalize() for word in words), id_)


def with_others(matrix: Matrix, short_names: Iterable[str]) -> Matrix:
    """Return a matrix with a column at its end for each of the tactics that it lacks, so that none is lost."""
    others = set(short_names) - {column.short_name for column in matrix}
    return (*matrix, *map(tactic, sorted(others)))
