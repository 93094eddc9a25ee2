"""What did not change is not made again, and what did is."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from navigator_export.attack import known
from navigator_export.build import Made, ManifestError, Watcher, build, read_manifest
from navigator_export.build.memory import Memory
from tests.build.manifests import built, layers_in, manifest_file, tree
from tests.made_inputs import Json
from tests.running import Run

TEXT = """
    layers:
      - {sources: m365, for_each: [tier, category], path: "{tier}_{category}"}
      - {sources: nist, path: nist}
"""


class Notes(Watcher):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.count = 0
        self.states: dict[str, str] = {}

    def planned(self, count: int) -> None:
        self.count = count

    def made(self, made: Made) -> None:
        self.states[made.plan.path] = made.state


def states(folder: Path, text: str | None = None, output: str = "out", jobs: int = 1) -> dict[str, str]:
    """Build with a memory and return what became of each layer."""
    path = manifest_file(folder, text) if text else folder / "layers.yaml"
    notes = Notes()
    memory = Memory(str(path))
    build(read_manifest(str(path)), str(folder / output), known(), jobs=jobs, memory=memory, watcher=notes)
    assert notes.count == len(notes.states)
    return notes.states


@pytest.mark.parametrize("jobs", [1, 2])
def test_first_build_makes_everything_and_the_second_nothing(
    jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = states(tmp_path, TEXT, jobs=jobs)
    made = tree(tmp_path / "out")
    assert set(first.values()) == {"written", ""}
    monkeypatch.setattr("navigator_export.build.batch.finish_layer", None)
    second = states(tmp_path)
    assert second.keys() == first.keys()
    assert set(second.values()) == {"unchanged"}
    assert tree(tmp_path / "out") == made


def test_unchanged_files_are_not_even_touched(tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*_*.json")}
    states(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in before} == before


def tampered(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))


@pytest.mark.parametrize("damage", [Path.unlink, tampered, lambda path: path.write_bytes(b"")])
def test_file_that_is_changed_or_removed_is_made_again(damage: Callable[[Path], Json], tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    expected = tree(tmp_path / "out")
    damage(tmp_path / "out/nist.json")
    found = states(tmp_path)
    assert {path for path, state in found.items() if state == "written"} == {"nist.json"}
    assert tree(tmp_path / "out") == expected


@pytest.mark.parametrize("name", ["index.json", "INDEX.md", "SHA256SUMS"])
def test_index_that_is_changed_or_removed_is_made_again(name: str, tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    expected = tree(tmp_path / "out")
    (tmp_path / "out" / name).write_bytes(b"x")
    states(tmp_path)
    assert tree(tmp_path / "out") == expected
    (tmp_path / "out" / name).unlink()
    states(tmp_path)
    assert tree(tmp_path / "out") == expected


def test_changed_source_is_made_again_and_others_are_not(tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    source = tmp_path / "m365.json"
    source.write_bytes(source.read_bytes().replace(b'"T1566"', b'"T1656"'))
    found = states(tmp_path)
    assert found.pop("nist.json") == "unchanged"
    assert set(found.values()) <= {"written", ""}
    assert any(
        technique["techniqueID"] == "T1656"
        for layer in layers_in(tmp_path / "out").values()
        for technique in layer["techniques"]
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("path: nist", "path: nist, comments: none"),
        ("path: nist", "path: nist, attack_version: 20.0"),
        ("path: nist", "path: nist, name: another"),
        ("path: nist", "path: nist, description: another"),
        ("path: nist", "path: nist, select: {capability: AC-*}"),
        ("path: nist", "path: nist, score: {range: [0, 50]}"),
        ("path: nist", "path: nist, fold: true"),
        ("sources: nist", "sources: [nist, m365]"),
    ],
)
def test_changed_recipe_is_made_again_and_others_are_not(old: str, new: str, tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    before = (tmp_path / "out/nist.json").read_bytes()
    found = states(tmp_path, TEXT.replace(old, new))
    assert found.pop("nist.json") == "written"
    assert set(found.values()) == {"unchanged"}
    assert (tmp_path / "out/nist.json").read_bytes() != before
    after = tree(tmp_path / "out")
    built(tmp_path, TEXT.replace(old, new), "fresh")
    assert tree(tmp_path / "fresh") == after


def test_same_layer_under_another_path_is_made_again(tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    found = states(tmp_path, TEXT.replace("path: nist", "path: other"))
    assert found["other.json"] == "written"
    assert not (tmp_path / "out/nist.json").exists()


def test_changed_base_url_changes_the_index_alone(tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    found = states(tmp_path, "base_url: https://example.org\n" + TEXT.replace("\n    ", "\n").lstrip())
    assert set(found.values()) == {"unchanged"}
    assert b"https://example.org/nist.json" in (tmp_path / "out/index.json").read_bytes()
    states(tmp_path, TEXT)
    assert b"example.org" not in (tmp_path / "out/index.json").read_bytes()


def test_another_output_is_made_even_where_the_first_is_known(tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    found = states(tmp_path, output="other")
    assert "unchanged" not in {state for path, state in found.items() if (tmp_path / "other" / path).exists()}
    assert tree(tmp_path / "out") == tree(tmp_path / "other")


def test_layer_that_was_empty_in_a_family_is_an_error_on_its_own(tmp_path: Path) -> None:
    family = "layers: [{sources: m365, for_each: {category: respond, tier: E3}, path: x}, {path: y}]"
    states(tmp_path, family)
    alone = "layers: [{sources: m365, select: {category: respond, tier: E3}, path: x}, {path: y}]"
    with pytest.raises(ManifestError, match="leaves none"):
        states(tmp_path, alone)


def test_changed_tool_makes_everything_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states(tmp_path, TEXT)
    monkeypatch.setattr("navigator_export.build.memory._tool", lambda: "another")
    assert set(states(tmp_path).values()) <= {"written", ""}


DEEP = b'{"x": ' + b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff", b'{"x": 5}', DEEP])
def test_memory_that_is_damaged_is_forgotten(damage: bytes, tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    [file] = Path(os.environ["XDG_CACHE_HOME"]).rglob("*.json")
    file.write_bytes(damage)
    assert set(states(tmp_path).values()) <= {"written", ""}
    assert set(states(tmp_path).values()) == {"unchanged"}


def test_memory_cannot_smuggle_in_another_layer(tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    (tmp_path / "out/nist.json").write_text("{}")
    [file] = Path(os.environ["XDG_CACHE_HOME"]).rglob("*.json")
    entries = json.loads(file.read_bytes())["entries"]
    assert all(set(entry) <= {"path", "layer", "left_out", "inactive", "warnings"} for entry in entries.values())
    assert states(tmp_path)["nist.json"] == "written"


Entries = dict[str, dict[str, Json]]


def rewritten(change: Callable[[Entries], Json], *, digest: bool) -> None:
    """Change the entries of the memory, with a new digest to go with them or without."""
    [file] = Path(os.environ["XDG_CACHE_HOME"]).rglob("*.json")
    memory = json.loads(file.read_bytes())
    change(memory["entries"])
    text = json.dumps(memory["entries"], separators=(",", ":"))
    checksum = hashlib.sha256(text.encode()).hexdigest() if digest else memory["digest"]
    file.write_text(f'{{"digest": "{checksum}", "entries": {text}}}')


def swapped(entries: Entries) -> None:
    """Swap what is remembered of two layers."""
    one, other = [key for key, entry in entries.items() if entry.get("layer")][:2]
    entries[one], entries[other] = entries[other], entries[one]


def each_layer(**fields: Json) -> Callable[[Entries], None]:
    """Return a function that changes fields of all layers that are remembered."""

    def change(entries: Entries) -> None:
        for entry in entries.values():
            entry.get("layer", {}).update(fields)

    return change


def emptied(entries: Entries) -> None:
    """Forget that there are layers at all."""
    for entry in entries.values():
        entry.pop("layer", None)


LIES = {
    "swapped": swapped,
    "file": each_layer(file="other.json"),
    "selection": each_layer(selection="another"),
    "domain": each_layer(domain="mobile-attack"),
    "sources": each_layer(sources=[]),
}


@pytest.mark.parametrize("lie", [*LIES.values(), emptied, each_layer(techniques=99)], ids=[*LIES, "empty", "figures"])
def test_memory_that_somebody_changed_is_forgotten(lie: Callable[[Entries], Json], tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    expected = tree(tmp_path / "out")
    rewritten(lie, digest=False)
    assert set(states(tmp_path).values()) == {"written", ""}
    assert tree(tmp_path / "out") == expected


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_memory_of_another_plan_is_not_believed(lie: Callable[[Entries], Json], tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    expected = tree(tmp_path / "out")
    rewritten(lie, digest=True)
    assert "written" in states(tmp_path).values()
    assert tree(tmp_path / "out") == expected


def test_layer_that_must_be_is_not_remembered_as_empty(tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    rewritten(emptied, digest=True)
    assert states(tmp_path)["nist.json"] == "written"


def test_memory_is_taken_as_it_was_written(tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    rewritten(lambda entries: None, digest=True)
    assert set(states(tmp_path).values()) == {"unchanged"}


def test_memory_that_cannot_be_kept_is_no_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    for variable in ("XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(blocked))
    assert set(states(tmp_path, TEXT).values()) == {"written", ""}
    assert set(states(tmp_path).values()) <= {"written", ""}


def test_two_manifests_do_not_share_a_memory(tmp_path: Path) -> None:
    states(tmp_path, TEXT)
    other = tmp_path / "other"
    assert "unchanged" not in states(other, TEXT).values()
    assert set(states(tmp_path).values()) == {"unchanged"}


def test_command_line_remembers_unless_told_to_make_everything_fresh(tmp_path: Path, run: Run) -> None:
    path = manifest_file(tmp_path, TEXT)
    arguments = ("build", path, "-o", tmp_path / "out", "-v")
    first, second = run(*arguments), run(*arguments)
    fresh = run(*arguments, "--fresh")
    assert ", unchanged" not in first.err
    assert "nist.json: 3 techniques, 4 mappings, unchanged" in second.err
    assert ", unchanged" not in fresh.err
    assert "nist.json: 3 techniques, 4 mappings, written" in fresh.err


def test_unchanged_layers_are_told_with_the_same_figures(tmp_path: Path, run: Run) -> None:
    path = manifest_file(tmp_path, TEXT)
    first = run("build", path, "-o", tmp_path / "out").err.split()
    second = run("build", path, "-o", tmp_path / "out").err.split()
    differing = [(one, two) for one, two in zip(first, second, strict=True) if one != two]
    layers = len(layers_in(tmp_path / "out"))
    assert sum(int(two) - int(one) for one, two in differing) >= layers
