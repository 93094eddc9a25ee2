"""Where in a manifest a problem of its layers is set, and what it is called there."""

from __future__ import annotations

from navigator_export.build.manifest import Manifest
from navigator_export.errors import Problem, ProblemsError
from navigator_export.schemas import json_path
from navigator_export.settings import KEYS


def in_manifest(
    manifest: Manifest, entry: int, otherwise: str, error: ProblemsError, key: str = "layers"
) -> tuple[Problem, ...]:
    """Return the problems of an error in a manifest's own words.

    `entry` is the index of the entry below a `key` of the manifest. A problem of a setting has the line and the key
    that set it; one of a source has the file and the place in it, after `otherwise`; any other is at `otherwise`, the
    line of the entry.
    """
    problems = []
    for problem in error.problems:
        spelled = problem.spelled(KEYS)
        within = "::".join(filter(None, (error.file, spelled.place)))
        place = _key_place(manifest, (key, entry), problem.place) or ", ".join(filter(None, (otherwise, within)))
        problems.append(Problem(spelled.message, place, spelled.hint))
    return tuple(problems)


def _key_place(manifest: Manifest, root: tuple[str, int], place: str) -> str:
    """Return the line and key where a manifest sets what a place names; empty where it sets nothing of the kind."""
    path = place.partition(" ")[0]
    if path not in KEYS or path.startswith("reading."):
        return ""
    key = tuple(KEYS[path].split("."))
    # What stands where the key itself does not: a capability set for its ids, a word for an object, an object whole.
    instead = {"selection.include.capabilities": ("select", "capability_set")}.get(path, key[:1])
    roots: tuple[tuple[str | int, ...], ...] = (root, ("defaults",), ())
    for tail in (key, instead):
        for start in roots:
            if (*start, *tail) in manifest.lines:
                return f"line {manifest.lines[*start, *tail]}, {json_path((*start, *tail))}"
    return ""
