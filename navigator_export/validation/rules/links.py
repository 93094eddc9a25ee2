"""Where links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule
from navigator_export.validation.view import LayerView

LINK = Rule(
    "link-protocol",
    "error",
    "A link has no protocol, or one that is not for links: it leads elsewhere, or is unsafe.",
)
_PROTOCOL: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):(?!\d)")
_UNSAFE_PROTOCOLS: Final = {"javascript", "data", "vbscript"}


def check_links(view: LayerView) -> Iterator[Finding]:
    """Find links that the Navigator opens relative to its own address, or that run code."""
    for path, entry in ((view.path, view.layer), *view.techniques):
        links = entry.get("links")
        for index, link in enumerate(links if isinstance(links, list) else ()):
            url = link.get("url") if isinstance(link, dict) else None
            if not isinstance(url, str) or not url:
                continue
            protocol = _PROTOCOL.match(url)
            if protocol and protocol[1].casefold() not in _UNSAFE_PROTOCOLS:
                continue
            where = f"{path}.links[{index}].url"
            if protocol is None:
                yield LINK.finding(where, "no protocol", f"write https://{url[:60].lstrip('/')}")
            else:
                yield LINK.finding(where, f"{protocol[1]}: runs code", "use https://")
