"""`convert`: any source as unified JSON that is valid and gives the same layer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from navigator_export import Recipe, make_layer, read, schemas
from tests.made_inputs import make_row, mapping_file
from tests.mappings_explorer import MAPPINGS_EXPLORER
from tests.readers.test_page import PAGE
from tests.readers.test_stack import CONTROL
from tests.real_inputs import shared
from tests.running import Run

CSV = "Control,Name,Family,Technique,Category,Score,Notes,Links\n" + (
    'AC-1,Access,Mail,"T1114, t1114.3",Protect,Partial,"why, so",https://example.org/a javascript:x\n'
    "AC-2,Guests,,n/a,,,,\n"
    "=cmd|x,Odd,,T1078,detect,minimal,=1+1,\n"
)


def layer_techniques(source: Path) -> object:
    return json.loads(make_layer(read(source), Recipe(comments="full")).text)["techniques"]


def written(tmp_path: Path, name: str, text: str) -> Path:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(("name", "text"), [("own.csv", CSV), ("guard.yaml", CONTROL)])
def test_converted_file_is_valid_and_gives_the_same_layer(run: Run, tmp_path: Path, name: str, text: str) -> None:
    source, target = written(tmp_path, name, text), tmp_path / "out.json"
    outcome = run("convert", source, "-o", target)
    assert outcome.code == 0
    assert f"written: {target}" in outcome.err
    document = json.loads(target.read_bytes())
    assert schemas.is_valid("mappings", document)
    assert layer_techniques(target) == layer_techniques(source)
    one, other = read(source), read(target)
    assert len(one.unmapped) == len(other.unmapped) == (name == "own.csv")
    assert one.capabilities == other.capabilities


@pytest.mark.parametrize("suffix", ["csv", "yaml", "xlsx"])
def test_published_exports_convert_to_the_rows_of_the_json(run: Run, tmp_path: Path, suffix: str) -> None:
    name = "aws-12.12.2024_attack-16.1-enterprise"
    outcome = run("convert", shared(f"corpus/exports/{name}.{suffix}"), "-q")
    original = json.loads(shared(f"corpus/mappings/{name}.json").read_bytes())
    rows = json.loads(outcome.out)["mapping_objects"]
    assert len(rows) == len(original["mapping_objects"])
    for field in ("capability_id", "attack_object_id", "score_category", "score_value", "mapping_type", "status"):
        assert [row.get(field) for row in rows] == [row.get(field) for row in original["mapping_objects"]]


def test_json_converts_to_itself_but_for_cleaning(run: Run, tmp_path: Path) -> None:
    source = mapping_file(tmp_path, [make_row("A ", comments=" said\r\n", references=["https://example.org/a", "x"])])
    [row] = json.loads(run("convert", source).out)["mapping_objects"]
    assert row["capability_id"] == "A"
    assert row["comments"] == "said"
    assert row["references"] == ["https://example.org/a", "x"]
    assert row["attack_object_name"] == "Email Collection"
    assert row["capability_group"] == "mail"


def test_several_frameworks_go_into_a_folder(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path, "page.txt", PAGE)
    outcome = run("convert", source, "-o", tmp_path / "one.json")
    assert outcome.code == 2
    assert "these are m365 at 20.0, nist_800_53 at 20.0" in outcome.err
    assert not (tmp_path / "one.json").exists()
    assert run("convert", source, "-o", f"{tmp_path}/out/", "--source-attack-version", "14.1").code == 0
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "m365_attack-14.1-enterprise.json",
        "nist_800_53_attack-14.1-enterprise.json",
    ]
    assert run("convert", source, "-o", tmp_path / "one.json", "--source-framework", "x").code == 0


def test_source_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path, "own.csv", CSV)
    outcome = run("convert", source, "-o", source)
    assert outcome.code == 2
    assert "was read as an input" in outcome.err
    assert source.read_text("utf-8") == CSV


def test_what_is_wrong_is_told_and_nothing_written(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path, "own.csv", CSV.replace("t1114.3", "t111"))
    outcome = run("convert", source, "-o", tmp_path / "out.json")
    assert outcome.code == 2
    assert "row 2, column Technique: error 't111' is not a technique id" in outcome.err
    assert not (tmp_path / "out.json").exists()


def test_file_name_is_safe(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path, "own.csv", CSV)
    assert run("convert", source, "-o", f"{tmp_path}/out/", "--source-framework", "../../x/y").code == 0
    [file] = (tmp_path / "out").iterdir()
    assert file.name == "......x.y_attack-20.0-enterprise.json"


def test_reading_options_are_shared_and_in_the_command(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path, "own.csv", "What;Where;How\nA;T1114;High\n")
    options = (
        *("--column", "capability_id=What", "--column", "technique_id=B", "--column", "value=How"),
        *("--rating", "High=protect significant", "--source-framework", "mine", "--source-attack-version", "16.1"),
        *("--limit", "rows=10"),
    )
    for command in ("export", "inspect", "convert"):
        assert run(command, source, *options).code == 0
    command = next(
        item["value"]
        for item in json.loads(run("export", source, *options).out)["metadata"]
        if item.get("name") == "command"
    )
    assert command == (
        "navigator-export export own.csv --source-framework=mine --source-attack-version=16.1 "
        "--column=capability_id=What --column=technique_id=B --column=value=How "
        "'--rating=High=protect significant' --limit=rows=10"
    )


@pytest.mark.parametrize(
    "option",
    [
        ("--column", "x"),
        ("--column", "=x"),
        ("--rating", "High"),
        ("--limit", "bytes"),
        ("--limit", "bites=1"),
        ("--limit", "bytes=0"),
        ("--limit", "bytes=1TB"),
        ("--format", "docx"),
        ("--source-domain", "space"),
    ],
)
def test_reading_options_that_are_wrong(run: Run, option: tuple[str, str]) -> None:
    outcome = run("export", "sample", *option)
    assert outcome.code == 2
    assert option[0] in outcome.err


def test_limits_have_units(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path, "own.csv", CSV + "A,,,T1114,,,,\n" * 200)
    assert run("export", source, "--limit", "bytes=1kB").code == 2
    assert run("export", source, "--limit", "bytes=1MB").code == 0


def test_rows_are_shown_with_what_they_are_taken_for(run: Run, tmp_path: Path) -> None:
    source = written(
        tmp_path, "own.csv", CSV + 'AC-1,Access,Mail,T1114,protect,partial,"why, so",https://example.org/a\n'
    )
    rows = json.loads(run("inspect", source, "--rows", "--json").out)["rows"]
    assert [(row["place"], row["taken_as"], row["technique"]) for row in rows] == [
        ("row 2", "mapping", "T1114"),
        ("row 2", "mapping", "T1114.003"),
        ("row 3", "no technique", ""),
        ("row 4", "mapping", "T1078"),
        ("row 5", "repeated", "T1114"),
    ]
    shown = run("inspect", source, "--rows").out.decode()
    for words in ("csv: list with", "separator", "comma", "column Technique", "technique_id", "Rows, and what each"):
        assert words in shown
    assert "Rows, and what each" not in run("inspect", source).out.decode()


def test_a_list_becomes_a_file_that_mappings_explorer_accepts(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    outcome = run("convert", written(tmp_path, "own.csv", CSV))
    assert list(MAPPINGS_EXPLORER.iter_errors(json.loads(outcome.out))) == []
    assert "warning own: no creation date is stated; it is 01/02/1970, on which this was written" in outcome.err


def test_time_that_is_none_is_told(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    outcome = run("convert", written(tmp_path, "own.csv", CSV))
    assert outcome.code == 2
    assert "SOURCE_DATE_EPOCH: error 'soon' is no time" in outcome.err
