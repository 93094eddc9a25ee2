"""What a rule is."""

from __future__ import annotations

import msgspec

from navigator_export.errors import Severity
from navigator_export.validation.findings import Finding


class Rule(msgspec.Struct, frozen=True):
    """One thing that is checked: its id, how bad it is, and one sentence of documentation."""

    id: str
    severity: Severity
    doc: str

    def finding(
        self, path: str, message: str, hint: str = "", severity: Severity | None = None, file: str = ""
    ) -> Finding:
        """Return a finding of this rule, at the rule's own severity or another."""
        return Finding(self.id, severity or self.severity, path, message, hint, file)
