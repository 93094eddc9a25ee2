from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mitreattack import download_stix, release_info
from requests import ConnectionError as NoConnectionError

from navigator_export.attack.store import DATA_VARIABLE
from tests.attack.bundles import bundle, bundle_21, revoked, technique
from tests.real_inputs import ROOT
from tests.running import Run, run_process

OLD, NEW = technique("T1114"), technique("T9001", tactics=("impact",))
BUNDLE_21 = bundle_21("21.0", revoked(OLD, NEW), NEW)


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv(DATA_VARIABLE, str(folder))
    return folder


@pytest.fixture
def bundle_file(tmp_path: Path) -> Path:
    path = tmp_path / "enterprise-attack.json"
    path.write_bytes(BUNDLE_21)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---- import ----------------------------------------------------------------------------------------------------------


def test_import_tells_what_came_in(run: Run, bundle_file: Path, data_folder: Path) -> None:
    outcome = run("attack", "import", bundle_file)
    sha256 = hashlib.sha256(BUNDLE_21).hexdigest()
    assert outcome.code == 0
    assert outcome.out.decode() == (
        "enterprise 21.0: 1 active, 1 revoked, 0 deprecated techniques; not an official bundle "
        f"(STIX 2.1, SHA-256 {sha256})\n"
    )
    assert outcome.err == f"{bundle_file}: warning not an official bundle of enterprise 21.0\n"
    assert contents(data_folder).keys() == {"enterprise-21.0.json"}


def test_import_as_json(run: Run, data_folder: Path) -> None:
    outcome = run("attack", "import", "-", "--release", "v22.0", "--json", stdin=bundle(NEW))
    [imported] = json.loads(outcome.out)["imported"]
    assert (imported["bundle"], imported["domain"], imported["release"]) == ("standard input", "enterprise", "22.0")
    assert (imported["active"], imported["official"], imported["stix"]) == (1, False, "2.0")
    assert imported["file"] == str(data_folder / "attack/enterprise-22.0.json")


def test_official_bundle_is_told_so(run: Run, bundle_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(release_info.STIX21["enterprise"], "21.0", hashlib.sha256(BUNDLE_21).hexdigest())
    outcome = run("attack", "import", bundle_file)
    assert b"; an official bundle (" in outcome.out
    assert outcome.err == ""


@pytest.mark.parametrize(
    "data",
    [b"", BUNDLE_21[:-100], bundle({"type": "indicator", "id": "indicator--1"}), bundle(NEW)],
    ids=["empty", "truncated", "foreign", "unknown release"],
)
def test_bundle_that_is_none_leaves_the_data_folder_as_it_was(
    data: bytes, run: Run, bundle_file: Path, tmp_path: Path, data_folder: Path
) -> None:
    run("attack", "import", bundle_file)
    before = contents(data_folder)
    bad, other = tmp_path / "bad.json", tmp_path / "other.json"
    bad.write_bytes(data)
    other.write_bytes(bundle_21("22.0", NEW))
    outcome = run("attack", "import", other, bad)
    assert outcome.code == 2
    assert outcome.out == b""
    assert outcome.err.startswith(f"{bad}: error ")
    assert outcome.err.count("\n") == 1
    assert contents(data_folder) == before


def test_bundle_without_a_release_is_told_the_option_that_names_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bundle.json").write_bytes(bundle(NEW))
    assert run("attack", "import", tmp_path / "bundle.json").err.endswith("; name the release, as in --release 16.1\n")


def test_missing_file(run: Run, tmp_path: Path, data_folder: Path) -> None:
    outcome = run("attack", "import", tmp_path / "nothing.json")
    assert outcome.code == 2
    assert "there is no such file" in outcome.err
    assert not data_folder.exists()


def test_two_bundles_of_one_release(run: Run, bundle_file: Path, data_folder: Path) -> None:
    outcome = run("attack", "import", bundle_file, bundle_file)
    assert outcome.code == 2
    assert "is a bundle of enterprise 21.0, and so is" in outcome.err
    assert not data_folder.exists()


def test_progress_is_shown_on_a_terminal_alone(bundle_file: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Reading" not in run("attack", "import", bundle_file).err
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    outcome = run("attack", "import", bundle_file)
    assert f"Reading {bundle_file}"[:60] in outcome.err
    assert outcome.out.startswith(b"enterprise 21.0: ")


# ---- download --------------------------------------------------------------------------------------------------------


def fake_download(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    def retrieve(url: str, known_hash: str, fname: str, path: str) -> None:
        Path(path, fname).write_bytes(data)

    monkeypatch.setattr(download_stix.pooch, "retrieve", retrieve)


def test_download_imports_a_release(run: Run, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(release_info.STIX21["enterprise"], "21.0", hashlib.sha256(BUNDLE_21).hexdigest())
    fake_download(monkeypatch, BUNDLE_21)
    outcome = run("attack", "download", "21", "--domain", "enterprise")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(b"enterprise 21.0: 1 active")
    assert contents(data_folder).keys() == {"enterprise-21.0.json"}


def test_download_without_a_network(run: Run, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def retrieve(*_: Any, **__: Any) -> None:
        raise NoConnectionError("Max retries exceeded")

    monkeypatch.setattr(download_stix.pooch, "retrieve", retrieve)
    outcome = run("attack", "download", "16.1")
    assert (outcome.code, outcome.out) == (2, b"")
    assert outcome.err == (
        "ATT&CK 16.1 enterprise: error cannot be fetched: no connection to the server (ConnectionError); "
        "check the network, or download the bundle in another way and import it\n"
    )
    assert not data_folder.exists()


def test_download_of_a_domain_that_a_release_does_not_have(run: Run) -> None:
    outcome = run("attack", "download", "7.2", "--domain", "ics")
    assert (outcome.code, outcome.err) == (2, "error there is no bundle of ATT&CK 7.2 ics\n")


@pytest.mark.parametrize("release", ["", "x", "16.1.1", "-1", "1e9", "16.1-beta"])
def test_release_that_is_no_release(release: str, run: Run) -> None:
    outcome = run("attack", "download", "--", release)
    assert outcome.code == 2
    assert "expected a release like 16.1 or 16" in outcome.err


# ---- list, show, changes ---------------------------------------------------------------------------------------------


def test_list(run: Run, bundle_file: Path, data_folder: Path) -> None:
    run("attack", "import", bundle_file)
    lines = run("attack", "list").out.decode().splitlines()
    assert lines[0].split() == ["domain", "release", "source", "techniques", "official", "bundle"]
    assert ["enterprise", "16.1", "built-in", "656"] in [line.split() for line in lines]
    assert ["enterprise", "21.0", "imported", "1", "no"] in [line.split() for line in lines]
    assert lines[-1] == f"imported releases are kept in {data_folder / 'attack'}"
    answer = json.loads(run("attack", "list", "--json").out)
    assert answer["data_folder"] == str(data_folder / "attack")
    [row] = [row for row in answer["releases"] if row["source"] == "imported"]
    assert row == {
        "domain": "enterprise",
        "release": "21.0",
        "source": "imported",
        "techniques": 1,
        "official": False,
        "sha256": hashlib.sha256(BUNDLE_21).hexdigest(),
        "stix": "2.1",
    }


def test_show(run: Run, bundle_file: Path) -> None:
    assert run("attack", "show", " t1114.003 ").out.decode().splitlines() == [
        "T1114.003 Email Forwarding Rule",
        "  domain       enterprise",
        "  in 20.0      active",
        "  active in    8.0 (or before) to 20.0",
        "  tactics      collection",
        "  platforms    Linux, Office Suite, Windows, macOS",
        "  parent       T1114 Email Collection",
        "  used by      5 groups, as reported in 18.1",
    ]
    run("attack", "import", bundle_file)
    [shown] = json.loads(run("attack", "show", "T1114", "--json").out)["techniques"]
    assert (shown["release"], shown["kind"], shown["since"]) == ("21.0", "revoked", "21.0")
    assert shown["replacement"] == {"id": "T9001", "name": "Name of T9001"}
    [shown] = json.loads(run("attack", "show", "T1114", "--at", "20", "--json").out)["techniques"]
    assert (shown["release"], shown["kind"]) == ("20.0", "active")


def test_show_of_an_inactive_technique(run: Run) -> None:
    lines = run("attack", "show", "T1562.001").out.decode().splitlines()
    assert "  in 20.0      revoked, gone since 19.1" in lines
    assert "  replaced by  T1685 Disable or Modify Tools" in lines
    assert "  active in    none of the known releases" in run("attack", "show", "T1043").out.decode().splitlines()
    assert "not yet, new in 20.0" in run("attack", "show", "T1608.007", "--at", "16").out.decode()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "T9"], "unknown technique T9; nearest ids: "),
        (["show", "\x1b[31m"], "unknown technique"),
        (["show", "T1114", "--at", "99"], "ATT&CK 99 is not known for enterprise; known are 8.0 to 20.0"),
        (["changes", "16.1", "99"], "ATT&CK 99 is not known for enterprise"),
        (["changes", "20.0", "16.1"], "20.0 is newer than 16.1; name the older release first"),
        (["download", "16.9"], "ATT&CK 16.9 cannot be downloaded"),
    ],
)
def test_what_is_not_known_is_told_in_one_line(arguments: list[str], words: str, run: Run) -> None:
    outcome = run("attack", *arguments)
    assert (outcome.code, outcome.out) == (2, b"")
    assert words in outcome.err
    assert outcome.err.count("\n") == 1
    assert "\x1b" not in outcome.err


def test_changes(run: Run) -> None:
    text = run("attack", "changes", "18.1", "19.1", "--domain", "enterprise").out.decode()
    assert text.startswith("enterprise 18.1 → 19.1: ")
    assert "\n    T1562 Impair Defenses → T1685 Disable or Modify Tools\n" in text
    assert ": -defense-evasion +stealth\n" in text
    assert text.endswith(
        "names are not compared: those of 18.1 and 19.1 are not built in; import 18.1 and 19.1 for that\n"
    )
    answer = json.loads(run("attack", "changes", "16", "20", "--json").out)
    assert [(d["domain"], d["older"], d["newer"]) for d in answer["domains"]] == [
        ("enterprise", "16.1", "20.0"),
        ("mobile", "16.1", "20.0"),
        ("ics", "16.1", "20.0"),
    ]


def test_changes_of_imported_releases(run: Run, bundle_file: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.json"
    later.write_bytes(bundle_21("22.0", technique("T9001", "Renamed", ("stealth",))))
    run("attack", "import", bundle_file, later)
    assert run("attack", "changes", "21", "22").out.decode().splitlines() == [
        "enterprise 21.0 → 22.0: 2 changes",
        "  renamed (1)",
        "    T9001 Name of T9001 → Renamed",
        "  other tactics (1)",
        "    T9001 Renamed: -impact +stealth",
    ]


def test_damaged_file_of_the_data_folder(run: Run, bundle_file: Path, data_folder: Path) -> None:
    run("attack", "import", bundle_file)
    file = data_folder / "attack/enterprise-21.0.json"
    file.write_bytes(file.read_bytes()[:50])
    outcome = run("attack", "list")
    assert outcome.code == 2
    assert (
        outcome.err
        == f"{file}: error is damaged: input data was truncated; import the bundle again, or delete the file\n"
    )
    assert run("attack", "import", bundle_file).code == 0
    assert run("attack", "list").code == 0


# ---- what is loaded --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["attack", "--help"], ["attack", "list"], ["attack", "show", "T1114"], ["export", "sample"]],
)
def test_mitreattack_is_loaded_for_bundles_alone(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from navigator_export.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit as exit_:\n    assert not exit_.code\n"
        "assert not {'mitreattack', 'stix2', 'pandas'} & sys.modules.keys()\n"
    )
    finished = subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, check=False)
    assert finished.returncode == 0, finished.stderr.decode()


def test_group_without_a_command_shows_the_commands() -> None:
    finished = run_process("attack", "--help")
    assert all(name.encode() in finished.stdout for name in ("changes", "download", "import", "list", "show"))


@pytest.mark.parametrize("words", [("attack", "import", "-", "--release", "21.0"), ("attack", "download", "16.1")])
def test_without_mitreattack_python_one_line_says_how_to_get_it(
    words: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("mitreattack", "mitreattack.stix20", "mitreattack.release_info", "mitreattack.download_stix"):
        monkeypatch.setitem(sys.modules, module, None)
    outcome = run(*words, stdin=bundle(NEW))
    assert (outcome.code, outcome.out) == (2, b"")
    assert len(outcome.err.splitlines()) == 1
    assert "pip install 'mitreattack-python>=6'" in outcome.err
