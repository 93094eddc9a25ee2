"""The layers in a file: one, a list, or what is meant as one."""

from __future__ import annotations

from typing import Final

from navigator_export.upgrading.changes import Editor, Mend
from navigator_export.upgrading.concrete import Node
from navigator_export.validation import Finding
from navigator_export.validation.document import parse

SYNTAX: Final = {
    "trailing-comma": Mend("trailing-comma", "A comma after the last entry is left out: JSON has none there."),
    "control-character": Mend(
        "control-character", "A line end, tab or the like within a text is written as JSON's escape for it."
    ),
    "duplicate-key": Mend(
        "duplicate-key", "Of a key that an object has several times the last one stays, which is the one that counts."
    ),
}
WRAPPED: Final = Mend("layers-wrapped", "A list of layers stands alone, not within an object or another list.")
NO_LAYER: Final = Mend("no-layer", "What is no object is left out of a list of layers.")
DOCUMENT_MENDS: Final = (*SYNTAX.values(), WRAPPED, NO_LAYER)


def tell_oddities(editor: Editor) -> None:
    """Tell what was mended while a text was read."""
    for kind, node, before in editor.tree.oddities:
        after = {"after": "in escapes"} if kind == "control-character" else {}
        editor.tell(SYNTAX[kind], node.path, before, **after)


def read_layers_of(editor: Editor) -> tuple[tuple[Finding, ...], list[Node]]:
    """Return why a file holds no layer, or the layers in it, taken out of what they are wrapped in."""
    tree = editor.tree
    if tree.root.is_object and [name for name, _ in tree.root.members()] == ["layers"]:
        wrapped = tree.root.nodes()[0]
        if wrapped.is_list or wrapped.is_object:
            editor.tell(WRAPPED, "$", '{"layers": …}', "…")
            tree.unwrap(wrapped)
    if tree.root.is_object and tree.root.get("techniques") is not None:
        return (), [tree.root]
    if tree.root.is_object:
        document = parse(tree.root.text().encode("utf-8", "surrogatepass"))
        errors = tuple(finding for finding in document.findings if finding.severity == "error")
        return errors, [tree.root] if document.layers and not errors else []
    if not tree.root.is_list:
        return parse(tree.root.text().encode()).findings, []
    for node in tree.root.nodes():
        if node.is_list:
            editor.tell(WRAPPED, node.path, "[…]", "…")
            tree.unfold(tree.root, node)
    for node in tree.root.nodes():
        if not node.is_object:
            editor.remove(tree.root, node, NO_LAYER)
    return (() if tree.root.items else parse(b"[]").findings), tree.root.nodes()
