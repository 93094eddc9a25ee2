from __future__ import annotations

import io
import sys

import pytest

from navigator_export.cli.fetching import shown


class Terminal(io.StringIO):
    """Standard error where somebody looks on."""

    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch, term: str = "xterm") -> Terminal:
    """Make standard error a terminal; within a test, as pytest sets its own before each."""
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert isinstance(sys.stderr, Terminal)
    return sys.stderr


def test_bar_names_what_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = terminal(monkeypatch)
    with shown("m365\x1b[2J[bold]", 2000) as advance:
        advance(1000)
    text = stderr.getvalue()
    assert "fetching m365\\x1b[2J[bold]" in text
    assert "2.0/2.0 kB" in text or "1.0/2.0 kB" in text


def test_bar_within_a_bar_fails_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = terminal(monkeypatch)
    with shown("outer", 0) as outer, shown("inner", 5) as inner:
        outer(1)
        inner(5)
    assert "outer" in stderr.getvalue()


def test_nothing_is_shown_where_nobody_looks_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with shown("m365", 5) as advance:
        advance(5)
    assert capsys.readouterr().err == ""
    dumb = terminal(monkeypatch, "dumb")
    with shown("m365", 5) as advance:
        advance(5)
    assert dumb.getvalue() == ""
