"""Files of other sorts that people name by mistake, told for what they are."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Any, Final

from navigator_export.errors import Problem

_HTML: Final = re.compile(r"<(?:!doctype[ \t]+html|html|head|body)\b", re.IGNORECASE)
_FILE_TYPE: Final = re.compile(r"^file_type:[ \t]*[\"']?([\w-]{1,60})", re.MULTILINE)
_MAGIC: Final = (
    (b"%PDF-", "a PDF", "save its table as CSV"),
    (b"\x89PNG", "a picture", ""),
    (b"\xff\xd8\xff", "a picture", ""),
    (b"GIF8", "a picture", ""),
    (b"\x1f\x8b", "a compressed file", "unpack it first"),
    (b"7z\xbc\xaf", "a compressed file", "unpack it first"),
    (b"{\\rtf", "a text of a word processor", "save its table as CSV"),
)
_LAYER_HINT: Final = "layers are checked with `validate`"


def other_bytes(start: bytes) -> Problem | None:
    """Return the problem of a file that is no text, by how it begins; None for any other."""
    for magic, sort, hint in _MAGIC:
        if start.startswith(magic):
            return _problem(sort, hint)
    if start.startswith(b"PK\x03\x04") and b"word/" in start and b"xl/" not in start:
        return _problem("a Word document", "save its table as CSV or Excel")
    return None


def other_text(text: str, keys: Set[str]) -> Problem | None:
    """Return the problem of a text of another sort, by how it begins and its outer YAML keys; None for any other."""
    if _HTML.match(text):
        return _problem("a web page", "download the mappings' JSON, or save the text of a technique's page")
    if text.startswith("<"):
        return _problem("XML", "save its table as CSV")
    if {"layers", "sources"} <= keys:
        return _problem("a manifest of layers", "`build` takes it")
    if found := _FILE_TYPE.search(text):
        return _problem(f"DeTT&CT's {found[1]}", "of DeTT&CT's files, the technique administration is read")
    return None


def other_json(document: Any) -> Problem | None:
    """Return the problem of a JSON document of another sort; None for any other."""
    if isinstance(document, list) and document and all(map(_is_layer, document)):
        return _problem("a list of Navigator layers", _LAYER_HINT)
    if not isinstance(document, dict):
        return None
    if _is_layer(document):
        return _problem("a Navigator layer", _LAYER_HINT)
    if document.get("type") == "bundle" and "objects" in document:
        return _problem("a STIX bundle", "`attack import` takes those of ATT&CK")
    if {"generator", "manifest", "layers"} <= document.keys():
        return _problem("the index of a build", "name the mapping files that its layers were made of")
    if {"rule_id", "threat"} <= document.keys():
        return _problem("a detection rule as Kibana exports it", "Elastic's rules are read as TOML")
    if "$schema" in document and "properties" in document:
        return _problem("a JSON schema", "")
    return None


def _is_layer(value: Any) -> bool:
    return isinstance(value, dict) and "techniques" in value and bool({"domain", "versions"} & value.keys())


def _problem(sort: str, hint: str) -> Problem:
    return Problem(f"this is {sort}, not a mapping file", "$" if sort == "a Navigator layer" else "", hint)
