"""What the tests of ATT&CK releases share."""

from __future__ import annotations

from pathlib import Path

import pytest

from navigator_export.attack.store import DATA_VARIABLE


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty data folder, in place of the user's own."""
    folder = tmp_path / "data"
    monkeypatch.setenv(DATA_VARIABLE, str(folder))
    return folder
