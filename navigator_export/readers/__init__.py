"""One module per form that mappings come in: each gives tables; interpretation and assembly make mappings of them."""

from __future__ import annotations

from navigator_export.readers.options import Limits as Limits, ReadOptions as ReadOptions
