"""What tests share: where the real inputs are, small builders of made-up ones, and ways to run the command line."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from navigator_export import MappingSet, read_bytes
from navigator_export.cli import main

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
"""Real inputs that are no part of the project."""

settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=False
)
settings.register_profile("explore", parent=settings.get_profile("steady"), derandomize=False, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

Json = Any
"""A value as `json` reads it."""


# ---- real inputs -----------------------------------------------------------------------------------------------------


def shared_files(pattern: str) -> list[Any]:
    """Return the files in the shared folder as parameters; one that is skipped where there is none."""
    files = sorted(SHARED.glob(pattern))
    if files:
        return [pytest.param(file, id=file.name) for file in files]
    return [pytest.param(None, id="none", marks=pytest.mark.skip(reason=f"there is no ../shared/{pattern}"))]


MAPPING_FILES = shared_files("corpus/mappings/*.json")

M365_2023 = "m365-12.11.2023_attack-14.1-enterprise.json"
M365_2025 = "m365-07.18.2025_attack-16.1-enterprise.json"
NIST_14 = "nist_800_53-rev5_attack-14.1-enterprise.json"
NIST_16 = "nist_800_53-rev5_attack-16.1-enterprise.json"


def shared(path: str) -> Path:
    """Return a file or folder of the shared folder; skip the test where it is missing."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"there is no ../shared/{path}")
    return found


def corpus(name: str) -> Path:
    """Return a published mapping file; skip the test where it is missing."""
    return shared(f"corpus/mappings/{name}")


class Rows(NamedTuple):
    """A mapping file as plain JSON, read without the package, and the rows in it that map something."""

    metadata: dict[str, Json]
    all: list[dict[str, Json]]
    mapping: list[dict[str, Json]]


def plain_rows(file: Path) -> Rows:
    """Return a mapping file as plain JSON."""
    document = json.loads(file.read_text("utf-8"))
    rows = document["mapping_objects"]
    return Rows(document["metadata"], rows, [row for row in rows if maps_something(row)])


def maps_something(row: dict[str, Json]) -> bool:
    """Return whether a row relates a capability to a technique."""
    return bool(
        (row.get("capability_id") or "").strip()
        and (row.get("attack_object_id") or "").strip()
        and "non_mappable" not in (row.get("status"), row.get("mapping_type"))
    )


# ---- made-up inputs --------------------------------------------------------------------------------------------------


def make_row(
    capability: str | None = "MAIL-E3", technique: str | None = "T1114", rating: str = "protect partial", **other: Json
) -> dict[str, Json]:
    """Return one row; `rating` is a category and a value, or empty."""
    category, _, value = rating.partition(" ")
    row = {
        "capability_id": capability,
        "capability_description": f"Name of {capability}" if capability else None,
        "capability_group": "mail" if capability else None,
        "mapping_type": "technique_score",
        "attack_object_id": technique,
        "score_category": category or None,
        "score_value": value or None,
        "comments": None,
        "references": [],
        "status": "complete",
    }
    return row | other


def mapping_document(rows: Iterable[dict[str, Json]], **metadata: Json) -> dict[str, Json]:
    """Return a mapping file of these rows as JSON values; M365 at ATT&CK 16.1 unless told otherwise."""
    stated = {
        "mapping_framework": "m365",
        "mapping_framework_version": "07/18/2025",
        "attack_version": "16.1",
        "technology_domain": "enterprise",
        "mapping_types": {"technique_score": {"name": "Technique Scores", "description": ""}},
        "capability_groups": {"mail": "Mail Protection", "identity": "Identity"},
    }
    return {"metadata": stated | metadata, "mapping_objects": list(rows)}


def mapping_bytes(rows: Iterable[dict[str, Json]], **metadata: Json) -> bytes:
    """Return the text of a mapping file of these rows."""
    return json.dumps(mapping_document(rows, **metadata)).encode()


def mapping_file(folder: Path, rows: Iterable[dict[str, Json]], name: str = "mappings.json", **metadata: Json) -> Path:
    """Write a mapping file of these rows and return its path."""
    path = folder / name
    path.write_bytes(mapping_bytes(rows, **metadata))
    return path


def mapping_set(rows: Iterable[dict[str, Json]], **metadata: Json) -> MappingSet:
    """Return these rows as the package reads them."""
    return read_bytes(mapping_bytes(rows, **metadata), "mappings.json")


def rated_rows() -> list[dict[str, Json]]:
    """Return rows that differ in every aspect that a selection knows: 3 capabilities, 4 techniques, 7 mappings."""
    identity = {"capability_group": "identity", "mapping_type": "other_type"}
    return [
        make_row("MAIL-E3", "T1114", "protect partial"),
        make_row("MAIL-E3", "T1114.003", "detect minimal"),
        make_row("HUNT-E5", "T1114", "detect significant"),
        make_row("HUNT-E5", "T1566", "detect partial"),
        make_row("HUNT-E5", "T1566", "respond minimal"),
        make_row("LOGIN-E3", "T1078", "protect significant", **identity),
        make_row("LOGIN-E3", "T1114", "", **identity),
    ]


def unrated_rows() -> list[dict[str, Json]]:
    """Return rows of a framework without ratings."""
    pairs = (("AC-03", "T1114"), ("AC-03", "T1078"), ("AC-16", "T1114"), ("SC-07", "T1114.002"))
    return [
        make_row(capability, technique, "", mapping_type="mitigates", capability_group=capability[:2])
        for capability, technique in pairs
    ]


NIST = {
    "mapping_framework": "nist_800_53",
    "mapping_framework_version": "rev5",
    "mapping_types": {"mitigates": {"name": "Mitigates", "description": ""}},
    "capability_groups": {"AC": "Access Control", "SC": "System and Communications Protection"},
}
"""Metadata of `unrated_rows`."""


def make_layer_json(**fields: Json) -> dict[str, Json]:
    """Return a small layer that nothing can be said against, with some fields replaced; `...` leaves one out."""
    layer = {
        "name": "Mail",
        "versions": {"attack": "16", "navigator": "5.1.0", "layer": "4.5"},
        "domain": "enterprise-attack",
        "description": "What is done for mail",
        "layout": {"layout": "side", "expandedSubtechniques": "annotated"},
        "techniques": [
            {"techniqueID": "T1114", "score": 1, "comment": "by rules"},
            {"techniqueID": "T1114.003", "score": 2},
        ],
        "gradient": {"colors": ["#ffffff", "#66b1ff"], "minValue": 0, "maxValue": 3},
    }
    return {key: value for key, value in (layer | fields).items() if value is not ...}


def layer_bytes(**fields: Json) -> bytes:
    """Return the text of `make_layer_json`."""
    return json.dumps(make_layer_json(**fields)).encode()


def nested_lists(levels: int) -> bytes:
    """Return JSON text of lists in lists."""
    return b"[" * levels + b"]" * levels


def shuffled(items: Sequence[Json], seed: int) -> list[Json]:
    """Return the items in another order, the same for the same seed."""
    keys = {index: hashlib.sha256(f"{seed} {index}".encode()).digest() for index in range(len(items))}
    return [items[index] for index in sorted(keys, key=keys.__getitem__)]


# ---- reading what came out -------------------------------------------------------------------------------------------


def scores(text: bytes) -> dict[str, float]:
    """Return technique id to score of a layer's text."""
    return {entry["techniqueID"]: entry["score"] for entry in json.loads(text)["techniques"]}


def metadata_of(entry: dict[str, Json], name: str) -> list[str]:
    """Return the values of a name in the metadata of a layer or a technique."""
    return [item["value"] for item in entry.get("metadata", ()) if item.get("name") == name]


def technique_of(text: bytes, technique: str) -> dict[str, Json]:
    """Return the one entry of a technique in a layer's text."""
    [entry] = [entry for entry in json.loads(text)["techniques"] if entry["techniqueID"] == technique]
    return entry


def walk(value: Json) -> Iterator[Json]:
    """Yield a JSON value and all values in it."""
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from walk(child)


def without_source_hash(text: bytes) -> dict[str, Json]:
    """Return a layer as JSON values, without the hashes of its sources."""
    layer = json.loads(text)
    layer["metadata"] = [item for item in layer["metadata"] if item.get("name") != "SHA-256"]
    return layer


def control_characters(text: str) -> set[str]:
    """Return the characters of a text that can steer a terminal."""
    return {c for c in text if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160}


# ---- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def no_imported_releases(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep ATT&CK releases that the person at this computer imported out of the tests."""
    monkeypatch.setenv("NAVIGATOR_EXPORT_DATA", str(tmp_path_factory.getbasetemp() / "no data"))


class Outcome(NamedTuple):
    """What a run of the command line left behind."""

    code: int
    out: bytes
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Return a function that runs the command line in this process; `stdin` is what comes in there."""

    def run_main(*arguments: str | os.PathLike[str], stdin: bytes | io.RawIOBase = b"") -> Outcome:
        capfdbinary.readouterr()
        raw = io.BytesIO(stdin) if isinstance(stdin, bytes) else io.BufferedReader(stdin)
        monkeypatch.setattr(sys, "argv", ["navigator-export", *map(os.fspath, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw, "utf-8"))
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capfdbinary.readouterr()
        return Outcome(exit_.value.code or 0, out, err.decode())

    return run_main


def run_process(
    *arguments: str | os.PathLike[str], env: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own; it finds the package that the tests found."""
    python_path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    defaults = {} if "stdout" in options else {"stdout": subprocess.PIPE}
    return subprocess.run(
        [sys.executable, "-m", "navigator_export", *map(os.fspath, arguments)],
        env={**os.environ, "PYTHONPATH": python_path, **(env or {})},
        stderr=subprocess.PIPE,
        check=False,
        **{**defaults, "stdin": subprocess.DEVNULL, **options},
    )
