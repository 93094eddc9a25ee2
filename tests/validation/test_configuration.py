from __future__ import annotations

from pathlib import Path

import pytest

from navigator_export.errors import SourceError
from navigator_export.validation.configuration import Configuration, find_configuration, read_configuration

OWN = ".navigator-export.toml"
WHOLE = """
select = ["technique-*", "link-protocol"]
ignore = ["technique-duplicate"]
strict = true
against = "20.0"

[per-file-ignores]
"old/*" = ["technique-revoked"]
"""


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode())
    return folder / name


def problems(folder: Path, text: str, name: str = OWN) -> list[tuple[str, str]]:
    """Return place and words of what is wrong in a configuration."""
    with pytest.raises(SourceError) as caught:
        read_configuration(write(folder, name, text))
    assert caught.value.file == str(folder / name)
    return [(problem.place, str(problem)) for problem in caught.value.problems]


@pytest.mark.parametrize("name", [OWN, "other.toml", "pyproject.toml"])
def test_every_key_is_read(name: str, tmp_path: Path) -> None:
    text = WHOLE
    if name == "pyproject.toml":
        text = "[tool.navigator-export]" + WHOLE.replace("[per", "[tool.navigator-export.per")
    file = write(tmp_path, name, text)
    assert read_configuration(file) == Configuration(
        file=str(file),
        select=("technique-*", "link-protocol"),
        ignore=("technique-duplicate",),
        per_file_ignores=(("old/*", ("technique-revoked",)),),
        strict=True,
        against="20.0",
    )


def test_empty_file_says_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, OWN, "")
    assert read_configuration(file) == Configuration(file=str(file))


def test_nearest_folder_upwards_counts(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    outer = write(tmp_path, OWN, "strict = true")
    assert find_configuration(inner) == Configuration(file=str(outer), strict=True)
    nearer = write(tmp_path / "a", "pyproject.toml", "[tool.navigator-export]\nignore = ['not-json']")
    assert find_configuration(inner) == Configuration(file=str(nearer), ignore=("not-json",))


def test_own_file_comes_before_pyproject_and_a_pyproject_without_the_table_is_passed_over(tmp_path: Path) -> None:
    outer = write(tmp_path, OWN, "strict = true")
    inner = tmp_path / "inner"
    write(inner, "pyproject.toml", "[tool.ruff]\nline-length = 100")
    assert find_configuration(inner).file == str(outer)
    write(inner, "pyproject.toml", "[tool.navigator-export]\n")
    assert find_configuration(inner).file == str(inner / "pyproject.toml")
    own = write(inner, OWN, "")
    assert find_configuration(inner).file == str(own)


def test_named_pyproject_has_to_have_the_table(tmp_path: Path) -> None:
    assert problems(tmp_path, "[tool.ruff]", "pyproject.toml") == [
        ("", "there is no table [tool.navigator-export]; add it")
    ]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("ignored = []", "ignored", "unknown key 'ignored'; nearest keys: ignore"),
        ('"a b" = 1', '"a b"', "unknown key 'a b'; known keys: "),
        ("ignore = 'not-json'", "ignore", "expected a list of rules"),
        ("select = [1]", "select", "expected a list of rules"),
        ("ignore = ['not-json', 'not-jsn']", "ignore[1]", "there is no rule 'not-jsn'; nearest rules: not-json"),
        ("strict = 'yes'", "strict", "expected true or false, not 'yes'"),
        ("against = 16.1", "against", "expected an ATT&CK release within quotation marks"),
        ("per-file-ignores = ['a']", "per-file-ignores", "expected a table of files"),
        ("per-file-ignores = {'a.json' = 'x'}", 'per-file-ignores."a.json"', "expected a list of rules"),
        ("per-file-ignores = {a = ['x']}", "per-file-ignores.a[0]", "there is no rule 'x'"),
        ("strict = yes", "line 1, column 10", "not valid TOML: invalid value"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(text: str, place: str, words: str, tmp_path: Path) -> None:
    [(found, message)] = problems(tmp_path, text)
    assert found == place
    assert message.startswith(words)


def test_every_problem_is_told_at_once_and_by_its_place_in_pyproject(tmp_path: Path) -> None:
    text = "[tool.navigator-export]\nstrict = 1\nignore = ['x']"
    places = [place for place, _ in problems(tmp_path, text, "pyproject.toml")]
    assert places == ["tool.navigator-export.strict", "tool.navigator-export.ignore[0]"]
    assert problems(tmp_path, "[tool]\nnavigator-export = 5", "pyproject.toml")[0][1] == "expected a table"


def test_file_that_is_not_utf8_or_not_there_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / OWN
    file.write_bytes(b"# a\n# \xe4\n")
    with pytest.raises(SourceError, match="line 2: error not UTF-8"):
        find_configuration(tmp_path)
    with pytest.raises(SourceError, match="there is no such file"):
        read_configuration(tmp_path / "none.toml")


def test_nesting_without_end_is_an_error(tmp_path: Path) -> None:
    [(_, message)] = problems(tmp_path, f"ignore = {'[' * 20000}{']' * 20000}")
    assert message == "nested too deeply"
