from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from navigator_export.validation import validate
from tests.build.manifests import built
from tests.made_inputs import layer_bytes, make_row, mapping_file, rated_rows
from tests.running import Run


def test_two_tiers_of_one_source(run: Run, tmp_path: Path) -> None:
    source = str(mapping_file(tmp_path, rated_rows()))
    done = run("compare", source, "--old", "tier=E3", "--new", "tier=E5")
    assert done.code == 0
    assert "1 gained, 1 better, 0 worse, 0 lost, 2 same." in done.out.decode()


def test_exit_code_tells_of_differences_when_asked(run: Run, tmp_path: Path) -> None:
    source = str(mapping_file(tmp_path, rated_rows()))
    sides = ("compare", source, "--old", "tier=E3", "--new", "tier=E5")
    assert run(*sides, "--exit-code").code == 1
    assert run("compare", source, source, "--exit-code").code == 0


def test_sides_of_two_releases_are_moved_to_the_newer(run: Run, tmp_path: Path) -> None:
    old = str(mapping_file(tmp_path, rated_rows(), "old.json", attack_version="14.1"))
    new = str(mapping_file(tmp_path, rated_rows(), "new.json"))
    done = run("compare", old, new, "--format", "json")
    assert json.loads(done.out)["old"]["attack_version"] == "16.1"


def test_layer_against_mappings(run: Run, tmp_path: Path) -> None:
    layer = tmp_path / "layer.json"
    layer.write_bytes(layer_bytes(techniques=[{"techniqueID": "T1114", "score": 1}]))
    source = str(mapping_file(tmp_path, [make_row(technique="T1566")]))
    done = run("compare", str(layer), source, "--format", "json")
    changes = {d["technique"]: d["change"] for d in json.loads(done.out)["differences"]}
    assert changes == {"T1114": "lost", "T1566": "gained"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name two sides"),
        (["--old", "tier=E9", "--new", "tier=E5"], "there is no tier 'E9'"),
        (["--old", "licence=E3"], "'licence' is no selection"),
        (["--new", "min_value=good"], "'good' is none of"),
        (["nothing.json"], "there is no such file"),
    ],
)
def test_what_cannot_be_compared_is_told(run: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run("compare", str(mapping_file(tmp_path, rated_rows())), *arguments)
    assert (done.code, done.out) == (2, b"")
    assert message in done.err


def test_different_domains_are_refused(run: Run, tmp_path: Path) -> None:
    mobile = mapping_file(tmp_path, [make_row(technique="T1409")], "mobile.json", technology_domain="mobile")
    done = run("compare", str(mapping_file(tmp_path, rated_rows())), str(mobile))
    assert done.code == 2
    assert "different ATT&CK domains" in done.err


def test_layer_is_written_beside_the_answer(run: Run, tmp_path: Path) -> None:
    source = mapping_file(tmp_path, rated_rows(), "own.json")
    done = run("compare", source, "--old", "tier=E3", "--new", "tier=E5", "-o", f"{tmp_path}/")
    [written] = [path for path in tmp_path.iterdir() if path != source]
    layer = json.loads(written.read_text("utf-8"))
    assert done.code == 0
    assert validate(written.read_bytes()) == ()
    assert written.name == "e3-e5-m365-2025-07-18.json"
    assert layer["name"] == "E3 → E5 · M365 2025-07-18"
    stated = {entry["name"]: entry["value"] for entry in layer["metadata"] if "name" in entry}
    assert stated["command"] == "navigator-export compare own.json --old=tier=E3 --new=tier=E5"
    assert [item["label"] for item in layer["legendItems"]] == ["gained", "better", "worse", "lost", "same"]


def test_name_is_that_of_the_layer_alone(run: Run, tmp_path: Path) -> None:
    source = mapping_file(tmp_path, rated_rows())
    sides = ("compare", source, "--old", "tier=E3", "--new", "tier=E5", "-o", tmp_path / "x.json")
    done = run(*sides, "--name", "Ours", "--description", "What we bought")
    layer = json.loads((tmp_path / "x.json").read_text("utf-8"))
    assert (layer["name"], layer["description"]) == ("Ours", "What we bought")
    assert done.out.decode().startswith("E3 · M365 2025-07-18 → E5 · M365 2025-07-18\n")
    (tmp_path / "x.json").unlink()
    done = run(*sides, "--name", "a\x1b[31m")
    assert (done.code, done.out) == (2, b"")
    assert "--name: error" in done.err
    assert not (tmp_path / "x.json").exists()


def test_command_of_a_layer_makes_it_again(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mapping_file(tmp_path, rated_rows(), "own.json")
    asked = ("--old", "tier=E3", "--new", "category=detect", "--group", "mail", "--score", "sum")
    run("compare", "own.json", *asked, "-o", "one.json")
    layer = json.loads(Path("one.json").read_text("utf-8"))
    [command] = [entry["value"] for entry in layer["metadata"] if entry.get("name") == "command"]
    run(*shlex.split(command)[1:], "-o", "two.json")
    assert Path("one.json").read_bytes() == Path("two.json").read_bytes()


@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown"])
def test_more_than_two_side_by_side(run: Run, tmp_path: Path, form: str) -> None:
    done = run("compare", mapping_file(tmp_path, rated_rows()), "--by", "category", "--format", form)
    assert done.code == 0
    for word in ("protect", "detect", "respond"):
        assert word in done.out.decode()
    if form == "json":
        assert json.loads(done.out)["total"]["counts"] == [2, 3, 1, 4]


def test_two_builds(run: Run, tmp_path: Path) -> None:
    layers = "layers: [{sources: m365, for_each: tier, path: '{tier}'}"
    built(tmp_path, f"{layers}, {{sources: nist, path: gone}}]", "old")
    built(tmp_path, f"{layers}, {{sources: nist, path: new}}]", "new")
    mapping_file(tmp_path, rated_rows()[:-3], "m365.json")
    built(tmp_path, f"{layers}, {{sources: nist, path: new}}]", "new")
    done = run("compare", tmp_path / "old", tmp_path / "new", "--format", "json", "--exit-code")
    found = json.loads(done.out)
    assert done.code == 1
    assert (found["added"], found["removed"], found["same"]) == (["new.json"], ["gone.json"], 0)
    low, high = found["changed"]
    assert (low["file"], low["counts"]["lost"], low["before"], low["after"]) == ("e3.json", 1, 3, 2)
    assert (high["file"], high["counts"]["lost"]) == ("e5.json", 1)
    assert run("compare", tmp_path / "old", tmp_path / "new", "--tier", "E3").code == 2
    assert "2 changed" in run("compare", tmp_path / "old", tmp_path / "new").out.decode()
    assert run("compare", tmp_path / "new", tmp_path / "new", "--exit-code").code == 0


def test_nothing_can_be_selected_of_a_layer(run: Run, tmp_path: Path) -> None:
    layer = tmp_path / "layer.json"
    layer.write_bytes(layer_bytes(techniques=[{"techniqueID": "T1114", "score": 1}]))
    source = mapping_file(tmp_path, rated_rows())
    assert run("compare", layer, source, "--new", "tier=E3").code == 0
    done = run("compare", layer, source, "--tier", "E3")
    assert (done.code, done.out) == (2, b"")
    assert "nothing can be selected of it" in done.err


def test_layer_of_a_build_that_is_gone_or_none(run: Run, tmp_path: Path) -> None:
    text = "layers: [{sources: m365, for_each: tier, path: '{tier}'}]"
    built(tmp_path, text, "old")
    mapping_file(tmp_path, rated_rows()[:-3], "m365.json")
    built(tmp_path, text, "new")
    (tmp_path / "new/e3.json").unlink()
    done = run("compare", tmp_path / "old", tmp_path / "new")
    assert (done.code, done.out) == (2, b"")
    assert "is listed in the index, and cannot be read" in done.err
    (tmp_path / "new/index.json").write_text("{}")
    assert "is no index that a build wrote" in run("compare", tmp_path / "old", tmp_path / "new").err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--by", "tier", "--new", "tier=E3"],
        ["--by", "tier", "-o", "x.json"],
        ["--by", "tier", "--tier", "E9"],
        ["--by", "colour"],
        ["--old", "tier=E3", "-o", "-"],
    ],
)
def test_what_does_not_go_together(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    done = run("compare", mapping_file(tmp_path, rated_rows()), *arguments)
    assert (done.code, done.out) == (2, b"")
    assert done.err
