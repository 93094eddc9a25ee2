from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from navigator_export.sets.keeping import VARIABLE
from navigator_export.sets.names import name_of
from navigator_export.sets.repository import REPOSITORY
from tests.https_server import Server, with_body
from tests.made_inputs import mapping_bytes, rated_rows
from tests.running import Run
from tests.sets.made_sets import M365, NIST_5, OLD_M365, SETS, registry_of
from tests.sets.test_registry import repository


@pytest.fixture(autouse=True)
def mirror(server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, server.address)
    for one in SETS:
        server.serve(f"/{one.facts.path}", one.data)
    with registry_of(monkeypatch, *SETS):
        yield


def test_list_tells_of_each_set_and_what_is_cached(run: Run, cache: Path) -> None:
    assert run("sets", "fetch", "nist").code == 0
    outcome = run("sets")
    lines = outcome.out.decode().splitlines()
    assert outcome.code == 0
    assert [name for line in lines for name in map(name_of, _facts()) if line.split() and line.split()[0] == name] == [
        "m365:2025-07-18@16.1",
        "m365:2023-12-11@14.1",
        "nist:rev5@16.1",
    ]
    assert [line.split()[0] for line in lines if line.endswith("yes")] == ["nist:rev5@16.1"]
    assert "E3 < E5" in lines[-2] + lines[-3]
    document = json.loads(run("sets", "--json").out)
    assert document["cache_folder"] == str(cache)
    assert [row["cached"] for row in document["sets"]] == [False, False, True]
    assert document["sets"][0]["sha256"] == M365.facts.sha256


def _facts() -> list[object]:
    return [one.facts for one in SETS]


def test_show_tells_all_of_a_set(run: Run) -> None:
    text = run("sets", "show", "m365@14.1").out.decode()
    for fact in ("m365:2023-12-11@14.1", OLD_M365.facts.address, OLD_M365.facts.sha256, "Apache-2.0", "E3 < E5"):
        assert fact in text
    assert json.loads(run("sets", "show", "nist", "--json").out)["name"] == "nist:rev5@16.1"


def test_show_of_an_unknown_name_tells_the_nearest(run: Run) -> None:
    outcome = run("sets", "show", "m356")
    assert outcome.code == 2
    assert outcome.err == "m356: error there is no published set of this name; nearest sets: m365\n"


def test_fetch_all_fills_the_cache_for_work_without_a_network(run: Run, server: Server, cache: Path) -> None:
    assert run("sets", "fetch", "all").out.decode().splitlines() == [f"{name_of(one.facts)}: fetched" for one in SETS]
    assert {path.name for path in cache.iterdir()} == {one.facts.sha256 for one in SETS}
    server.clear()
    assert run("sets", "fetch", "m365", "m365@16.1").out == b"m365:2025-07-18@16.1: was there\n"
    assert run("export", "m365", "-o", "layer.json").code == 0
    assert server.asked == []


def test_verify_tells_what_is_damaged(run: Run, cache: Path) -> None:
    run("sets", "fetch", "m365", "nist")
    assert run("sets", "verify").code == 0
    (cache / NIST_5.facts.sha256).write_bytes(b"{}")
    outcome = run("sets", "verify")
    assert (outcome.code, outcome.out.decode()) == (1, f"damaged: {cache / NIST_5.facts.sha256}\n")
    assert run("export", "nist", "-q", "-o", "layer.json").code == 0
    assert run("sets", "verify").code == 0


def test_outdated_without_a_manifest_tells_sets_that_are_not_known(run: Run, tmp_path: Path) -> None:
    assert run("sets", "outdated", "--from", repository(tmp_path / "old", M365)).code == 0
    changed = M365._replace(data=mapping_bytes(rated_rows()[:2], mapping_framework_version="07/18/2025"))
    outcome = run("sets", "outdated", "--from", repository(tmp_path / "new", changed))
    assert outcome.code == 1
    assert re.fullmatch(
        rf"m365:2025-07-18@16\.1: https://raw\.githubusercontent\.com/{REPOSITORY}/[0-9a-f]{{40}}/{M365.facts.path}\n",
        outcome.out.decode(),
    )


@pytest.mark.parametrize("name", ["m365", "nist"])
def test_nothing_is_written_where_a_set_cannot_be_had(run: Run, server: Server, tmp_path: Path, name: str) -> None:
    server.clear()
    outcome = run("export", name, "-o", "layer.json")
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert "the server answered 404 Not Found" in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_offline_is_a_line_that_says_what_to_do(run: Run, server: Server, cache: Path) -> None:
    outcome = run("export", "m365", "--offline")
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert f"into {cache}" in outcome.err
    assert server.asked == []
    assert run("export", "m365", "-q", "-o", "layer.json").code == 0


def test_hash_of_an_address_can_be_an_option(run: Run, server: Server) -> None:
    body = mapping_bytes(rated_rows())
    address = server.serve("/list.json", body)
    right = hashlib.sha256(body).hexdigest()
    assert run("export", address, "--sha256", right, "-q", "-o", "layer.json").code == 0
    assert f"{address}#sha256={right}" in Path("layer.json").read_text("utf-8")
    wrong = run("export", address, "--sha256", "0" * 64, "-o", "other.json")
    assert (wrong.code, Path("other.json").exists()) == (2, False)
    assert run("export", "m365", "--sha256", right).code == 2


def test_hash_of_an_address_without_a_pin_is_shown(run: Run, server: Server) -> None:
    address = server.serve("/list.json", with_body(mapping_bytes(rated_rows())))
    err = run("export", address, "-q", "-o", "layer.json").err
    assert f"end the address in #sha256={hashlib.sha256(mapping_bytes(rated_rows())).hexdigest()}" in err


@pytest.mark.parametrize("command", ["inspect", "convert"])
def test_other_commands_read_sets_too(run: Run, command: str) -> None:
    assert run(command, "nist").code == 0
