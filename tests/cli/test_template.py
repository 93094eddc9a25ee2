"""`template`: a list to start with, which goes through `export` as it is."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest

from navigator_export import read
from navigator_export.readers.lists.columns import FIELDS
from navigator_export.readers.lists.template import FORMATS, neutral, template
from tests.running import Run


@pytest.mark.parametrize("form", FORMATS)
def test_template_goes_through_export(run: Run, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"own.{form}"
    made = run("template", form, "-o", file)
    assert made.code == 0
    assert f"navigator-export export {file}" in made.err
    outcome = run("export", file)
    assert outcome.code == 0
    assert "warning" not in outcome.err
    assert [t["techniqueID"] for t in json.loads(outcome.out)["techniques"]] == ["T1114.003"]


def test_list_that_is_there_is_not_written_over(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("Control ID,Technique\nC-1,T1078\n", "utf-8")
    outcome = run("template", "csv", "-o", file)
    assert (outcome.code, file.read_text("utf-8")) == (2, "Control ID,Technique\nC-1,T1078\n")
    assert f"{file}: error is there already, and may be a list of yours; name another file" in outcome.err


def test_templates_say_the_same(tmp_path: Path) -> None:
    found = []
    for form in FORMATS:
        file = tmp_path / f"own.{form}"
        file.write_bytes(template(form))
        mappings = read(file)
        found.append((mappings.mappings, mappings.capabilities))
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("form", FORMATS)
def test_template_is_the_same_every_time(form: str) -> None:
    if form != "xlsx":
        assert template(form) == template(form)


def test_csv_is_the_default_and_goes_to_stdout(run: Run) -> None:
    outcome = run("template")
    assert outcome.out == template("csv")
    assert outcome.err == ""


def test_template_explains_every_column() -> None:
    text = template("csv").decode("utf-8-sig")
    header = next(line for line in text.splitlines() if line.startswith("capability_id"))
    for column in header.split(","):
        assert f"# {column} (" in text
    required = {field.option for field in FIELDS.values() if field.required}
    assert required == {"capability_id", "technique_id"}
    assert all(f"{option} (required)" in text for option in required)
    workbook = openpyxl.load_workbook(io.BytesIO(template("xlsx")))
    explained = {row[0] for row in workbook["Explanations"].iter_rows(values_only=True)}
    assert set(header.split(",")) <= explained


def test_excel_is_refused_to_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    outcome = run("template", "xlsx")
    assert (outcome.code, outcome.out) == (2, b"")
    assert "refusing to write Excel to a terminal; name a file with -o" in outcome.err


def test_unknown_form(run: Run) -> None:
    outcome = run("template", "docx")
    assert outcome.code == 2
    assert "csv" in outcome.err


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_what_a_spreadsheet_would_work_out_is_written_as_text(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "x", "1=1", "T1114"])
def test_other_text_is_written_as_it_is(text: str) -> None:
    assert neutral(text) == text
