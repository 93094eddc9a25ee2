"""The files that the examples in the docs name, made up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import yaml

from navigator_export import Recipe, Selection, make_layer, read
from tests.build.manifests import built
from tests.made_inputs import Json, layer_bytes, make_layer_json
from tests.real_inputs import ROOT

SAMPLE = ROOT / "navigator_export" / "sample"

LIST = (
    ("Control", "Technique", "Rating", "ATT&CK refs", "Status"),
    ("LOGIN-1", "T1078", "significant", "T1078.004", "Implemented"),
    ("LOGIN-2", "T1110", "partial", "T1110.001", "In place now"),
    ("HUNT-1", "T1059", "minimal", "T1059.001, T1059.003", "Implemented"),
    ("MAIL-P2", "T1566", "partial", "T1566.001", "Planned"),
)


def mappings(name: str, **metadata: Json) -> Json:
    """Return a mapping file of the sample, with other metadata."""
    document = json.loads((SAMPLE / name).read_text("utf-8"))
    return document | {"metadata": document["metadata"] | metadata}


NAMES = {"MAIL-FILT": "EOP-FILT", "MAIL-AUTH": "DEF-SATT", "PPL-TRAIN": "DEF-SLNK"}


def json_of(document: Json) -> bytes:
    return json.dumps(document).encode()


def m365() -> bytes:
    """Return a mapping file that calls the controls of `sample-company`, and its tiers, by names of Microsoft 365."""
    document = json.loads((SAMPLE.with_name("sample-company") / "controls.json").read_text("utf-8"))
    document["metadata"] |= {"mapping_framework": "m365", "mapping_framework_version": "07/18/2025"}
    for row in document["mapping_objects"]:
        stem, _, tier = row["capability_id"].rpartition("-")
        row["capability_id"] = f"{NAMES.get(stem, stem)}-{'E3' if tier == 'BASE' else 'E5'}"
    return json_of(document)


def own_list() -> bytes:
    return "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in LIST).encode()


def workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in LIST:
        book.active.append(row)
    book.save(path)


def layer_of(tier: str) -> bytes:
    return make_layer(read("sample-company"), Recipe(selection=Selection(tier=tier), attack_version="18.1")).text


def old_layer() -> bytes:
    return layer_bytes(versions={"attack": "14", "navigator": "4.6", "layer": "4.2"}, viewMode=0)


FILES: dict[str, Callable[[], bytes]] = {
    "m365.json": lambda: json_of(mappings("m365.json")),
    "m365-07.18.2025_attack-16.1-enterprise.json": m365,
    "mappings/m365-07.18.2025_attack-16.1-enterprise.json": m365,
    "nist.json": (SAMPLE / "nist_800_53.json").read_bytes,
    "mappings/nist_800_53-rev5_attack-14.1-enterprise.json": (SAMPLE / "nist_800_53.json").read_bytes,
    "aws.json": lambda: json_of(mappings("m365.json", mapping_framework="aws", attack_version="16.1")),
    "azure.yaml": lambda: yaml.safe_dump(mappings("m365.json", mapping_framework="azure")).encode(),
    "own.csv": own_list,
    "layer.json": layer_bytes,
    "plus.json": lambda: layer_of("Plus"),
    "base.json": lambda: layer_of("Base"),
    "e5.json": lambda: layer_of("Max"),
    "old.json": old_layer,
    "other.json": lambda: json_of(make_layer_json(techniques=[{"techniqueID": "T1086", "score": 1}])),
    "new.json": layer_bytes,
    "costs.csv": lambda: b"LOGIN-1,10\nLOGIN-2,20\nHUNT-1,5\nMAIL-P2,8\n",
    "in-use.txt": lambda: b"# What we have switched on.\nDEF-SLNK-E3\nEOP-*\n",
    "layers/mail.json": layer_bytes,
    "layers.yaml": lambda: b"sources: {m365: m365.json}\nlayers:\n  - for_each: tier\n",
}


def lay_out(folder: Path, named: str) -> None:
    """Write into a folder the files, of those above, that a text names."""
    for name, made in FILES.items():
        if name in named or ("/" in name and name.partition("/")[0] in named):
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(made())
    if "own.xlsx" in named and "navigator-export template xlsx -o own.xlsx" not in named:
        workbook(folder / "own.xlsx")
    if "public-before/" in named:
        for output, tier in (("public-before", "Base"), ("public", "Plus")):
            layer = f"{{path: company.json, select: {{tier: {tier}}}}}"
            built(folder, f"sources: {{company: sample-company}}\nlayers: [{layer}]\n", output)
