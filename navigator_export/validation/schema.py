"""The JSON Schemas of `schemas/`: a fast gate, and every violation in words.

jsonschema-rs answers whether a document is valid some 150 times faster; jsonschema says what is wrong, and is loaded
only where something is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping as Dictionary
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from navigator_export.validation.findings import Severity

if TYPE_CHECKING:
    import jsonschema
    import jsonschema_rs

SchemaName = Literal["navigator-layer-4.5", "mappings"]


class Violation(msgspec.Struct, frozen=True):
    """A place where a document is not what its schema says."""

    path: str
    message: str
    hint: str
    severity: Severity


def schema_text(name: SchemaName) -> str:
    """Return a schema's text, from the installed package or, in a checkout, from the top-level folder."""
    file = f"{name}.schema.json"
    packaged = resources.files("navigator_export") / "schemas" / file
    if packaged.is_file():
        return packaged.read_text("utf-8")
    return (Path(__file__).parents[2] / "schemas" / file).read_text("utf-8")


def is_valid(name: SchemaName, document: object) -> bool:
    """Return whether a document, as JSON values, is valid."""
    return _gate(name).is_valid(document)


def violations(name: SchemaName, document: object) -> list[Violation]:
    """Return every violation of a document, as JSON values, in the order of its places."""
    if is_valid(name, document):
        return []
    errors = sorted(
        _explainer(name).iter_errors(document), key=lambda e: [str(part).zfill(9) for part in e.absolute_path]
    )
    return [_violation(error) for error in errors]


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
    import jsonschema_rs  # noqa: PLC0415 - a third of the start-up time of `--help`

    return jsonschema_rs.Draft202012Validator(load(name))


@cache
def _explainer(name: SchemaName) -> jsonschema.Draft202012Validator:
    import jsonschema  # noqa: PLC0415 - half of the start-up time of an export

    return jsonschema.Draft202012Validator(load(name))


def _violation(error: jsonschema.ValidationError) -> Violation:
    node: dict[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    hint = str(node.get("description", ""))
    message = _message(error)
    path = json_path(error.absolute_path)
    if error.validator == "required":
        wanted: Any = error.validator_value
        instance: Any = error.instance
        missing = next(key for key in wanted if key not in instance and f"'{key}'" in error.message)
        message = f"{missing} is missing"
        hint = str(node.get("properties", {}).get(missing, {}).get("description", hint))
    return Violation(path, message, hint, node.get("x-severity", "error"))


def _message(error: jsonschema.ValidationError) -> str:
    found = _shown(error.instance)
    wanted: Any = error.validator_value
    instance: Any = error.instance
    match error.validator:
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return f"expected {' or '.join(_KINDS[kind] for kind in kinds)}, found {found}"
        case "const":
            return f"expected {_shown(wanted)}, found {found}"
        case "enum":
            return f"expected one of {', '.join(map(str, wanted))}, found {found}"
        case "minLength" | "minItems":
            return "is empty" if wanted == 1 else f"expected at least {wanted}, found {len(instance)}"
        case "not":
            return "must not be there"
        case "pattern":
            return f"{found} is not of the expected form" if instance.strip() else f"{found} is blank"
        case "minimum":
            return f"{found} is less than {wanted}"
        case "maximum":
            return f"{found} is more than {wanted}"
        case _:
            return error.message


_KINDS: Dictionary[str, str] = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "nothing",
}

_LONGEST = 60


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, float):
        return repr(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _plain(key: object) -> bool:
    return isinstance(key, str) and key.isidentifier()
