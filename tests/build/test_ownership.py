"""What a build removes from its folder: what builds made, and nothing of others."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path

import pytest

from navigator_export.build.ownership import own_files
from navigator_export.build.paths import STAGING
from navigator_export.errors import OutputError
from tests.build.manifests import (
    INDEX_FILES,
    NESTED,
    ONE,
    OTHER,
    built,
    checked,
    failing,
    layers_in,
    manifest_file,
    rebuilt,
    tree,
)
from tests.made_inputs import Json, layer_bytes
from tests.running import Run

# ---- what the manifest no longer has ---------------------------------------------------------------------------------


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
