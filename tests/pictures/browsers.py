"""A real browser for the tests that need one, and axe-core, which judges what it shows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.real_inputs import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def browser() -> Iterator[Any]:
    """Yield a headless Chromium; skip the test where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = os.environ.get("NAVIGATOR_EXPORT_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.skip("there is no Chromium; install one, or name it in NAVIGATOR_EXPORT_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found)
        try:
            yield chromium
        finally:
            chromium.close()


def axe() -> str:
    """Return the script of axe-core; skip the test where `make test` could not fetch it."""
    places = [ROOT / folder / "node_modules/axe-core/axe.min.js" for folder in (".venv", ".venv-lowest")]
    places.insert(0, Path(os.environ.get("NAVIGATOR_EXPORT_AXE", "")))
    for place in places:
        if place.is_file():
            return place.read_text("utf-8")
    pytest.skip("there is no axe-core; `make test` fetches it where there is npm")


def violations(page: Any) -> list[str]:
    """Return what axe-core finds wrong with a page."""
    page.evaluate(axe())
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then(run => run.violations)")
    return [f"{item['id']}: {node['html'][:120]}" for item in found for node in item["nodes"]]
