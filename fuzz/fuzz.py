"""Coverage-guided fuzzing of each reader, of layers and of `validate`, with atheris.

`make fuzz` runs every target for a while; one of them for a minute:

    python fuzz/fuzz.py csv -max_total_time=60

Arguments after the target's name go to libFuzzer. What it finds interesting is kept in `.fuzz/TARGET`, what breaks a
promise is written to `.fuzz/` as crash-… and belongs into the tests.
"""

from __future__ import annotations

import io
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

try:
    import atheris
except ImportError:
    version = ".".join(map(str, sys.version_info[:2]))
    sys.exit(
        f"atheris is not there for this Python ({version} on {sys.platform}): it comes for Linux, CPython 3.11 to 3.13."
        " Install it with `pip install --group fuzz`, or name another Python with `make fuzz PYTHON=python3.13`."
    )

with atheris.instrument_imports(include=["navigator_export"]):
    from navigator_export import LayerError, NavigatorExportError, make_layer, read_bytes, validate
    from navigator_export.layer.format import encode_file
    from navigator_export.layer.reading import read_layer_file
    from navigator_export.readers import ReadOptions
    from navigator_export.readers.lists.template import template
    from navigator_export.readers.options import FORMATS, FormatName, Limits

KEPT = Path(__file__).parents[1] / ".fuzz"
LIMITS = Limits(bytes=2**20, unpacked=2**22, rows=2000, cell=20_000, depth=40, values=20_000)
SHEET = "xl/worksheets/sheet1.xml"

JSON_SEED = b"""{"metadata": {"mapping_framework": "m365", "attack_version": "16.1", "technology_domain": "enterprise",
"mapping_types": {"a": {"name": "A"}}, "capability_groups": {"g": "G"}}, "mapping_objects": [{"capability_id": "A-E3",
"capability_group": "g", "mapping_type": "a", "attack_object_id": "T1114", "score_category": "protect",
"score_value": "partial", "comments": "x", "references": ["https://example.org/"], "status": "complete"}]}"""
PAGE_SEED = b"""T1114 Email Collection Mappings
Capability ID Capability Description Mapping Type ATT&CK ID ATT&CK Name Notes
AC-03 Access Protects T1114 Email Collection
Comments
x
References
https://example.org/
ATT&CK Subtechniques
Technique ID Technique Name Number of Mappings
T1114.001 Local Email Collection 8
"""
STACK_SEED = b"""ATT&CK version: 9
name: Guard
platform: AWS
tags: [Mail]
techniques:
  - id: T1110
    technique-scores: [{category: Protect, value: Minimal, comments: x}]
    sub-techniques-scores:
      - sub-techniques: [{id: T1110.001}]
        scores: [{category: Detect, value: Partial}]
references: ['https://example.org/']
"""
ROWS_SEED = b"""[{"control": "A", "technique": ["T1114", "T1078"], "rating": {"value": "partial"}, "notes": null}]"""
DETTECT_SEED = b"""file_type: technique-administration
name: x
domain: enterprise-attack
platform: [Windows]
techniques:
- technique_id: T1114
  detection:
  - applicable_to: [servers]
    location: [EDR]
    score_logbook: [{date: 2026-01-05, score: 3, comment: x}]
  visibility: {applicable_to: [all], score_logbook: [{date: , score: -1}]}
"""
SIGMA_SEED = b"""title: Odd mail
id: 1b2c
status: deprecated
description: x
references: [https://example.org/]
tags: [attack.collection, attack.t1114.001]
logsource: {product: windows, category: process_creation}
detection: {condition: selection}
---
title: Much odd mail
correlation: {type: event_count}
"""
SPLUNK_SEED = b"""name: Odd mail
id: 1b2c
status: production
search: '| x'
data_source: [Mail]
tags: {mitre_attack_id: [T1114], asset_type: Endpoint}
"""
ELASTIC_SEED = b"""[metadata]
maturity = "production"
integration = ["endpoint"]
[rule]
name = "Odd mail"
rule_id = "1b2c"
tags = ["Data Source: Mail"]
[[rule.threat]]
framework = "MITRE ATT&CK"
[[rule.threat.technique]]
id = "T1114"
[[rule.threat.technique.subtechnique]]
id = "T1114.001"
"""
WORKBOOK_SEED = template("xlsx")
SHEET_SEED = zipfile.ZipFile(io.BytesIO(WORKBOOK_SEED)).read(SHEET)
LAYER_SEED = b"""{"name": "x", "versions": {"attack": "16", "navigator": "5.1.0", "layer": "4.5"},
"domain": "enterprise-attack", "techniques": [{"techniqueID": "T1114", "score": 1}],
"gradient": {"colors": ["#fff", "#000"], "minValue": 0, "maxValue": 3}}"""


def reader(form: FormatName) -> Callable[[bytes], None]:
    """Return a target that reads bytes as one form."""
    options = ReadOptions(format=form, limits=LIMITS)

    def target(data: bytes) -> None:
        try:
            product = make_layer(read_bytes(data, "x", options))
        except LayerError:
            raise
        except NavigatorExportError:
            return
        assert validate(product.text) == ()

    return target


def workbook(data: bytes) -> None:
    """Read bytes as the only sheet of an Excel file; alone, hardly any would get past the zip's check sums."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK_SEED)) as old, zipfile.ZipFile(made, "w") as new:
        for item in old.infolist():
            new.writestr(item.filename, data if item.filename == SHEET else old.read(item))
    reader("xlsx")(made.getvalue())


def reader_of_any(data: bytes) -> None:
    """Read bytes in the form that they tell."""
    try:
        make_layer(read_bytes(data, "x", ReadOptions(limits=LIMITS)))
    except LayerError:
        raise
    except NavigatorExportError:
        return


def read_back(data: bytes) -> None:
    """Read bytes as a layer file: what is read is the same after it was written."""
    try:
        file = read_layer_file(data, "x.json")
    except NavigatorExportError:
        return
    assert read_layer_file(encode_file(file), "x.json") == file


def checked(data: bytes) -> None:
    """Validate bytes as a layer file: `validate` never raises."""
    validate(data)


TARGETS: dict[str, tuple[Callable[[bytes], None], bytes]] = {
    "json": (reader("json"), JSON_SEED),
    "yaml": (reader("yaml"), template("yaml")),
    "csv": (reader("csv"), template("csv")),
    "xlsx": (workbook, SHEET_SEED),
    "page": (reader("page"), PAGE_SEED),
    "stack": (reader("stack"), STACK_SEED),
    "rows": (reader("rows"), ROWS_SEED),
    "dettect": (reader("dettect"), DETTECT_SEED),
    "sigma": (reader("sigma"), SIGMA_SEED),
    "splunk": (reader("splunk"), SPLUNK_SEED),
    "elastic": (reader("elastic"), ELASTIC_SEED),
    "any": (reader_of_any, b"Control;Technique\nA;T1114\n"),
    "layer": (read_back, LAYER_SEED),
    "validate": (checked, LAYER_SEED),
}


def main() -> None:
    """Fuzz the target that the first argument names."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in TARGETS:
        sys.exit(f"usage: fuzz.py {'|'.join(TARGETS)} [libFuzzer's options]")
    target, seed = TARGETS[name]
    kept = KEPT / name
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "seed").write_bytes(seed)
    os.chdir(KEPT)
    limits = ["-timeout=20", "-rss_limit_mb=2048", "-max_len=20000"]
    atheris.Setup([sys.argv[0], *limits, *sys.argv[2:], str(kept)], target)
    atheris.Fuzz()


if __name__ == "__main__":
    if set(FORMATS) - set(TARGETS):
        sys.exit(f"no target for {', '.join(set(FORMATS) - set(TARGETS))}")
    main()
