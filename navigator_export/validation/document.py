"""A layer file's bytes as JSON values: decoded, parsed, split into layers, with findings for what is odd in them."""

from __future__ import annotations

import json
import math
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

import msgspec

from navigator_export.schemas import json_path
from navigator_export.validation.findings import Finding
from navigator_export.validation.locations import TOKEN
from navigator_export.validation.registry import Rule
from navigator_export.wording import shortened

NOT_JSON = Rule("not-json", "error", "The file is not strict JSON: the Navigator refuses it and shows nothing.")
ENCODING = Rule("encoding", "error", "The file is not UTF-8: the Navigator refuses it, or garbles its text.")
BYTE_ORDER_MARK = Rule(
    "byte-order-mark", "warning", "The file starts with a byte order mark, which JSON has no place for."
)
DUPLICATE_KEY = Rule("duplicate-key", "warning", "An object has a key twice: only the last one counts.")
NO_LAYER = Rule("no-layer", "error", "The file holds no layer: one object, or a list of objects that is not empty.")

DOCUMENT_RULES = (NOT_JSON, ENCODING, BYTE_ORDER_MARK, DUPLICATE_KEY, NO_LAYER)


class _Kind(StrEnum):
    """What JSON is told to be: layers, or something in which nothing is meant to be a layer."""

    LAYER = ""
    INDEX = "the index of a build"
    MAPPINGS = "a mapping file"
    BUNDLE = "a STIX bundle"
    SCHEMA = "a JSON schema"
    UNTOLD = "JSON of another kind"


class Document(msgspec.Struct, frozen=True):
    """The layers in a file, each with its JSON path, and what is wrong with the file itself."""

    layers: tuple[tuple[str, dict[str, Any]], ...]
    findings: tuple[Finding, ...]
    other: str = ""
    """What a file is in which nothing is meant to be a layer, such as `a STIX bundle`; empty for any other."""


def parse(data: bytes) -> Document:
    """Return the layers in a file's bytes; a file without any has findings that say why. Never raises."""
    findings: list[Finding] = []
    text = _decode(data, findings)
    if text is None:
        return Document((), tuple(findings))
    repeats: list[tuple[dict[str, Any], str]] = []
    try:
        value = json.loads(
            text,
            object_pairs_hook=lambda pairs: _object(pairs, repeats),
            parse_constant=_reject_constant,
            parse_float=_finite,
            parse_int=_bounded,
        )
    except json.JSONDecodeError as error:
        return Document((), (*findings, _not_json(text, error)))
    except RecursionError:
        return Document((), (*findings, NOT_JSON.finding("", "the JSON is nested too deeply")))
    except _NumberError as error:
        return Document((), (*findings, NOT_JSON.finding(_position(text, error.literal), f"not valid JSON: {error}")))
    findings += _repeated_keys(value, repeats)
    layers = _split(value, findings)
    return Document(layers, tuple(findings), _other(value))


def _not_json(text: str, error: json.JSONDecodeError) -> Finding:
    place = f"line {error.lineno}, column {error.colno}"
    if text.lstrip().startswith("<"):
        hint = "download the layer itself; on GitHub it is behind the button Raw"
        return NOT_JSON.finding(place, "this is a web page or XML, not a layer", hint)
    if text.startswith("version https://git-lfs."):
        return NOT_JSON.finding(place, "this is a pointer of Git LFS, not the file itself", "run git lfs pull")
    message = "the file is empty" if not text.strip() else f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
    return NOT_JSON.finding(place, message)


def _decode(data: bytes, findings: list[Finding]) -> str | None:
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "utf-8")
    if encoding != "utf-8":
        findings.append(
            BYTE_ORDER_MARK.finding("", f"encoded as {encoding} with a byte order mark", "save it as UTF-8")
        )
    elif b"\0" in data[:4]:
        findings.append(
            ENCODING.finding("", "encoded as UTF-16 or UTF-32 without a byte order mark", "save it as UTF-8")
        )
        return None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        name = encoding.removesuffix("-sig").upper()
        findings.append(
            ENCODING.finding(
                f"line {line}", f"byte 0x{error.object[error.start]:02x} is not {name}", "save it as UTF-8"
            )
        )
        return data.decode(encoding, errors="replace")


_MARKS: Final = ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))


def _object(pairs: list[tuple[str, Any]], repeats: list[tuple[dict[str, Any], str]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        repeats += [(made, key) for key, count in counts.items() if count > 1]
    return made


def _repeated_keys(value: object, repeats: list[tuple[dict[str, Any], str]]) -> Iterator[Finding]:
    places = {id(part): place for place, part in parts(value)} if repeats else {}
    for holder, key in repeats:
        message = f"duplicate key {key!r}"
        yield DUPLICATE_KEY.finding(places.get(id(holder), ""), message, "the last one counts; keep one")


def parts(value: object, path: str = "$") -> Iterator[tuple[str, object]]:
    """Yield a JSON value and all values within it, each with its JSON path, in the order of the text."""
    waiting = [(path, value)]
    while waiting:
        place, part = waiting.pop()
        yield place, part
        if isinstance(part, dict):
            waiting += [(place + json_path([key]).removeprefix("$"), item) for key, item in reversed(part.items())]
        elif isinstance(part, list):
            waiting += [(f"{place}[{index}]", part[index]) for index in reversed(range(len(part)))]


class _NumberError(ValueError):
    def __init__(self, literal: str, what: str) -> None:
        self.literal = literal
        super().__init__(what)


def _position(text: str, literal: str) -> str:
    """Return the line and column of the first number of that spelling."""
    start = next((token.start() for token in TOKEN.finditer(text) if token[0] == literal), 0)
    return f"line {text.count(chr(10), 0, start) + 1}, column {start - text.rfind(chr(10), 0, start)}"


def _reject_constant(name: str) -> None:
    raise _NumberError(name, f"{name} is not a JSON number")


def _finite(literal: str) -> float:
    number = float(literal)
    if math.isinf(number):
        raise _NumberError(literal, f"the number {shortened(literal, 20)} is too large")
    return number


def _bounded(literal: str) -> int:
    _finite(literal)
    return int(literal)


def _other(value: object) -> _Kind:
    """Return what a document is, by its objects; one that is meant to be a layer decides."""
    items = value if isinstance(value, list) else [value]
    kinds = [_kind(item) for item in items if isinstance(item, dict)]
    return _Kind.LAYER if _Kind.LAYER in kinds else next(iter(kinds), _Kind.UNTOLD)


def _kind(value: dict[str, Any]) -> _Kind:
    """Return what an object is; one that holds layers is meant to be some."""
    if _is_meant_as_layer(value):
        return _Kind.LAYER
    if str(value.get("generator", "")).startswith("navigator-export ") and {"layers", "groups"} <= value.keys():
        return _Kind.INDEX
    if "layers" in value:
        return _Kind.LAYER
    if "mapping_objects" in value:
        return _Kind.MAPPINGS
    if value.get("type") == "bundle" and "objects" in value:
        return _Kind.BUNDLE
    if "$schema" in value and "properties" in value:
        return _Kind.SCHEMA
    return _Kind.UNTOLD


def _is_meant_as_layer(value: dict[str, Any]) -> bool:
    if len(value.keys() & {"techniques", "domain", "versions"}) > 1:
        return True
    entries = value.get("techniques")
    return isinstance(entries, list) and any(isinstance(entry, dict) and "techniqueID" in entry for entry in entries)


_ADVICE: Final = {_Kind.MAPPINGS: "make a layer of it with `export`"}


def _split(value: object, findings: list[Finding]) -> tuple[tuple[str, dict[str, Any]], ...]:
    if isinstance(value, dict):
        return _single(value, findings)
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


def _single(value: dict[str, Any], findings: list[Finding]) -> tuple[tuple[str, dict[str, Any]], ...]:
    match _kind(value):
        case _Kind.LAYER if not _is_meant_as_layer(value):
            findings.append(NO_LAYER.finding("$.layers", "layers wrapped in an object", "write the list alone"))
        case _Kind.LAYER | _Kind.UNTOLD:
            return (("$", value),)
        case _Kind.INDEX:
            pass  # It lies beside the layers of a build, where `*.json` names it too: nothing is wrong with that.
        case other:
            hint = _ADVICE.get(other, "name a layer file")
            findings.append(NO_LAYER.finding("$", f"this is {other}, not a layer", hint))
    return ()
