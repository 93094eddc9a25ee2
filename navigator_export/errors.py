"""What can go wrong, as values that only the command line turns into text and an exit code.

NavigatorExportError
├── SourceError      a file, of mappings or of layers, that cannot be read or used
├── SelectionError   a selection, tier or score that does not fit the mappings
│   └── NothingSelectedError   one that leaves nothing
├── LayerError       a layer that did not pass validation, and so was not written
├── AttackError      a bundle, release or technique of ATT&CK that cannot be read, had or found
├── GateError        coverage that fails what a manifest asks of it
└── OutputError      a target that cannot be written
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from navigator_export.wording import listed

if TYPE_CHECKING:
    from navigator_export.validation.findings import Finding


Severity = Literal["error", "warning"]


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong in an input: what, where, and what to do about it."""

    message: str
    place: str = ""
    """JSON path, row, or the path of a setting (`settings.py`); empty where the whole file is meant."""
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message

    def spelled(self, names: Mapping[str, str]) -> Problem:
        """Return the problem with the settings that it speaks of by other names, such as `settings.OPTIONS`.

        A setting's path is the first word of the place, or stands within backticks in message and hint.
        """
        head, space, rest = self.place.partition(" ")
        place = f"{names.get(head, head)}{space}{rest}"
        return Problem(respelled(self.message, names), place, respelled(self.hint, names))


def respelled(text: str, names: Mapping[str, str]) -> str:
    """Return a text with the settings whose path it has within backticks by their names."""
    return re.sub(r"`([a-z_.]{1,60})`", lambda found: names.get(found[1], found[0]), text)


class NavigatorExportError(Exception):
    """Base of every error that a user can cause; never raised itself."""


class ProblemsError(NavigatorExportError):
    """An error that names a file (or `""`) and holds all problems found in it, at least one."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(problems)
        super().__init__("\n".join(self.lines()))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.file, self.problems)

    def lines(self, limit: int = 20, names: Mapping[str, str] = MappingProxyType({})) -> list[str]:
        """Return one line per problem, `file::place: error message; hint`, at most `limit` and a count of the rest.

        Settings are called by their `names`, by path without.
        """
        shown = [
            "".join(
                (
                    self.file,
                    "::" if self.file and p.place else "",
                    p.place,
                    ": " if self.file or p.place else "",
                )
            )
            + f"error {p}"
            for p in (problem.spelled(names) for problem in self.problems[:limit])
        ]
        rest = len(self.problems) - len(shown)
        return [*shown, f"{self.file}: and {rest} more"] if rest else shown


class SourceError(ProblemsError):
    """A file, of mappings or of layers, that cannot be read or used."""


class SelectionError(ProblemsError):
    """A selection, tier assignment or score that does not fit the mappings."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("", problems)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.problems


class AttackError(ProblemsError):
    """A bundle, release or technique of ATT&CK that cannot be read, had or found."""


class NothingSelectedError(SelectionError):
    """A selection that fits the mappings' words but leaves none of them."""


class GateError(ProblemsError):
    """Coverage that fails what a manifest asks of it; nothing was written."""


class OutputError(ProblemsError):
    """A target that cannot be written; what was there before is untouched."""


class LayerError(NavigatorExportError):
    """A layer that did not pass validation; nothing was written."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.findings,)


def nearest(word: str, known: Iterable[str], kind: str) -> str:
    """Return a hint that names the known words nearest to `word`, or the first few where none is near."""
    words = sorted(set(known))
    folded = {w.casefold(): w for w in words}
    close = [folded[w] for w in get_close_matches(word.casefold(), folded, n=5, cutoff=0.5)]
    if close:
        return f"nearest {kind}: {', '.join(close)}"
    if not words:
        return f"there are no {kind}"
    return f"known {kind}: {listed(words, 8)}"


def reason(error: BaseException) -> str:
    """Return the words of an operating system's or a library's error, without its number and file name."""
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return words[:1].lower() + words[1:]
