"""What is served: which file an address means, and never one outside of what was named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

import msgspec

from navigator_export.errors import Problem, SourceError, reason
from navigator_export.layer.reading import read_layers
from navigator_export.opening import opening_address
from navigator_export.pictures.markup import document, escaped
from navigator_export.sources.registry import contents

MOST_TABS: Final = 20
"""Most layers that open at a Navigator's start: each is a tab."""

BESIDE_NAVIGATOR: Final = "shown"
"""Folder of the address that layers are below, where a Navigator has the root."""

_CONFIG: Final = ("assets", "config.json")

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".map": "application/json; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Page(msgspec.Struct, frozen=True):
    """What stands at an address."""

    data: bytes
    type: str


class Site(msgspec.Struct, frozen=True):
    """What is served, and under which addresses."""

    folder: Path | None
    """All of it that is not hidden is served; None for single files."""
    files: tuple[tuple[str, Path], ...]
    """Layer files by their addresses below the root of the layers; in a folder those that were there at the start."""
    navigator: Path | None = None
    """A built Navigator that has the root."""

    @property
    def root(self) -> str:
        """Return what the addresses of layers begin with."""
        return f"{BESIDE_NAVIGATOR}/" if self.navigator else ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return the addresses of the layers, below the server's own."""
        return tuple(self.root + quote(name) for name, _ in self.files)

    @property
    def default_layers(self) -> tuple[str, ...]:
        """Return the layers that a Navigator opens at its start: all, or none where they are too many."""
        return self.addresses if len(self.files) <= MOST_TABS else ()

    def page(self, address: str, origin: str, navigator: str) -> Page | None:
        """Return what stands at an address, percent-encoded and without query; None where that is nothing.

        `origin` is the server's own address and `navigator` that of the Navigator, for the links of a list of layers.
        """
        parts = _parts(address)
        if parts is None:
            return None
        if self.navigator and parts[:1] != (BESIDE_NAVIGATOR,):
            if parts == _CONFIG:
                return _config(self.navigator, self.default_layers)
            return _read(_inside(self.navigator, parts or ("index.html",)))
        below = parts[1:] if self.navigator else parts
        if self.folder is not None and (found := _read(_inside(self.folder, below or ("index.html",)))):
            return found
        if not below:
            return Page(self._listing(origin, navigator), _TYPES[".html"])
        return None if self.folder is not None else _read(dict(self.files).get("/".join(below)))

    def _listing(self, origin: str, navigator: str) -> bytes:
        rows = "".join(
            f'<li><a href="{escaped(opening_address((origin + address,), navigator))}">{escaped(name)}</a>'
            f' · <a href="{escaped(f"/{address}")}">JSON</a></li>'
            for (name, _), address in zip(self.files, self.addresses, strict=True)
        )
        return document("Layers", f"<main><h1>Layers</h1><ul>{rows}</ul></main>", style=_STYLE)


_STYLE: Final = "body{font:16px/1.6 system-ui,sans-serif;max-width:50rem;margin:3rem auto;padding:0 1rem}"


def site_of(words: Sequence[str], navigator: str | None = None) -> Site:
    """Return the site of one folder, or of layer files; `navigator` is the folder of a built Navigator.

    Raises SourceError where there is no layer, a file is none, or a folder holds no Navigator.
    """
    built = _navigator(Path(navigator)) if navigator is not None else None
    if len(words) == 1 and Path(words[0]).is_dir():
        folder = Path(words[0])
        files = tuple((name, folder / name) for name in _layers_in(folder))
        if not files:
            raise SourceError(words[0], [Problem("holds no layer", hint="name the folder that a build wrote")])
        return Site(folder.resolve(), files, built)
    named: dict[str, Path] = {}
    for word in words:
        if Path(word).is_dir():
            raise SourceError(word, [Problem("is a folder", hint="serve one folder alone, or layer files")])
        read_layers(contents(word), word)
        if Path(word).name in named:
            hint = "serve the folder that holds both"
            raise SourceError(word, [Problem("has the name of another one", hint=hint)])
        named[Path(word).name] = Path(word).resolve()
    return Site(None, tuple(named.items()), built)


def _navigator(folder: Path) -> Path:
    if not _inside(folder.resolve(), ("index.html",)) or not _inside(folder.resolve(), _CONFIG):
        hint = "name the folder that its `ng build` wrote, with index.html and assets/config.json"
        raise SourceError(str(folder), [Problem("holds no built Navigator", hint=hint)])
    _config(folder.resolve(), ())
    return folder.resolve()


def _config(navigator: Path, layers: Sequence[str]) -> Page:
    """Return the Navigator's own configuration with the layers to open at its start."""
    file = navigator.joinpath(*_CONFIG)
    try:
        config: Any = msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise SourceError(str(file), [Problem(f"cannot be read: {reason(error)}")]) from None
    config["default_layers"] = {"enabled": bool(layers), "urls": layers}
    return Page(msgspec.json.encode(config), _TYPES[".json"])


def _layers_in(folder: Path) -> list[str]:
    """Return the layer files in a folder and below, by their paths, without those that are hidden."""
    root = folder.resolve()
    found = []
    for file in sorted(folder.rglob("*.json")):
        parts = file.relative_to(folder).parts
        page = _read(_inside(root, parts)) if not any(part.startswith(".") for part in parts) else None
        if page and _is_layer(page.data):
            found.append("/".join(parts))
    return found


def _is_layer(data: bytes) -> bool:
    try:
        return {"domain", "techniques"} <= msgspec.json.decode(data, type=dict[str, msgspec.Raw]).keys()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _parts(address: str) -> tuple[str, ...] | None:
    """Return the parts of an address' path; None for one that could lead anywhere but down, or to what is hidden."""
    try:
        parts = [unquote(part, errors="strict") for part in address.removeprefix("/").split("/")]
    except UnicodeDecodeError:
        return None
    if parts[-1] == "":
        parts.pop()
    if any(part.startswith(".") or not part or set(part) & _FORBIDDEN for part in parts):
        return None
    return tuple(parts)


_FORBIDDEN: Final = frozenset('/\\:\0*?"<>|')


def _inside(root: Path, parts: Sequence[str]) -> Path | None:
    """Return the file at some parts below a resolved folder; None where none is, or a link leads out of the folder."""
    try:
        file = root.joinpath(*parts).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        return None
    return file if file.is_relative_to(root) and file.is_file() else None


def _read(file: Path | None) -> Page | None:
    """Return a file with its type; None for what is of no type that belongs here."""
    kind = _TYPES.get(file.suffix.lower()) if file else None
    try:
        return Page(file.read_bytes(), kind) if file and kind else None
    except OSError:
        return None
