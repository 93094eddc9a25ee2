from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mitreattack import download_stix, release_info
from requests import ConnectionError as NoConnectionError, HTTPError, Response

from navigator_export.attack.stix import downloadable, fetch, read_bundle
from navigator_export.errors import AttackError
from tests.attack.bundles import bundle, bundle_21, revoked, technique
from tests.made_inputs import nested_lists

ONE = technique("T1114")


def problem_of(call: Callable[[], object]) -> str:
    """Return the one line that a call fails with."""
    with pytest.raises(AttackError) as error:
        call()
    [line] = error.value.lines()
    assert "\n" not in line
    return line


# ---- what a bundle states --------------------------------------------------------------------------------------------


def test_techniques_are_sorted_and_complete() -> None:
    old = technique("T1086", "PowerShell", ("execution",))
    new = technique(
        "T1059.001", "PowerShell", ("execution", "collection"), x_mitre_platforms=["Windows", "Linux", "None"]
    )
    gone = technique("T1064", "Scripting", (), x_mitre_deprecated=True)
    release = read_bundle("b", bundle(gone, revoked(old, new), new), "8.0")
    assert [t.id for t in release.techniques] == ["T1059.001", "T1064", "T1086"]
    assert release.by_id["T1059.001"].tactics == ("collection", "execution")
    assert release.by_id["T1059.001"].platforms == ("Linux", "Windows")
    assert (release.by_id["T1086"].status, release.by_id["T1086"].replaced_by) == ("revoked", "T1059.001")
    assert (release.by_id["T1064"].status, release.by_id["T1064"].replaced_by) == ("deprecated", None)


@pytest.mark.parametrize("domain", ["enterprise", "mobile", "ics"])
def test_domain_follows_from_the_kill_chains(domain: str) -> None:
    assert read_bundle("b", bundle(technique("T1114", domain=domain)), "8.0").domain == domain


def test_order_of_the_objects_does_not_matter() -> None:
    old, new = technique("T1086"), technique("T1059.001")
    objects = [new, *revoked(old, new), technique("T1001")]
    release, other = (read_bundle("b", bundle(order), "8.0") for order in (objects, objects[::-1]))
    assert release.techniques == other.techniques


def test_active_technique_goes_before_an_inactive_one_of_the_same_id() -> None:
    active, gone = technique("T1114", "now"), technique("T1114", "then", x_mitre_deprecated=True)
    for objects in ([active, gone], [gone, active]):
        [stated] = read_bundle("b", bundle(objects), "8.0").techniques
        assert (stated.name, stated.status) == ("now", "active")


def test_techniques_of_another_domain_and_without_an_id_are_left_out_and_counted() -> None:
    foreign = technique("T1400", domain="mobile")
    nameless = technique("T1000") | {"external_references": [{"source_name": "capec", "external_id": "CAPEC-1"}]}
    release = read_bundle("b", bundle(ONE, technique("T1001"), foreign, nameless), "8.0")
    assert [t.id for t in release.techniques] == ["T1001", "T1114"]
    assert release.left_out == 2


# ---- which release it is ---------------------------------------------------------------------------------------------


def test_21_bundle_states_its_release() -> None:
    release = read_bundle("b", bundle_21("21.0", ONE))
    assert (release.version, release.stix, release.official) == ("21.0", "2.1", False)


def test_official_bundle_is_known_by_its_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bundle(ONE)
    monkeypatch.setitem(release_info.STIX20["enterprise"], "7.2", hashlib.sha256(data).hexdigest())
    release = read_bundle("b", data)
    assert (release.version, release.stix, release.official) == ("7.2", "2.0", True)
    assert read_bundle("b", data, "7.2").official
    line = problem_of(lambda: read_bundle("b", data, "7.1"))
    assert line == "b: error is the official bundle of enterprise 7.2, not of 7.1; leave out `bundle.release`"


def test_hash_of_another_domain_does_not_make_a_bundle_official(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bundle(ONE)
    monkeypatch.setitem(release_info.STIX20["mobile"], "7.2", hashlib.sha256(data).hexdigest())
    assert "states no release" in problem_of(lambda: read_bundle("b", data))


def test_release_can_be_told() -> None:
    assert read_bundle("b", bundle(ONE), "16.1").version == "16.1"
    assert read_bundle("b", bundle_21("1.0", ONE), "16.1").version == "16.1"


@pytest.mark.parametrize("stated", ["", "../../x", "16", "16.1.2", "٣.١", "9999.0", None, 16.1])
def test_release_that_is_none_is_not_taken(stated: Any) -> None:
    assert "bundle.release" in problem_of(lambda: read_bundle("b", bundle_21(stated, ONE)))


def test_two_collections_that_differ_state_nothing() -> None:
    other = {"type": "x-mitre-collection", "id": "x-mitre-collection--1", "x_mitre_version": "15.1"}
    assert "states no release" in problem_of(lambda: read_bundle("b", bundle_21("16.1", ONE, other)))


# ---- damaged and foreign input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (bundle(ONE)[:-20], "is damaged, or not JSON: input data was truncated"),
        (b"<html>", "is damaged, or not JSON: invalid character (byte 0)"),
        (b"\xff\xfe{", "is damaged, or not JSON"),
        (nested_lists(100_000), "is not a STIX bundle"),
        (b'{"type":"bundle","objects":[' + nested_lists(100_000) + b"]}", "is damaged, or not JSON"),
        (b"[]", "is not a STIX bundle: expected `object`, got `array`"),
        (b'{"type":"report","objects":[]}', "is not a STIX bundle"),
        (b'{"type":"bundle"}', "is not a STIX bundle"),
        (b'{"type":"bundle","objects":[1]}', "is not a STIX bundle"),
        (bundle(), "holds no active ATT&CK technique"),
        (bundle({"type": "indicator", "id": "indicator--1"}), "holds no active ATT&CK technique"),
        (bundle(technique("AML.T0001")), "holds no active ATT&CK technique"),
        (bundle(ONE | {"kill_chain_phases": [{"kill_chain_name": "lockheed", "phase_name": "x"}]}), "holds no active"),
        (bundle(ONE | {"x_mitre_deprecated": True}), "holds no active ATT&CK technique"),
        (bundle({k: v for k, v in ONE.items() if k != "name"}), "holds an object that is not valid STIX"),
        (bundle(ONE | {"external_references": "x"}), "holds an object that is not valid STIX"),
        (bundle(ONE | {"id": "attack-pattern--1"}), "holds an object that is not valid STIX"),
        (bundle(ONE), "states no release, and its SHA-256 is not that of a known official bundle; name the release"),
    ],
)
def test_input_that_is_no_bundle_is_told_in_one_line(data: bytes, words: str) -> None:
    assert problem_of(lambda: read_bundle("b.json", data)).startswith(f"b.json: error {words}")


# ---- fetching --------------------------------------------------------------------------------------------------------


def test_major_release_is_its_newest_minor_one() -> None:
    assert downloadable("16") == dict.fromkeys(("enterprise", "mobile", "ics"), "16.1")
    assert downloadable("16.0")["enterprise"] == "16.0"
    assert downloadable("7.2").keys() == {"enterprise", "mobile"}


def test_unknown_release_cannot_be_downloaded() -> None:
    assert problem_of(lambda: downloadable("16.9")).startswith(
        "error ATT&CK 16.9 cannot be downloaded; nearest releases"
    )


def test_fetched_bundle_is_that_of_the_address_and_hash_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {}

    def retrieve(url: str, known_hash: str, fname: str, path: str) -> None:
        asked.update(url=url, hash=known_hash)
        Path(path, fname).write_bytes(b"data")

    monkeypatch.setattr(download_stix.pooch, "retrieve", retrieve)
    assert fetch("ics", "16.1") == b"data"
    assert asked["url"].endswith("/ics-attack/ics-attack-16.1.json")
    assert asked["hash"] == release_info.STIX21["ics"]["16.1"]
    fetch("mobile", "11.1")
    assert asked["url"].endswith("ATT%26CK-v11.1/mobile-attack/mobile-attack.json")
    assert asked["hash"] == release_info.STIX20["mobile"]["11.1"]


def not_found() -> HTTPError:
    response = Response()
    response.status_code = 404
    return HTTPError("404 Client Error: Not Found for url: …", response=response)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoConnectionError("HTTPSConnectionPool(host=…): Max retries exceeded"), "no connection to the server"),
        (TimeoutError(110, "Connection timed out"), "connection timed out"),
        (not_found(), "the server answered 404"),
        (OSError(28, "No space left on device"), "no space left on device"),
        (ValueError("SHA256 hash of downloaded file …"), "its SHA-256 differs"),
    ],
)
def test_failed_download_is_told_in_one_line(error: Exception, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def retrieve(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(download_stix.pooch, "retrieve", retrieve)
    line = problem_of(lambda: fetch("enterprise", "16.1"))
    assert line.startswith("ATT&CK 16.1 enterprise: error ")
    assert words in line


def test_objects_that_say_nothing_of_techniques_are_not_even_looked_at() -> None:
    odd = {"type": "x-mitre-asset", "id": "x-mitre-asset--1", "name": ["not", "STIX"]}
    assert json.loads(bundle(ONE, odd))["objects"][1] == odd
    assert len(read_bundle("b", bundle(ONE, odd), "8.0").techniques) == 1
