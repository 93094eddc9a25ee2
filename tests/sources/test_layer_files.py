from __future__ import annotations

import os
from pathlib import Path

import pytest

from navigator_export.errors import SourceError
from navigator_export.readers.options import Limits
from navigator_export.sources.layer_files import LayerFile, layer_files


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")


def test_word_of_no_folder_is_a_file_whether_it_is_there_or_not(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    for word in ("-", str(tmp_path / "a.txt"), str(tmp_path / "none"), "a\0b"):
        assert layer_files(word) == (LayerFile(word),)


def test_folder_gives_its_json_files_by_path_and_leaves_hidden_folders_alone(tmp_path: Path) -> None:
    make(tmp_path, "b.json", "a/c.JSON", "a/b/d.json", "B.yaml", ".git/e.json", ".hidden.json")
    assert layer_files(str(tmp_path)) == tuple(
        LayerFile(str(tmp_path / name), str(tmp_path)) for name in (".hidden.json", "a/b/d.json", "a/c.JSON", "b.json")
    )


def test_paths_start_as_the_folder_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "layers/a.json")
    monkeypatch.chdir(tmp_path)
    assert [file.word for file in layer_files(".")] == [str(Path("layers", "a.json"))]
    assert [file.word for file in layer_files("layers/")] == [str(Path("layers", "a.json"))]


def test_folder_without_json_is_an_error_that_names_it(tmp_path: Path) -> None:
    make(tmp_path, "a.yaml")
    with pytest.raises(SourceError, match=r"no \.json file in this folder") as caught:
        layer_files(str(tmp_path))
    assert caught.value.file == str(tmp_path)


def test_link_back_up_does_not_lead_in_circles(tmp_path: Path) -> None:
    make(tmp_path, "a/b.json")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    assert len(layer_files(str(tmp_path))) == 1


def test_more_files_than_the_limit_are_refused(tmp_path: Path) -> None:
    make(tmp_path, "a.yaml", *(f"{n}.json" for n in range(4)))
    assert len(layer_files(str(tmp_path), Limits(files=4))) == 4
    with pytest.raises(SourceError, match=r"more than 3 \.json files; name the folders"):
        layer_files(str(tmp_path), Limits(files=3))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads everything")
def test_folder_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    make(tmp_path, "a/b.json")
    (tmp_path / "a").chmod(0)
    try:
        with pytest.raises(SourceError, match="cannot be read"):
            layer_files(str(tmp_path))
    finally:
        (tmp_path / "a").chmod(0o700)
