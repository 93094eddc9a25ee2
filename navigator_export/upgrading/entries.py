"""Lists of metadata, links and legend items: every entry one that the Navigator shows."""

from __future__ import annotations

import re
from typing import Any, Final

from navigator_export.upgrading.changes import Editor, Mend
from navigator_export.upgrading.concrete import Node
from navigator_export.upgrading.fields import TYPE, drop, is_colour, text

DIVIDER: Final = Mend(
    "divider",
    'A divider is written {"divider": true}, whatever was meant as one: a name DIVIDER, or a divider beside a name '
    "without a value. One that is false is left out.",
)
METADATA: Final = Mend(
    "metadata",
    "Metadata are a list of a name with a value each: an object becomes one, and an entry that lacks either is left "
    "out, as the Navigator drops it.",
)
LINK: Final = Mend(
    "link",
    "A link has a label and an address: without a label, the address is the label; without an address that is text it "
    "is left out, as the Navigator drops it.",
)
PROTOCOL: Final = Mend(
    "link-protocol",
    "An address that begins with the name of a host gets https://; any other without a protocol, or one that runs "
    "code, is left out: it leads nowhere.",
)
LEGEND: Final = Mend("legend-item", "A legend item without a label or a colour is left out, as the Navigator drops it.")
ENTRY_MENDS: Final = (DIVIDER, METADATA, LINK, PROTOCOL, LEGEND)


def metadata(editor: Editor, inside: Node, node: Node) -> None:
    """Mend the metadata of a layer or technique."""
    if node.is_object:
        pairs = node.members()
        named = {"name", "value"} <= {name for name, _ in pairs}
        listed = [node.value] if named else [{"name": name, "value": part.value} for name, part in pairs]
        editor.replace(node, listed, METADATA)
    _mend_list(editor, inside, node, _mend_metadata)


def links(editor: Editor, inside: Node, node: Node) -> None:
    """Mend the links of a layer or technique."""
    _mend_list(editor, inside, node, _mend_link)


def legend(editor: Editor, inside: Node, node: Node) -> None:
    """Mend the legend of a layer."""
    _mend_list(editor, inside, node, _mend_legend_item)


def _mend_list(editor: Editor, inside: Node, node: Node, mend: Any) -> None:
    if not node.is_list:
        drop(editor, inside, node, TYPE)
        return
    for entry in node.nodes():
        if entry.is_object:
            mend(editor, node, entry)
        else:
            drop(editor, node, entry, TYPE)


def _mend_metadata(editor: Editor, inside: Node, entry: Node) -> None:
    if _mend_divider(editor, inside, entry, "name", "value"):
        return
    for name in ("name", "value"):
        part = entry.get(name)
        if part is not None and part.value is not None:
            text(editor, entry, part)
    if not all(_is_text(entry.get(name)) for name in ("name", "value")):
        editor.remove(inside, entry, METADATA)


def _mend_link(editor: Editor, inside: Node, entry: Node) -> None:
    if _mend_divider(editor, inside, entry, "label", "url"):
        return
    url, label = entry.get("url"), entry.get("label")
    if url is None or not _is_text(url):
        editor.remove(inside, entry, LINK)
        return
    address = url.value.strip()
    protocol = _PROTOCOL.match(address)
    if protocol is None and _HOST.fullmatch(address):
        editor.replace(url, f"https://{address.lstrip('/')}", PROTOCOL)
    elif protocol is None or protocol[1].casefold() in _UNSAFE:
        editor.remove(inside, entry, PROTOCOL)
        return
    if label is not None and label.value is not None:
        text(editor, entry, label)
    label = entry.get("label")
    if not _is_text(label):
        editor.settle(entry, "label", url.value, LINK)


_PROTOCOL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d)")
_UNSAFE: Final = {"javascript", "data", "vbscript"}
_HOST: Final = re.compile(
    r"(?://)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}(?::[0-9]{1,5})?(?:[/?#]\S*)?", re.IGNORECASE | re.ASCII
)


def _mend_divider(editor: Editor, inside: Node, entry: Node, name: str, value: str) -> bool:
    """Mend an entry that is meant as a divider, and return whether it is one, or was one that is left out."""
    divider, named, valued = entry.get("divider"), entry.get(name), entry.get(value)
    if _is_text(named) and _is_text(valued):
        if divider is not None and divider.value is not True:
            editor.remove(entry, divider, DIVIDER)
        return False
    if divider is None:
        meant = named is not None and named.value == "DIVIDER" and (valued is None or not isinstance(valued.value, str))
    else:
        meant = divider.value is True or str(divider.value).casefold() == "true"
        if not meant and named is None and valued is None:
            editor.remove(inside, entry, DIVIDER)
            return True
    if meant and (divider is None or divider.value is not True or named is not None or valued is not None):
        editor.replace(entry, {"divider": True}, DIVIDER)
    return meant


def _mend_legend_item(editor: Editor, inside: Node, entry: Node) -> None:
    label, colour = entry.get("label"), entry.get("color")
    if label is None or label.value is None or colour is None or not is_colour(colour.value):
        editor.remove(inside, entry, LEGEND)
        return
    text(editor, entry, label)
    if entry.get("label") is None:
        editor.remove(inside, entry, LEGEND)


def _is_text(node: Node | None) -> bool:
    return node is not None and isinstance(node.value, str) and node.value != ""
