"""Reading and fetching MITRE's ATT&CK bundles, STIX 2.0 and 2.1: what a bundle states, and whether it is official.

The only module that loads mitreattack-python, and only when a bundle is read or fetched: loading takes half a second.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import msgspec

from navigator_export.attack.bundle_threats import ThreatObject, tells_of_threats, threats_in
from navigator_export.attack.matrix import Matrix, Tactic
from navigator_export.attack.store import ImportedRelease, ImportedTechnique, Status, is_release_name
from navigator_export.errors import AttackError, Problem, nearest, reason
from navigator_export.model import DOMAINS, TECHNIQUE_ID, Domain

_DOMAIN_OF_CHAIN: Final[dict[str, Domain]] = {
    "mitre-attack": "enterprise",
    "mitre-mobile-attack": "mobile",
    "mitre-ics-attack": "ics",
}
"""The kill chains that stand for the matrices; they also name the sources of ATT&CK ids."""

_RANK: Final[dict[Status, int]] = {"active": 0, "revoked": 1, "deprecated": 2}

StixVersion = Literal["2.0", "2.1"]


class _Object(msgspec.Struct):
    """What tells whether an object of a bundle is of use."""

    type: str = ""
    spec_version: str = "2.0"
    relationship_type: str = ""
    source_ref: str = ""
    x_mitre_version: Any = None


class _Bundle(msgspec.Struct):
    type: Literal["bundle"]
    objects: list[msgspec.Raw]


class _Reference(msgspec.Struct):
    external_id: str = ""


class _Tactic(msgspec.Struct):
    id: str
    name: str
    x_mitre_shortname: str
    external_references: list[_Reference] = []


class _Matrix(msgspec.Struct):
    tactic_refs: list[str] = []
    x_mitre_deprecated: bool | None = None
    revoked: bool | None = None


class _Contents(msgspec.Struct):
    """The part of a bundle that speaks of techniques, tactics and threats."""

    stix: StixVersion = "2.0"
    stated: str | None = None
    """The release that the collection object of a 2.1 bundle states."""
    objects: list[dict[str, Any]] = []
    """Techniques, and the relations of those that are revoked."""
    matrices: list[_Matrix] = []
    tactics: dict[str, _Tactic] = {}
    """By STIX id."""
    threats: list[ThreatObject] = []
    """Groups, campaigns and software, and the relations of these."""


def read_bundle(name: str, data: bytes, version: str | None = None) -> ImportedRelease:
    """Return what an ATT&CK bundle states of techniques, tactics and threats.

    The release is `version`, where that is given. Else it follows from the content: an official bundle is known by its
    SHA-256, and the collection object of any other 2.1 bundle states the release.
    Raises AttackError where the data is no ATT&CK bundle, states no release, or is the official bundle of another
    release than `version`.
    """
    contents = _contents(name, data)
    techniques = _techniques(name, contents.objects)
    domain = _domain(name, techniques)
    sha256 = hashlib.sha256(data).hexdigest()
    version, official = _release(name, domain, sha256, contents.stated, version)
    kept: dict[str, ImportedTechnique] = {}
    left_out = 0
    for technique in techniques:
        stated = _stated(technique, domain)
        if stated is None:
            left_out += 1
        elif stated.id not in kept or _RANK[stated.status] < _RANK[kept[stated.id].status]:
            kept[stated.id] = stated
    return ImportedRelease(
        domain=domain,
        version=version,
        official=official,
        sha256=sha256,
        stix=contents.stix,
        techniques=tuple(kept[id_] for id_ in sorted(kept)),
        left_out=left_out,
        matrix=_matrix(contents),
        threats=threats_in(contents.threats, {t.stix_id: t.id for t in techniques if t.id and t.id in kept}),
    )


def downloadable(version: str) -> dict[Domain, str]:
    """Return the exact release to fetch for `16.1` or `16`, by domain: the newest of a major release.

    Raises AttackError where mitreattack-python lists no such release for any domain.
    """
    found: dict[Domain, str] = {}
    listed = {domain: _listed(domain) for domain in DOMAINS}
    for domain, releases in listed.items():
        matching = [r for r in releases if r == version or r.partition(".")[0] == version]
        if matching:
            found[domain] = max(matching, key=lambda r: tuple(map(int, r.split("."))))
    if not found:
        names = (name for releases in listed.values() for name in releases)
        problem = Problem(f"ATT&CK {version} cannot be downloaded", hint=nearest(version, names, "releases"))
        raise AttackError("", [problem])
    return found


def fetch(domain: Domain, version: str) -> bytes:
    """Return MITRE's bundle of a release that `downloadable` names, verified by its SHA-256.

    Raises AttackError where it cannot be fetched or is not the bundle that mitreattack-python lists.
    """
    import pooch  # what download_stix fetches with

    with _needed():
        from mitreattack.download_stix import download_stix

    pooch.get_logger().setLevel("WARNING")  # else it tells of every download
    stix, sha256 = _listed(domain)[version]
    name = f"ATT&CK {version} {domain}"
    by_hand = "or download the bundle in another way and import it"
    try:
        with TemporaryDirectory() as folder:
            download_stix(stix, domain, folder, version, sha256)
            return next(Path(folder).rglob(f"{domain}-attack.json")).read_bytes()
    except ValueError:
        problem = Problem("what came is not the official bundle: its SHA-256 differs", hint=f"try again, {by_hand}")
    except OSError as error:  # those of requests among them
        problem = Problem(_failure(error), hint=f"check the network, {by_hand}")
    raise AttackError(name, [problem])


@contextmanager
def _needed() -> Iterator[None]:
    """Raise AttackError where mitreattack-python, or what it stands on, cannot be loaded."""
    try:
        yield
    except ImportError as error:
        message = f"ATT&CK bundles are read with mitreattack-python, which cannot be loaded ({reason(error)})"
        raise AttackError("", [Problem(message, hint="pip install 'mitreattack-python>=6'")]) from None


def _failure(error: OSError) -> str:
    response = getattr(error, "response", None)
    if response is not None:
        return f"cannot be fetched: the server answered {response.status_code}"
    if error.strerror:
        return f"cannot be fetched: {reason(error)}"
    return f"cannot be fetched: no connection to the server ({type(error).__name__})"


def _listed(domain: Domain) -> dict[str, tuple[StixVersion, str]]:
    """Return the releases that mitreattack-python lists, with STIX version and SHA-256; 2.1 where there is one."""
    with _needed():
        from mitreattack import release_info

    tables: tuple[tuple[StixVersion, Any], ...] = (("2.0", release_info.STIX20), ("2.1", release_info.STIX21))
    return {
        version: (stix, sha256)
        for stix, table in tables
        for version, sha256 in table.get(domain, {}).items()
        if is_release_name(version)
    }


def _official(domain: Domain, sha256: str) -> list[str]:
    """Return the releases whose official bundle has this hash, oldest first; one file can be that of several."""
    with _needed():
        from mitreattack import release_info

    tables = (release_info.STIX20.get(domain, {}), release_info.STIX21.get(domain, {}))
    return [v for table in tables for v, listed in table.items() if listed == sha256 and is_release_name(v)]


def _contents(name: str, data: bytes) -> _Contents:
    if not data.strip():
        raise AttackError(name, [Problem("is empty")])
    contents = _Contents()
    stated = set()
    decoder = msgspec.json.Decoder(_Object)
    try:
        for raw in msgspec.json.decode(data, type=_Bundle).objects:
            head = decoder.decode(raw)
            if head.spec_version == "2.1":
                contents.stix = "2.1"
            if head.type == "x-mitre-collection" and isinstance(head.x_mitre_version, str):
                stated.add(head.x_mitre_version)
            _put(raw, head, contents)
    except msgspec.ValidationError as error:
        raise AttackError(name, [Problem(f"is not a STIX bundle: {reason(error)}")]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        words = reason(error).removeprefix("jSON is malformed: ")
        raise AttackError(name, [Problem(f"is damaged, or not JSON: {words}")]) from None
    release = stated.pop() if len(stated) == 1 else ""
    contents.stated = release if is_release_name(release) else None
    return contents


def _put(raw: msgspec.Raw, head: _Object, contents: _Contents) -> None:
    """Put an object among those of its kind, if it is of use."""
    revokes = head.relationship_type == "revoked-by" and head.source_ref.startswith("attack-pattern--")
    if head.type == "attack-pattern" or (head.type == "relationship" and revokes):
        contents.objects.append(msgspec.json.decode(raw))
    elif tells_of_threats(head.type, head.relationship_type):
        contents.threats.append(msgspec.json.decode(raw, type=ThreatObject))
    elif head.type == "x-mitre-matrix":
        contents.matrices.append(msgspec.json.decode(raw, type=_Matrix))
    elif head.type == "x-mitre-tactic":
        column = msgspec.json.decode(raw, type=_Tactic)
        contents.tactics[column.id] = column


def _matrix(contents: _Contents) -> Matrix:
    """Return the tactics of a bundle's matrices, one after the other; Mobile had two of them before 11.3."""
    refs = (
        ref
        for matrix in contents.matrices
        if not (matrix.x_mitre_deprecated or matrix.revoked)
        for ref in matrix.tactic_refs
        if ref in contents.tactics
    )
    columns: dict[str, Tactic] = {}
    for stated in map(contents.tactics.__getitem__, refs):
        id_ = next((r.external_id for r in stated.external_references if r.external_id.startswith("TA")), "")
        columns.setdefault(stated.x_mitre_shortname, Tactic(stated.x_mitre_shortname, stated.name, id_))
    return tuple(columns.values())


class _Technique(msgspec.Struct):
    """A technique object with what it takes to tell whose it is."""

    stix_id: str
    id: str | None
    name: str
    status: Status
    domains: frozenset[str]
    phases: tuple[tuple[str, str], ...]
    """Kill chain and tactic."""
    platforms: tuple[str, ...]
    replaced_by: str | None = None


def _techniques(name: str, objects: list[dict[str, Any]]) -> list[_Technique]:
    """Return the technique objects of a bundle, as MitreAttackData reads them, sorted by STIX id."""
    with _needed():
        import stix2  # what MitreAttackData reads from
        from mitreattack.stix20 import MitreAttackData

    try:
        # An object unlike what its type asks for is met with errors of any of these kinds.
        attack = MitreAttackData(src=stix2.MemoryStore(stix_data=objects))
        patterns = {pattern["id"]: pattern for pattern in attack.get_techniques()}
        revoked_by = {
            relation["source_ref"]: relation["target_ref"]
            for relation in sorted(attack.get_objects_by_type("relationship"), key=lambda r: str(r["id"]))
        }
        ids = {stix_id: _attack_id(pattern) for stix_id, pattern in patterns.items()}
        return [
            _Technique(
                stix_id=stix_id,
                id=ids[stix_id],
                name=str(pattern["name"]),
                status=_status(pattern),
                domains=_domains(pattern),
                phases=tuple((p["kill_chain_name"], p["phase_name"]) for p in pattern.get("kill_chain_phases", ())),
                platforms=tuple(sorted(set(_texts(pattern.get("x_mitre_platforms"))) - {"None"})),
                replaced_by=ids.get(revoked_by.get(stix_id, "")),
            )
            for stix_id, pattern in sorted(patterns.items())
        ]
    except (stix2.exceptions.STIXError, ValueError, TypeError, LookupError, AttributeError) as error:
        words = " ".join(reason(error).split())
        raise AttackError(name, [Problem(f"holds an object that is not valid STIX: {words[:200]}")]) from None


def _attack_id(pattern: Mapping[str, Any]) -> str | None:
    for reference in pattern.get("external_references", ()):
        id_ = reference.get("external_id", "")
        if reference.get("source_name") in _DOMAIN_OF_CHAIN and TECHNIQUE_ID.fullmatch(id_):
            return str(id_)
    return None


def _status(pattern: Mapping[str, Any]) -> Status:
    if pattern.get("revoked"):
        return "revoked"
    return "deprecated" if pattern.get("x_mitre_deprecated") else "active"


def _domains(pattern: Mapping[str, Any]) -> frozenset[str]:
    """Return the domains that an object names; none for some that are long gone."""
    phases = pattern.get("kill_chain_phases", ())
    named = {_DOMAIN_OF_CHAIN.get(phase["kill_chain_name"], phase["kill_chain_name"]) for phase in phases}
    return frozenset(named | {domain.removesuffix("-attack") for domain in _texts(pattern.get("x_mitre_domains"))})


def _texts(value: Any) -> Iterable[str]:
    return (text for text in value if isinstance(text, str)) if isinstance(value, list | tuple) else ()


def _domain(name: str, techniques: list[_Technique]) -> Domain:
    """Return the domain of most active techniques of a bundle."""
    counts = {
        domain: sum(t.status == "active" and t.id is not None and domain in t.domains for t in techniques)
        for domain in DOMAINS
    }
    domain = max(counts, key=lambda d: counts[d])
    if not counts[domain]:
        hint = "expected one like enterprise-attack.json, mobile-attack.json or ics-attack.json"
        raise AttackError(name, [Problem("holds no active ATT&CK technique", hint=hint)])
    return domain


def _stated(technique: _Technique, domain: Domain) -> ImportedTechnique | None:
    """Return what a bundle states of a technique; None where it is none of the domain."""
    tactics = {tactic for chain, tactic in technique.phases if _DOMAIN_OF_CHAIN.get(chain) == domain}
    elsewhere = technique.domains and domain not in technique.domains
    if technique.id is None or elsewhere or (technique.status == "active" and not tactics):
        return None
    return ImportedTechnique(
        id=technique.id,
        name=technique.name,
        tactics=tuple(sorted(tactics)),
        platforms=technique.platforms,
        status=technique.status,
        replaced_by=technique.replaced_by if technique.status == "revoked" else None,
    )


def _release(name: str, domain: Domain, sha256: str, stated: str | None, asked: str | None) -> tuple[str, bool]:
    """Return the release of a bundle, and whether it is the official bundle of it."""
    official = _official(domain, sha256)
    if asked:
        if official and asked not in official:
            problem = f"is the official bundle of {domain} {' and '.join(official)}, not of {asked}"
            raise AttackError(name, [Problem(problem, hint="leave out `bundle.release`")])
        return asked, asked in official
    if official:
        return stated if stated in official else official[0], True
    if stated:
        return stated, False
    problem = "states no release, and its SHA-256 is not that of a known official bundle"
    raise AttackError(name, [Problem(problem, hint="name the release, as in `bundle.release` 16.1")])
