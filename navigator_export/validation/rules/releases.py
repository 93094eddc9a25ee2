"""The ATT&CK release that a layer names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from navigator_export.model import Domain
from navigator_export.schemas import shown
from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import LayerView, is_number
from navigator_export.wording import shortened

NAVIGATOR_OLDEST: Final[dict[Domain | None, int]] = {"enterprise": 4, "mobile": 4, "ics": 8, None: 4}
"""The oldest ATT&CK release of each domain that the Navigator has."""

ATTACK_MISSING = Rule(
    "attack-version-missing",
    "warning",
    "The layer names no ATT&CK release: the Navigator silently opens it as the newest.",
)
ATTACK_UNKNOWN = Rule(
    "attack-version-unknown", "error", "The Navigator has no such ATT&CK release: it refuses the layer."
)
ATTACK_SPELLING = Rule(
    "attack-version-spelling",
    "warning",
    "Only the first digits of the ATT&CK release count; the rest misleads.",
)
ATTACK_UNCHECKED = Rule(
    "attack-version-unchecked",
    "warning",
    "The ATT&CK release is too old to be built in: techniques and tactics are not checked against it.",
)


def check_attack_version(view: LayerView) -> Iterator[Finding]:
    """Find an ATT&CK release that is missing, unknown, misleading, or older than what techniques can be checked in."""
    if view.is_custom:
        return
    path = f"{view.path}.versions.attack"
    oldest, newest = NAVIGATOR_OLDEST[view.domain], view.newest
    if view.attack is None:
        yield from _missing(view, path)
    elif view.major is None or not oldest <= view.major <= newest:
        stated = shortened(view.attack, 20)
        hint = f"known are {oldest} to {newest}" if view.major else f'write "{newest}"'
        yield ATTACK_UNKNOWN.finding(path, f"unknown ATT&CK release {stated!r}: the Navigator refuses the layer", hint)
    else:
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", view.attack):
            stated = shortened(view.attack, 20)
            yield ATTACK_SPELLING.finding(path, f"{stated!r} is read as {view.major}", f'write "{view.major}"')
        if view.domain is not None and view.release is None:
            yield ATTACK_UNCHECKED.finding(
                path,
                f"ATT&CK {view.major} is not built in: techniques are not checked",
                f"import it with `attack import`, or check against another release with --against {newest}",
            )


def _missing(view: LayerView, path: str) -> Iterator[Finding]:
    versions = view.layer.get("versions", {})
    if not isinstance(versions, dict):
        return
    stated = versions.get("attack", "")
    is_checked = view.own_release is not None and not view.against
    newest = view.own_release.version if view.own_release else view.newest
    opened = f"opened{' and checked' if is_checked else ''} as the newest, {newest}"
    if stated == "":
        where = path if "versions" in view.layer else view.path
        hint = f'write the one that it was made for, such as "versions": {{"attack": "{view.newest}", …}}'
        yield ATTACK_MISSING.finding(where, f"no ATT&CK release: {opened}", hint)
    else:
        meant = shown(stated) if is_number(stated) else str(view.newest)
        message = f"{shown(stated)} is no text, so the Navigator reads no ATT&CK release: {opened}"
        yield ATTACK_MISSING.finding(path, message, f'write "{meant}"', "error")
