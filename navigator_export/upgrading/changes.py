"""What an upgrade changes, change by change, and the editor through which alone it changes anything."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from navigator_export.schemas import json_path
from navigator_export.upgrading.concrete import Node, Tree
from navigator_export.validation import Finding, Rule

NOT_MENDABLE: Final = Rule("not-mendable", "error", "What is wrong has no mend that is beyond doubt.")


class Mend(msgspec.Struct, frozen=True):
    """A kind of change: its id, and one sentence of documentation."""

    id: str
    doc: str


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change of a layer file."""

    rule: str
    path: str
    """JSON path in the file as it was; empty for the whole file."""
    before: Any | UnsetType = UNSET
    """What was there; UNSET where nothing was."""
    after: Any | UnsetType = UNSET
    """What is there now; UNSET where it was left out."""

    def __str__(self) -> str:
        before, after = (_shown(value) for value in (self.before, self.after))
        if not after:
            told = f"{before} left out"
        elif not before:
            told = f"{after} added"
        else:
            told = f"{before} is now {after}"
        return f"{self.path or 'file'}: {told} [{self.rule}]"


class Editor:
    """A layer file's text and what was changed in it; every edit is told as a `Change`."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.changes: list[Change] = []
        self.problems: list[Finding] = []

    def tell(self, rule: Mend, path: str, before: Any = UNSET, after: Any = UNSET) -> None:
        """Keep what an edit changed."""
        self.changes.append(Change(rule.id, path, before, after))

    def refuse(self, path: str, message: str, hint: str) -> None:
        """Keep what cannot be mended."""
        self.problems.append(NOT_MENDABLE.finding(path, message, hint))

    def replace(self, node: Node, value: Any, rule: Mend) -> None:
        """Put another value in the place of one."""
        self.tell(rule, node.path, node.value, value)
        node.become(Tree(self.tree.dump(value, node.above)).root)

    def respell(self, node: Node, text: str, rule: Mend) -> None:
        """Put a number or word that is written so in the place of a value."""
        new = Tree(text).root
        self.tell(rule, node.path, node.value, new.value)
        node.become(new)

    def remove(self, inside: Node, node: Node, rule: Mend) -> None:
        """Take a value out of an object or list."""
        self.tell(rule, node.path, node.value)
        inside.cut(node)

    def add(self, inside: Node, name: str, value: Any, rule: Mend, at: int | None = None) -> None:
        """Put a value into an object, under a key that it does not have."""
        self.tell(rule, inside.path + json_path([name]).removeprefix("$"), UNSET, value)
        self.tree.add(inside, value, name, at)

    def append(self, inside: Node, value: Any, rule: Mend) -> None:
        """Put a value at the end of a list."""
        self.tell(rule, inside.path, UNSET, value)
        self.tree.add(inside, value)

    def copy(self, inside: Node, node: Node, name: str, value: Any, rule: Mend) -> Node:
        """Put a copy of an object beside it, in which a key says something else, and return the copy."""
        said = {**node.value, name: value}
        self.tell(rule, node.path, UNSET, said)
        made = Tree(node.text()).root
        made.key = node.key
        part = made.get(name)
        if part is not None:
            part.become(Tree(self.tree.dump(value, made)).root)
        self.tree.put(inside, made, at=inside.nodes().index(node) + 1)
        return made

    def rename(self, inside: Node, node: Node, name: str, value: Any, rule: Mend) -> None:
        """Put a value under another key in the place of one and its key."""
        self.tell(rule, node.path, node.value)
        self.tell(rule, inside.path + json_path([name]).removeprefix("$"), UNSET, value)
        self.tree.rename(inside, node, name)
        if node.value != value:
            node.become(Tree(self.tree.dump(value, inside)).root)

    def settle(self, inside: Node, name: str, value: Any, rule: Mend) -> None:
        """Have a key of an object say something, whatever it says now."""
        node = inside.get(name)
        if node is None:
            self.add(inside, name, value, rule)
        elif node.value != value or type(node.value) is not type(value):
            self.replace(node, value, rule)


_LONGEST: Final = 80


def _shown(value: Any) -> str:
    if value is UNSET:
        return ""
    try:
        text = msgspec.json.encode(value).decode()
    except (UnicodeEncodeError, RecursionError):
        text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
