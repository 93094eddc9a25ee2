"""Layer files read back as values, whoever made them: nothing in them is lost, or they are refused.

What is looked at is JSON's types alone. Whether the Navigator takes what a field says is validation's to judge: an old
format, another matrix or a colour that is none can be read, and mended.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, reduce
from operator import or_
from typing import Any, Final, get_args, get_origin

import msgspec
from msgspec import UnsetType

from navigator_export.errors import Problem, SourceError
from navigator_export.layer.format import Divider, Layer, LayerFile, Number
from navigator_export.schemas import json_path, shown
from navigator_export.validation.document import BYTE_ORDER_MARK, parse, parts

_DEEPEST: Final = 100
"""Levels that a value unknown to the format may nest: far above any use, far below where writing it would fail."""


def read_layers(data: bytes, file: str) -> tuple[Layer, ...]:
    """Return the layers in the bytes of a layer file, one or a list; raises as `read_layer_file` does."""
    return read_layer_file(data, file).layers


def read_layer_file(data: bytes, file: str) -> LayerFile:
    """Return what the bytes of a layer file hold; `file` is what messages call it.

    Raises SourceError with every problem, by its JSON path: no JSON, a key twice, no layer, a field of another type
    than the format's, or something that JSON cannot be written with.
    """
    document = parse(data)
    problems = [
        Problem(finding.message, finding.path, finding.hint)
        for finding in document.findings
        if finding.rule != BYTE_ORDER_MARK.id
    ]
    if not document.layers and not problems:
        hint = "name the layers that it lists"
        problems.append(Problem("this is the index that a build puts beside its layers, not a layer", "$", hint))
    reader = _Reader()
    layers = tuple(reader.layer(value, path) for path, value in document.layers)
    problems += reader.problems
    if problems:
        raise SourceError(file, problems)
    return LayerFile(layers, is_list=document.layers[0][0] != "$")


class _Reader:
    """Makes values of JSON, and gathers the problems; where there are any, its values are of no use."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def layer(self, value: dict[str, Any], path: str) -> Any:
        unwritable = _unwritable(value, path)
        self.problems += unwritable
        return None if unwritable else self._object(Layer, value, path)

    def _object(self, form: type[msgspec.Struct], value: dict[str, Any], path: str) -> Any:
        fields = _fields(form)
        known = {}
        other = []
        for name, item in value.items():
            field = fields.get(name)
            if field:
                known[field.name] = self._value(field.type, item, f"{path}.{name}", field.required)
            else:
                other.append((name, self._kept(item, path + json_path([name]).removeprefix("$"))))
        missing = [name for name, field in fields.items() if field.required and name not in value]
        self.problems += [Problem(f"{name} is missing", path) for name in missing]
        if missing:
            return None
        return form(**known, other=tuple(other)) if other else form(**known)

    def _value(self, form: Any, value: Any, path: str, required: bool = True) -> Any:
        kind, types = _kind(form)
        if type(value) not in types:
            hint = "leave the field out instead" if value is None and not required else ""
            self.problems.append(Problem(f"expected {kind}, found {shown(value)}", path, hint))
            return None
        if form in _PLAIN:
            return value
        if get_origin(form) is not tuple:
            return self._object(form, value, path)
        item, _ = get_args(form)
        read = self._entry if msgspec.Raw in get_args(item) else self._value
        return tuple([read(item, entry, f"{path}[{index}]") for index, entry in enumerate(value)])

    def _entry(self, forms: Any, value: object, path: str) -> Any:
        """Return an entry in the format's own form, and one of any other as it stands."""
        pair, *others = get_args(forms)
        if isinstance(value, dict):
            if len(value) == 1 and value.get("divider") is True and Divider in others:
                return _DIVIDER
            left, right = pair.__struct_fields__
            if len(value) == 2 and isinstance(value.get(left), str) and isinstance(value.get(right), str):  # noqa: PLR2004 - a pair
                return pair(value[left], value[right])
        return self._kept(value, path)

    def _kept(self, value: object, path: str) -> msgspec.Raw:
        if _nests(value, _DEEPEST):
            self.problems.append(Problem(f"this nests more than {_DEEPEST} levels deep", path, "leave it out"))
            return _NOTHING
        return msgspec.Raw(msgspec.json.encode(value))


class _Field(msgspec.Struct, frozen=True):
    name: str
    type: Any
    """What it holds where it is not UNSET."""
    required: bool


@cache
def _fields(form: type[msgspec.Struct]) -> dict[str, _Field]:
    """Return the fields that the format knows of an object, by their names in a file."""
    return {
        field.encode_name: _Field(field.name, _without_unset(field.type), field.required)
        for field in msgspec.structs.fields(form)
        if field.name != "other"
    }


def _without_unset(annotation: Any) -> Any:
    kinds = [kind for kind in get_args(annotation) if kind is not UnsetType]
    return reduce(or_, kinds) if UnsetType in get_args(annotation) else annotation


def _kind(form: Any) -> tuple[str, tuple[type, ...]]:
    """Return what messages call a form, and the types that a JSON value of it has."""
    return _PLAIN.get(form) or (("a list", (list,)) if get_origin(form) is tuple else ("an object", (dict,)))


_PLAIN: Final[dict[Any, tuple[str, tuple[type, ...]]]] = {
    str: ("text", (str,)),
    bool: ("true or false", (bool,)),
    Number: ("a number", (int, float)),
}
"""Forms without parts."""

_DIVIDER: Final = Divider()
_NOTHING: Final = msgspec.Raw(b"null")


def _nests(value: object, levels: int) -> bool:
    """Return whether there are lists or objects within each other more than so many levels deep."""
    level = [value]
    for _ in range(levels):
        wholes = (part for part in level if isinstance(part, dict | list))
        level = [part for whole in wholes for part in (whole.values() if isinstance(whole, dict) else whole)]
    return any(isinstance(part, dict | list) for part in level)


def _unwritable(value: object, path: str) -> list[Problem]:
    """Return why JSON cannot be written of a value that was read from JSON; nothing where it can."""
    try:
        msgspec.json.encode(value)
    except RecursionError:
        return [Problem("the JSON is nested too deeply", path)]
    except UnicodeEncodeError:
        message, hint = "this holds half a character, which UTF-8 has no place for", "write the whole character"
        return [Problem(message, place, hint) for place, part in parts(value, path) if _holds_half(part)]
    return []


def _holds_half(part: object) -> bool:
    """Return whether a text, or a key of an object, has a surrogate without its other half."""
    texts: Iterable[object] = part if isinstance(part, dict) else (part,)
    return any(isinstance(text, str) and _HALF.search(text) for text in texts)


_HALF: Final = re.compile("[\ud800-\udfff]")
