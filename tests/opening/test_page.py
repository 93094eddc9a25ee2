from __future__ import annotations

import os
import re
import stat
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from navigator_export.errors import OutputError
from navigator_export.opening import link_page, place_page
from navigator_export.opening.page import KEPT


@pytest.fixture(autouse=True)
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


class Read(HTMLParser):
    """The links and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str | None] = []
        self.text = ""
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_data(self, data: str) -> None:
        self.text += data


@given(name=st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=30))
def test_page_has_one_link_and_names_as_text(name: str) -> None:
    page = Read(link_page([name], "https://x/#layerURL=a&b=c").decode())
    assert page.links == ["https://x/#layerURL=a&b=c"]
    assert name in page.text
    assert page.tags.count("script") == 1


def test_page_is_readable_by_its_user_alone(temporary: Path) -> None:
    page = place_page(b"x")
    assert page.read_bytes() == b"x"
    assert page.is_relative_to(temporary)
    if os.name == "posix":
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
        assert stat.S_IMODE(page.parent.stat().st_mode) == 0o700


def test_old_pages_are_cleared_away_and_new_ones_stay(temporary: Path) -> None:
    old, new = place_page(b"old"), place_page(b"new")
    os.utime(old.parent, (0, old.stat().st_mtime - KEPT - 60))
    (temporary / "somebody-elses").mkdir()
    place_page(b"newest")
    assert not old.parent.exists()
    assert new.exists()
    assert (temporary / "somebody-elses").exists()


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_folder_that_cannot_be_written_is_told(temporary: Path) -> None:
    temporary.chmod(0o500)
    with pytest.raises(OutputError, match="set TMPDIR"):
        place_page(b"x")


def test_temporary_folder_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(OutputError, match=re.escape(str(tmp_path / "missing"))):
        place_page(b"x")
