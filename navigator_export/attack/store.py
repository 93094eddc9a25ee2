"""Imported releases in the user's data folder: one JSON file per domain and release, each written whole.

They lie in `attack` in the user's data folder for navigator-export, or in the folder that NAVIGATOR_EXPORT_DATA names.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

import msgspec

from navigator_export.attack.matrix import Matrix
from navigator_export.attack.threats import Threat
from navigator_export.errors import AttackError, OutputError, Problem, reason
from navigator_export.model import DOMAINS, Domain
from navigator_export.output import write

DATA_VARIABLE: Final = "NAVIGATOR_EXPORT_DATA"

FORMAT: Final = 3

Status = Literal["active", "revoked", "deprecated"]

_RELEASE: Final = r"(?:0|[1-9][0-9]{0,2})\.(?:0|[1-9][0-9]{0,2})"
_FILE_NAME: Final = re.compile(rf"(?P<domain>{'|'.join(DOMAINS)})-(?P<version>{_RELEASE})\.json")


class ImportedTechnique(msgspec.Struct, frozen=True, omit_defaults=True):
    """One technique or sub-technique as a bundle states it."""

    id: str
    name: str
    tactics: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    status: Status = "active"
    replaced_by: str | None = None
    """The id that revokes it, where the bundle says so; itself perhaps revoked."""


class ImportedRelease(msgspec.Struct, frozen=True, dict=True):
    """The techniques of one domain in one release, as a bundle states them."""

    domain: Domain
    version: str
    official: bool
    """Whether the bundle's SHA-256 is that of MITRE's bundle of this release."""
    sha256: str
    stix: Literal["2.0", "2.1"]
    techniques: tuple[ImportedTechnique, ...]
    """Sorted by id."""
    left_out: int = 0
    """Techniques of the bundle without an ATT&CK id, or without a tactic of the domain."""
    matrix: Matrix = ()
    """Tactics in the order of the bundle's matrix; empty where it has none, or the file is of format 1."""
    format: int = FORMAT
    """Of the file; 1 had no matrix, and 2 no threats."""
    threats: tuple[Threat, ...] = ()
    """The groups, campaigns and software of the bundle, sorted by id."""

    @cached_property
    def by_id(self) -> dict[str, ImportedTechnique]:
        """Return the techniques by id."""
        return {technique.id: technique for technique in self.techniques}

    def count(self, status: Status) -> int:
        """Return the number of techniques of a status."""
        return sum(technique.status == status for technique in self.techniques)


class StoredRelease(msgspec.Struct, frozen=True, dict=True):
    """A file of the data folder, read when its facts are first asked for."""

    domain: Domain
    version: str
    path: str
    stamp: tuple[int, ...] = ()
    """Tells one content of the file from another."""

    @cached_property
    def facts(self) -> ImportedRelease:
        """Return what the file holds. Raises AttackError where it cannot be read or is damaged."""
        return _read(self)


def is_release_name(text: str) -> bool:
    """Return whether a text names one exact release, as `16.1` does."""
    return re.fullmatch(_RELEASE, text) is not None


def folder() -> Path:
    """Return the folder of the imported releases, whether it exists or not."""
    named = os.environ.get(DATA_VARIABLE)
    if named:
        return Path(named, "attack")
    from platformdirs import user_data_path  # needed without the variable alone

    return user_data_path("navigator-export", appauthor=False) / "attack"


def listing() -> tuple[StoredRelease, ...]:
    """Return the stored releases, sorted by domain and release name. Raises AttackError where they cannot be listed."""
    path = folder()
    try:
        with os.scandir(path) as entries:
            found = [_stored(entry, match) for entry in entries if (match := _FILE_NAME.fullmatch(entry.name))]
    except FileNotFoundError:
        return ()
    except OSError as error:
        if isinstance(error, PermissionError) and not os.environ.get(DATA_VARIABLE):
            return ()  # the home folder of someone else, as in a container: nothing was imported into it
        hint = f"mend it, or name another folder in {DATA_VARIABLE}"
        raise AttackError(str(path), [Problem(f"cannot be listed: {reason(error)}", hint=hint)]) from None
    return tuple(sorted(found, key=lambda stored: (stored.domain, stored.version)))


def save(release: ImportedRelease) -> Path:
    """Write a release into the data folder, in one step, and return its file. Raises OutputError where it cannot."""
    path = folder()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        hint = f"name another folder in {DATA_VARIABLE}"
        raise OutputError(str(path), [Problem(f"cannot be made: {reason(error)}", hint=hint)]) from None
    file = path / f"{release.domain}-{release.version}.json"
    write(msgspec.json.encode(release) + b"\n", file)
    return file


def _stored(entry: os.DirEntry[str], match: re.Match[str]) -> StoredRelease:
    domain = next(domain for domain in DOMAINS if domain == match["domain"])
    stamp: tuple[int, ...] = ()
    with suppress(OSError):  # a broken link, or gone meanwhile: told where the file is read
        status = entry.stat()
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
    return StoredRelease(domain, match["version"], entry.path, stamp)


def _read(stored: StoredRelease) -> ImportedRelease:
    hint = "import the bundle again, or delete the file"
    try:
        release = msgspec.json.decode(Path(stored.path).read_bytes(), type=ImportedRelease)
    except OSError as error:
        raise AttackError(stored.path, [Problem(f"cannot be read: {reason(error)}", hint=hint)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AttackError(stored.path, [Problem(f"is damaged: {reason(error)}", hint=hint)]) from None
    if not 1 <= release.format <= FORMAT:
        problem = f"was written by another version of navigator-export (format {release.format})"
        raise AttackError(stored.path, [Problem(problem, hint=hint)])
    if (release.domain, release.version) != (stored.domain, stored.version):
        holds = f"{release.domain} {release.version}"
        raise AttackError(stored.path, [Problem(f"holds {holds}, not what its name says", hint=hint)])
    return release
