"""The published sets that are known: facts alone, at one commit of the repository that they lie in."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Annotated, Final
from urllib.parse import quote

import msgspec

from navigator_export.frameworks import TierScheme, framework
from navigator_export.model import Domain

Sha1 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{40}$")]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
RepositoryPath = Annotated[str, msgspec.Meta(pattern=r"^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./ -]{0,250}$")]

HOST: Final = "https://raw.githubusercontent.com"


class PublishedSet(msgspec.Struct, frozen=True, omit_defaults=True):
    """One published set: what it maps, and the file that it is."""

    framework: str
    """Id of the framework as the file states it."""
    version: str
    attack_version: str
    domain: Domain
    path: RepositoryPath
    bytes: Annotated[int, msgspec.Meta(ge=1, le=2**30)]
    rows: int
    sha256: Sha256
    blob: Sha1
    """Git's id of the file's content, by which a listing of the repository tells whether it changed."""
    repository: Annotated[
        str, msgspec.Meta(pattern="^([A-Za-z0-9_-][A-Za-z0-9_.-]*/[A-Za-z0-9_-][A-Za-z0-9_.-]*)?$")
    ] = ""
    commit: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{40})?$")] = ""
    """These two are the registry's, where the set does not say others."""

    @property
    def address(self) -> str:
        """Return where the file lies: raw, and at its commit, so that it never changes under its hash."""
        return f"{HOST}/{self.repository}/{self.commit}/{quote(self.path)}"

    @property
    def tiers(self) -> tuple[str, ...]:
        """Return the licence tiers that are known of its framework, the lowest first."""
        scheme: TierScheme | None = framework(self.framework).tiers
        return scheme.order if scheme else ()


class Registry(msgspec.Struct, frozen=True):
    """Published sets at one commit of a repository."""

    repository: str
    commit: str
    committed: str
    """Date of the commit."""
    licence: str
    sets: tuple[PublishedSet, ...]
    """Sorted by path."""


def decode(data: bytes) -> Registry:
    """Return the registry in a file's bytes, each set with its repository and commit."""
    read = msgspec.json.decode(data, type=Registry)
    whole = (msgspec.structs.replace(one, repository=read.repository, commit=read.commit) for one in read.sets)
    return msgspec.structs.replace(read, sets=tuple(whole))


def encode(registry: Registry) -> bytes:
    """Return the bytes of a registry's file: one set a line."""
    head = msgspec.structs.replace(registry, sets=())
    lines = (msgspec.json.encode(msgspec.structs.replace(one, repository="", commit="")) for one in registry.sets)
    return msgspec.json.encode(head).removesuffix(b"]}") + b"\n" + b",\n".join(lines) + b"\n]}\n"


@cache
def known() -> Registry:
    """Return the registry that the package carries."""
    return decode((resources.files(__package__) / "registry.json").read_bytes())
