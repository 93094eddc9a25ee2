"""The published table of ATT&CK techniques, read without the package: what is active where, and what replaces it."""

from __future__ import annotations

import json
from functools import cache

from tests.made_inputs import Json
from tests.real_inputs import shared


@cache
def table() -> dict[str, Json]:
    """Return the published table, which is not the package's own copy; skip the test where it is missing."""
    published: dict[str, Json] = json.loads(shared("attack/techniques.json").read_text("utf-8"))
    return published


@cache
def facts() -> dict[tuple[str, str], dict[str, Json]]:
    """Return the published facts of each (domain, id)."""
    return {(fact["domain"], fact["id"]): fact for fact in table()["techniques"]}


def release_key(version: str) -> tuple[int, ...]:
    """Return what releases are ordered by."""
    return tuple(map(int, version.split(".")))


def is_active(domain: str, id_: str, release: str) -> bool:
    """Return whether a release has a technique, neither revoked nor deprecated."""
    fact = facts().get((domain, id_))
    return (
        fact is not None
        and fact["first"] is not None
        and release_key(fact["first"]) <= release_key(release)
        and (fact["last"] is None or release_key(release) <= release_key(fact["last"]))
        and release not in fact.get("absent", ())
    )


def home_of(domain: str, id_: str, release: str) -> str | None:
    """Return the id under which mappings of an id stand in a release; None where there is none."""
    seen: set[str] = set()
    while not is_active(domain, id_, release):
        fact = facts().get((domain, id_))
        if id_ in seen or fact is None or not fact.get("replaced_by"):
            return None
        seen.add(id_)
        id_ = fact["replaced_by"]
    return id_
