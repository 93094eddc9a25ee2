"""Published sets of made-up mappings, and a registry of them in place of the package's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from navigator_export.sets import registry
from navigator_export.sets.keeping import VARIABLE
from navigator_export.sets.registry import PublishedSet, Registry
from navigator_export.sets.repository import LICENCE, REPOSITORY, facts
from tests.made_inputs import NIST, mapping_bytes, rated_rows, unrated_rows

COMMIT = "c0ffee" + "0" * 34


class Made(NamedTuple):
    """A set and its file."""

    facts: PublishedSet
    data: bytes


def made(framework: str, version: str, release: str = "16.1", domain: str = "enterprise", rows: int = 9) -> Made:
    """Return a set whose file lies where one of these belongs; `rows` tells one content from another."""
    if framework == "m365":
        data = mapping_bytes(rated_rows()[:rows], mapping_framework_version=version, attack_version=release)
    else:
        stated = {**NIST, "mapping_framework_version": version, "attack_version": release}
        data = mapping_bytes(unrated_rows()[:rows], **stated)
    dotted = version.replace("/", ".")
    path = (
        f"mappings/{framework}/attack-{release}/{framework}-{dotted}/{domain}/"
        f"{framework}-{dotted}_attack-{release}-{domain}.json"
    )
    return Made(facts(data, path, COMMIT), data)


OLD_M365 = made("m365", "12/11/2023", "14.1")
M365 = made("m365", "07/18/2025")
NIST_5 = made("nist_800_53", "rev5")
SETS = (OLD_M365, M365, NIST_5)


@contextmanager
def registry_of(monkeypatch: pytest.MonkeyPatch, *sets: Made) -> Iterator[None]:
    """Have the package know these sets alone."""
    own = Registry(REPOSITORY, COMMIT, "2026-01-27", LICENCE, tuple(one.facts for one in sets))
    monkeypatch.setattr(registry, "decode", lambda data: own)
    registry.known.cache_clear()
    yield
    registry.known.cache_clear()


@contextmanager
def mirrored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Have the package know `SETS` alone, and a mirror, in the folder that is given, have their files."""
    folder = tmp_path.parent / f"{tmp_path.name}-mirror"
    folder.mkdir()
    for one in SETS:
        (folder / Path(one.facts.path).name).write_bytes(one.data)
    monkeypatch.setenv(VARIABLE, str(folder))
    with registry_of(monkeypatch, *SETS):
        yield folder
