"""The addresses in a mapping's references; published files hold fragments, two in one string, and worse."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from navigator_export.characters import clean_name

_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_NEXT_ADDRESS = re.compile(r"[,;|](?=https?://)", re.IGNORECASE)


def clean_references(raw: Iterable[str | None]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the http and https addresses in `raw`, each once in its order, and the texts that hold none.

    The Navigator opens a link without a protocol relative to its own address, and other protocols can run code,
    so nothing else becomes a link.
    """
    addresses: dict[str, None] = {}
    rejected = []
    for text in raw:
        found = [
            address.rstrip(".,;:!?'")
            for match in _ADDRESS.findall(clean_name(text or ""))
            for address in _NEXT_ADDRESS.split(match)
        ]
        valid = [address for address in found if "." in _host(address)]
        addresses.update(dict.fromkeys(valid))
        if not valid and text and text.strip() not in ("", "[]"):
            rejected.append(text)
    return tuple(addresses), tuple(rejected)


def host(address: str) -> str:
    """Return the host of an address, without `www.`; empty where it has none."""
    return _host(address).removeprefix("www.")


@lru_cache(maxsize=4096)
def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
