"""Published sets as their repository has them now: a copy of it, or its listing on GitHub."""

from __future__ import annotations

import os
from typing import Final, TypeVar

import msgspec

from navigator_export.errors import Problem, SourceError
from navigator_export.model import DOMAINS
from navigator_export.sets.fetching import fetch
from navigator_export.sets.keeping import keep
from navigator_export.sets.names import name_of
from navigator_export.sets.registry import PublishedSet, known
from navigator_export.sets.repository import REPOSITORY, SET_PATH, blob_id, facts, read_repository

API: Final = "https://api.github.com"
_LARGEST_LISTING: Final = 2**24
_LARGEST_SET: Final = 2**26

Form = TypeVar("Form")


class _Commit(msgspec.Struct):
    sha: str


class _Entry(msgspec.Struct):
    path: str
    type: str
    sha: str
    size: int = 0


class _Tree(msgspec.Struct):
    tree: list[_Entry]
    truncated: bool = False


def sets_of_copy(folder: str) -> tuple[PublishedSet, ...]:
    """Return the sets of a copy of the repository; their bytes are in the cache then.

    Raises SourceError where it cannot be read.
    """
    registry, contents = read_repository(folder)
    here = {one.blob for one in known().sets}
    for one in registry.sets:
        if one.blob not in here:
            keep(contents[one.sha256], one.sha256)
    return registry.sets


def listed_sets() -> tuple[PublishedSet, ...]:
    """Return the sets that the repository has on GitHub, without hash and rows, which only their files tell.

    GitHub answers those who say who they are more often: GITHUB_TOKEN, where it is set, goes to its API alone.
    Raises SourceError where the listing cannot be had.
    """
    by_hand = "name a copy of the repository with --from, or do without with --offline"
    commit = _read(f"{API}/repos/{REPOSITORY}/commits/HEAD", _Commit, by_hand).sha
    tree = _read(f"{API}/repos/{REPOSITORY}/git/trees/{commit}?recursive=1", _Tree, by_hand)
    if tree.truncated:
        problem = Problem("the listing is too long for GitHub to give it whole", hint="name a copy with --from")
        raise SourceError(REPOSITORY, [problem])
    return tuple(
        PublishedSet(
            framework=match["framework"],
            version=match["version"],
            attack_version=match["release"],
            domain=next(domain for domain in DOMAINS if domain == match["domain"]),
            path=entry.path,
            bytes=entry.size,
            rows=0,
            sha256="",
            blob=entry.sha,
            repository=REPOSITORY,
            commit=commit,
        )
        for entry in tree.tree
        if entry.type == "blob" and (match := SET_PATH.fullmatch(entry.path))
    )


def completed(one: PublishedSet) -> PublishedSet:
    """Return a set with all its facts; the file of one that was listed is fetched, and is in the cache then.

    Raises SourceError where it cannot be had, or is not the file that the listing names.
    """
    if one.sha256:
        return one
    name = name_of(one)
    data = fetch(one.address, name, min(one.bytes, _LARGEST_SET), size=one.bytes, by_hand="try again")
    if blob_id(data) != one.blob:
        raise SourceError(name, [Problem("what came is not the file that the repository lists", hint="try again")])
    whole = facts(data, one.path, one.commit)
    keep(data, whole.sha256)
    return whole


def _read(address: str, form: type[Form], by_hand: str) -> Form:
    token = os.environ.get("GITHUB_TOKEN", "").strip()
    data = fetch(address, f"listing of {REPOSITORY}", _LARGEST_LISTING, by_hand=by_hand, token=token)
    try:
        return msgspec.json.decode(data, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        problem = Problem("what came is no listing of GitHub's", hint=by_hand)
        raise SourceError(f"listing of {REPOSITORY}", [problem]) from None
