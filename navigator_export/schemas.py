"""The JSON Schemas of `schemas/`: a fast gate, and every violation in words.

jsonschema-rs answers whether a document is valid some 150 times faster; jsonschema says what is wrong, and is loaded
only where something is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping as Dictionary
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from navigator_export.errors import Severity, nearest
from navigator_export.packaged import packaged_text
from navigator_export.wording import LINE

if TYPE_CHECKING:
    import jsonschema
    import jsonschema_rs

SchemaName = Literal["navigator-layer-4.5", "mappings", "manifest", "index"]


class Violation(msgspec.Struct, frozen=True):
    """A place where a document is not what its schema says."""

    path: str
    """JSON path."""
    parts: tuple[str | int, ...]
    """The path as keys and indices."""
    message: str
    hint: str
    severity: Severity
    keyword: str
    """Keyword of the schema that it violates, such as `required`."""
    found: Any = None
    """What stands there; for `required`, the name of what is missing."""


def schema_text(name: SchemaName) -> str:
    """Return a schema's text."""
    return packaged_text(f"schemas/{name}.schema.json")


def is_valid(name: SchemaName, document: object) -> bool:
    """Return whether a document, as JSON values, is valid; what the gate cannot even take is not."""
    return _passes(_gate(name), document)


def _passes(gate: jsonschema_rs.Draft202012Validator, value: object) -> bool:
    try:
        return gate.is_valid(value)
    except (UnicodeEncodeError, ValueError):
        return False


def violations(name: SchemaName, document: object) -> list[Violation]:
    """Return every violation of a document, as JSON values, in the order of its places."""
    return list(each_violation(name, document))


def each_violation(name: SchemaName, document: object, rows: str | None = None) -> Iterator[Violation]:
    """Yield every violation of a document, as JSON values, in the order of its places.

    `rows` names the list of the document that may be long: its items are looked at one by one, and only those that are
    not valid are explained, so that neither time nor memory grows with more than what is wrong.
    """
    if is_valid(name, document):
        return
    try:
        for error in _errors(name, document, rows):
            for plain in _branches(error):
                yield from _violations(plain)
    except RecursionError:
        yield Violation("$", (), "the document is nested too deeply", "", "error", "depth")


def _errors(name: SchemaName, document: Any, rows: str | None) -> Iterator[jsonschema.ValidationError]:
    items = document.get(rows) if isinstance(document, dict) and rows else None
    if rows is None or not isinstance(items, list):
        yield from sorted(_explainer(name).iter_errors(document), key=_place)
        return
    around = sorted(_explainer(name).iter_errors({**document, rows: []}), key=_place)
    yield from (error for error in around if _place(error) <= [_sortable(rows)])
    gate = _item_gate(name, rows)
    for index, item in enumerate(items):
        if not _passes(gate, item):
            yield from sorted(_item_errors(name, rows, index, item), key=_place)
    yield from (error for error in around if _place(error) > [_sortable(rows)])


def _item_errors(name: SchemaName, rows: str, index: int, item: object) -> Iterator[jsonschema.ValidationError]:
    for error in _explainer(name).descend(item, load(name)["properties"][rows]["items"]):
        error.path.extendleft((index, rows))
        yield error


def _place(error: jsonschema.ValidationError) -> list[str]:
    return [_sortable(part) for part in error.absolute_path]


def _sortable(part: str | int) -> str:
    return str(part).zfill(9)


def json_path(parts: Any) -> str:
    """Return the JSON path of a sequence of keys and indices."""
    return "$" + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" if _plain(p) else f"[{p!r}]" for p in parts)


@cache
def load(name: SchemaName) -> dict[str, Any]:
    """Return a schema as JSON values."""
    schema: dict[str, Any] = json.loads(schema_text(name))
    return schema


@cache
def _gate(name: SchemaName) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs  # a third of the start-up time of `--help`

    return jsonschema_rs.Draft202012Validator(load(name))


@cache
def _item_gate(name: SchemaName, rows: str) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs  # as above

    schema = load(name)
    return jsonschema_rs.Draft202012Validator({"$defs": schema["$defs"], **schema["properties"][rows]["items"]})


@cache
def _explainer(name: SchemaName) -> jsonschema.Draft202012Validator:
    import jsonschema  # half of the start-up time of an export

    return jsonschema.Draft202012Validator(load(name))


def _branches(error: jsonschema.ValidationError) -> Iterator[jsonschema.ValidationError]:
    """Yield the errors that matter of a choice: those of the branch whose type fits, else the choice itself."""
    if error.validator != "oneOf":
        yield error
        return
    within = [e for e in error.context or () if not (e.validator == "type" and e.absolute_path == error.absolute_path)]
    fitting = [e for e in within if not (e.validator == "enum" and not isinstance(e.instance, str))]
    if not fitting:
        yield error
    for inner in fitting:
        yield from _branches(inner)


def _violations(error: jsonschema.ValidationError) -> Iterator[Violation]:
    node: dict[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    description = str(node.get("description", ""))
    severity: Severity = node.get("x-severity", "error")
    parts = tuple(error.absolute_path)
    instance: Any = error.instance
    wanted: Any = error.validator_value
    if error.validator == "required":
        missing = next(key for key in wanted if key not in instance and f"'{key}'" in error.message)
        hint = str(node.get("properties", {}).get(missing, {}).get("description", description))
        yield Violation(json_path(parts), parts, f"{missing} is missing", hint, severity, "required", missing)
    elif error.validator == "additionalProperties":
        known = node.get("properties", {})
        for key in sorted(instance.keys() - known.keys()):
            where = (*parts, key)
            message, hint = f"unknown key {key!r}", nearest(key, known, "keys")
            yield Violation(json_path(where), where, message, hint, severity, error.validator, instance[key])
    else:
        keyword = str(error.validator)
        yield Violation(json_path(parts), parts, _message(error), description, severity, keyword, instance)


def _message(error: jsonschema.ValidationError) -> str:
    say = _MESSAGES.get(str(error.validator))
    return say(error.validator_value, error.instance) if say else error.message


_MESSAGES: Dictionary[str, Callable[[Any, Any], str]] = {
    "type": lambda wanted, found: f"expected {_kinds(wanted)}, found {shown(found)}",
    "const": lambda wanted, found: f"expected {shown(wanted)}, found {shown(found)}",
    "enum": lambda wanted, found: f"expected one of {', '.join(map(str, wanted))}, found {shown(found)}",
    "minLength": lambda wanted, found: "is empty" if wanted == 1 else f"is shorter than {wanted}",
    "minItems": lambda wanted, found: "is empty" if wanted == 1 else f"expected at least {wanted}, found {len(found)}",
    "maxItems": lambda wanted, found: f"expected at most {wanted}, found {len(found)}",
    "minProperties": lambda wanted, found: "is empty",
    "uniqueItems": lambda wanted, found: "something is listed twice",
    "oneOf": lambda wanted, found: f"{shown(found)} is none of the forms that are known here",
    "not": lambda wanted, found: "must not be there",
    "pattern": lambda wanted, found: f"{shown(found)} is {'not of the expected form' if found.strip() else 'blank'}",
    "minimum": lambda wanted, found: f"{shown(found)} is less than {wanted}",
    "maximum": lambda wanted, found: f"{shown(found)} is more than {wanted}",
}
"""What each keyword of a schema says, from what it wants and what it found."""


def _kinds(wanted: str | list[str]) -> str:
    return " or ".join(_KINDS[kind] for kind in ([wanted] if isinstance(wanted, str) else wanted))


_KINDS: Dictionary[str, str] = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "nothing",
}


def shown(value: object) -> str:
    """Return a JSON value as messages show it: in one line, cut to what fits."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, float):
        return repr(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LINE else f"{text[:LINE]}…"


def _plain(key: object) -> bool:
    return isinstance(key, str) and key.isidentifier()
