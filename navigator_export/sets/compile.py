"""Rebuilds `registry.json`, the facts of the published sets, from a copy of the repository that they lie in.

Run as `python -m navigator_export.sets.compile COPY`, where COPY is a clone of
center-for-threat-informed-defense/mappings-explorer, a bare one too; its newest commit is taken.
"""

from __future__ import annotations

import sys
from pathlib import Path

from navigator_export.errors import Problem, SourceError
from navigator_export.sets.names import is_full_name, name_of
from navigator_export.sets.registry import Registry, encode
from navigator_export.sets.repository import read_repository

TARGET = Path(__file__).with_name("registry.json")


def compile_registry(folder: str) -> bytes:
    """Return the bytes of the registry of a copy.

    Raises SourceError where it cannot be read, or two sets of it would have one name or one has none.
    """
    registry, _ = read_repository(folder)
    _require_names(registry)
    return encode(registry)


def _require_names(registry: Registry) -> None:
    by_name: dict[str, str] = {}
    problems = []
    for one in registry.sets:
        name = name_of(one)
        if name in by_name:
            problems.append(Problem(f"would have the same name as {by_name[name]}, {name}", one.path))
        if not is_full_name(name):
            problems.append(Problem(f"{name} names nothing", one.path, "add the framework to frameworks.py"))
        by_name[name] = one.path
    if problems:
        raise SourceError("registry", problems)


if __name__ == "__main__":
    TARGET.write_bytes(compile_registry(sys.argv[1]))
