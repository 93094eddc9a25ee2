from __future__ import annotations

from pathlib import Path

import pytest

from navigator_export.analysis.commands import command_line, without_folder
from navigator_export.readers.options import ReadOptions
from navigator_export.recipe import Recipe
from navigator_export.selection import Selection
from tests.made_inputs import mapping_file, rated_rows


def test_command_has_what_was_asked_and_nobodys_folders(tmp_path: Path) -> None:
    file = mapping_file(tmp_path, rated_rows(), "our list.json")
    recipe = Recipe(selection=Selection(tier="E3"))
    again = command_line("gaps", [str(file)], [("threat", "APT29"), ("with-software", None)], recipe, ReadOptions())
    assert again == "navigator-export gaps 'our list.json' --threat=APT29 --with-software --tier=E3"


@pytest.mark.parametrize(
    ("word", "named"),
    [
        ("APT29", "APT29"),
        ("sample", "sample"),
        ("-", "-"),
        ("https://me:secret@example.org/a.json?key=secret", "https://example.org/a.json"),
    ],
)
def test_what_is_no_file_keeps_its_name_and_no_secret(word: str, named: str) -> None:
    assert without_folder(word) == named


def test_file_that_looks_like_an_option_is_told_from_one(tmp_path: Path) -> None:
    assert without_folder(str(mapping_file(tmp_path, rated_rows(), "-x.json"))) == "./-x.json"
