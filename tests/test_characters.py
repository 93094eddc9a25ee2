from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, strategies as st

from navigator_export.characters import CONTROLS, spelled_out, without_controls
from tests.results import control_characters

ANY_TEXT = st.text(st.characters(), max_size=20) | st.text(
    st.sampled_from("a\n\t\r\x00\x1b\x7f\x80\x9f\xa0\u200e\u202e\u2066\ud800\udfff\U0001f600\\"), max_size=20
)


@pytest.mark.parametrize("make", [without_controls, spelled_out])
@given(text=ANY_TEXT)
def test_what_comes_out_has_no_control_characters_and_is_utf_8(make: type[str], text: str) -> None:
    made = make(text)
    assert control_characters(made) == set()
    assert made.encode("utf-8").decode("utf-8") == made


@given(text=ANY_TEXT)
def test_without_controls_leaves_all_the_rest(text: str) -> None:
    kept = [c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")]
    assert without_controls(text) == "".join(kept)
    assert (CONTROLS.search(text) is None) == (without_controls(text) == text)


@given(text=ANY_TEXT)
def test_spelled_out_loses_nothing_and_turns_no_direction(text: str) -> None:
    made = spelled_out(text)
    turning = {
        c
        for c in made
        if unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    }
    assert turning | ({"\u200e", "\u200f"} & set(made)) == set()
    if "\\" not in text:
        assert made.encode("ascii", "backslashreplace").decode("unicode_escape") == text


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x00\x1b[31m\x1f\x7f\x80\x9f\r", r"\x00\x1b[31m\x1f\x7f\x80\x9f\x0d"),
        ("\u200d\u200e\u200f\u2010", "\u200d\\u200e\\u200f\u2010"),
        ("\u2027\u2029\u202a\u202e\u202f", "\u2027\\u2029\\u202a\\u202e\u202f"),
        ("\u2065\u2066\u2069\u206a", "\u2065\\u2066\\u2069\u206a"),
        ("\ud800x", "\\ud800x"),
        ("ä \xa0 \U0001f600", "ä \xa0 \U0001f600"),
    ],
)
def test_spelled_out(text: str, spelled: str) -> None:
    assert spelled_out(text) == spelled
