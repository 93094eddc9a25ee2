"""One build at a time in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from navigator_export.attack import known
from navigator_export.build import build, check, drift, read_manifest
from navigator_export.build.paths import STAGING
from navigator_export.build.staging import Staging
from tests.build.manifests import NESTED, ONE, OTHER, built, checked, layers_in, manifest_file, settled, tree
from tests.made_inputs import Json
from tests.running import Run, start


def test_build_waits_for_the_one_at_work_and_says_so(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("navigator_export.build.lock.SILENCE", 0.01)
    path = manifest_file(tmp_path, OTHER)
    with Staging(str(tmp_path / "out")):
        process = start("build", path, "-o", tmp_path / "out")
        line = process.stderr.readline()
        assert not (tmp_path / "out/index.json").exists()
    process.communicate()
    assert process.returncode == 0
    assert line == b"waiting for another build in this folder to end\n"
    assert set(layers_in(tmp_path / "out")) == {"identity.json", "mail.json"}


def test_build_gives_up_where_others_never_end(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path, ONE)
    path = manifest_file(tmp_path, OTHER)
    monkeypatch.setattr("navigator_export.build.lock.SILENCE", 0.01)
    monkeypatch.setattr("navigator_export.build.lock.PATIENCE", 0.05)
    with Staging(str(tmp_path / "out")):
        before = tree(tmp_path / "out")
        outcome = run("build", path, "-o", tmp_path / "out")
        assert outcome.code == 2
        assert "other builds are at work in this folder" in outcome.err
        assert tree(tmp_path / "out") == before
    assert run("build", path, "-o", tmp_path / "out").code == 0


def test_builds_at_the_same_time_come_one_after_the_other(tmp_path: Path) -> None:
    """All end well, and the folder is what one of the manifests gives, never a mixture."""
    expected = []
    for name, text in (("one", ONE), ("other", OTHER), ("nested", NESTED)):
        manifest_file(tmp_path, text, f"{name}.yaml")
        expected.append(tree_of_build(tmp_path, f"{name}.yaml", name))
    for _ in range(3):
        builds = [
            start("build", tmp_path / f"{name}.yaml", "-o", tmp_path / "out")
            for name in ("one", "other", "nested", "one", "other")
        ]
        told = [process.communicate()[1] for process in builds]
        assert [process.returncode for process in builds] == [0] * len(builds), told
        assert tree(tmp_path / "out") in expected


def tree_of_build(folder: Path, manifest: str, output: str) -> dict[str, bytes]:
    """Return path to content of what a manifest gives."""
    build(read_manifest(str(folder / manifest)), str(folder / output), known())
    return tree(folder / output)


def test_lock_keeps_others_out_when_the_first_folder_is_gone(tmp_path: Path) -> None:
    """A build that waits has opened a lock that the first one removes; it must not take that for its own."""
    output = str(tmp_path / "out")
    with Staging(output):
        waiter = FileLock(tmp_path / "out" / STAGING / "lock")
        with pytest.raises(Timeout):
            waiter.acquire(timeout=0.01)
    assert not (tmp_path / "out").exists()
    with Staging(output), pytest.raises(Timeout):
        waiter.acquire(timeout=0.01)


def test_build_in_another_folder_does_not_wait(tmp_path: Path, run: Run) -> None:
    path = manifest_file(tmp_path, ONE)
    with Staging(str(tmp_path / "out")):
        assert run("build", path, "-o", tmp_path / "other").code == 0


def test_check_does_not_wait_for_layers_to_be_made(tmp_path: Path, run: Run) -> None:
    built(tmp_path, ONE)
    with Staging(str(tmp_path / "out")):
        assert run("build", tmp_path / "layers.yaml", "-o", tmp_path / "out", "--check").code == 0


def test_check_sees_no_folder_whose_files_are_being_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads before, or waits and reads after; here the build that it meets ends while it waits."""
    built(tmp_path, ONE)
    output = str(tmp_path / "out")
    staging = Staging(output)
    staging.__enter__()
    record = staging.record_file(b"x")
    record.parent.mkdir()
    record.write_bytes(b"x")
    (tmp_path / "out/e3.json").rename(tmp_path / "aside")

    def end_build(*_: Json, **__: Json) -> None:
        (tmp_path / "aside").rename(tmp_path / "out/e3.json")
        staging.finished = True
        staging.__exit__(None, None, None)
        monkeypatch.undo()

    monkeypatch.setattr(FileLock, "acquire", end_build)
    assert not checked(tmp_path, ONE)


def test_check_reads_again_where_a_build_came_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path, ONE)
    (tmp_path / "out/e3.json").unlink()
    manifest = settled(tmp_path, ONE)
    real = drift.own_files

    def build_between(output: str) -> set[str]:
        monkeypatch.undo()
        build(manifest, output, known())
        return real(output)

    monkeypatch.setattr(drift, "own_files", build_between)
    assert not check(manifest, str(tmp_path / "out"), known())
