from __future__ import annotations

from pathlib import Path

import pytest

from tests.made_inputs import layer_bytes, mapping_file, rated_rows
from tests.running import Run


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    file = tmp_path / "layer.json"
    file.write_bytes(layer_bytes())
    return file


def test_layer_is_drawn_in_the_format_of_the_name(run: Run, layer: Path, tmp_path: Path) -> None:
    outcome = run("render", layer, "-o", tmp_path / "a.svg", "--page", "a3", "--theme", "dark")
    assert (outcome.code, outcome.out, outcome.err) == (0, b"", f"written: {tmp_path / 'a.svg'}\n")
    assert b'width="1587"' in (tmp_path / "a.svg").read_bytes()
    assert run("render", layer, "-o", tmp_path / "a.XLSX", "-q") == (0, b"", "")
    assert (tmp_path / "a.XLSX").read_bytes().startswith(b"PK")


def test_mapping_files_are_drawn_as_the_layer_that_export_makes(run: Run, tmp_path: Path) -> None:
    file = mapping_file(tmp_path, rated_rows())
    (tmp_path / "layer.json").write_bytes(run("export", file, "--tier", "E3", "-q").out)
    drawn = run("render", file, "--tier", "E3")
    assert drawn.code == 0
    assert drawn.out == run("render", tmp_path / "layer.json").out
    assert drawn.out.startswith(b"<svg")


def test_ids_are_shown_of_layers_too(run: Run, layer: Path) -> None:
    assert b'">T1114 Email' in run("render", layer, "--show-id").out
    assert b'">T1114 Email' not in run("render", layer).out


def test_several_layers_go_into_a_folder(run: Run, layer: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    outcome = run("render", layer, layer, "-o", f"{folder}/", "--format", "svg")
    assert outcome.code == 0
    assert sorted(file.name for file in folder.iterdir()) == ["mail-1.svg", "mail-2.svg"]
    refused = run("render", layer, layer, "-o", tmp_path / "a.svg")
    assert (refused.code, (tmp_path / "a.svg").exists()) == (2, False)
    assert "one file holds one layer, and these are 2; name a folder with -o" in refused.err


def test_name_without_a_format_is_refused(run: Run, layer: Path, tmp_path: Path) -> None:
    outcome = run("render", layer, "-o", tmp_path / "a.doc")
    assert outcome.code == 2
    assert "end it like .svg, .html, .xlsx, .png, .pdf, or say --format" in outcome.err


def test_layer_is_not_written_over(run: Run, layer: Path) -> None:
    outcome = run("render", layer, "-o", layer, "--format", "svg")
    assert (outcome.code, layer.read_bytes()) == (2, layer_bytes())
    assert "was read as an input" in outcome.err


def test_selection_of_a_layer_is_refused(run: Run, layer: Path) -> None:
    assert run("render", layer, "--tier", "E3").code == 2


def test_techniques_in_no_cell_are_warned_of(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "old.json"
    file.write_bytes(layer_bytes(techniques=[{"techniqueID": "T1086", "score": 1}]))
    outcome = run("render", file)
    assert outcome.code == 0
    assert "warning Mail: 1 annotated id is in no cell of ATT&CK 16.1: T1086" in outcome.err


def test_layer_of_another_matrix_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "atlas.json"
    file.write_bytes(layer_bytes(domain="atlas-atlas"))
    outcome = run("render", file)
    assert outcome.code == 2
    assert "$.domain: error this layer is of another matrix than ATT&CK's" in outcome.err


def test_small_print_is_warned_of(run: Run, layer: Path) -> None:
    outcome = run("render", layer, "--page", "a4", "--sub-techniques", "all")
    assert "points high on a4; --only-scored, --sub-techniques none or another --page make them larger" in outcome.err


def test_time_of_a_workbook_is_the_one_of_the_environment(
    run: Run, layer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(name: str) -> bytes:
        assert run("render", layer, "-o", tmp_path / name).code == 0
        return (tmp_path / name).read_bytes()

    first = made("a.xlsx")
    assert first == made("b.xlsx")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")
    assert made("c.xlsx") != first
