"""Facts of the published sets in a copy of their repository, a clone or a bare one, at its newest commit."""

from __future__ import annotations

import hashlib
import re
import subprocess
from typing import Final

import msgspec

from navigator_export.errors import Problem, SourceError, reason
from navigator_export.model import Domain
from navigator_export.sets.registry import PublishedSet, Registry

REPOSITORY: Final = "center-for-threat-informed-defense/mappings-explorer"
LICENCE: Final = "Apache-2.0"

SET_PATH: Final = re.compile(
    r"mappings/(?P<framework>[^/]+)/attack-(?P<release>[0-9.]+)/(?P=framework)-(?P<version>[^/]+)/"
    r"(?P<domain>enterprise|mobile|ics)/(?P=framework)-(?P=version)_attack-(?P=release)-(?P=domain)\.json"
)
"""Where a published set lies."""


class _Metadata(msgspec.Struct):
    mapping_framework: str
    mapping_framework_version: str
    attack_version: str
    technology_domain: Domain


class _File(msgspec.Struct):
    metadata: _Metadata
    mapping_objects: list[msgspec.Raw]


def read_repository(folder: str) -> tuple[Registry, dict[str, bytes]]:
    """Return the registry of a copy's newest commit, and the bytes of each set by SHA-256.

    Raises SourceError where the folder is no copy of the repository, or a set in it cannot be read.
    """
    commit, committed = _git(folder, "log", "-1", "--format=%H %cs").decode().split()
    entries = [line.partition("\t") for line in _git(folder, "ls-tree", "-r", "-z", commit).decode().split("\0")]
    contents = {}
    sets = []
    for head, _, path in entries:
        if SET_PATH.fullmatch(path):
            data = _git(folder, "cat-file", "blob", head.split()[2])
            one = facts(data, path, commit)
            contents[one.sha256] = data
            sets.append(one)
    if not sets:
        raise SourceError(
            folder, [Problem("there is no published set in this copy", hint=f"expected one of {REPOSITORY}")]
        )
    return Registry(REPOSITORY, commit, committed, LICENCE, tuple(sorted(sets, key=lambda one: one.path))), contents


def facts(data: bytes, path: str, commit: str) -> PublishedSet:
    """Return the facts of a set by its file. Raises SourceError where that is none."""
    try:
        file = msgspec.json.decode(data, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(path, [Problem(f"is no published set: {reason(error)}")]) from None
    stated = file.metadata
    return PublishedSet(
        framework=stated.mapping_framework,
        version=stated.mapping_framework_version,
        attack_version=stated.attack_version,
        domain=stated.technology_domain,
        path=path,
        bytes=len(data),
        rows=len(file.mapping_objects),
        sha256=hashlib.sha256(data).hexdigest(),
        blob=blob_id(data),
        repository=REPOSITORY,
        commit=commit,
    )


def blob_id(data: bytes) -> str:
    """Return git's id of a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _git(folder: str, *arguments: str) -> bytes:
    try:
        # What the copy's own settings would have git run is not run: the commands only read.
        process = subprocess.run(  # noqa: S603 - no shell, and the words are our own
            ["git", "-C", folder, "-c", "core.fsmonitor=", *arguments],  # noqa: S607 - where git is differs
            capture_output=True,
            check=True,
        )
    except FileNotFoundError:
        raise SourceError(
            folder, [Problem("git is needed to read a copy of the repository", hint="install it")]
        ) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        problem = Problem(f"is no copy of the repository that git can read: {said[0] if said else 'git failed'}")
        raise SourceError(folder, [problem]) from None
    except (OSError, ValueError) as error:
        raise SourceError(folder, [Problem(f"cannot be read: {reason(error)}")]) from None
    return process.stdout
