from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from navigator_export import schemas
from navigator_export.attack import known
from navigator_export.build import build, read_manifest
from navigator_export.build.memory import Memory
from navigator_export.build.ownership import own_files
from navigator_export.errors import OutputError
from navigator_export.opening import PUBLIC_NAVIGATOR
from tests.build.manifests import INDEX_FILES, built, checked, manifest_file, own_cache, problems_of, tree
from tests.opening.test_links import held
from tests.pictures.pages import Read, assert_asks_nobody
from tests.running import Run

TEXT = """
pages: true
layers:
  - {sources: m365, for_each: tier, path: "tiers/{tier}"}
  - {sources: nist, path: "a b"}
"""
LAYERS = {"tiers/e3.json", "tiers/e5.json", "a b.json"}
PAGES = {"index.html"} | {path.replace(".json", ending) for path in LAYERS for ending in (".html", ".svg")}


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    return own_cache(monkeypatch, tmp_path)


def test_every_layer_has_a_page_and_a_picture_and_all_have_a_gallery(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    assert set(tree(tmp_path / "out")) == LAYERS | PAGES | INDEX_FILES
    assert not checked(tmp_path, TEXT)


def test_without_pages_a_folder_is_what_it_was(tmp_path: Path) -> None:
    built(tmp_path, TEXT.replace("pages: true", ""))
    assert set(tree(tmp_path / "out")) == LAYERS | INDEX_FILES
    assert "pages" not in json.loads((tmp_path / "out/index.json").read_text())


def test_option_asks_for_pages_as_the_manifest_does(run: Run, tmp_path: Path) -> None:
    path = manifest_file(tmp_path, TEXT.replace("pages: true", ""))
    assert run("build", path, "-o", tmp_path / "out", "--pages").code == 0
    assert set(tree(tmp_path / "out")) == LAYERS | PAGES | INDEX_FILES
    assert run("build", path, "-o", tmp_path / "out", "--pages", "--check").code == 0
    assert run("build", path, "-o", tmp_path / "out", "--check").code == 1


def test_gallery_leads_to_what_is_there(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    gallery = Read((tmp_path / "out/index.html").read_bytes())
    assert_asks_nobody(gallery)
    addresses = {link["href"] for link in gallery.all("a")}
    assert addresses == {path.replace(" ", "%20") for path in LAYERS | PAGES - {"index.html"}}
    assert "E3 · M365 2025-07-18" in gallery.text
    assert "M365 2025-07-18 by tier" in gallery.text


def test_index_and_checksums_cover_the_pages(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    files = tree(tmp_path / "out")
    index = json.loads(files["index.json"])
    assert not schemas.violations("index", index)
    assert {page["file"]: page["sha256"] for page in index["pages"]} == {
        path: hashlib.sha256(files[path]).hexdigest() for path in PAGES
    }
    sums = dict(line.split("  ", 1)[::-1] for line in files["SHA256SUMS"].decode().splitlines())
    assert sums.keys() == files.keys() - {"SHA256SUMS"}
    assert all(hashlib.sha256(files[path]).hexdigest() == checksum for path, checksum in sums.items())


def test_same_manifest_gives_the_same_pages_with_several_processes(tmp_path: Path) -> None:
    built(tmp_path, TEXT, "one")
    built(tmp_path, TEXT, "two", jobs=2)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


@pytest.mark.parametrize("path", ["index.html", "tiers/e3.html", "a b.svg"])
def test_page_that_is_changed_or_missing_is_drift(tmp_path: Path, path: str) -> None:
    built(tmp_path, TEXT)
    (tmp_path / "out" / path).write_text("x")
    assert checked(tmp_path, TEXT).stale == (path,)
    (tmp_path / "out" / path).unlink()
    assert checked(tmp_path, TEXT).missing == (path,)


def test_pages_that_are_no_longer_wanted_are_removed(tmp_path: Path) -> None:
    built(tmp_path, TEXT)
    fewer = TEXT.replace('  - {sources: nist, path: "a b"}\n', "")
    assert checked(tmp_path, fewer).stray == ("a b.html", "a b.json", "a b.svg")
    assert set(built(tmp_path, fewer).removed) == {"a b.html", "a b.json", "a b.svg"}
    assert set(built(tmp_path, fewer.replace("pages: true", "")).removed) == {
        "index.html", "tiers/e3.html", "tiers/e3.svg", "tiers/e5.html", "tiers/e5.svg",
    }  # fmt: skip
    assert set(tree(tmp_path / "out")) == {"tiers/e3.json", "tiers/e5.json"} | INDEX_FILES


@pytest.mark.parametrize("path", ["notes.html", "notes.svg", "notes.txt", "sub/index.html", "../outside.html"])
def test_page_of_somebody_else_is_never_taken_for_an_own_one(tmp_path: Path, path: str) -> None:
    """Whatever an index lists, for anybody can write one."""
    built(tmp_path, TEXT)
    out = tmp_path / "out"
    (out / path).parent.mkdir(exist_ok=True)
    (out / path).write_text("<!DOCTYPE html><p>mine</p>")
    index = json.loads((out / "index.json").read_text())
    index["pages"].append({"file": path, "sha256": hashlib.sha256((out / path).read_bytes()).hexdigest()})
    (out / "index.json").write_text(json.dumps(index))
    assert own_files(str(out)) == LAYERS | PAGES
    built(tmp_path, TEXT)
    assert (out / path).exists()


@pytest.mark.parametrize("path", ["index.html", "a b.svg"])
def test_page_of_somebody_else_is_never_written_over(tmp_path: Path, path: str) -> None:
    built(tmp_path, TEXT.replace("pages: true", ""))
    (tmp_path / "out" / path).write_text("<!DOCTYPE html><p>mine</p>")
    before = tree(tmp_path / "out")
    with pytest.raises(OutputError, match="none of a build's pages; move it away"):
        built(tmp_path, TEXT)
    assert tree(tmp_path / "out") == before


# ---- unchanged layers ------------------------------------------------------------------------------------------------


def remembered(folder: Path, text: str) -> set[str]:
    """Build with a memory and return what became of the layers."""
    path = str(manifest_file(folder, text))
    manifest = read_manifest(path)
    memory = Memory(path, manifest.pages)
    return {made.state for made in build(manifest, str(folder / "out"), known(), memory=memory).made}


def test_unchanged_layers_are_not_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert remembered(tmp_path, TEXT) == {"written"}
    files = tree(tmp_path / "out")
    monkeypatch.setattr("navigator_export.build.pages.draw", None)
    assert remembered(tmp_path, TEXT) == {"unchanged"}
    assert tree(tmp_path / "out") == files


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("x")])
@pytest.mark.parametrize("path", ["tiers/e3.html", "a b.svg", "index.html"])
def test_damaged_page_is_made_again(tmp_path: Path, path: str, damage: Callable[[Path], object]) -> None:
    remembered(tmp_path, TEXT)
    files = tree(tmp_path / "out")
    damage(tmp_path / "out" / path)
    remembered(tmp_path, TEXT)
    assert tree(tmp_path / "out") == files


def test_pages_asked_for_later_are_made(tmp_path: Path) -> None:
    remembered(tmp_path, TEXT.replace("pages: true", ""))
    assert remembered(tmp_path, TEXT) == {"written"}
    assert remembered(tmp_path, TEXT.replace("pages: true", "pages: {data_links: true}")) == {"written"}
    assert (tmp_path / "out/a b.open.html").exists()


# ---- opening ---------------------------------------------------------------------------------------------------------


def opened(folder: Path, text: str) -> list[str]:
    built(folder, text)
    gallery = Read((folder / "out/index.html").read_bytes())
    return [link["href"] for link in gallery.all("a") if ".open.html" in link["href"] or "#layerURL" in link["href"]]


def test_layers_without_an_address_open_from_pages_that_hold_them_on_request(tmp_path: Path) -> None:
    assert opened(tmp_path, TEXT) == []
    assert opened(tmp_path, TEXT.replace("true", "{data_links: true}")) == [
        "tiers/e3.open.html",
        "tiers/e5.open.html",
        "a%20b.open.html",
    ]
    page = Read((tmp_path / "out/a b.open.html").read_bytes())
    assert_asks_nobody(page)
    [link] = page.all("a")
    assert link["href"].startswith(PUBLIC_NAVIGATOR)
    assert held(link["href"]) == [json.loads((tmp_path / "out/a b.json").read_text())]


def test_layers_with_an_address_open_by_it(tmp_path: Path) -> None:
    links = opened(tmp_path, f"base_url: https://example.org/l\n{TEXT}".replace("true", "{data_links: true}"))
    assert len(links) == 5
    assert all(link.startswith(f"{PUBLIC_NAVIGATOR}#layerURL=https%3A%2F%2Fexample.org") for link in links)


def test_workbooks_are_made_on_request_and_removed_again(tmp_path: Path) -> None:
    workbooks = {path.replace(".json", ".xlsx") for path in LAYERS}
    built(tmp_path, TEXT.replace("true", "{excel: true}"))
    assert set(tree(tmp_path / "out")) == LAYERS | PAGES | INDEX_FILES | workbooks
    gallery = Read((tmp_path / "out/index.html").read_bytes())
    assert {path.replace(" ", "%20") for path in workbooks} <= {link["href"] for link in gallery.all("a")}
    assert set(built(tmp_path, TEXT).removed) == workbooks


# ---- what does not go ------------------------------------------------------------------------------------------------


def test_page_never_takes_the_place_of_a_file_that_is_read(tmp_path: Path) -> None:
    text = "pages: true\nsources: {page: m365.html}\nlayers: [{path: m365}]"
    path = manifest_file(tmp_path, text)
    (tmp_path / "m365.html").write_bytes((tmp_path / "m365.json").read_bytes())
    (tmp_path / "m365.json").unlink()
    before = (tmp_path / "m365.html").read_bytes()
    with pytest.raises(Exception, match="that of a file that the build reads"):
        build(read_manifest(str(path)), str(tmp_path), known())
    assert (tmp_path / "m365.html").read_bytes() == before


def test_pages_of_two_layers_never_share_a_path(tmp_path: Path) -> None:
    text = "pages: {data_links: true}\nlayers: [{sources: m365, path: a}, {sources: m365, path: a.open}]"
    [problem] = problems_of(tmp_path, text)
    assert problem.message == "the page 'a.open.html' is that of the layer 'a.json' too"
