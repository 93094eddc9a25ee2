from __future__ import annotations

import json
from pathlib import Path

import pytest

from navigator_export.validation import validate
from tests.running import Run


@pytest.mark.parametrize("word", ["G0016", "APT29", "apt 29", "Midnight Blizzard"])
def test_group_by_any_of_its_names(run: Run, word: str) -> None:
    found = json.loads(run("threat", word, "--format", "json").out)
    assert found["name"] == "APT29 (G0016)"
    assert found["unit"] == "group"


def test_software_and_campaigns_are_added_when_asked(run: Run) -> None:
    more = ((), ("--with-campaigns",), ("--with-software",))
    counts = [run("threat", "APT29", *words, "--format", "csv").out.count(b"\n") for words in more]
    assert counts[0] < counts[1]
    assert counts[0] < counts[2]


def test_layer_of_a_threat_is_a_threat_again(run: Run, tmp_path: Path) -> None:
    layer = tmp_path / "apt29.json"
    assert run("threat", "APT29", "-o", layer).code == 0
    assert validate(layer.read_bytes()) == ()
    before, after = (run("threat", word, "--format", "csv").out.splitlines() for word in ("APT29", layer))
    assert [row.split(b",")[:2] for row in before] == [row.split(b",")[:2] for row in after]


def test_layer_says_how_many_use_each(run: Run, tmp_path: Path) -> None:
    layer = tmp_path / "all.json"
    run("threat", "groups:all", "-o", layer, "--name", "All groups")
    made = json.loads(layer.read_text("utf-8"))
    assert made["name"] == "All groups"
    [shell] = [entry for entry in made["techniques"] if entry["techniqueID"] == "T1059.001"]
    assert shell["comment"].startswith(f"used by {shell['score']} groups")
    assert shell["comment"].endswith("more")


def test_unknown_domain_of_facts_and_unknown_names(run: Run, tmp_path: Path) -> None:
    for arguments in (("G0016", "--domain", "ics"), ("G9999",), ("APT29", "--attack-version", "99")):
        done = run("threat", *arguments, "-o", tmp_path / "new.json")
        assert (done.code, done.out) == (2, b"")
        assert "error" in done.err
    assert list(tmp_path.iterdir()) == []
