"""The time that files may tell: the one that the environment says, so that what is made can be made again."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from navigator_export.errors import OutputError, Problem
from navigator_export.wording import quoted


def stated_time() -> datetime | None:
    """Return the time that SOURCE_DATE_EPOCH says; None where it is not set. Raises OutputError where it is no time."""
    said = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not said:
        return None
    try:
        return datetime.fromtimestamp(int(said), UTC)
    except (ValueError, OverflowError, OSError):
        hint = "expected seconds since 1970"
        raise OutputError("", [Problem(f"{quoted(said)} is no time", "SOURCE_DATE_EPOCH", hint)]) from None
