"""A picture drawn on a page: its title and legend, its matrix, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from navigator_export.layer.format import Metadata
from navigator_export.pictures.arranging import (
    GAP,
    INDENT,
    LANE_GAP,
    LINE,
    PAD,
    TACTIC_GAP,
    Arrangement,
    Entry,
    Group,
    Section,
    arrange,
    arrange_freely,
    entry_height,
    head_lines,
    lines_of,
    sections_of,
)
from navigator_export.pictures.colours import GREY, shown_number
from navigator_export.pictures.fonts import ASCENT, shortened, width, wrapped
from navigator_export.pictures.matrix import Cell, Column, Picture
from navigator_export.pictures.page import PAGES, THEMES, Box, Look, Page, Part, Text, Theme
from navigator_export.wording import counted

_A3_HEIGHT: Final = 1123.0

_OWN_SIZE: Final = 11.0
"""Size of the techniques' names where the page is as large as it has to be."""
_LARGEST: Final = 20.0
"""Size that names have at most on A3; on other pages in proportion."""
_NARROWEST: Final = 900.0

_TITLE: Final = 24.0
_NOTE: Final = 12.5
_MARGIN: Final = 26.0
"""On A3."""

_SPACED: Final = 1.4
"""From one line of the notes to the next."""
_MOST_NOTE_LINES: Final = 2
_MOST_LEGEND_ROWS: Final = 6
_ENOUGH: Final = 2_000
"""Characters of a note that are more than its lines hold."""

_TOLD: Final = 60
"""Longest value of the layer's metadata that the foot of the page tells."""
_COMMENT: Final = 300
"""Longest comment that a cell's title tells."""


def page_of(picture: Picture, look: Look) -> Page:
    """Return a picture drawn as it is to look; it should have been made with the look's `behind`."""
    sections = sections_of(picture, look)
    with_id = picture.show_id
    size = PAGES[look.page]
    if size is None:
        arrangement = arrange_freely(sections, _OWN_SIZE, with_id)
        wide = max(arrangement.width * _OWN_SIZE + 2 * _MARGIN, _NARROWEST)
        top = _Top(picture, sections, look, wide, 1.0)
        high = top.height + arrangement.height * _OWN_SIZE + top.foot
        return _drawn(picture, sections, look, arrangement, top, (round(wide), round(high + 0.5)))
    scale = size[1] / _A3_HEIGHT
    top = _Top(picture, sections, look, size[0], scale)
    room = (size[0] - 2 * _MARGIN * scale, size[1] - top.height - top.foot)
    return _drawn(picture, sections, look, arrange(sections, room, _LARGEST * scale, with_id), top, size)


def _drawn(
    picture: Picture,
    sections: Iterable[Section],
    look: Look,
    arrangement: Arrangement,
    top: _Top,
    size: tuple[float, float],
) -> Page:
    matrix = _matrix(tuple(sections), look, arrangement, (top.margin, top.height), picture)
    title, *notes = top.said
    return Page(
        size[0],
        size[1],
        THEMES[look.theme].page,
        title,
        " ".join(note if note.endswith(".") else f"{note}." for note in notes),
        (*top.parts(), *matrix, *top.foot_parts(size[1])),
        arrangement.size,
    )


class _Top:
    """What stands above the matrix, and below it."""

    def __init__(self, picture: Picture, sections: tuple[Section, ...], look: Look, wide: float, scale: float) -> None:
        self.margin = _MARGIN * scale
        self._picture = picture
        self._theme = THEMES[look.theme]
        self._title = _TITLE * scale
        self._note = _NOTE * scale
        self._room = (wide - 2 * self.margin) / self._note
        notes = [_summary(picture, sections), picture.description]
        self.said = tuple(text for text in (picture.name, *notes) if text)
        self._lines = [line for note in notes for line in _at_most(_MOST_NOTE_LINES, note, self._room)]
        rows_of_legend = tuple(self._legend_rows())
        self._legend = rows_of_legend[:_MOST_LEGEND_ROWS]
        if len(rows_of_legend) > _MOST_LEGEND_ROWS:
            left_out = sum(len(row.texts) for row in rows_of_legend[_MOST_LEGEND_ROWS:])
            more = f"and {left_out} more in the legend"
            self._legend += (Part((), (_text(self.margin, 0, more, self._note, self._theme.quiet),)),)
        self._feet = _at_most(_MOST_NOTE_LINES, _provenance(picture), self._room)
        rows = len(self._lines) + len(self._legend) * 1.25
        self.height = self.margin + self._title * 1.15 + rows * self._note * _SPACED + self._note * 0.7
        self.foot = self.margin + len(self._feet) * self._note * _SPACED * 0.9

    def parts(self) -> Iterator[Part]:
        """Yield the title, the notes and the legend."""
        y = self.margin + self._title * ASCENT
        room = self._room * self._note / self._title
        texts = [_text(self.margin, y, shortened(self.said[0], room, True), self._title, self._theme.text, bold=True)]
        y = self.margin + self._title * 1.15
        for line in self._lines:
            y += self._note * _SPACED
            texts.append(_text(self.margin, y, line, self._note, self._theme.quiet))
        yield Part((), tuple(texts))
        for row in self._legend:
            y += self._note * _SPACED * 1.25
            yield _moved(row, y)

    def foot_parts(self, height: float) -> Iterator[Part]:
        """Yield what stands below the matrix of a page so high."""
        step = self._note * _SPACED * 0.9
        first = height - self.margin * 0.7 - (len(self._feet) - 1) * step
        texts = [
            _text(self.margin, first + number * step, line, self._note * 0.9, self._theme.quiet)
            for number, line in enumerate(self._feet)
        ]
        if texts:
            yield Part((), tuple(texts))

    def _legend_rows(self) -> Iterator[Part]:
        """Yield the rows of the legend, each on the base line 0."""
        boxes: list[Box] = []
        texts: list[Text] = []
        x = self.margin
        for colors, label in _legend(self._picture):
            side = self._note * 1.15
            label_width = width(label) * self._note
            needed = side * max(len(colors) * 0.25, 1.4) + self._note * 0.5 + label_width
            if texts and x + needed > self.margin + self._room * self._note:
                yield Part(tuple(boxes), tuple(texts))
                boxes, texts, x = [], [], self.margin
            step = max(side * 1.4 / len(colors), side * 0.25)
            for number, color in enumerate(colors):
                boxes.append(Box(x + number * step, -self._note * 0.95, step, side, color))
            boxes.append(Box(x, -self._note * 0.95, step * len(colors), side, "", self._theme.line, 1))
            x += step * len(colors) + self._note * 0.5
            texts.append(
                _text(
                    x,
                    0,
                    shortened(label, self._room - (x - self.margin) / self._note),
                    self._note,
                    self._theme.text,
                )
            )
            x += label_width + self._note * 1.6
        if texts:
            yield Part(tuple(boxes), tuple(texts))


def _matrix(
    sections: tuple[Section, ...], look: Look, arrangement: Arrangement, at: tuple[float, float], picture: Picture
) -> Iterator[Part]:
    theme = THEMES[look.theme]
    size, lane = arrangement.size, arrangement.lane
    with_id = picture.show_id
    x = at[0]
    for section, lanes in zip(sections, arrangement.lanes, strict=True):
        wide = len(lanes) * lane + (len(lanes) - 1) * LANE_GAP
        lines = head_lines(section, lane, len(lanes), with_id)
        texts = [
            _text(
                x + PAD * size,
                at[1] + (PAD + number * LINE + ASCENT + 0.1) * size,
                line,
                size,
                theme.quiet if number == len(lines) - 1 else theme.text,
                bold=number < len(lines) - 1,
            )
            for number, line in enumerate(lines)
        ]
        head = Box(x, at[1], wide * size, arrangement.head * size, theme.head)
        yield Part((head,), tuple(texts), _about_tactic(section.column))
        for number, groups in enumerate(lanes):
            left = x + number * (lane + LANE_GAP) * size
            yield from _lane(groups, (left, at[1] + (arrangement.head + GAP * 2) * size), lane, size, theme, section)
        x += (wide + TACTIC_GAP) * size


def _lane(
    groups: Iterable[Group], at: tuple[float, float], lane: float, size: float, theme: Theme, section: Section
) -> Iterator[Part]:
    x, y = at
    for group in groups:
        for entry in group.entries:
            height = entry_height(entry, lane)
            yield _tile(entry, (x, y), (lane, height), size, theme, section.column)
            y += (height + GAP) * size


def _tile(
    entry: Entry, at: tuple[float, float], extent: tuple[float, float], size: float, theme: Theme, column: Column
) -> Part:
    """Return the drawing of a cell."""
    cell = entry.cell
    indent = INDENT * size if entry.is_sub else 0.0
    x, y = at[0] + indent, at[1]
    box = Box(x, y, extent[0] * size - indent, extent[1] * size, cell.fill or theme.cell, theme.line, 0.6)
    ink = _disabled(theme) if not cell.enabled else cell.ink
    first = y + (PAD / 2 + ASCENT + (LINE - 1) / 2 + 0.06) * size
    texts = [
        _text(x + PAD * size, first + number * LINE * size, line, size, ink, struck=not cell.enabled)
        for number, line in enumerate(lines_of(entry, extent[0]))
    ]
    if entry.mark:
        end = at[0] + (extent[0] - PAD) * size
        texts.append(replace(_text(end, first, entry.mark, size, ink, bold=True), at_end=True))
    return Part((box,), tuple(texts), _about(cell, entry, column))


def _disabled(theme: Theme) -> str:
    return "#767676" if theme.page == "#ffffff" else GREY


def _about(cell: Cell, entry: Entry, column: Column) -> str:
    """Return what is to be known of a cell in one text."""
    said = [f"{cell.id} {cell.name}, {column.tactic.name}"]
    if cell.score is not None:
        said.append(f"score {shown_number(cell.score)}")
    if cell.aggregate is not None:
        said.append(f"with its sub-techniques {shown_number(cell.aggregate)}")
    if not cell.enabled:
        said.append("disabled")
    comment = cell.comment if len(cell.comment) <= _COMMENT else f"{cell.comment[:_COMMENT].rstrip()}…"
    return "; ".join(said) + (f"\n{comment}" if comment else "")


def _about_tactic(column: Column) -> str:
    return f"{column.tactic.name}: {column.count()} techniques and sub-techniques"


def _summary(picture: Picture, sections: tuple[Section, ...]) -> str:
    """Return in a line what of ATT&CK this is, and how much of it is marked."""
    count = picture.count()
    said = [
        f"{_DOMAIN_WORDS[picture.domain]} ATT&CK {picture.release}",
        f"{count} techniques and sub-techniques {'coloured' if any(c.color for c in picture.cells()) else 'scored'}",
    ]
    if picture.aggregates:
        said.append(f"scores of techniques include those of their sub-techniques ({picture.aggregates})")
    if picture.platforms:
        said.append(f"platforms: {', '.join(picture.platforms)}")
    left_out = [column for column in picture.shown if column not in [section.column for section in sections]]
    if left_out:
        said.append("not drawn: " + ", ".join(f"{column.tactic.name} ({column.count()})" for column in left_out))
    if picture.lost:
        said.append(f"{counted(len(picture.lost), 'annotated id')} not in this release")
    return " · ".join(said)


_DOMAIN_WORDS: Final = {"enterprise": "Enterprise", "mobile": "Mobile", "ics": "ICS"}


def _legend(picture: Picture) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the colours of each entry of the legend with its label; those of the gradient where there is no legend."""
    for item in picture.legend:
        letter = picture.letters.get(item.color, "")
        yield (item.color,), f"{letter} {item.label}".lstrip()
    if not picture.legend and any(cell.value is not None for cell in picture.cells()):
        low, high = picture.shades.low, picture.shades.high
        colors = tuple(picture.shades.of(low + (high - low) * step / (_STEPS - 1)) for step in range(_STEPS))
        yield colors, f"score {shown_number(low)} to {shown_number(high)}"


_STEPS: Final = 12
"""Colours that stand for a gradient."""


def _provenance(picture: Picture) -> str:
    """Return what the layer says of itself, in the short."""
    pairs = [entry for entry in picture.metadata if isinstance(entry, Metadata) and len(entry.value) <= _TOLD]
    return " · ".join(f"{entry.name}: {entry.value}" for entry in pairs)


def _at_most(count: int, text: str, room: float) -> list[str]:
    """Return a text in lines, at most so many; the last tells that there is more where there is."""
    lines = list(wrapped(" ".join(text[:_ENOUGH].split()), round(room, 3))) if text.strip() else []
    if len(lines) > count:
        lines[count - 1 :] = [shortened(" ".join(lines[count - 1 :]), room)]
    return lines


def _text(x: float, y: float, text: str, size: float, color: str, *, bold: bool = False, struck: bool = False) -> Text:
    return Text(x, y, text, size, color, width(text, bold) * size, bold=bold, struck=struck)


def _moved(part: Part, down: float) -> Part:
    return Part(
        tuple(replace(box, y=box.y + down) for box in part.boxes),
        tuple(replace(text, y=text.y + down) for text in part.texts),
        part.title,
    )
