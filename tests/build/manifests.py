"""Small manifests over made-up mappings, and what can be seen of the folders that are built from them."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from navigator_export.attack import known
from navigator_export.build import Built, Drift, Manifest, ManifestError, build, check, read_manifest
from navigator_export.build.expansion import Plan
from navigator_export.errors import Problem
from tests.made_inputs import NIST, Json, make_row, mapping_file, rated_rows, unrated_rows

INDEX_FILES = {"index.json", "INDEX.md", "SHA256SUMS"}

SOURCES = "sources: {m365: m365.json, nist: nist.json}\n"

ONE = "layers: [{sources: m365, for_each: tier, path: '{tier}'}]"
OTHER = "layers: [{sources: m365, for_each: group, path: '{group}'}]"
NESTED = "layers: [{sources: m365, for_each: [tier, group], path: '{tier}/{group}/x'}]"


def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Make builds remember in a folder of the test's own, wherever the platform would have it; return that."""
    folder = tmp_path.parent / f"{tmp_path.name}-cache"
    for variable in ("XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(folder))
    return folder


def sources(folder: Path) -> None:
    """Write two mapping files: `m365.json`, with tiers, groups and categories, and `nist.json`, without."""
    folder.mkdir(parents=True, exist_ok=True)
    mapping_file(folder, rated_rows(), "m365.json")
    mapping_file(folder, unrated_rows(), "nist.json", **NIST)


def manifest_file(folder: Path, text: str | Json, name: str = "layers.yaml") -> Path:
    """Write a manifest, with `SOURCES` before it where it names none, and the mapping files; return its path."""
    if not (folder / "m365.json").exists():
        sources(folder)
    if not isinstance(text, str):
        # YAML knows no character made of two escapes, as JSON has them.
        text = re.sub(r"[\x7f-\uffff]", lambda c: f"\\u{ord(c[0]):04x}", json.dumps(text, indent=2, ensure_ascii=False))
    else:
        text = dedent(text).lstrip("\n")
        if "sources:" not in [line[:8] for line in text.splitlines()]:
            text = SOURCES + text
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def settled(folder: Path, text: str | Json) -> Manifest:
    """Return a manifest as the package reads it."""
    return read_manifest(str(manifest_file(folder, text)))


def plans_of(folder: Path, text: str | Json) -> tuple[Plan, ...]:
    """Return the layers that a manifest asks for, by building them."""
    return tuple(made.plan for made in built(folder, text, "planned").made)


def paths_of(folder: Path, text: str | Json) -> list[str]:
    """Return the paths of the layers that a manifest asks for."""
    return [plan.path for plan in plans_of(folder, text)]


def built(folder: Path, text: str | Json, output: str = "out", **options: Json) -> Built:
    """Build a manifest into a folder beside it."""
    return build(settled(folder, text), str(folder / output), known(), **options)


def checked(folder: Path, text: str | Json, output: str = "out") -> Drift:
    """Check a folder against a manifest beside it."""
    return check(settled(folder, text), str(folder / output), known())


def problems_of(folder: Path, text: str | Json) -> tuple[Problem, ...]:
    """Return the problems for which a manifest is refused, wherever they are found; nothing is written then."""
    path = manifest_file(folder, text)
    before = listing(folder)
    with pytest.raises(ManifestError) as error:
        build(read_manifest(str(path)), str(folder / "out"), known())
    after = listing(folder)
    assert {**after, ".": before["."]} == before
    assert error.value.problems
    return error.value.problems


def tree(folder: Path) -> dict[str, bytes]:
    """Return path to content of all files below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def layers_in(folder: Path) -> dict[str, Json]:
    """Return path to layer, as JSON values, of all layers below a folder."""
    found = {path: json.loads(data) for path, data in tree(folder).items() if path.endswith(".json")}
    return {path: layer for path, layer in found.items() if isinstance(layer, dict) and "techniques" in layer}


def listing(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return mode, time of the last change and content of a folder and everything below it."""
    seen = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        state = path.lstat()
        content = bytes(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else b""
        seen[path.relative_to(folder).as_posix()] = (state.st_mode, state.st_mtime_ns, content)
    return seen


def row_of(capability: str, **fields: Json) -> dict[str, Json]:
    """Return a row of a capability with any id."""
    return make_row(capability, "T1114", "", capability_description="x", **fields)


def rebuilt(folder: Path) -> None:
    """Build a manifest that is written already, so that nothing but the build itself writes."""
    build(read_manifest(str(folder / "layers.yaml")), str(folder / "out"), known())


def failing(times: int, method: Callable[..., Json]) -> Callable[..., Json]:
    """Return a method that works some times, then fails once as on a full disk."""
    left = [times]

    def fails(*arguments: Json, **named: Json) -> Json:
        left[0] -= 1
        if left[0] == -1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return method(*arguments, **named)

    return fails
