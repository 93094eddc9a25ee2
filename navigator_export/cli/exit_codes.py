"""What the exit code of every command means; where a signal ends one, it is 128 and the number of the signal."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
FINDINGS: Final = 1
"""The input was read, and something is wrong with it or with what came of it."""
UNUSABLE: Final = 2
"""The command line or an input cannot be used; nothing was written."""
