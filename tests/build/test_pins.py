from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from navigator_export.build.pins import Pins, lock_of, moves, pin, read_pins, renew, write_pins
from navigator_export.errors import SourceError
from navigator_export.sets.keeping import VARIABLE
from navigator_export.sets.network import using
from tests.build.manifests import manifest_file
from tests.https_server import Server
from tests.made_inputs import mapping_bytes, mapping_file, rated_rows
from tests.running import Run
from tests.sets.made_sets import M365, NIST_5, OLD_M365, made, mirrored
from tests.sets.test_registry import repository

NEW = made("m365", "05/06/2027", "19.1")
CHANGED = made("m365", "07/18/2025", rows=3)
LAYERS = """
sources: {mail: m365}
output: out
layers:
  - path: mail.json
"""


@pytest.fixture(autouse=True)
def mirror(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    with mirrored(monkeypatch, tmp_path) as folder:
        yield folder


def source_of(folder: Path) -> str:
    """Return what the layer that was built says it is made of."""
    metadata = json.loads((folder / "out" / "mail.json").read_text("utf-8"))["metadata"]
    return next(pair["value"] for pair in metadata if pair.get("name") == "source")


def test_pins_stay_and_new_names_are_pinned_as_the_registry_has_them() -> None:
    before = Pins(sets={"m365": OLD_M365.facts, "gone": M365.facts})
    assert pin(("m365", "nist"), before) == Pins(sets={"m365": OLD_M365.facts, "nist": NIST_5.facts})


def test_newest_of_registry_upstream_and_pins() -> None:
    before = Pins(sets={"m365": OLD_M365.facts, "m365:2023": OLD_M365.facts})
    words = ("m365", "m365:2023")
    assert renew(words, before, (), offline=True).sets["m365"] == M365.facts
    after = renew(words, before, (NEW.facts,), offline=True)
    assert after == Pins(sets={"m365": NEW.facts, "m365:2023": OLD_M365.facts})
    assert [str(move) for move in moves(before, after)] == [
        "m365: m365:2023-12-11@14.1 (c0ffee0) → m365:2027-05-06@19.1 (c0ffee0)"
    ]
    assert renew(words, after, (), offline=True) == after
    assert moves(after, after) == []


def test_same_content_at_another_commit_is_no_news_and_other_content_is() -> None:
    before = Pins(sets={"m365": M365.facts})
    assert renew(("m365",), before, (replace(M365.facts, commit="9" * 40),), offline=True) == before
    assert renew(("m365",), before, (CHANGED.facts,), offline=True).sets["m365"] == CHANGED.facts


def test_lock_is_written_beside_the_manifest_and_read_back(tmp_path: Path) -> None:
    manifest = str(tmp_path / "layers.yaml")
    pins = Pins(sets={"m365": M365.facts}, addresses={"https://example.org/a.json": "0" * 64})
    assert read_pins(manifest) is None
    assert write_pins(pins, manifest)
    assert not write_pins(pins, manifest)
    assert lock_of(manifest) == tmp_path / "layers.lock"
    assert read_pins(manifest) == pins


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("format",), 2),
        (("sets", "m365", "sha256"), "1234"),
        (("sets", "m365", "commit"), ""),
        (("sets", "m365", "path"), "../../etc/passwd"),
        (("sets", "m365", "repository"), "a/b/c"),
        (("addresses",), {"https://example.org": "x"}),
    ],
)
def test_lock_of_another_form_is_refused(tmp_path: Path, place: tuple[str, ...], value: object) -> None:
    manifest = str(tmp_path / "layers.yaml")
    write_pins(Pins(sets={"m365": M365.facts}), manifest)
    document = json.loads(lock_of(manifest).read_text("utf-8"))
    holder = document
    for part in place[:-1]:
        holder = holder[part]
    holder[place[-1]] = value
    lock_of(manifest).write_text(json.dumps(document), "utf-8")
    with pytest.raises(SourceError, match=r"is no lock: .*make it anew with `build --lock`"):
        read_pins(manifest)


def test_build_makes_what_the_lock_pins(run: Run, tmp_path: Path) -> None:
    manifest = manifest_file(tmp_path, LAYERS)
    write_pins(Pins(sets={"m365": OLD_M365.facts}), str(manifest))
    assert run("build", manifest, "-q").code == 0
    assert source_of(tmp_path) == "m365:2023-12-11@14.1"
    assert run("build", manifest, "--check", "-q").code == 0
    lock_of(str(manifest)).unlink()
    assert run("build", manifest, "--check", "-q").code == 1
    assert run("build", manifest, "-q").code == 0
    assert source_of(tmp_path) == "m365:2025-07-18@16.1"


def test_set_that_the_registry_does_not_have_is_named_by_its_address(
    run: Run, tmp_path: Path, mirror: Path, server: Server
) -> None:
    (mirror / Path(NEW.facts.path).name).write_bytes(NEW.data)
    manifest = manifest_file(tmp_path, LAYERS)
    write_pins(Pins(sets={"m365": NEW.facts}), str(manifest))
    assert run("build", manifest, "-q").code == 0
    assert source_of(tmp_path) == f"{NEW.facts.address}#sha256={NEW.facts.sha256}"


def test_lock_is_written_by_build(run: Run, tmp_path: Path) -> None:
    manifest = manifest_file(tmp_path, LAYERS)
    assert run("build", manifest, "--lock", "-q").code == 0
    assert read_pins(str(manifest)) == Pins(sets={"m365": M365.facts})
    assert run("build", manifest, "--lock", "--check").code == 2


def test_build_that_fails_leaves_the_lock_alone(run: Run, tmp_path: Path) -> None:
    manifest = manifest_file(tmp_path, LAYERS.replace("path: mail.json", "select: {tier: E9}"))
    assert run("build", manifest, "--lock", "-q").code == 2
    assert read_pins(str(manifest)) is None


def test_name_that_the_lock_does_not_have_is_a_problem_of_the_manifest(run: Run, tmp_path: Path) -> None:
    manifest = manifest_file(tmp_path, LAYERS.replace("mail: m365", "mail: m365, controls: nist"))
    write_pins(Pins(sets={"m365": M365.facts}), str(manifest))
    outcome = run("build", manifest)
    assert outcome.code == 2
    assert f"nist is not in {lock_of(str(manifest))}; navigator-export build {manifest} --lock adds it" in outcome.err
    assert run("build", manifest, "--lock", "-q").code == 0


def test_check_asks_no_network_when_the_lock_is_satisfied(
    run: Run, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, server.address)
    server.serve(f"/{M365.facts.path}", M365.data)
    address = server.serve("/own.json", mapping_bytes(rated_rows()[:2]))
    manifest = manifest_file(tmp_path, LAYERS.replace("mail: m365", f"mail: [m365, '{address}']"))
    assert run("build", manifest, "--lock", "-q").code == 0
    assert read_pins(str(manifest)) == Pins(
        sets={"m365": M365.facts},
        addresses={address: hashlib.sha256(mapping_bytes(rated_rows()[:2])).hexdigest()},
    )
    server.clear()
    assert run("build", manifest, "--check", "-q").code == 0
    assert run("build", manifest, "--fresh", "--offline", "-q").code == 0
    assert server.asked == []


def test_names_in_a_manifest_are_checked_when_it_is_read(run: Run, tmp_path: Path) -> None:
    outcome = run("build", manifest_file(tmp_path, LAYERS.replace("mail: m365", "mail: m356")))
    assert outcome.code == 2
    assert "there is no file, and no published set, of the name 'm356'; nearest sets and samples: m365" in outcome.err


def test_file_in_another_folder_than_the_manifest_s_is_not_the_set(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = manifest_file(tmp_path / "below", LAYERS)
    (tmp_path / "m365").write_bytes(b"no mappings")
    assert run("build", manifest, "--lock", "-q").code == 0
    assert source_of(tmp_path / "below") == "m365:2025-07-18@16.1"
    lock_of(str(manifest)).unlink()
    assert run("build", manifest, "--check", "-q").code == 0


def test_file_beside_the_manifest_goes_before_the_set(run: Run, tmp_path: Path) -> None:
    manifest = manifest_file(tmp_path, LAYERS)
    mapping_file(tmp_path, rated_rows(), "m365")
    assert run("build", "layers.yaml", "--lock", "-q").code == 0
    assert source_of(tmp_path) == "m365"
    assert read_pins(str(manifest)) is None


def test_update_and_outdated_compare_a_lock_with_a_copy(run: Run, tmp_path: Path) -> None:
    manifest = manifest_file(tmp_path, LAYERS)
    assert run("build", manifest, "--lock", "-q").code == 0
    copy = repository(tmp_path / "copy", OLD_M365, M365, NEW)
    assert run("sets", "outdated", manifest, "--offline").code == 0
    told = run("sets", "outdated", manifest, "--from", copy)
    assert told.code == 1
    assert told.out.decode().startswith("m365: m365:2025-07-18@16.1 (c0ffee0) → m365:2027-05-06@19.1 (")
    assert run("sets", "update", manifest, "--from", copy).out == told.out
    assert run("sets", "outdated", manifest, "--from", copy).code == 0
    assert run("sets", "outdated", manifest, "--offline").out == b"nothing is newer\n"
    with using(offline=True):
        assert run("build", manifest, "-q").code == 0
    assert NEW.facts.sha256 in source_of(tmp_path)


def test_update_and_outdated_take_the_manifest_of_a_usual_name(run: Run, tmp_path: Path) -> None:
    copy = repository(tmp_path / "copy", OLD_M365, M365, NEW)
    none = run("sets", "update", "--from", copy)
    assert (none.code, "there is no navigator-export.yaml or layers.yaml here" in none.err) == (2, True)
    manifest = manifest_file(tmp_path, LAYERS, "navigator-export.yaml")
    assert run("build", "--lock", "-q").code == 0
    told = run("sets", "outdated", "--from", copy)
    assert (told.code, told.out) == (1, run("sets", "outdated", manifest, "--from", copy).out)
    assert run("sets", "update", "--from", copy).out == told.out
    assert run("sets", "outdated", "--from", copy).code == 0
    manifest_file(tmp_path, LAYERS)
    assert run("sets", "outdated", "--from", copy).code == 2
