from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.made_inputs import layer_bytes
from tests.running import Run

OLD = layer_bytes(domain="mitre-enterprise")
BROKEN = layer_bytes(techniques={})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "layers/deep").mkdir(parents=True)
    (tmp_path / "layers/old.json").write_bytes(OLD)
    (tmp_path / "layers/deep/today.json").write_bytes(layer_bytes())
    (tmp_path / "layers/package.json").write_text("{}")
    return tmp_path / "layers"


def test_one_layer_goes_to_standard_output(run: Run, folder: Path) -> None:
    outcome = run("upgrade", folder / "old.json")
    assert (outcome.code, outcome.out) == (0, layer_bytes())
    assert "old.json: 1 domain" in outcome.err
    assert (folder / "old.json").read_bytes() == OLD


def test_standard_input_is_upgraded(run: Run) -> None:
    assert run("upgrade", "-", "-q", stdin=OLD) == (0, layer_bytes(), "")


def test_layer_goes_to_a_file_or_a_folder(run: Run, folder: Path, tmp_path: Path) -> None:
    assert run("upgrade", folder / "old.json", "-o", tmp_path / "new.json").code == 0
    assert run("upgrade", folder / "old.json", "-o", f"{tmp_path}/out/").code == 0
    assert (tmp_path / "new.json").read_bytes() == (tmp_path / "out/old.json").read_bytes() == layer_bytes()


def test_folder_goes_to_a_folder_as_it_lies(run: Run, folder: Path, tmp_path: Path) -> None:
    outcome = run("upgrade", folder, "-o", tmp_path / "out")
    assert outcome.code == 0
    assert {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.json")} == {
        "old.json",
        str(Path("deep/today.json")),
    }
    assert "2 layer files: 1 upgraded, 1 as they were; 1 change" in outcome.err
    assert "package.json" in outcome.err


def test_layers_are_written_over_themselves_where_something_changes(run: Run, folder: Path) -> None:
    before = (folder / "deep/today.json").stat().st_mtime_ns
    assert run("upgrade", folder, "--in-place").code == 0
    assert (folder / "old.json").read_bytes() == layer_bytes()
    assert (folder / "deep/today.json").stat().st_mtime_ns == before
    assert run("upgrade", folder, "--check").code == 0


def test_check_and_diff_write_nothing(run: Run, folder: Path) -> None:
    checked = run("upgrade", folder, "--check")
    assert (checked.code, checked.out) == (1, b"")
    assert "1 would change" in checked.err
    shown = run("upgrade", folder / "old.json", "--diff")
    assert shown.code == 0
    assert b"-" + OLD in shown.out
    assert b"+" + layer_bytes() in shown.out
    assert (folder / "old.json").read_bytes() == OLD


def test_nothing_is_written_where_one_cannot_be_mended(run: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "broken.json").write_bytes(BROKEN)
    outcome = run("upgrade", folder, "-o", tmp_path / "out")
    assert outcome.code == 1
    assert "broken.json::$.techniques: error the techniques are no list" in outcome.err
    assert not (tmp_path / "out").exists()
    assert run("upgrade", folder, "--in-place").code == 1
    assert (folder / "old.json").read_bytes() == OLD


def test_file_that_cannot_be_read_exits_2_and_nothing_is_written(run: Run, folder: Path, tmp_path: Path) -> None:
    outcome = run("upgrade", folder, tmp_path / "none.json", "-o", tmp_path / "out")
    assert outcome.code == 2
    assert "there is no such file" in outcome.err
    assert not (tmp_path / "out").exists()


def test_report_tells_every_change_with_before_and_after(run: Run, folder: Path, tmp_path: Path) -> None:
    run("upgrade", folder, "--check", "--report", tmp_path / "changes.json")
    told = json.loads((tmp_path / "changes.json").read_text("utf-8"))
    changes = {Path(entry["file"]).name: entry["changes"] for entry in told}
    before_and_after = {"before": "mitre-enterprise", "after": "enterprise-attack"}
    assert changes == {"old.json": [{"rule": "domain", "path": "$.domain", **before_and_after}], "today.json": []}
    run("upgrade", folder / "old.json", "--check", "--report", tmp_path / "changes.txt")
    text = (tmp_path / "changes.txt").read_text("utf-8")
    assert text.endswith('old.json::$.domain: "mitre-enterprise" is now "enterprise-attack" [domain]\n')


def test_move_is_asked_for_with_its_options(run: Run, tmp_path: Path) -> None:
    ids = ("T1562.001", "T1562.006", "T9999")
    techniques = [{"techniqueID": id_, "comment": id_} for id_ in ids]
    (tmp_path / "a.json").write_bytes(layer_bytes(techniques=techniques))
    outcome = run(
        "upgrade", tmp_path / "a.json", "--attack-version", "latest", "--on-merge", "first", "--keep-inactive"
    )
    assert [entry["techniqueID"] for entry in json.loads(outcome.out)["techniques"]] == ["T1685", "T9999"]
    assert "note" in outcome.err
    refused = run("upgrade", tmp_path / "a.json", "--attack-version", "latest", "--on-merge", "error")
    assert (refused.code, "--on-merge" in refused.err) == (1, True)
    unknown = run("upgrade", tmp_path / "a.json", "--attack-version", "99")
    assert (unknown.code, "ATT&CK 99 is not known" in unknown.err) == (2, True)


def test_note_names_the_option_that_helps(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(layer_bytes(techniques=[{"techniqueID": "T1086"}]))
    assert "T1086; --attack-version moves" in run("upgrade", tmp_path / "a.json").err


@pytest.mark.parametrize(
    "options",
    [
        ("--in-place", "-o", "x"),
        ("--check", "-o", "x"),
        ("--diff", "--in-place"),
        ("-o", "-"),
        (),
        ("-o", "layers/old.json"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.chdir(folder.parent)
    outcome = run("upgrade", "layers", *options)
    assert (outcome.code, outcome.out) == (2, b"")
    assert "Usage" in outcome.err
    assert (folder / "old.json").read_bytes() == OLD


@pytest.mark.parametrize("options", [("-", "--in-place"), ("-", "--report", "-")])
def test_standard_streams_hold_one_thing(run: Run, options: tuple[str, ...]) -> None:
    assert run("upgrade", *options, stdin=OLD).code == 2


def test_input_is_not_written_over_unasked(run: Run, folder: Path, tmp_path: Path) -> None:
    for target in (folder, tmp_path / "layers"):
        assert "was read as an input" in run("upgrade", folder, "-o", target).err
    assert "was read as an input" in run("upgrade", folder, "--in-place", "--report", folder / "deep/today.json").err
    (tmp_path / "more").mkdir()
    (tmp_path / "more/old.json").write_bytes(OLD)
    outcome = run("upgrade", folder / "old.json", tmp_path / "more/old.json", "-o", tmp_path / "out")
    assert "would be written twice" in outcome.err
    assert (folder / "old.json").read_bytes() == OLD


def test_diff_of_a_file_in_another_encoding_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(layer_bytes().decode().encode("utf-16"))
    assert b"the same text in UTF-8" in run("upgrade", tmp_path / "a.json", "--diff").out


def test_no_layer_is_written_where_one_cannot_be(run: Run, folder: Path) -> None:
    (folder / "other.json").write_bytes(OLD)
    (folder / "other.json").chmod(0o444)
    outcome = run("upgrade", folder, "--in-place")
    assert (outcome.code, "is read-only" in outcome.err) == (2, True)
    assert (folder / "old.json").read_bytes() == OLD
