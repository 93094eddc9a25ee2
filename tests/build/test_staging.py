"""Where the files of a build wait: nothing is left lying about."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from navigator_export.build.paths import STAGING
from navigator_export.build.placing import put_in_place
from navigator_export.build.staging import Staging
from navigator_export.errors import OutputError
from tests.build.manifests import INDEX_FILES, ONE, built, tree


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
def test_git_takes_nothing_of_a_build_but_its_files(tmp_path: Path) -> None:
    def added() -> list[str]:
        subprocess.run(["git", "add", "--all", "out"], cwd=tmp_path, check=True)
        listed = subprocess.run(["git", "ls-files"], cwd=tmp_path, check=True, capture_output=True)
        return sorted(listed.stdout.decode().split())

    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    built(tmp_path, ONE)
    files = sorted(f"out/{name}" for name in ("e3.json", "e5.json", *INDEX_FILES))
    assert added() == files
    with Staging(str(tmp_path / "out")) as staging:
        staging.keep("e7.json", b"{}")
        assert added() == files


def test_what_a_killed_build_left_is_cleared_away(tmp_path: Path) -> None:
    built(tmp_path, ONE)
    expected = tree(tmp_path / "out")
    left = tmp_path / "out" / STAGING
    (left / "files/deep").mkdir(parents=True)
    (left / "files/deep/stale.json").write_text("{}")
    (left / "files/e3.json").write_text("{}")
    (left / "lock").write_bytes(b"")
    (left / "link").symlink_to(tmp_path / "m365.json")
    built(tmp_path, ONE)
    assert tree(tmp_path / "out") == expected
    assert (tmp_path / "m365.json").exists()


def test_staging_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.txt").write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / STAGING).symlink_to(elsewhere)
    with suppress(OutputError):
        built(tmp_path, ONE)
    assert tree(elsewhere) == {"mine.txt": b"mine"}


def test_staging_takes_any_files_and_forgets_them(tmp_path: Path) -> None:
    output = str(tmp_path / "out")
    with Staging(output) as staging:
        assert staging.keep("a/b.json", b"1") == "written"
        assert staging.keep("c.json", b"2") == "written"
        assert staging.files() == ("a/b.json", "c.json")
        assert put_in_place(staging, output, []) == ()
        assert staging.files() == ()
    assert tree(tmp_path / "out") == {"a/b.json": b"1", "c.json": b"2"}
    shutil.rmtree(tmp_path / "out")
