"""A check says what a build would change, and changes nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from navigator_export.build.paths import STAGING
from tests.build.manifests import INDEX_FILES, built, checked, listing, manifest_file
from tests.made_inputs import layer_bytes
from tests.real_inputs import ROOT
from tests.running import Run

TEXT = """
    layers:
      - {sources: m365, for_each: tier, path: "{tier}"}
      - {sources: nist, path: sub/nist}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a fresh build."""
    built(tmp_path, TEXT)
    return tmp_path / "out"


def test_fresh_folder_has_no_drift(folder: Path) -> None:
    assert not checked(folder.parent, TEXT)


@pytest.mark.parametrize("name", ["e3.json", "sub/nist.json", *sorted(INDEX_FILES)])
def test_missing_file_is_told(name: str, folder: Path) -> None:
    (folder / name).unlink()
    drift = checked(folder.parent, TEXT)
    assert (drift.missing, drift.stale, drift.stray) == ((name,), (), ())


@pytest.mark.parametrize("name", ["e3.json", "sub/nist.json", *sorted(INDEX_FILES)])
@pytest.mark.parametrize("damage", ["changed", "emptied", "longer", "folder", "broken link"])
def test_stale_file_is_told(name: str, damage: str, folder: Path) -> None:
    data = (folder / name).read_bytes()
    (folder / name).unlink()
    match damage:
        case "changed":
            (folder / name).write_bytes(data.replace(b"e", b"E", 1))
        case "emptied":
            (folder / name).write_bytes(b"")
        case "longer":
            (folder / name).write_bytes(data + b"\n")
        case "folder":
            (folder / name).mkdir()
        case "broken link":
            (folder / name).symlink_to("nowhere")
    drift = checked(folder.parent, TEXT)
    found = drift.missing if damage == "broken link" else drift.stale
    assert (found, drift.stray) == ((name,), ())


def test_layer_that_the_manifest_does_not_give_is_stray(folder: Path) -> None:
    for name in ("old.json", "sub/old.json"):
        (folder / name).write_bytes(layer_bytes())
    assert checked(folder.parent, TEXT).stray == ("old.json", "sub/old.json")


def test_layer_of_an_earlier_build_is_stray_wherever_it_is(folder: Path) -> None:
    fewer = "layers: [{sources: m365, path: e3, select: {tier: E3}}]"
    drift = checked(folder.parent, fewer)
    assert drift.stray == ("e5.json", "sub/nist.json")
    assert set(drift.stale) >= {"index.json", "SHA256SUMS"}


def test_files_that_are_no_layers_are_not_stray(folder: Path) -> None:
    (folder / "notes.json").write_text('{"domain": 1}')
    (folder / "list.json").write_text("[]")
    (folder / "broken.json").write_text("{")
    (folder / "notes.md").write_text("x")
    (folder / "deep.json").write_text('{"domain": ' + "[" * 100_000 + "]" * 100_000 + "}")
    assert not checked(folder.parent, TEXT)


def test_manifest_and_sources_in_the_same_folder_are_not_stray(tmp_path: Path) -> None:
    built(tmp_path, TEXT, ".")
    assert not checked(tmp_path, TEXT, ".")


def test_changed_source_makes_its_layers_stale(folder: Path) -> None:
    source = folder.parent / "nist.json"
    source.write_bytes(source.read_bytes() + b"\n")
    drift = checked(folder.parent, TEXT)
    assert "sub/nist.json" in drift.stale
    assert not {"e3.json", "e5.json"} & set(drift.stale)


def test_changed_recipe_makes_its_layer_stale(folder: Path) -> None:
    drift = checked(folder.parent, TEXT.replace("path: sub/nist", "path: sub/nist, comments: none"))
    assert "sub/nist.json" in drift.stale


def test_folder_that_is_not_there_misses_everything(tmp_path: Path) -> None:
    drift = checked(tmp_path, TEXT, "none")
    assert set(drift.missing) == {"e3.json", "e5.json", "sub/nist.json"} | INDEX_FILES
    assert not (tmp_path / "none").exists()


def test_lines_name_what_and_where(folder: Path) -> None:
    (folder / "e3.json").unlink()
    (folder / "e5.json").write_bytes(b"")
    (folder / "old.json").write_bytes(layer_bytes())
    assert checked(folder.parent, TEXT).lines() == ["missing: e3.json", "stale: e5.json", "stray: old.json"]


@pytest.mark.parametrize("state", ["fresh", "drifted", "absent"])
@pytest.mark.parametrize("options", [(), ("--jobs", "2"), ("--format", "sarif")])
def test_check_writes_nothing_at_all(state: str, options: tuple[str, ...], tmp_path: Path, run: Run) -> None:
    built(tmp_path, TEXT)
    if state == "drifted":
        (tmp_path / "out/e3.json").unlink()
        (tmp_path / "out/e5.json").write_bytes(b"")
        (tmp_path / "out/old.json").write_bytes(layer_bytes())
    output = tmp_path / ("none" if state == "absent" else "out")
    cache = Path(os.environ["XDG_CACHE_HOME"])
    before = listing(tmp_path)
    outcome = run("build", tmp_path / "layers.yaml", "-o", output, "--check", *options)
    assert outcome.code == (0 if state == "fresh" else 1)
    assert listing(tmp_path) == before
    assert not cache.exists()


@pytest.mark.parametrize(("what", "name"), [("missing", "e3.json"), ("stale", "e5.json"), ("stray", "old.json")])
def test_each_kind_of_drift_gives_1(what: str, name: str, folder: Path, run: Run) -> None:
    match what:
        case "missing":
            (folder / name).unlink()
        case "stale":
            (folder / name).write_bytes(b"{}")
        case _:
            (folder / name).write_bytes(layer_bytes())
    outcome = run("build", folder.parent / "layers.yaml", "-o", folder, "--check")
    assert outcome.code == 1
    assert outcome.out.decode() == f"{what}: {name}\n"
    assert ("remove" if what == "stray" else "navigator-export build") in outcome.err


def test_build_after_a_check_makes_the_check_clean(folder: Path, run: Run) -> None:
    manifest = folder.parent / "layers.yaml"
    (folder / "e3.json").unlink()
    (folder / "e5.json").write_bytes(b"{}")
    (folder / "index.json").unlink()
    assert run("build", manifest, "-o", folder, "--check").code == 1
    assert run("build", manifest, "-o", folder).code == 0
    assert run("build", manifest, "-o", folder, "--check").code == 0


def test_check_trusts_no_memory(folder: Path, run: Run) -> None:
    manifest = folder.parent / "layers.yaml"
    assert run("build", manifest, "-o", folder).code == 0
    remembered = Path(os.environ["XDG_CACHE_HOME"])
    for file in list(remembered.rglob("*.json")):
        known = json.loads(file.read_bytes())
        file.write_text(json.dumps({key: {} for key in known}))
    assert run("build", manifest, "-o", folder, "--check").code == 0


def test_wrong_manifest_gives_2_and_not_1(tmp_path: Path, run: Run) -> None:
    path = manifest_file(tmp_path, "layers: [{sources: m356}]")
    assert run("build", path, "-o", tmp_path, "--check").code == 2


def test_staging_of_a_killed_build_is_no_drift(folder: Path) -> None:
    (folder / STAGING / "files").mkdir(parents=True)
    (folder / STAGING / "files/x.json").write_bytes(layer_bytes())
    assert not checked(folder.parent, TEXT)


def test_layers_of_the_repository_are_what_their_manifest_gives(run: Run) -> None:
    outcome = run("build", ROOT / "layers/layers.yaml", "--check")
    assert (outcome.code, outcome.out) == (0, b"")
