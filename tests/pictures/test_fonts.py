from __future__ import annotations

from hypothesis import given, strategies as st

from navigator_export.pictures.fonts import shortened, width, wrapped


def test_widths_are_those_of_the_font() -> None:
    assert width("Email") == (1366 + 1706 + 1139 + 455 + 455) / 2048
    assert width("Email", True) > width("Email")
    assert width("漢") == 1
    assert width("e\u0301") == width("e")


def test_lines_break_at_spaces_hyphens_and_slashes() -> None:
    assert wrapped("Adversary-in-the-Middle", 7) == ("Adversary-", "in-the-Middle")
    assert wrapped("Scheduled Task/Job", 7) == ("Scheduled", "Task/Job")
    assert wrapped("KernelCallbackTable", 7) == ("KernelCallback", "Table")


@given(st.text(max_size=60), st.floats(2, 30))
def test_no_line_is_wider_than_the_room_and_no_letter_is_lost(text: str, room: float) -> None:
    lines = wrapped(text, room)
    assert all(width(line) <= room + 1e-9 or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(max_size=60), st.floats(2, 30))
def test_shortened_text_fits(text: str, room: float) -> None:
    short = shortened(text, room)
    assert width(short) <= room + 1e-9
    assert short == text or short.endswith("…")
