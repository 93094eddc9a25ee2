"""Links that open layers in the Navigator: by their addresses, or with the layers themselves in the link."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

import msgspec

from navigator_export.errors import OutputError, Problem
from navigator_export.layer.format import Layer, LayerTechnique, encode_compactly

PUBLIC_NAVIGATOR: Final = "https://mitre-attack.github.io/attack-navigator/"

LONGEST: Final = 2 * 1024 * 1024
"""Characters of the longest address that Chromium opens; beyond it, nothing happens and nothing is said."""

_ADDRESS: Final = re.compile(r"https?://[^\s/?#\"'<>\\]+[^\s#\"'<>\\]*")

_COMMENTS: Final = ((None, ""), (300, "comments are cut to 300 characters"), (0, "comments are left out"))
"""Characters that are left of each comment, and how that is said: the first that makes the link short enough counts."""


class Link(msgspec.Struct, frozen=True):
    """An address that opens layers in the Navigator."""

    address: str
    left_out: str = ""
    """What is not in it, in words, for want of room."""


def link_to(layers: Sequence[Layer], navigator: str) -> Link:
    """Return the link that holds layers whole, with fewer comments where only that keeps it short enough to open.

    Raises OutputError where the Navigator's address is none, or where no comments left the link still too long.
    """
    checked_navigator(navigator)
    length = 0
    for most, said in _COMMENTS:
        shown = layers if most is None else [_with_short_comments(layer, most) for layer in layers]
        address = opening_address((_data_address(layer) for layer in shown), navigator)
        if len(address) <= LONGEST:
            return Link(address, said)
        length = len(address)
    message = f"the link would be {length:,} characters long, and browsers open {LONGEST:,}"
    hint = "open fewer layers or a smaller selection, or `navigator-export serve` them"
    raise OutputError("", [Problem(message, hint=hint)])


def opening_address(addresses: Iterable[str], navigator: str) -> str:
    """Return the address at which the Navigator opens the layers at some addresses, one tab each in their order."""
    # Everything in them is encoded, or the Navigator cuts them short. Its tabs=false would also take the "+" away, and
    # with that the dialog that combines layers.
    parts = [f"layerURL={quote(address, safe='')}" for address in addresses]
    return f"{navigator}#{'&'.join((*parts, 'leave_site_dialog=false'))}"


def checked_navigator(address: str) -> str:
    """Return the address of a Navigator as it is. Raises OutputError where it is no web address."""
    if not _ADDRESS.fullmatch(address):
        hint = f"expected a web address without # and what follows, such as {PUBLIC_NAVIGATOR}"
        raise OutputError("", [Problem(f"{address!r} is no address of a Navigator", "navigator_url", hint)])
    return address


def _data_address(layer: Layer) -> str:
    return f"data:application/json;base64,{b64encode(encode_compactly(layer)).decode()}"


def _with_short_comments(layer: Layer, most: int) -> Layer:
    if not layer.techniques:
        return layer
    return msgspec.structs.replace(layer, techniques=tuple(_shortened(item, most) for item in layer.techniques))


def _shortened(technique: LayerTechnique, most: int) -> LayerTechnique:
    if not technique.comment or len(technique.comment) <= most:
        return technique
    comment = f"{technique.comment[:most].rstrip()}…" if most else msgspec.UNSET
    return msgspec.structs.replace(technique, comment=comment)
