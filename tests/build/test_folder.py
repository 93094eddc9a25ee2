"""The folder of a build: whole files only, nothing of others touched, nothing left lying about."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from navigator_export.attack import known
from navigator_export.build import build, check, drift, read_manifest
from navigator_export.build.batch import IN_PLACE
from navigator_export.build.ownership import own_files
from navigator_export.build.paths import STAGING
from navigator_export.build.placing import _forget, _restore, put_in_place
from navigator_export.build.staging import Staging, _remove
from navigator_export.errors import OutputError
from tests.build.manifests import INDEX_FILES, built, checked, layers_in, listing, manifest_file, settled, tree
from tests.made_inputs import Json, layer_bytes
from tests.running import Run, start

ONE = "layers: [{sources: m365, for_each: tier, path: '{tier}'}]"
OTHER = "layers: [{sources: m365, for_each: group, path: '{group}'}]"
NESTED = "layers: [{sources: m365, for_each: [tier, group], path: '{tier}/{group}/x'}]"


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


def test_own_layers_that_the_manifest_no_longer_has_are_removed(tmp_path: Path) -> None:
    built(tmp_path, ONE)
    result = built(tmp_path, OTHER)
    assert result.removed == ("e3.json", "e5.json")
    assert set(tree(tmp_path / "out")) == {"identity.json", "mail.json"} | INDEX_FILES


def test_folders_that_removal_empties_are_removed_too(tmp_path: Path) -> None:
    built(tmp_path, NESTED)
    (tmp_path / "out/e5/notes.txt").write_text("mine")
    built(tmp_path, ONE)
    assert not (tmp_path / "out/e3").exists()
    assert set(tree(tmp_path / "out")) == {"e3.json", "e5.json", "e5/notes.txt"} | INDEX_FILES


def test_layer_that_is_empty_now_is_removed(tmp_path: Path) -> None:
    text = "layers: [{sources: m365, for_each: category, path: '{category}'}]"
    built(tmp_path, text)
    built(tmp_path, text.replace("path", "select: {capability: LOGIN-E3}, path"))
    assert set(layers_in(tmp_path / "out")) == {"protect.json"}


FOREIGN = {
    "notes.txt": b"mine",
    "other.json": b'{"name": "mine", "domain": "enterprise-attack", "techniques": []}',
    "folder/other.json": b"{}",
    "e3.json.bak": b"mine",
    ".hidden.json": b"{}",
}


def test_files_of_others_stay(tmp_path: Path) -> None:
    for name, data in FOREIGN.items():
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_bytes(data)
    before = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in FOREIGN}
    built(tmp_path, ONE)
    built(tmp_path, OTHER)
    assert {name: (tmp_path / "out" / name).read_bytes() for name in FOREIGN} == FOREIGN
    assert {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in FOREIGN} == before


# ---- an index that is not what a build wrote -------------------------------------------------------------------------


def index_listing(folder: Path, *files: str, sha256: str = "0" * 64) -> bytes:
    """Return the index of a build, made to list some files more, with one checksum."""
    index: dict[str, Json] = json.loads((folder / "index.json").read_bytes())
    index["layers"] += [index["layers"][0] | {"file": file, "sha256": sha256} for file in files]
    return json.dumps(index).encode()


@pytest.mark.parametrize(
    "listed",
    [
        "../victim.json",
        "x/../../victim.json",
        "e3/../../victim.json",
        "../../{name}/victim.json",
        "{folder}/victim.json",
        "//{folder}/victim.json",
        "link/victim.json",
        "\0.json",
        "x" * 5000 + ".json",
    ],
)
def test_index_that_lists_files_elsewhere_removes_none_of_them(listed: str, tmp_path: Path) -> None:
    built(tmp_path, ONE)
    victim = tmp_path / "victim.json"
    victim.write_text("mine")
    (tmp_path / "out/link").symlink_to(tmp_path)
    file = listed.format(folder=tmp_path, name=tmp_path.name)
    checksum = hashlib.sha256(victim.read_bytes()).hexdigest()
    (tmp_path / "out/index.json").write_bytes(index_listing(tmp_path / "out", file, sha256=checksum))
    result = built(tmp_path, OTHER)
    assert victim.read_text() == "mine"
    assert result.removed == ("e3.json", "e5.json")


@pytest.mark.parametrize("listed", ["m365.json", "layers.json"])
def test_index_that_lists_what_a_build_reads_removes_none_of_it(listed: str, tmp_path: Path, run: Run) -> None:
    """Even with the right checksum: a build must never remove its own sources or manifest."""
    manifest_file(tmp_path, ONE)
    manifest = manifest_file(tmp_path, _AS_JSON, "layers.json")
    assert run("build", manifest).code == 0
    checksum = hashlib.sha256((tmp_path / listed).read_bytes()).hexdigest()
    (tmp_path / "index.json").write_bytes(index_listing(tmp_path, listed, sha256=checksum))
    assert run("build", manifest, "--fresh").code == 0
    assert (tmp_path / listed).exists()


@pytest.mark.parametrize("listed", ["notes.txt", "m365.json", "layers.json", "index.json", "./index.json", "sub"])
def test_index_that_lists_files_of_others_removes_none_of_them(listed: str, tmp_path: Path, run: Run) -> None:
    """The output folder is the manifest's own, as it is by default."""
    manifest_file(tmp_path, ONE)
    manifest = manifest_file(tmp_path, _AS_JSON, "layers.json")
    assert run("build", manifest).code == 0
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "sub").mkdir()
    (tmp_path / "index.json").write_bytes(index_listing(tmp_path, listed))
    before = tree(tmp_path)
    assert run("build", manifest, "--fresh").code == 0
    after = tree(tmp_path)
    assert {name: after.get(name) for name in before if name not in INDEX_FILES} == {
        name: data for name, data in before.items() if name not in INDEX_FILES
    }
    assert set(after) >= INDEX_FILES


_AS_JSON = {"sources": {"m365": "m365.json"}, "layers": [{"for_each": "tier", "path": "{tier}"}]}


def test_own_layer_that_somebody_changed_is_not_removed(tmp_path: Path) -> None:
    """Whoever edits a layer by hand owns it: its bytes are no longer those that the index lists."""
    built(tmp_path, ONE)
    edited = (tmp_path / "out/e3.json").read_bytes() + b"\n"
    (tmp_path / "out/e3.json").write_bytes(edited)
    result = built(tmp_path, OTHER)
    assert result.removed == ("e5.json",)
    assert (tmp_path / "out/e3.json").read_bytes() == edited


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"5", b'{"layers": 5}', b"\xff", b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"]
)
def test_index_that_is_garbage_lists_nothing_and_is_replaced(data: bytes, tmp_path: Path) -> None:
    built(tmp_path, ONE)
    expected = tree(tmp_path / "out")
    (tmp_path / "out/index.json").write_bytes(data)
    assert own_files(str(tmp_path / "out")) == set()
    result = built(tmp_path, ONE)
    assert result.removed == ()
    assert tree(tmp_path / "out") == expected


# ---- the record of a killed build ------------------------------------------------------------------------------------


def killed_at(monkeypatch: pytest.MonkeyPatch, step: str, folder: Path) -> None:
    """Build a manifest that is written already up to a step, and leave everything as a kill leaves it."""

    class Killed(BaseException):
        pass

    def killed(*_: Json) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(f"navigator_export.build.placing.{step}", killed)
        patched.setattr("navigator_export.build.placing._Journal.undo", lambda journal: None)
        patched.setattr("navigator_export.build.staging._remove", lambda entry: None)
        with pytest.raises(Killed):
            rebuilt(folder)


@pytest.mark.parametrize("between", ["nothing", "failing build", "interrupted build", "another kill"])
def test_layers_of_a_killed_build_are_removed_by_the_next(
    between: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the manifest is then what it was before, and whatever comes between."""
    built(tmp_path, ONE)
    expected = tree(tmp_path / "out")
    manifest_file(tmp_path, OTHER)
    killed_at(monkeypatch, "_Journal.remove", tmp_path)
    assert set(layers_in(tmp_path / "out")) >= {"e3.json", "identity.json"}
    manifest_file(tmp_path, NESTED)
    if between in ("failing build", "interrupted build"):
        ended = failing(0, print) if between == "failing build" else interrupting
        with monkeypatch.context() as patched:
            patched.setattr("navigator_export.build.placing._Journal.remove", ended)
            with pytest.raises((OutputError, KeyboardInterrupt)):
                rebuilt(tmp_path)
    elif between == "another kill":
        killed_at(monkeypatch, "_Journal.remove", tmp_path)
    built(tmp_path, ONE)
    assert tree(tmp_path / "out") == expected
    assert not checked(tmp_path, ONE)


def interrupting(*_: Json) -> None:
    raise KeyboardInterrupt


def planted(folder: Path, *entries: tuple[str, bytes]) -> None:
    """Plant a record that lists files with their right checksums."""
    index: dict[str, Json] = json.loads((folder / "index.json").read_bytes())
    index["layers"] = [
        index["layers"][0] | {"file": file, "sha256": hashlib.sha256(data).hexdigest()} for file, data in entries
    ]
    (folder / STAGING / "records").mkdir(parents=True)
    (folder / STAGING / "records/x.json").write_text(json.dumps(index))
    (folder / "index.json").write_text(json.dumps(index))


def test_planted_record_removes_nothing_but_layers_below_the_folder(tmp_path: Path) -> None:
    built(tmp_path, ONE)
    out = tmp_path / "out"
    (tmp_path / "victim.json").write_bytes(layer_bytes())
    (out / "away").symlink_to(tmp_path)
    (out / "link.json").symlink_to(tmp_path / "victim.json")
    (out / "sub").mkdir()
    for name in ("README.md", "notes.json", "sub/package.json", ".hidden.json", "layer.txt"):
        (out / name).write_bytes(b'{"name": "mine"}' if "json" in name else b"mine")
    (out / ".hidden.json").write_bytes(layer_bytes())
    before = tree(out)
    victims = [name for name in before if name not in INDEX_FILES and name not in ("e3.json", "e5.json")]
    planted(out, *((name, before[name]) for name in victims), ("away/victim.json", layer_bytes()))
    built(tmp_path, ONE)
    assert {name: tree(out).get(name) for name in victims} == {name: before[name] for name in victims}
    assert (out / "link.json").is_symlink()
    assert (tmp_path / "victim.json").read_bytes() == layer_bytes()


@pytest.mark.parametrize("name", ["files", "kept", "records", "lock", ".gitignore"])
def test_planted_link_in_the_staging_folder_is_not_followed(name: str, tmp_path: Path) -> None:
    built(tmp_path, ONE)
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "records").mkdir(parents=True)
    (elsewhere / "mine.json").write_text("mine")
    before = tree(elsewhere)
    (tmp_path / "out" / STAGING).mkdir()
    (tmp_path / "out" / STAGING / name).symlink_to(elsewhere / "mine.json" if "i" in name[1:3] else elsewhere)
    with suppress(OutputError):
        built(tmp_path, OTHER)
    assert tree(elsewhere) == before


def test_layer_whose_path_changes_its_case_alone_is_not_removed(tmp_path: Path) -> None:
    """Where a file system does not tell them apart; a hard link stands in for that here."""
    built(tmp_path, "layers: [{sources: m365, path: Layer}]")
    (tmp_path / "out/layer.json").hardlink_to(tmp_path / "out/Layer.json")
    result = built(tmp_path, "layers: [{sources: m365, path: layer}]")
    assert result.removed == ()
    assert (tmp_path / "out/layer.json").exists()


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


def failing(times: int, method: Callable[..., Json]) -> Callable[..., Json]:
    """Return a method that works some times, then fails once as on a full disk."""
    left = [times]

    def fails(*arguments: Json, **named: Json) -> Json:
        left[0] -= 1
        if left[0] == -1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return method(*arguments, **named)

    return fails


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


def rebuilt(folder: Path) -> None:
    """Build a manifest that is written already, so that nothing but the build itself writes."""
    build(read_manifest(str(folder / "layers.yaml")), str(folder / "out"), known())


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


# ---- one build at a time ---------------------------------------------------------------------------------------------


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
