"""The rules: what the Navigator drops, hides, refuses or crashes on.

Each was seen in the Navigator, or is read from its source. Each module holds the rules of one subject with the checks
that find what breaks them; checks see any JSON object and must survive it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from navigator_export.validation.document import DOCUMENT_RULES
from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.rules import (
    batch,
    domains,
    fields,
    formats,
    gradient,
    items,
    links,
    names,
    platforms,
    releases,
    techniques,
    unknown,
    visibility,
)
from navigator_export.validation.view import LayerView

Check = Callable[[LayerView], Iterator[Finding]]

LOSSES: Final[tuple[Check, ...]] = (
    fields.check_schema,
    unknown.check_fields,
    formats.check_format,
    domains.check_domain,
    releases.check_attack_version,
    techniques.check_techniques,
    techniques.check_duplicates,
    visibility.check_visibility,
    gradient.check_gradient,
    platforms.check_platforms,
    links.check_links,
)
"""The checks that no layer of our own making may fail."""

ADVICE: Final[tuple[Check, ...]] = (gradient.check_scores, platforms.check_filtered, names.check_name)
"""The checks of what somebody may have meant so."""

CHECKS: Final[tuple[Check, ...]] = (*LOSSES, *ADVICE)
"""Every check of a single layer, in the order in which findings are told."""

BatchCheck = Callable[[Sequence[tuple[str, LayerView]]], Iterator[tuple[str, Finding]]]

BATCH_CHECKS: Final[tuple[BatchCheck, ...]] = (batch.check_batch, names.check_alike)
"""Every check of layers that are to be used together, each with its file."""

RULES: Final[tuple[Rule, ...]] = (
    *DOCUMENT_RULES,
    fields.CRASH,
    fields.MISSING,
    fields.TYPE,
    fields.VALUE,
    unknown.UNKNOWN_FIELD,
    formats.VERSIONS,
    formats.FORMAT,
    formats.OLD_FIELD,
    domains.DOMAIN,
    domains.OLD_DOMAIN,
    domains.CUSTOM,
    releases.ATTACK_MISSING,
    releases.ATTACK_UNKNOWN,
    releases.ATTACK_SPELLING,
    releases.ATTACK_UNCHECKED,
    fields.TECHNIQUE_ID,
    techniques.UNKNOWN,
    techniques.OTHER_DOMAIN,
    techniques.NOT_YET,
    techniques.REVOKED,
    techniques.DEPRECATED,
    techniques.TACTIC_UNKNOWN,
    techniques.TACTIC_MISMATCH,
    techniques.DUPLICATE,
    visibility.NO_TECHNIQUES,
    visibility.HIDDEN,
    gradient.GRADIENT_RANGE,
    gradient.GRADIENT_TOP,
    gradient.SCORES_ALIKE,
    items.COLOUR,
    items.COLOUR_NAME,
    items.METADATA,
    items.LINK_ENTRY,
    links.LINK,
    platforms.PLATFORM,
    platforms.OLD_PLATFORM,
    platforms.FILTERED,
    names.NAME,
    batch.MIXED,
    names.ALIKE,
)
"""Every rule, in the order in which `validate --rules` lists them."""
