from __future__ import annotations

from pathlib import Path

import pytest

from tests.made_inputs import layer_bytes, mapping_bytes, mapping_file, rated_rows
from tests.opening.test_links import held
from tests.running import Run


@pytest.fixture(autouse=True)
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    file = tmp_path / "layer.json"
    file.write_bytes(layer_bytes(name="mine"))
    return file


def names(address: bytes) -> list[str]:
    return [layer["name"] for layer in held(address.decode().strip())]


def test_printed_link_holds_layers_and_what_is_made_of_sources(run: Run, layer: Path, tmp_path: Path) -> None:
    outcome = run("open", layer, mapping_file(tmp_path, rated_rows()), "--tier", "E3", "--print")
    assert outcome.code == 0
    assert names(outcome.out) == ["mine", "E3 · M365 2025-07-18"]


def test_list_of_layers_and_standard_input_are_taken(run: Run) -> None:
    layers = b"[" + layer_bytes(name="a") + b"," + layer_bytes(name="b") + b"]"
    assert names(run("open", "-", "--print", stdin=layers).out) == ["a", "b"]
    assert names(run("open", "-", "--print", stdin=mapping_bytes(rated_rows())).out) == ["M365 2025-07-18"]


def test_browser_is_started_on_a_page_that_holds_the_link(
    run: Run, layer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("navigator_export.opening.browser.webbrowser.open", lambda url: pages.append(url) is None)
    pages: list[str] = []
    outcome = run("open", layer, "--navigator", "http://127.0.0.1:1/")
    assert outcome.code == 0
    [page] = pages
    assert page.startswith("file://")
    assert "http://127.0.0.1:1/#layerURL=data%3A" in Path(page.removeprefix("file://")).read_text("utf-8")
    assert outcome.out == b""


@pytest.mark.parametrize("variable", ["NAVIGATOR_EXPORT_NAVIGATOR"])
def test_navigator_of_the_environment_is_taken(
    run: Run, layer: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "https://navigator.example/")
    assert run("open", layer, "--print").out.startswith(b"https://navigator.example/#layerURL=")


def test_browser_of_the_environment_is_taken(run: Run, layer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAVIGATOR_EXPORT_BROWSER", "true")
    assert run("open", layer).code == 0


@pytest.mark.parametrize("browser", ["no-such-browser", "'", " "])
def test_browser_that_cannot_be_started_leaves_the_page_to_open(
    run: Run, layer: Path, browser: str, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NAVIGATOR_EXPORT_BROWSER", browser)
    outcome = run("open", layer)
    [page] = temporary.rglob("open.html")
    assert outcome.code == 2
    assert str(page) in outcome.err


def test_options_of_selection_need_a_source(run: Run, layer: Path) -> None:
    outcome = run("open", layer, "--tier", "E3", "--print")
    assert outcome.code == 2
    assert "here are layers alone" in outcome.err


def test_navigator_that_is_no_address_is_told_by_its_option(run: Run, layer: Path) -> None:
    outcome = run("open", layer, "--print", "--navigator", "here")
    assert outcome.code == 2
    assert outcome.err.startswith("--navigator: error 'here' is no address")
