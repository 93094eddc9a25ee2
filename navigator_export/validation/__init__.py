"""Validation: of any layer file, and of every layer before it is written."""

from __future__ import annotations

from typing import Any

import msgspec

from navigator_export.attack import Catalogue, builtin
from navigator_export.validation.document import parse
from navigator_export.validation.findings import Finding, Severity
from navigator_export.validation.registry import Rule
from navigator_export.validation.rules import CHECKS, RULES, LayerView

__all__ = ["RULES", "Finding", "Rule", "Severity", "gate", "validate"]


def validate(data: bytes, file: str = "", catalogue: Catalogue | None = None) -> tuple[Finding, ...]:
    """Return every finding in the bytes of a layer file: one layer, or a list of layers. Never raises."""
    document = parse(data)
    findings = list(document.findings)
    for path, layer in document.layers:
        view = LayerView(layer, path, catalogue or builtin())
        findings += [finding for check in CHECKS for finding in check(view)]
    return tuple(msgspec.structs.replace(finding, file=file) for finding in findings)


def gate(data: bytes, catalogue: Catalogue | None = None) -> tuple[Finding, ...]:
    """Return every finding in the exact text of one layer of our own making; for one that may be written, none.

    The checks are those of `validate`; what is spared is the slow parsing that foreign files need.
    """
    layer: dict[str, Any] = msgspec.json.decode(data)
    view = LayerView(layer, "$", catalogue or builtin())
    return tuple(finding for check in CHECKS for finding in check(view))
