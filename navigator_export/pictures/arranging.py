"""How a matrix is laid out: tactics side by side, each in as many lanes as its techniques need, texts as large as fit.

All lengths are multiples of the size of the techniques' names until the size is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import floor
from typing import Final

import msgspec

from navigator_export.pictures.colours import shown_number
from navigator_export.pictures.fonts import width, wrapped
from navigator_export.pictures.matrix import Cell, Column, Picture, shown_of
from navigator_export.pictures.page import Look

LINE: Final = 1.16
"""From one line of text to the next."""
PAD: Final = 0.42
"""Between the edge of a cell and its text, left and right; above and below half of it."""
INDENT: Final = 0.9
"""Of sub-techniques."""
GAP: Final = 0.14
"""Between cells."""
LANE_GAP: Final = 0.3
TACTIC_GAP: Final = 0.8

_LONGEST_MARK: Final = 7
"""Characters of a score that a cell has room for; of a longer one it tells what counts most."""


class Entry(msgspec.Struct, frozen=True):
    """A cell as it is drawn."""

    cell: Cell
    is_sub: bool
    text: str
    mark: str
    """What tells its colour to those who do not see it: the score, or the letter of the legend's entry."""
    taken: float
    """How much of a lane's width is not for the text."""


class Group(msgspec.Struct, frozen=True):
    """A technique with those of its sub-techniques that are drawn; never divided between lanes."""

    entries: tuple[Entry, ...]


class Section(msgspec.Struct, frozen=True):
    """A tactic with what is drawn of it."""

    column: Column
    groups: tuple[Group, ...]


class Arrangement(msgspec.Struct, frozen=True):
    """Where everything goes."""

    size: float
    """Of the techniques' names, in pixels."""
    lane: float
    """Width of a lane, as a multiple of the size."""
    lanes: tuple[tuple[tuple[Group, ...], ...], ...]
    """Of each section, its lanes."""
    head: float
    """Height of the tactics' heads, as a multiple of the size."""
    height: float
    """Of the whole, as a multiple of the size."""

    @property
    def width(self) -> float:
        """Return the width of the whole, as a multiple of the size."""
        return _width([len(lanes) for lanes in self.lanes], self.lane)


def sections_of(picture: Picture, look: Look) -> tuple[Section, ...]:
    """Return what of a picture is drawn."""
    with_id = picture.show_id
    sections = []
    for column in picture.shown:
        groups = []
        for cell in column.cells:
            below = tuple(shown_of(cell.sub_techniques))
            # A technique without a score stays where one below it has one, drawn or not: else nothing tells of that.
            says = cell.marked or cell.fill or any(sub.marked for sub in below)
            if cell.hidden or (look.only_scored and not says):
                continue
            subs = tuple(_subs(cell, look))
            folded = [sub for sub in below if sub not in subs]
            hint = f" (+{sum(sub.annotated for sub in folded)})" if any(sub.annotated for sub in folded) else ""
            entries = [_entry(cell, hint, picture.letters, with_id, is_sub=False)]
            entries += [_entry(sub, "", picture.letters, with_id, is_sub=True) for sub in subs]
            groups.append(Group(tuple(entries)))
        if groups or not look.only_scored:
            sections.append(Section(column, tuple(groups)))
    return tuple(sections)


def _subs(cell: Cell, look: Look) -> Iterator[Cell]:
    for sub in cell.sub_techniques:
        shows = {"layer": cell.open, "all": True, "annotated": sub.annotated, "none": False}[look.sub_techniques]
        if shows and not sub.hidden and (sub.marked or not look.only_scored):
            yield sub


def _entry(cell: Cell, hint: str, letters: dict[str, str], with_id: bool, *, is_sub: bool) -> Entry:
    name = f"{cell.id} {cell.name}" if with_id or not cell.name else cell.name
    mark = letters.get(cell.fill, "") if cell.color else ""
    if not mark and cell.value is not None:
        whole = shown_number(cell.value)
        mark = whole if len(whole) <= _LONGEST_MARK else f"{cell.value:.3g}"
    elif not mark and cell.fill:
        mark = "•"
    taken = 2 * PAD + (INDENT if is_sub else 0) + (width(mark, True) + PAD if mark else 0)
    return Entry(cell, is_sub, name + hint, mark, taken)


def lines_of(entry: Entry, lane: float) -> tuple[str, ...]:
    """Return the lines of an entry in a lane so wide."""
    return wrapped(entry.text, round(max(lane - entry.taken, 2.0), 3))


def entry_height(entry: Entry, lane: float) -> float:
    """Return how high an entry is, without the gap below it."""
    return len(lines_of(entry, lane)) * LINE + PAD


def _group_height(group: Group, lane: float) -> float:
    return sum(entry_height(entry, lane) + GAP for entry in group.entries)


def head_lines(section: Section, lane: float, lanes: int, with_id: bool) -> tuple[str, ...]:
    """Return the lines of a tactic's head over its lanes: its name, and how much of it is marked."""
    room = round(lanes * lane + (lanes - 1) * LANE_GAP - 2 * PAD, 3)
    tactic = section.column.tactic
    name = f"{tactic.id} {tactic.name}" if with_id and tactic.id else tactic.name
    return *wrapped(name, room, True), *wrapped(str(section.column.count()), room)


_WIDTHS: Final = (10.0, 11.0, 12.0, 13.5, 15.0, 17.0, 20.0, 24.0)
"""Widths of a lane to try; in narrower ones words break."""
_NEXT_TO_ALL: Final = 0.97
_SMALLEST: Final = 1.0
_NOTHING: Final = 1e-6

_OWN_WIDTH: Final = 13.0
_OWN_SHAPE: Final = 1.5
"""Width of a lane, and shape of the whole, where the page is as large as it has to be."""


def arrange(sections: Sequence[Section], room: tuple[float, float], largest: float, with_id: bool) -> Arrangement:
    """Return the sections laid out in a room of so many pixels, in the largest size that fits."""
    sizes = {lane: _largest(sections, lane, room, largest, with_id) for lane in _WIDTHS}
    # A wider lane has fewer breaks: it is taken where it costs next to nothing.
    lane = max(lane for lane, size in sizes.items() if size >= max(sizes.values()) * _NEXT_TO_ALL)
    size = max(sizes[lane], _SMALLEST)
    heights = _heights(sections, lane)
    counts = _counts(heights, room[1] / size - _head(sections, lane, with_id)) or [1] * len(sections)
    gaps = _width(counts, 0.0)
    lane = max(lane, (room[0] / size - gaps) / max(sum(counts), 1))
    return _arranged(sections, lane, counts, size, with_id)


def arrange_freely(sections: Sequence[Section], size: float, with_id: bool) -> Arrangement:
    """Return the sections laid out at a size of the texts, in the shape of a page."""
    heights = _heights(sections, _OWN_WIDTH)
    least = max((height for column in heights for height in column), default=1.0)
    most = max((sum(column) for column in heights), default=1.0)
    for _ in range(12):
        middle = (least + most) / 2
        counts = _counts(heights, middle) or []
        if counts and _width(counts, _OWN_WIDTH) <= middle * _OWN_SHAPE:
            most = middle
        else:
            least = middle
    counts = _counts(heights, most) or [1] * len(sections)
    return _arranged(sections, _OWN_WIDTH, counts, size, with_id)


def _arranged(
    sections: Sequence[Section], lane: float, counts: Sequence[int], size: float, with_id: bool
) -> Arrangement:
    heights = _heights(sections, lane)
    lanes = [
        tuple(_evenly(section.groups, column, count))
        for section, column, count in zip(sections, heights, counts, strict=True)
    ]
    head = max((len(head_lines(s, lane, count, with_id)) for s, count in zip(sections, counts, strict=True)), default=1)
    head_height = head * LINE + 2 * PAD
    tallest = max((sum(_group_height(group, lane) for group in one) for column in lanes for one in column), default=0.0)
    return Arrangement(size, lane, tuple(lanes), head_height, head_height + GAP + tallest)


def _heights(sections: Sequence[Section], lane: float) -> list[list[float]]:
    return [[_group_height(group, lane) for group in section.groups] for section in sections]


def _head(sections: Sequence[Section], lane: float, with_id: bool) -> float:
    """Return how high heads are at most, over one lane each."""
    return max((len(head_lines(s, lane, 1, with_id)) for s in sections), default=1) * LINE + 2 * PAD + GAP


def _largest(
    sections: Sequence[Section], lane: float, room: tuple[float, float], largest: float, with_id: bool
) -> float:
    """Return the largest size at which all fits in lanes so wide; 0 where none does."""
    heights = _heights(sections, lane)
    head = _head(sections, lane, with_id)

    def fits(size: float) -> bool:
        counts = _counts(heights, room[1] / size - head)
        return counts is not None and _width(counts, lane) * size <= room[0]

    if fits(largest):
        return largest
    low, high = 0.0, largest
    for _ in range(12):
        size = (low + high) / 2
        low, high = (size, high) if fits(size) else (low, size)
    return floor(low * 100) / 100


def _counts(heights: list[list[float]], most: float) -> list[int] | None:
    """Return how many lanes of a height each column needs; None where one group is higher alone."""
    counts = []
    for column in heights:
        lanes, left = 1, most
        for height in column:
            if height > most:
                return None
            if height > left + _NOTHING:
                lanes, left = lanes + 1, most
            left -= height
        counts.append(lanes)
    return counts


def _evenly(groups: Sequence[Group], heights: Sequence[float], count: int) -> Iterable[tuple[Group, ...]]:
    """Yield groups in so many lanes, the highest of which is as low as it can be."""
    low, high = max(heights, default=0.0), sum(heights)
    for _ in range(16):
        middle = (low + high) / 2
        fits = _counts([list(heights)], middle)
        low, high = (low, middle) if fits and fits[0] <= count else (middle, high)
    lane: list[Group] = []
    left = high
    for group, height in zip(groups, heights, strict=True):
        if height > left + _NOTHING:
            yield tuple(lane)
            lane, left = [], high
        lane.append(group)
        left -= height
    yield tuple(lane)


def _width(counts: Sequence[int], lane: float) -> float:
    between = sum(count - 1 for count in counts) * LANE_GAP + (len(counts) - 1) * TACTIC_GAP
    return sum(counts) * lane + between
