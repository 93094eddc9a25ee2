"""The filter by platform."""

from __future__ import annotations

from collections.abc import Iterator

from navigator_export.attack.platforms import platforms
from navigator_export.validation.findings import Finding
from navigator_export.validation.hints import Hints
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import LayerView

PLATFORM = Rule(
    "platform-unknown",
    "error",
    "The layer's release has no such platform: its techniques are hidden, maybe all.",
)


def check_platforms(view: LayerView) -> Iterator[Finding]:
    """Find platforms that the layer's release does not have."""
    filters = view.layer.get("filters")
    names = filters.get("platforms") if isinstance(filters, dict) else None
    if view.domain is None or view.major is None or not isinstance(names, list):
        return
    known = platforms(view.domain, view.major)
    if not known:
        return
    hints = Hints(known, "platforms")
    for index, name in enumerate(names):
        if isinstance(name, str) and name not in known:
            yield PLATFORM.finding(
                f"{view.path}.filters.platforms[{index}]",
                f"ATT&CK {view.major} has no platform {name!r}",
                hints.near(name),
            )
