from __future__ import annotations

import json
from pathlib import Path

import pytest

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
