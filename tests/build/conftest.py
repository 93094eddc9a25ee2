"""What the tests of builds share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build.manifests import own_cache


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return a cache folder of the test's own, in place of the user's."""
    return own_cache(monkeypatch, tmp_path)
