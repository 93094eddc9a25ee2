"""Something wrong in a layer file, as a value."""

from __future__ import annotations

import msgspec

from navigator_export.errors import Severity


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing wrong: which rule says so, where, what, and what to do."""

    rule: str
    severity: Severity
    path: str
    """JSON path such as `$.techniques[3].score`; a line and column where the file is no JSON; empty for the file."""
    message: str
    hint: str = ""
    file: str = ""

    def __str__(self) -> str:
        where = "::".join(filter(None, (self.file, self.path)))
        hint = f"; {self.hint}" if self.hint else ""
        return f"{where}: {self.severity} {self.message}{hint} [{self.rule}]"
