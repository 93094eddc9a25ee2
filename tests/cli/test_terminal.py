from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given, strategies as st

from navigator_export.characters import spelled_out
from navigator_export.cli.terminal import complain
from tests.results import control_characters


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ä 名 “x”\n\tx", "plain ä 名 “x”\n\tx"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\rb", "a\\x0db"),
        ("\x00\x07\x08\x7f\x9b", "\\x00\\x07\\x08\\x7f\\x9b"),
        ("\ud800", "\\ud800"),
    ],
)
def test_control_characters_are_spelled_out(text: str, shown: str) -> None:
    assert spelled_out(text) == shown


@given(st.text(st.characters()))
def test_no_text_can_steer_a_terminal(text: str) -> None:
    shown = spelled_out(text)
    assert control_characters(shown) == set()
    assert shown.encode().decode() == shown


def test_complaint_goes_to_standard_error_in_its_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stderr", stream)
    complain("“x”", "ä")
    stream.seek(0)
    assert stream.buffer.read() == b"\\u201cx\\u201d\n\\xe4\n"


def test_complaint_without_standard_error_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert complain("x") is None
