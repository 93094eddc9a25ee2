"""Every kind of change that an upgrade makes."""

from __future__ import annotations

from typing import Final

from navigator_export.upgrading.changes import Mend
from navigator_export.upgrading.document import DOCUMENT_MENDS
from navigator_export.upgrading.encoding import ENCODING_MENDS
from navigator_export.upgrading.entries import ENTRY_MENDS
from navigator_export.upgrading.fields import FIELD_MENDS
from navigator_export.upgrading.gradient import GRADIENT_MENDS
from navigator_export.upgrading.layer import LAYER_MENDS
from navigator_export.upgrading.merging import MERGE_MENDS
from navigator_export.upgrading.platforms import ALL_PLATFORMS, PLATFORM
from navigator_export.upgrading.release import RELEASE_MENDS
from navigator_export.upgrading.techniques import TECHNIQUE_MENDS

RELEASE_STEP: Final[tuple[Mend, ...]] = (*RELEASE_MENDS, ALL_PLATFORMS, *MERGE_MENDS)
"""Those that are made where a layer moves to another release."""

MENDS: Final[tuple[Mend, ...]] = (
    *ENCODING_MENDS,
    *DOCUMENT_MENDS,
    *LAYER_MENDS,
    *FIELD_MENDS,
    *ENTRY_MENDS,
    PLATFORM,
    *TECHNIQUE_MENDS,
    *GRADIENT_MENDS,
    *RELEASE_STEP,
)
"""Those of the format first, then those of a release."""
