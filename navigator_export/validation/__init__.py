"""Validation: of any layer file, and of every layer before it is written."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from typing import Any

import msgspec
from msgspec.structs import replace

from navigator_export.attack import Catalogue, known
from navigator_export.errors import Severity
from navigator_export.validation.document import parse
from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.rules import BATCH_CHECKS, CHECKS, LOSSES, RULES
from navigator_export.validation.view import LayerView

__all__ = ["RULES", "Finding", "Rule", "Severity", "gate", "validate", "validate_files"]


def validate(
    data: bytes, file: str = "", catalogue: Catalogue | None = None, against: str | None = None
) -> tuple[Finding, ...]:
    """Return every finding in the bytes of a layer file: one layer, or a list of layers. Never raises.

    With `against`, techniques are checked against that ATT&CK release instead of each layer's own.
    """
    return validate_files({file: data}, catalogue, against)


def validate_files(
    files: Dictionary[str, bytes], catalogue: Catalogue | None = None, against: str | None = None
) -> tuple[Finding, ...]:
    """Return every finding in several layer files, by file name, that are to be used together. Never raises."""
    catalogue = catalogue or known()
    findings: list[Finding] = []
    views: list[tuple[str, LayerView]] = []
    for file, data in files.items():
        document = parse(data)
        findings += (replace(finding, file=file) for finding in document.findings)
        for path, layer in document.layers:
            view = LayerView(layer, path, catalogue, against)
            views.append((file, view))
            findings += (replace(finding, file=file) for check in CHECKS for finding in check(view))
    findings += (replace(finding, file=file) for check in BATCH_CHECKS for file, finding in check(views))
    return tuple(findings)


def gate(data: bytes, catalogue: Catalogue | None = None) -> tuple[Finding, ...]:
    """Return every finding in the exact text of one layer of our own making; for one that may be written, none.

    The checks are those of `validate` but for its advice; what is spared too is the slow parsing of foreign files.
    """
    layer: dict[str, Any] = msgspec.json.decode(data)
    view = LayerView(layer, "$", catalogue or known())
    return tuple(finding for check in LOSSES for finding in check(view))
