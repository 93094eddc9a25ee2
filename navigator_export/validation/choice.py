"""Which rules' findings are told: all, or those that are selected and not ignored."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from navigator_export.errors import Problem, nearest
from navigator_export.patterns import matches
from navigator_export.validation.findings import Finding
from navigator_export.validation.rules import RULES
from navigator_export.wording import quoted


class Choice(msgspec.Struct, frozen=True, dict=True):
    """Which rules are told, by patterns of their ids such as `technique-*`."""

    select: tuple[str, ...] = ()
    """Rules that are told; all where there are none."""
    ignore: tuple[str, ...] = ()
    """Rules that are not, selected or not."""
    per_file: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Patterns of files, each with the rules that are not told in them."""
    folder: str = ""
    """The folder that patterns of files start from; the current one where it is empty."""

    @cached_property
    def rules(self) -> frozenset[str]:
        """Return the ids of the rules that are told, files aside."""
        return frozenset(
            rule.id for rule in RULES if _any(self.select or ("*",), rule.id) and not _any(self.ignore, rule.id)
        )

    def split(self, findings: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
        """Return findings in two lists: those that are told, and those that are not."""
        told: list[Finding] = []
        ignored: list[Finding] = []
        per_file: dict[str, tuple[str, ...]] = {}
        for finding in findings:
            if finding.file not in per_file:
                per_file[finding.file] = self._ignored_in(finding.file)
            tells = finding.rule in self.rules and not _any(per_file[finding.file], finding.rule)
            (told if tells else ignored).append(finding)
        return told, ignored

    def _ignored_in(self, file: str) -> tuple[str, ...]:
        if not self.per_file:
            return ()
        path, folder = (Path(os.path.normpath(Path(each).absolute())) for each in (file, self.folder))
        inner = path.relative_to(folder) if path.is_relative_to(folder) else path
        names = (inner.as_posix(), inner.name)
        return tuple(
            rule for pattern, rules in self.per_file if any(matches(pattern, name) for name in names) for rule in rules
        )


def unknown_rules(patterns: Sequence[str]) -> list[tuple[int, Problem]]:
    """Return a problem for each of the patterns that no rule's id matches, with its index."""
    ids = [rule.id for rule in RULES]
    return [
        (index, Problem(f"there is no rule {quoted(pattern)}", hint=nearest(pattern, ids, "rules")))
        for index, pattern in enumerate(patterns)
        if not any(matches(pattern, id_) for id_ in ids)
    ]


def _any(patterns: Iterable[str], id_: str) -> bool:
    return any(matches(pattern, id_) for pattern in patterns)
