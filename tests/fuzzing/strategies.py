"""Hypothesis strategies for mapping sets, for the files that hold them, and for such files broken."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import yaml
from hypothesis import strategies as st

from tests.made_inputs import mapping_document
from tests.readers.lists.made_lists import exported_rows, xlsx_bytes

Document = dict[str, Any]

ids = st.from_regex(r"[A-Z]{2,4}-[0-9]{1,2}(-E[35])?", fullmatch=True)
techniques = st.sampled_from(["T1114", "T1114.003", "T1078", "T1566", "T1110.001", "T1053.001", "T9999"])
words = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\ufffe\uffff"), max_size=30
)
addresses = st.sampled_from(["https://example.org/a", "http://b.example/?x='y'", "javascript:alert(1)", "no address"])


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """Draw one row; its capability always has the same name, as in most published files."""
    capability = draw(ids)
    return {
        "capability_id": capability,
        "capability_description": f"Name of {capability}",
        "capability_group": draw(st.sampled_from(["mail", "identity"])),
        "mapping_type": "technique_score",
        "attack_object_id": draw(st.none() | techniques),
        "score_category": draw(st.sampled_from([None, "protect", "detect", "respond"])),
        "score_value": draw(st.sampled_from([None, "minimal", "partial", "significant"])),
        "comments": draw(words),
        "references": draw(st.lists(addresses, max_size=2)),
        "status": "complete",
    }


def mapping_documents() -> st.SearchStrategy[Document]:
    """Return a strategy for unified documents."""
    return st.lists(rows(), min_size=1, max_size=8).map(mapping_document)


def as_json(document: Document) -> bytes:
    """Return a document as unified JSON."""
    return json.dumps(document).encode()


def as_yaml(document: Document) -> bytes:
    """Return a document as unified YAML."""
    return yaml.safe_dump(document, allow_unicode=True).encode()


def as_csv(document: Document) -> bytes:
    """Return a document as the list that Mappings Explorer exports."""
    text = io.StringIO()
    csv.writer(text).writerows(_cells(document))
    return text.getvalue().encode()


def as_xlsx(document: Document) -> bytes:
    """Return a document as the Excel file that Mappings Explorer exports."""
    return xlsx_bytes(_cells(document))


def _cells(document: Document) -> list[list[str]]:
    rows = exported_rows(document)
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def as_page(document: Document) -> bytes:
    """Return the rows of a document as a technique's page."""
    lines = [
        "T1114 Email Collection Mappings",
        "Capability ID Capability Description Mapping Type ATT&CK ID ATT&CK Name Notes",
    ]
    for row in document["mapping_objects"]:
        lines.append(f"{row['capability_id']} {row['capability_description']} Protects T1114 Email Collection")
        lines += ["Comments", row["comments"], "References", *row["references"]]
    return "\n".join(lines).encode()


def as_stack(document: Document) -> bytes:
    """Return the rows of a document as one control of a security stack."""
    scored = [
        {
            "id": row["attack_object_id"] or "T1114",
            "technique-scores": [
                {
                    "category": (row["score_category"] or "protect").title(),
                    "value": (row["score_value"] or "minimal").title(),
                    "comments": row["comments"],
                }
            ],
        }
        for row in document["mapping_objects"]
    ]
    control = {"ATT&CK version": 9, "name": "Guard", "platform": "AWS", "tags": ["Mail"], "techniques": scored}
    return yaml.safe_dump(control, allow_unicode=True, sort_keys=False).encode()


def as_rows(document: Document) -> bytes:
    """Return the rows of a document as a list of objects."""
    return json.dumps([{key: row[key] for key in row if key != "references"} for row in _objects(document)]).encode()


def as_dettect(document: Document) -> bytes:
    """Return the rows of a document as a technique administration."""
    scores = {None: -1, "minimal": 1, "partial": 3, "significant": 4}
    techniques = [
        {
            "technique_id": row["attack_object_id"] or "T1114",
            "detection": [
                {
                    "applicable_to": [row["capability_group"]],
                    "location": [row["capability_id"]],
                    "comment": row["comments"],
                    "score_logbook": [{"date": "2026-01-05", "score": scores[row["score_value"]], "comment": ""}],
                }
            ],
            "visibility": {"applicable_to": ["all"], "score_logbook": [{"date": None, "score": 2}]},
        }
        for row in _objects(document)
    ]
    administration = {"file_type": "technique-administration", "name": "x", "platform": ["Windows"]}
    return yaml.safe_dump(administration | {"techniques": techniques}, allow_unicode=True).encode()


def as_sigma(document: Document) -> bytes:
    """Return the rows of a document as Sigma rules in one file."""
    rules = [
        {
            "title": row["capability_description"],
            "id": row["capability_id"],
            "status": "stable",
            "description": row["comments"],
            "references": row["references"],
            "tags": ["attack.execution", f"attack.{(row['attack_object_id'] or 't1114').lower()}"],
            "logsource": {"product": row["capability_group"]},
            "detection": {"condition": "selection"},
        }
        for row in _objects(document)
    ]
    return yaml.safe_dump_all(rules, allow_unicode=True).encode()


def as_splunk(document: Document) -> bytes:
    """Return the rows of a document as one detection of Splunk."""
    first = _objects(document)[0]
    detection = {
        "name": first["capability_description"],
        "id": first["capability_id"],
        "search": "| x",
        "description": first["comments"],
        "data_source": ["Mail", "Web"],
        "tags": {"mitre_attack_id": [row["attack_object_id"] or "T1114" for row in _objects(document)]},
    }
    return yaml.safe_dump(detection, allow_unicode=True, sort_keys=False).encode()


def as_elastic(document: Document) -> bytes:
    """Return the rows of a document as one rule of Elastic; JSON's texts are TOML's too."""
    first = _objects(document)[0]
    said = {"rule_id": first["capability_id"], "name": first["capability_description"], "tags": ["Data Source: Mail"]}
    lines = ["[metadata]", 'maturity = "production"', "[rule]", *(f"{k} = {json.dumps(v)}" for k, v in said.items())]
    lines += ["[[rule.threat]]", 'framework = "MITRE ATT&CK"']
    for row in _objects(document):
        lines += ["[[rule.threat.technique]]", f'id = "{row["attack_object_id"] or "T1114"}"']
    return "\n".join(lines).encode()


def _objects(document: Document) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["mapping_objects"]
    return found


FORMS: dict[str, Callable[[Document], bytes]] = {
    "json": as_json,
    "yaml": as_yaml,
    "csv": as_csv,
    "xlsx": as_xlsx,
    "page": as_page,
    "stack": as_stack,
    "rows": as_rows,
    "dettect": as_dettect,
    "sigma": as_sigma,
    "splunk": as_splunk,
    "elastic": as_elastic,
}


@st.composite
def broken_files(draw: st.DrawFn, form: str) -> bytes:
    """Draw a file of a form with a few bytes cut, doubled, replaced or put in; of Excel, in one of its parts."""
    data = FORMS[form](draw(mapping_documents()))
    if form != "xlsx" or draw(st.booleans()):
        return draw(_broken(data))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        part = draw(st.sampled_from([item.filename for item in old.infolist()]))
        for item in old.infolist():
            text = old.read(item)
            new.writestr(item.filename, draw(_broken(text)) if item.filename == part else text)
    return made.getvalue()


_PIECES = (
    *(
        b"",
        b"\0",
        b"\xff",
        b"\xc2\x9b",
        b"\x1b[31m",
        b'"',
        b"'",
        b"[",
        b"{",
        b"]",
        b"}",
        b",",
        b";",
        b":",
        b"\n",
        b"\t",
    ),
    *(b"null", b"NaN", b"1e999", b"-1", b'\\ud800"', b"&a", b"*a", b"!!python/object:x", b"<<: *a", b"---\n", b"? "),
    *(b"<!DOCTYPE x>", b"<", b"/>", b"&#0;", b"T1114", b"T11145", b"16.1", b"protect", b"99999999999999999999"),
)


@st.composite
def _broken(draw: st.DrawFn, data: bytes) -> bytes:
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 0, 1, 2, 10, 200])))
        piece = draw(st.sampled_from(_PIECES) | st.binary(max_size=6) | st.just(data[start:end] * 2))
        data = data[:start] + piece + data[end:]
    return data
