"""A JSON text as a tree that can be edited: what is not edited keeps its spelling, its order and its white space.

Read is JSON, and what is meant as JSON without doubt: a comma after the last entry, a line end or tab within a text,
`NaN` and `Infinity`, and a key that an object has twice. Each is told as an oddity, and is strict JSON when written.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, Final, Literal

from navigator_export.schemas import json_path

Oddity = Literal["trailing-comma", "control-character", "duplicate-key"]

_SPACE: Final = r"[ \t\n\r]*"
_STRING: Final = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_START: Final = re.compile(rf"({_SPACE})(?:([{{\[])|({_STRING})|([^\s{{}}\[\]:,\"]+))", re.DOTALL)
_KEY: Final = re.compile(rf"({_SPACE})({_STRING})({_SPACE}:{_SPACE})", re.DOTALL)
_COMMA: Final = re.compile(rf"({_SPACE}),")
_CLOSING: Final = {"{": re.compile(rf"({_SPACE})}}"), "[": re.compile(rf"({_SPACE})\]")}
_SPACES: Final = re.compile(_SPACE)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_CONTROL: Final = re.compile(r"[\x00-\x1f]")
_WORDS: Final[dict[str, Any]] = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": math.nan,
    "Infinity": math.inf,
    "-Infinity": -math.inf,
}


_SAMPLE: Final = 4000
"""Characters that tell how a text puts its colons."""


class UnreadableError(ValueError):
    """A text that is no JSON, nor meant as JSON without doubt."""


class Node:
    """One value of the text."""

    __slots__ = ("_has_gaps", "_items", "_raw", "_value", "above", "is_cut", "is_object", "key", "tail")

    def __init__(
        self, raw: str | None, above: Node | None = None, key: str | int | None = None, *, value: Any = None
    ) -> None:
        self.above = above
        """The object or list that it is in."""
        self.key = key
        """Its key or index as the text was read."""
        self.is_object = False
        self.is_cut = False
        """Whether it was taken out of what it was in."""
        self.tail = ""
        """White space before the closing bracket."""
        self._raw = raw
        """Its text; None for an object or list that was edited."""
        self._value = value
        self._items: list[Item] | None = None
        self._has_gaps = False

    @property
    def items(self) -> list[Item] | None:
        """Return what is in it; None where it is neither object nor list."""
        if self._has_gaps and self._items:
            # All that was cut goes at once: one after the other would take the square of the time.
            left = [item for item in self._items if not item.node.is_cut]
            if left:
                left[0].lead = self._items[0].lead
            self._items, self._has_gaps = left, False
        return self._items

    @items.setter
    def items(self, items: list[Item] | None) -> None:
        self._items = items

    @property
    def path(self) -> str:
        """Return its JSON path in the text as it was read."""
        steps: list[str | int] = []
        node: Node | None = self
        while node is not None and node.key is not None:
            steps.append(node.key)
            node = node.above
        return json_path(reversed(steps))

    @property
    def value(self) -> Any:
        """Return it as a plain JSON value."""
        if self.items is not None:
            if self.is_object:
                return {item.name: item.node.value for item in self.items}
            return [item.node.value for item in self.items]
        return self._value

    @property
    def is_list(self) -> bool:
        """Return whether it is a list."""
        return self.items is not None and not self.is_object

    def nodes(self) -> list[Node]:
        """Return what is in an object or list; nothing for any other value."""
        return [item.node for item in self.items or ()]

    def members(self) -> list[tuple[str, Node]]:
        """Return what is in an object, by name; nothing for any other value."""
        return [(item.name, item.node) for item in self.items or ()] if self.is_object else []

    def get(self, name: str) -> Node | None:
        """Return the value of an object's key; None where there is none, or no object."""
        for item in self.items or () if self.is_object else ():
            if item.name == name:
                return item.node
        return None

    def text(self) -> str:
        """Return it as text."""
        if self._raw is not None:
            return self._raw
        opening, closing = "{}" if self.is_object else "[]"
        if not self.items:
            return opening + closing
        return opening + ",".join(item.text() for item in self.items) + self.tail + closing

    def spelling(self) -> str:
        """Return the text of a number, or of `true` and `false`."""
        return self._raw or ""

    def keep(self, raw: str) -> None:
        """Have it written as it was read."""
        self._raw = raw

    def escape_controls(self) -> None:
        """Have the line ends, tabs and the like in a text written as JSON's escapes."""
        self._raw = _CONTROL.sub(lambda control: json.dumps(control[0])[1:-1], self._raw or "")

    def touch(self) -> None:
        """Have it, and what it is in, written anew from its parts."""
        node: Node | None = self
        while node is not None:
            if node._items is not None:
                node._raw = None
            node = node.above

    def cut(self, node: Node) -> None:
        """Take a node out of what is in it; what follows moves into its place."""
        node.is_cut = self._has_gaps = True
        self.touch()

    def become(self, other: Node) -> None:
        """Be another value, that of a node elsewhere."""
        self._raw, self._value = other._raw, other._value
        self.items, self.is_object, self.tail = other.items, other.is_object, other.tail
        for node in self.nodes():
            node.above = self
        if self.above is not None:
            self.above.touch()


class Item:
    """A value in a list, or one in an object with its key, and the white space around it."""

    __slots__ = ("between", "lead", "name", "node", "spelled", "trail")

    def __init__(self, lead: str, node: Node, name: str = "", spelled: str = "", between: str = "") -> None:
        self.lead = lead
        self.node = node
        self.name = name
        self.spelled = spelled
        """The key as it is written, with its quotation marks; empty in a list."""
        self.between = between
        """The colon and the white space around it; empty in a list."""
        self.trail = ""
        """White space before the comma after it."""

    def text(self) -> str:
        """Return it as text."""
        return self.lead + self.spelled + self.between + self.node.text() + self.trail


class Tree:
    """A JSON text as a tree, and how it is written."""

    def __init__(self, text: str) -> None:
        """Read a text. Raises UnreadableError for one that is no JSON."""
        self._text = text
        self.oddities: list[tuple[Oddity, Node, Any]] = []
        """What was not strict JSON, where, and what it said: the comma, the text, or what a key said at first."""
        try:
            position, root = self._read(0, None, None)
        except RecursionError:
            raise UnreadableError("nested too deeply") from None
        self.lead = _space(text, 0)
        if position + len(_space(text, position)) != len(text):
            raise UnreadableError("something follows the value")
        self.root = root
        self.end = text[position:]
        self._ascii = text.isascii() and "\\u" in text
        first = next(iter(root.items or ()), None)
        self._unit = first.lead.rpartition("\n")[2] if first and "\n" in first.lead else ""
        self._line = "\r\n" if "\r\n" in text else "\n"
        self._spread = bool(first and "\n" in first.lead)
        start = text[:_SAMPLE]
        self._colon = ":" if re.search(r'":[^\s]', start) and '": ' not in start else ": "
        self._comma = "" if self._colon == ":" else " "

    def text(self) -> str:
        """Return the text with the edits."""
        return self.lead + self.root.text() + self.end

    def _read(self, position: int, above: Node | None, key: str | int | None) -> tuple[int, Node]:
        found = _START.match(self._text, position)
        if found is None:
            raise UnreadableError("a value is missing")
        if found[2]:
            node = Node(None, above, key)
            return self._read_items(node, found.start(2)), node
        node = Node(found[3] or found[4], above, key, value=_scalar(found[3] or found[4]))
        if found[3] and _CONTROL.search(found[3]):
            node.escape_controls()
            self.oddities.append(("control-character", node, node.value))
        return found.end(), node

    def _read_items(self, node: Node, start: int) -> int:
        text = self._text
        items: list[Item] = []
        node.items, node.is_object = items, text[start] == "{"
        closing = _CLOSING[text[start]]
        position, comma, oddities = start + 1, None, len(self.oddities)
        while not (end := closing.match(text, position)):
            if items and not comma:
                raise UnreadableError("a comma is missing")
            position, item = self._read_item(node, position, len(items))
            items.append(item)
            if comma := _COMMA.match(text, position):
                item.trail = comma[1]
                position = comma.end()
        node.tail = end[1]
        if comma:
            items[-1].trail = ""
            self.oddities.append(("trailing-comma", node, ","))
        if node.is_object and len({item.name for item in items}) < len(items):
            self._drop_repeats(node)
        if len(self.oddities) == oddities:
            node.keep(text[start : end.end()])
        return end.end()

    def _read_item(self, node: Node, position: int, index: int) -> tuple[int, Item]:
        if not node.is_object:
            lead = _space(self._text, position)
            end, value = self._read(position, node, index)
            return end, Item(lead, value)
        named = _KEY.match(self._text, position)
        if named is None:
            raise UnreadableError("a key is missing")
        name = _scalar(named[2])
        end, value = self._read(named.end(), node, name)
        return end, Item(named[1], value, name, named[2], named[3])

    def _drop_repeats(self, node: Node) -> None:
        last = {item.name: item for item in node.items or ()}
        for item in list(node.items or ()):
            if last[item.name] is not item:
                self.oddities.append(("duplicate-key", last[item.name].node, item.node.value))
                node.cut(item.node)

    def every_node(self) -> Iterator[Node]:
        """Yield every value of the text, in its order."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.nodes())

    def unwrap(self, node: Node) -> None:
        """Have one value of the text be the whole of it."""
        self.root = node

    def unfold(self, inside: Node, node: Node) -> None:
        """Put what is in a list into the list that it is in, in its place."""
        items = inside.items or []
        at = inside.nodes().index(node)
        items[at : at + 1] = node.items or []
        inside.touch()

    def dump(self, value: Any, inside: Node | None) -> str:
        """Return the text of a new value that is to stand in an object or list of the tree."""
        if not self._spread or (inside is not None and _is_flat(inside)):
            return self._dumped(value, separators=("," + self._comma, self._colon))
        text = self._dumped(value, indent=self._unit, separators=(",", self._colon))
        return text.replace("\n", self._line + self._indent(inside)) if isinstance(value, dict | list) else text

    def _dumped(self, value: Any, **style: Any) -> str:
        try:
            text = json.dumps(value, ensure_ascii=self._ascii, **style)
            text.encode()
        except UnicodeEncodeError:  # half a character, which stands as an escape alone
            return json.dumps(value, **style)
        return text

    def _indent(self, inside: Node | None) -> str:
        """Return the indentation of what stands in an object or list."""
        if inside is None:
            return ""
        if inside.items and "\n" in inside.items[0].lead:
            return inside.items[0].lead.rpartition("\n")[2]
        return self._indent(inside.above) + self._unit

    def add(self, inside: Node, value: Any, name: str = "", at: int | None = None) -> Node:
        """Put a new value into an object or list, at its end or at an index; return its node."""
        node = Node(None, inside, name if inside.is_object else None)
        node.become(Tree(self.dump(value, inside)).root)
        self.put(inside, node, name, at)
        return node

    def rename(self, inside: Node, node: Node, name: str) -> None:
        """Give a value of an object another key."""
        item = next(item for item in inside.items or () if item.node is node)
        item.name, item.spelled = name, self._dumped(name)
        inside.touch()

    def put(self, inside: Node, node: Node, name: str = "", at: int | None = None) -> None:
        """Put a node into an object or list, at its end or at an index."""
        items = inside.items
        if items is None:
            raise TypeError("only objects and lists hold values")
        if not items:
            lead = self._line + self._indent(inside) if self._spread else ""
            inside.tail = self._line + self._indent(inside.above) if self._spread else ""
        elif len(items) > 1 or "\n" in items[0].lead:
            lead = items[-1].lead
        else:
            lead = self._comma
        at = len(items) if at is None else at
        if inside.is_object:
            item = Item(lead, node, name, self._dumped(name), items[0].between if items else self._colon)
        else:
            item = Item(lead, node)
        if at == 0 and items:
            item.lead, items[0].lead = items[0].lead, lead
        items.insert(at, item)
        node.above = inside
        inside.touch()


def _space(text: str, position: int) -> str:
    found = _SPACES.match(text, position)
    return found[0] if found else ""


def _is_flat(node: Node) -> bool:
    """Return whether what an object or list holds stands on one line."""
    return bool(node.items) and "\n" not in (node.items or [])[0].lead


def _scalar(raw: str) -> Any:
    """Return the value of a text, number or word. Raises UnreadableError where it is none."""
    if raw[0] == '"':
        if "\\" not in raw:
            return raw[1:-1]
        try:
            return json.loads(raw, strict=False)
        except ValueError:
            raise UnreadableError("a text has an escape that there is not") from None
    if raw in _WORDS:
        return _WORDS[raw]
    if not _NUMBER.fullmatch(raw):
        raise UnreadableError(f"{raw[:20]} is no value")
    number = float(raw)
    return number if math.isinf(number) or not raw.lstrip("-").isdigit() else int(raw)
