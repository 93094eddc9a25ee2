"""A layer file's bytes as JSON values: decoded, parsed, split into layers, with findings for what is odd in them."""

from __future__ import annotations

import json
import math
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import Any

import msgspec

from navigator_export.validation.findings import Finding
from navigator_export.validation.registry import Rule

NOT_JSON = Rule("not-json", "error", "The file is not strict JSON: the Navigator refuses it and shows nothing.")
ENCODING = Rule("encoding", "error", "The file is not UTF-8: the Navigator refuses it, or garbles its text.")
BYTE_ORDER_MARK = Rule(
    "byte-order-mark", "warning", "The file starts with a byte order mark, which JSON has no place for."
)
DUPLICATE_KEY = Rule("duplicate-key", "warning", "An object has a key twice: only the last one counts.")
NO_LAYER = Rule("no-layer", "error", "The file holds no layer: one object, or a list of objects that is not empty.")

DOCUMENT_RULES = (NOT_JSON, ENCODING, BYTE_ORDER_MARK, DUPLICATE_KEY, NO_LAYER)


class Document(msgspec.Struct, frozen=True):
    """The layers in a file, each with its JSON path, and what is wrong with the file itself."""

    layers: tuple[tuple[str, dict[str, Any]], ...]
    findings: tuple[Finding, ...]


def parse(data: bytes) -> Document:
    """Return the layers in a file's bytes; a file without any has findings that say why. Never raises."""
    findings: list[Finding] = []
    text = _decode(data, findings)
    if text is None:
        return Document((), tuple(findings))
    duplicates: list[str] = []
    try:
        value = json.loads(
            text,
            object_pairs_hook=lambda pairs: _object(pairs, duplicates),
            parse_constant=_reject_constant,
            parse_float=_finite,
            parse_int=_bounded,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        message = "the file is empty" if not text.strip() else f"no JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        return Document((), (*findings, NOT_JSON.finding(place, message)))
    except RecursionError:
        return Document((), (*findings, NOT_JSON.finding("", "the JSON is nested too deeply")))
    except ValueError as error:
        return Document((), (*findings, NOT_JSON.finding("", f"no JSON: {error}")))
    findings += [
        DUPLICATE_KEY.finding("", f"the key {key!r} stands twice in one object", "the last one counts; keep one")
        for key in dict.fromkeys(duplicates)
    ]
    return Document(_split(value, findings), tuple(findings))


def _decode(data: bytes, findings: list[Finding]) -> str | None:
    for mark, encoding in ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            findings.append(
                BYTE_ORDER_MARK.finding("", f"encoded as {encoding} with a byte order mark", "save it as UTF-8")
            )
            return data.decode(encoding, errors="replace")
    if b"\0" in data[:4]:
        findings.append(
            ENCODING.finding("", "encoded as UTF-16 or UTF-32 without a byte order mark", "save it as UTF-8")
        )
        return None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        findings.append(
            ENCODING.finding(f"line {line}", f"byte 0x{data[error.start]:02x} is not UTF-8", "save it as UTF-8")
        )
        return data.decode(errors="replace")


def _object(pairs: list[tuple[str, Any]], duplicates: list[str]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                duplicates.append(key)
            seen.add(key)
    return made


def _reject_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _finite(literal: str) -> float:
    number = float(literal)
    if math.isinf(number):
        raise ValueError(f"the number {literal[:20]} is too large")
    return number


def _bounded(literal: str) -> int:
    number = int(literal)
    try:
        float(number)
    except OverflowError:
        raise ValueError(f"the number {literal[:20]}… is too large") from None
    return number


def _is_index(value: dict[str, Any]) -> bool:
    """Return whether this is the index that a build puts beside its layers: no layer, and nothing wrong with that."""
    return str(value.get("generator", "")).startswith("navigator-export ") and {"layers", "groups"} <= value.keys()


def _split(value: object, findings: list[Finding]) -> tuple[tuple[str, dict[str, Any]], ...]:
    if isinstance(value, dict):
        if _is_index(value):
            return ()
        if "layers" in value and "techniques" not in value:
            findings.append(NO_LAYER.finding("$.layers", "layers wrapped in an object", "write the list alone"))
            return ()
        return (("$", value),)
    if not isinstance(value, list):
        findings.append(NO_LAYER.finding("$", "neither an object nor a list of objects"))
        return ()
    if not value:
        findings.append(NO_LAYER.finding("$", "the list of layers is empty"))
    layers = []
    for index, item in enumerate(value):
        if isinstance(item, dict):
            layers.append((f"$[{index}]", item))
        else:
            findings.append(NO_LAYER.finding(f"$[{index}]", "not an object", "a list of layers holds layers only"))
    return tuple(layers)
