"""What a comment says of capabilities."""

from __future__ import annotations

import pytest

from tests.layer.entries import MIXED, entry
from tests.made_inputs import make_row, mapping_set
from tests.results import metadata_of


def test_first_lines_name_each_capability_once_best_value_first_then_id() -> None:
    first, *_ = entry(mapping_set(MIXED))["comment"].split("\n\n")
    assert first.split("\n") == [
        "ALSO-E3 protect significant",
        "BEST-E5 protect significant, respond partial",
        "LOW-E3 detect minimal",
        "ALONE-E3 Name of ALONE-E3",
        "BARE-E3 Name of BARE-E3",
    ]


def test_short_comment_says_a_sentence_per_commented_capability_in_the_same_order() -> None:
    _, *said = entry(mapping_set(MIXED))["comment"].split("\n\n")
    assert said == [
        "BEST-E5 Name of BEST-E5: Best protects.",
        "LOW-E3 Name of LOW-E3: Low detects Email Collection.",
        "ALONE-E3: Alone blocks something.",
    ]


def test_full_comment_says_all() -> None:
    _, best, *_ = entry(mapping_set(MIXED), comments="full")["comment"].split("\n\n")
    assert best == "BEST-E5 Name of BEST-E5: Best protects.\nLicense Requirements: Suite E5"


def test_full_comment_says_each_of_several_comments_once() -> None:
    rows = [make_row("A", "T1114", f"{category} partial", comments=text)
            for category, text in (("protect", "One."), ("detect", "Two."), ("respond", "One."))]  # fmt: skip
    assert entry(mapping_set(rows), comments="full")["comment"].endswith("A Name of A: One.\nTwo.")


def test_no_comment_when_none_is_asked_for() -> None:
    assert "comment" not in entry(mapping_set(MIXED), comments="none")


@pytest.mark.parametrize("style", ["short", "full"])
def test_no_capability_is_followed_by_nothing(style: str) -> None:
    """A comment that holds a licence passage or an address alone has no sentence to show."""
    rows = [
        make_row("A", "T1114", comments="License Requirements: Suite E5"),
        make_row("B", "T1114", comments="https://example.org"),
        make_row("C", "T1114", comments="C detects it."),
    ]
    lines = entry(mapping_set(rows), comments=style)["comment"].split("\n")
    assert lines[:3] == ["A protect partial", "B protect partial", "C protect partial"]
    assert lines[-1] == "C Name of C: C detects it."
    assert [line for line in lines if line.endswith((":", ": "))] == []


def test_comment_and_metadata_do_not_depend_on_the_order_of_rows() -> None:
    assert entry(mapping_set(MIXED[::-1])) == entry(mapping_set(MIXED))


def test_contradictory_ratings_show_the_higher_in_the_comment_and_both_in_metadata() -> None:
    rows = [make_row("A", "T1114", "detect minimal"), make_row("A", "T1114", "detect significant")]
    shown = entry(mapping_set(rows))
    assert shown["comment"] == "A detect significant"
    assert shown["score"] == 3
    assert metadata_of(shown, "value") == ["significant", "minimal"]


@pytest.mark.parametrize("text", ["<NetworkProviderName>", "“quoted” — ‘so’", "line\r\nline", "a\tb c"])
def test_full_comment_keeps_the_text_as_it_is(text: str) -> None:
    comment = entry(mapping_set([make_row("A", comments=f"  {text} ")]), comments="full")["comment"]
    assert comment.endswith(": " + text.replace("\r\n", "\n"))


def test_a_comment_that_is_not_there_adds_no_line_to_full_ones() -> None:
    rows = [make_row("A"), make_row("A", "T1114", "detect minimal", comments="One.")]
    assert entry(mapping_set(rows), comments="full")["comment"].endswith("\n\nA Name of A: One.")
