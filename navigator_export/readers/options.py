"""How sources are to be read: what the user says of them, and how much of them is read at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, get_args

import msgspec

from navigator_export.errors import Problem
from navigator_export.model import Category, Domain
from navigator_export.wording import counted

FormatName = Literal["json", "yaml", "csv", "xlsx", "rows", "page", "stack", "dettect", "sigma", "splunk", "elastic"]
FORMATS: Final[tuple[FormatName, ...]] = get_args(FormatName)
"""Mappings Explorer's JSON and YAML; lists as CSV, as Excel, and as JSON or YAML; a page's text; security stack YAML;
DeTT&CT's technique administration; detection rules of Sigma, Splunk and Elastic."""

_MIB: Final = 2**20


LARGEST_LIMIT: Final = 2**53
"""No limit is larger: what counts bytes in the system and its libraries would overflow."""


class Limits(msgspec.Struct, frozen=True):
    """How much is read at most; what is more is refused before it costs time or memory.

    Raises ValueError for a limit below 1 or above `LARGEST_LIMIT`.
    """

    bytes: int = 256 * _MIB
    """Size of a source; published mapping files have up to 3 MB."""
    unpacked: int = 64 * _MIB
    """Size of all that is packed in an Excel file; 5,000 published rows take 8 MB."""
    rows: int = 1_000_000
    """Rows of a source: what an Excel sheet can hold."""
    cell: int = _MIB
    """Characters of a text, a cell or a line; an Excel cell holds 32,767, and published comments up to 4,249."""
    depth: int = 64
    """Levels of lists and objects in one another in YAML; published files have 4."""
    values: int = 5_000_000
    """Lists, objects and scalars in YAML."""
    files: int = 10_000
    """Files in a folder."""
    wait: int = 60
    """Seconds that a named pipe may stay silent."""

    def __post_init__(self) -> None:
        """Refuse what no system can count."""
        for name in self.__struct_fields__:
            if not 1 <= getattr(self, name) <= LARGEST_LIMIT:
                raise ValueError(f"limit {name}={getattr(self, name)}: expected 1 to {LARGEST_LIMIT:,}")


class ReadOptions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the user says of sources beyond what they say themselves."""

    format: FormatName | None = None
    """The sources' form; None to find it by their content."""
    framework: str | None = None
    framework_version: str | None = None
    attack_version: str | None = None
    domain: Domain | None = None
    """These four stand in for what a source says, or does not say."""
    columns: tuple[tuple[str, str], ...] = ()
    """(field, column) pairs for lists: a field of `columns.FIELDS`, and a header or a letter as in Excel; no column
    for a field that is not to be read."""
    ratings: tuple[tuple[str, str], ...] = ()
    """(word, rating) pairs: `High`, `3`, `75%` or `50..75`, and `significant`, `protect`, `protect significant`, or
    `none` for no mapping."""
    category: Category | None = None
    """Category of values that come without one."""
    sheets: tuple[str, ...] = ()
    """Sheets of an Excel file, patterns with `*` among them; none for the first one that holds a list."""
    fill_down: bool = False
    """Whether a list's row without a capability takes the one of the row above."""
    statuses: tuple[str, ...] = ()
    """Patterns of the status of rows that map something; none for all."""
    encoding: str | None = None
    """Encoding of a text; None to find it out."""
    limits: Limits = Limits()


DEFAULT: Final = ReadOptions()


def words(options: ReadOptions) -> Iterator[tuple[str, str | None]]:
    """Yield the command-line options that say the same, without those at their default; None for a flag's value."""
    for option, value in (
        ("source-format", options.format),
        ("source-framework", options.framework),
        ("source-framework-version", options.framework_version),
        ("source-attack-version", options.attack_version),
        ("source-domain", options.domain),
        ("source-category", options.category),
        ("encoding", options.encoding),
    ):
        if value is not None:
            yield option, value
    if options.fill_down:
        yield "fill-down", None
    for sheet in options.sheets:
        yield "sheet", sheet
    for status in options.statuses:
        yield "status", status
    for field, column in options.columns:
        yield "column", f"{field}={column}"
    for word, rating in options.ratings:
        yield "rating", f"{word}={rating}"
    for name in Limits.__struct_fields__:
        limit = getattr(options.limits, name)
        if limit != getattr(Limits(), name):
            yield "limit", f"{name}={limit}"


_UNITS: Final = {"rows": "row", "cell": "character", "files": "file"}


def beyond(limits: Limits, name: Literal["rows", "cell", "files"], place: str = "", what: str = "") -> Problem:
    """Return the problem of a source that goes beyond a limit; `what` does, as in `a line has`."""
    most = counted(getattr(limits, name), _UNITS[name])
    return Problem(f"{what} more than {most}".lstrip(), place, f"`reading.limits.{name}` allows more")
