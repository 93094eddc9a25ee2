"""Validation: of any layer file, and of every layer before it is written."""

from __future__ import annotations

from collections.abc import Container, Mapping as Dictionary, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from navigator_export.attack import Catalogue, known
from navigator_export.errors import Severity
from navigator_export.validation.checked import Checked
from navigator_export.validation.document import parse
from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.rules import BATCH_CHECKS, CHECKS, LOSSES, RULES
from navigator_export.validation.view import LayerView

__all__ = ["RULES", "Checked", "Finding", "Rule", "Severity", "examine", "gate", "validate", "validate_files"]


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
    return examine(files, catalogue, against)[0]


def examine(
    files: Dictionary[str, bytes],
    catalogue: Catalogue | None = None,
    against: str | None = None,
    optional: Container[str] = frozenset(),
) -> tuple[tuple[Finding, ...], tuple[Checked, ...]]:
    """Return what `validate_files` does, and for each file what it was checked against. Never raises.

    The index of a build is skipped, and so is each `optional` file in which nothing is meant to be a layer.
    """
    catalogue = catalogue or known()
    findings: list[Finding] = []
    views: list[tuple[str, LayerView]] = []
    checked: list[Checked] = []
    for file, data in files.items():
        document = parse(data)
        if document.other and (file in optional or not (document.layers or document.findings)):
            checked.append(Checked(file, other=document.other))
            continue
        findings += (replace(finding, file=file) for finding in document.findings)
        own = [LayerView(layer, path, catalogue, against) for path, layer in document.layers]
        for view in own:
            findings += (replace(finding, file=file) for check in CHECKS for finding in check(view))
        views += ((file, view) for view in own)
        checked.append(_checked(file, own))
    findings += (replace(finding, file=file) for check in BATCH_CHECKS for file, finding in check(views))
    return tuple(findings), tuple(checked)


def _checked(file: str, views: Sequence[LayerView]) -> Checked:
    releases = [view.release for view in views]
    named = dict.fromkeys(f"{release.domain} {release.version}" for release in releases if release)
    return Checked(file, tuple(named), unchecked=None in releases)


def gate(data: bytes, catalogue: Catalogue | None = None) -> tuple[Finding, ...]:
    """Return every finding in the exact text of one layer of our own making; for one that may be written, none.

    The checks are those of `validate` but for its advice; what is spared too is the slow parsing of foreign files.
    """
    layer: dict[str, Any] = msgspec.json.decode(data)
    view = LayerView(layer, "$", catalogue or known())
    return tuple(finding for check in LOSSES for finding in check(view))
