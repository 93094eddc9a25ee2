"""What a run of `validate` looked at, and what it leaves out of its findings."""

from __future__ import annotations

from collections import Counter

import msgspec

from navigator_export.validation.checked import Checked
from navigator_export.validation.findings import Finding


class Account(msgspec.Struct, frozen=True):
    """What was looked at, and what of it is left out."""

    files: tuple[Checked, ...] = ()
    """Every file that could be read, in order."""
    ignored: tuple[Finding, ...] = ()
    """The findings of rules that are ignored or not selected."""

    def checked(self) -> tuple[Checked, ...]:
        """Return the files that were checked."""
        return tuple(file for file in self.files if not file.other)

    def skipped(self) -> dict[str, list[str]]:
        """Return the files that were skipped, by what they are."""
        found: dict[str, list[str]] = {}
        for file in self.files:
            if file.other:
                found.setdefault(file.other, []).append(file.file)
        return found

    def releases(self) -> list[tuple[str, int]]:
        """Return each ATT&CK release that something was checked against, the commonest first, with its files."""
        counts = Counter(release for file in self.checked() for release in file.attack)
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    def unchecked(self) -> int:
        """Return the number of files in which techniques of some layer were checked against no release."""
        return sum(file.unchecked for file in self.checked())

    def ignored_rules(self) -> list[tuple[str, int]]:
        """Return each rule that findings were left out of, the commonest first, with their number."""
        counts = Counter(finding.rule for finding in self.ignored)
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
