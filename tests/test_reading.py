from __future__ import annotations

from pathlib import Path

import pytest

from navigator_export import read, read_bytes
from tests.made_inputs import NIST, mapping_bytes, mapping_file, rated_rows, unrated_rows


def test_a_path_is_read_in_any_form(tmp_path: Path) -> None:
    file = mapping_file(tmp_path, rated_rows())
    assert read(file) == read(str(file)) == read_bytes(file.read_bytes(), file.name)


def test_source_is_named_without_its_folder(tmp_path: Path) -> None:
    assert read(mapping_file(tmp_path, rated_rows())).sources[0].name == "mappings.json"


def test_several_paths_make_one_set(tmp_path: Path) -> None:
    files = (mapping_file(tmp_path, rated_rows(), "a.json"), mapping_file(tmp_path, unrated_rows(), "b.json", **NIST))
    assert [source.name for source in read(*files).sources] == ["a.json", "b.json"]


def test_sample_is_built_in_and_needs_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sample = read("sample")
    assert [source.name for source in sample.sources] == ["sample/m365.json", "sample/nist_800_53.json"]
    assert {m.technique for m in sample.mappings} == {"T1114", "T1114.001", "T1114.002", "T1114.003"}
    assert sample.sources[0].remarks == sample.sources[1].remarks == ()


def test_a_file_called_sample_is_read_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mapping_file(tmp_path, rated_rows(), "sample")
    monkeypatch.chdir(tmp_path)
    assert len(read("./sample").mappings) == 7


def test_bytes_and_file_are_the_same_source(tmp_path: Path) -> None:
    data = mapping_bytes(rated_rows())
    (tmp_path / "x.json").write_bytes(data)
    assert read(tmp_path / "x.json").sources == read_bytes(data, "x.json").sources
