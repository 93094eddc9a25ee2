"""Files put in place: all of them or none, whatever stands in the way and whenever it is interrupted."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from navigator_export.build.batch import IN_PLACE
from navigator_export.build.paths import STAGING
from navigator_export.build.placing import _forget, _restore
from navigator_export.build.staging import _remove
from navigator_export.errors import OutputError
from tests.build.manifests import (
    INDEX_FILES,
    NESTED,
    ONE,
    OTHER,
    built,
    failing,
    layers_in,
    listing,
    manifest_file,
    rebuilt,
    tree,
)
from tests.made_inputs import Json
from tests.running import Run

# ---- what is there afterwards ----------------------------------------------------------------------------------------


def test_folder_holds_layers_and_index_and_nothing_else(tmp_path: Path) -> None:
    built(tmp_path, ONE)
    assert set(tree(tmp_path / "out")) == {"e3.json", "e5.json"} | INDEX_FILES
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"e3.json", "e5.json"} | INDEX_FILES


def test_folders_that_are_missing_are_made(tmp_path: Path) -> None:
    built(tmp_path, ONE, "new/and/deep")
    assert set(layers_in(tmp_path / "new/and/deep")) == {"e3.json", "e5.json"}


def test_files_have_the_mode_of_any_new_file(tmp_path: Path) -> None:
    built(tmp_path, ONE)
    (tmp_path / "usual").write_bytes(b"")
    usual = (tmp_path / "usual").stat().st_mode
    assert {path.stat().st_mode for path in (tmp_path / "out").iterdir()} == {usual}


# ---- what stands in the way ------------------------------------------------------------------------------------------


def test_mode_of_a_file_that_is_replaced_is_kept(tmp_path: Path) -> None:
    built(tmp_path, ONE)
    (tmp_path / "out/e3.json").chmod(0o600)
    (tmp_path / "out/index.json").chmod(0o664)
    built(tmp_path, ONE)
    assert stat.S_IMODE((tmp_path / "out/e3.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "out/index.json").stat().st_mode) == 0o664


@pytest.mark.parametrize("name", ["e3.json", "index.json", "SHA256SUMS"])
@pytest.mark.parametrize("text", [ONE, OTHER])
def test_read_only_file_is_neither_replaced_nor_removed(name: str, text: str, tmp_path: Path) -> None:
    built(tmp_path, ONE)
    before = tree(tmp_path / "out")
    (tmp_path / "out" / name).chmod(0o444)
    with pytest.raises(OutputError, match=f"{name}: error is read-only"):
        built(tmp_path, text)
    assert tree(tmp_path / "out") == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.parametrize("name", ["e3.json", "index.json", "SHA256SUMS"])
def test_pipe_in_the_place_of_a_file_is_not_opened(name: str, tmp_path: Path, run: Run) -> None:
    """It would keep a build or a check waiting for ever."""
    built(tmp_path, ONE)
    before = tree(tmp_path / "out")
    (tmp_path / "out" / name).unlink()
    os.mkfifo(tmp_path / "out" / name)
    os.mkfifo(tmp_path / "out/other.json")
    arguments = ("build", tmp_path / "layers.yaml", "-o", tmp_path / "out")
    outcome = run(*arguments, "--check")
    assert (outcome.code, outcome.out.decode()) == (1, f"stale: {name}\n")
    outcome = run(*arguments)
    assert outcome.code == 2
    assert f"{name}: error cannot be written: it is a pipe or a device, and no file" in outcome.err
    assert tree(tmp_path / "out") == {path: data for path, data in before.items() if path != name}


# ---- interruptions ---------------------------------------------------------------------------------------------------


def replaced(times: int, calls: list[Path]) -> Callable[[Path, Path], Path]:
    """Return a `Path.replace` that is interrupted once after some times, and again at the first step of the undoing."""
    real = Path.replace

    def replaces(self: Path, target: Path) -> Path:
        calls.append(Path(target))
        result = real(self, target)
        if len(calls) in (times, times + 1):
            raise KeyboardInterrupt
        return result

    return replaces


@pytest.mark.parametrize("times", range(1, 8))
def test_build_that_is_interrupted_twice_leaves_everything_as_it_was(
    times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(tmp_path, ONE)
    (tmp_path / "out/e3.json").chmod(0o600)
    before = tree(tmp_path / "out")
    manifest_file(tmp_path, NESTED)
    calls: list[Path] = []
    monkeypatch.setattr(Path, "replace", replaced(times, calls))
    with pytest.raises(KeyboardInterrupt) as error:
        rebuilt(tmp_path)
    monkeypatch.undo()
    assert len(calls) >= times
    assert not hasattr(error.value, "__notes__")
    assert tree(tmp_path / "out") == before
    assert not (tmp_path / "out" / STAGING).exists()
    assert not (tmp_path / "out/e3").exists()
    assert stat.S_IMODE((tmp_path / "out/e3.json").stat().st_mode) == 0o600


def test_steps_are_undone_last_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that at any moment, should a kill come too, the folder is one that some moment of the build has seen."""
    built(tmp_path, ONE)
    before = tree(tmp_path / "out")
    manifest_file(tmp_path, OTHER)
    undone: list[str] = []

    def restore(kept: Path, target: Path) -> None:
        undone.append(target.name)
        _restore(kept, target)

    def forget(root: Path, path: str) -> None:
        undone.append(path)
        _forget(root, path)

    monkeypatch.setattr("navigator_export.build.placing._restore", restore)
    monkeypatch.setattr("navigator_export.build.placing._forget", forget)
    monkeypatch.setattr(Path, "replace", failing(4, Path.replace))
    assert "no space left" in outcome_of(tmp_path)
    assert undone == ["index.json", "SHA256SUMS", "INDEX.md", "e5.json", "e3.json", "mail.json", "identity.json"]
    assert tree(tmp_path / "out") == before


def test_interruption_after_the_last_step_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest_file(tmp_path, ONE)
    interruptions = [KeyboardInterrupt]

    def remove(entry: Path) -> None:
        if interruptions:
            raise interruptions.pop()
        _remove(entry)

    monkeypatch.setattr("navigator_export.build.staging._remove", remove)
    with pytest.raises(KeyboardInterrupt) as error:
        rebuilt(tmp_path)
    assert error.value.__notes__ == [IN_PLACE]
    assert set(tree(tmp_path / "out")) == {"e3.json", "e5.json"} | INDEX_FILES


# ---- what cannot be written ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", range(8))
@pytest.mark.parametrize("method", ["write_bytes", "replace", "unlink", "mkdir"])
def test_write_that_fails_leaves_everything_as_it_was(
    method: str, times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(tmp_path, ONE)
    expected = tree(tmp_path / "out")
    manifest_file(tmp_path, NESTED)
    with monkeypatch.context() as patched:
        patched.setattr(Path, method, failing(times, getattr(Path, method)))
        failure = outcome_of(tmp_path)
    if failure:
        assert "no space left on device" in failure
        assert tree(tmp_path / "out") == expected
    else:
        layers = {path for path in layers_in(tmp_path / "out") if not path.startswith(STAGING)}
        assert layers == {f"{t}/{g}/x.json" for t in ("e3", "e5") for g in GROUPS}
    # What hinders the build from clearing away after itself is left to the next one.
    assert method == "unlink" or not (tmp_path / "out" / STAGING).exists()
    built(tmp_path, ONE)
    assert tree(tmp_path / "out") == expected


GROUPS = ("identity", "mail")


def outcome_of(folder: Path) -> str:
    """Return why a build fails; empty where it does not."""
    try:
        rebuilt(folder)
    except OutputError as error:
        return str(error)
    return ""


def test_folder_in_the_place_of_a_layer_leaves_everything_as_it_was(tmp_path: Path) -> None:
    built(tmp_path, OTHER)
    (tmp_path / "out/e5.json").mkdir()
    before = tree(tmp_path / "out")
    with pytest.raises(OutputError, match=r"e5\.json"):
        built(tmp_path, ONE)
    assert tree(tmp_path / "out") == before
    assert not (tmp_path / "out" / STAGING).exists()


def test_file_in_the_place_of_a_folder_leaves_everything_as_it_was(tmp_path: Path) -> None:
    built(tmp_path, OTHER)
    (tmp_path / "out/e5").write_text("mine")
    before = tree(tmp_path / "out")
    with pytest.raises(OutputError):
        built(tmp_path, NESTED)
    assert tree(tmp_path / "out") == before


@pytest.mark.parametrize("output", ["file", "file/below"])
def test_output_that_is_a_file_is_told(output: str, tmp_path: Path, run: Run) -> None:
    path = manifest_file(tmp_path, ONE)
    (tmp_path / "file").write_text("mine")
    before = listing(tmp_path)
    outcome = run("build", path, "-o", tmp_path / output)
    assert outcome.code == 2
    assert "cannot be written" in outcome.err
    assert listing(tmp_path) == before


def test_build_that_fails_leaves_no_new_folder(tmp_path: Path, run: Run) -> None:
    path = manifest_file(tmp_path, "layers: [{sources: m365, path: a, select: {capability: MIAL}}]")
    assert run("build", path, "-o", tmp_path / "new/deep").code == 2
    assert not (tmp_path / "new").exists()


def test_build_that_fails_leaves_an_old_folder_as_it_was(tmp_path: Path, run: Run) -> None:
    built(tmp_path, ONE)
    before = tree(tmp_path / "out")
    path = manifest_file(tmp_path, "layers: [{sources: m365, path: a}, {path: b, select: {capability: MIAL}}]")
    assert run("build", path, "-o", tmp_path / "out").code == 2
    assert tree(tmp_path / "out") == before
    assert not (tmp_path / "out" / STAGING).exists()


def test_build_that_was_stopped_before_it_removed_old_layers_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(tmp_path, ONE)

    class Killed(BaseException):
        pass

    def killed(*_: Json) -> None:
        raise Killed

    manifest_file(tmp_path, OTHER)
    with monkeypatch.context() as patched:
        patched.setattr("navigator_export.build.placing._Journal.remove", killed)
        patched.setattr("navigator_export.build.placing._Journal.undo", lambda journal: None)
        with pytest.raises(Killed):
            rebuilt(tmp_path)
    built(tmp_path, OTHER)
    assert set(layers_in(tmp_path / "out")) == {"identity.json", "mail.json"}


def test_files_are_put_in_place_before_the_index_lists_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[str] = []
    replace = Path.replace

    def noted(self: Path, target: Path) -> Path:
        moved.append(Path(target).relative_to(tmp_path / "out").as_posix())
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", noted)
    built(tmp_path, NESTED)
    assert set(moved[-3:]) == INDEX_FILES
    assert len(moved) > 3
