"""A picture as an Excel workbook: the matrix in its colours, its techniques and capabilities as tables, what it is."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from xlsxwriter import Workbook

from navigator_export.characters import without_controls
from navigator_export.layer.format import Link, Metadata
from navigator_export.pictures.capabilities import FACTS, is_ours, told_of
from navigator_export.pictures.colours import GREY, ink_on, shown_number
from navigator_export.pictures.matrix import Cell, Picture, shown_of
from navigator_export.pictures.workbooks import MARK

CREATED: Final = datetime(1980, 1, 1, tzinfo=UTC)
"""When a workbook says that it was made, where nobody says; zip files know no earlier day."""

_LONGEST: Final = 32_767
"""Characters that Excel takes in a cell."""
_NOTE: Final = 1_000
_NAME: Final = 200

Style = tuple[tuple[str, Any], ...]
"""How a cell looks, in XlsxWriter's words."""

_LINE: Final[Style] = (("border", 1), ("border_color", "#C9CDD4"), ("valign", "top"))
_COUNT: Final[Style] = (*_LINE, ("bg_color", "#E9ECF1"), ("text_wrap", True))
_HEAD: Final[Style] = (*_COUNT, ("bold", True))
_TITLE: Final[Style] = (("bold", True), ("font_size", 16))
_NAME_STYLE: Final[Style] = (*_LINE, ("bold", True))
_WRAPPED: Final[Style] = (*_LINE, ("text_wrap", True))

_A3: Final = 8


def excel(picture: Picture, created: datetime = CREATED) -> bytes:
    """Return the bytes of a workbook; the same picture and time give the same bytes."""
    return _Book(picture, created).bytes()


class _Book:
    """A workbook on its way."""

    def __init__(self, picture: Picture, created: datetime) -> None:
        self._picture = picture
        self._file = io.BytesIO()
        self._book = Workbook(self._file, {"in_memory": True})
        self._formats: dict[Style, Any] = {}
        title = _clean(picture.name, _NAME)
        self._book.set_properties(
            {
                "title": title,
                "comments": _clean(picture.description, _NAME),
                "keywords": MARK,
                "created": created.replace(tzinfo=None),
            }
        )

    def bytes(self) -> bytes:
        self._matrix()
        self._techniques()
        if is_ours(self._picture):
            self._capabilities()
        self._about()
        self._book.close()
        return self._file.getvalue()

    def _matrix(self) -> None:
        """Write the sheet that looks as the Navigator does: two columns a tactic, names and scores."""
        sheet = self._book.add_worksheet("Matrix")
        sheet.hide_gridlines(2)
        self._text(sheet, 0, 0, self._picture.name, _TITLE)
        self._text(sheet, 1, 0, self._picture.description)
        for number, column in enumerate(self._picture.shown):
            left = 2 * number
            tactic = column.tactic
            name = f"{tactic.id} {tactic.name}" if self._picture.show_id and tactic.id else tactic.name
            self._text(sheet, 2, left, name, _HEAD)
            self._text(sheet, 2, left + 1, "", _HEAD)
            self._text(sheet, 3, left, str(column.count()), _COUNT)
            self._text(sheet, 3, left + 1, "", _COUNT)
            sheet.set_column(left, left, 30)
            sheet.set_column(left + 1, left + 1, 5)
            row = 4
            for cell in column.cells:
                for drawn in shown_of((cell,)):
                    self._cell(sheet, row, left, drawn, is_sub=drawn is not cell)
                    row += 1
        sheet.freeze_panes(4, 0)
        self._on_paper(sheet, "2:4")

    def _cell(self, sheet: Any, row: int, column: int, cell: Cell, *, is_sub: bool) -> None:
        look = (*_LINE, *_painted(cell.fill, cell.ink))
        if not cell.enabled:
            look += (("font_color", GREY), ("font_strikeout", True))
        name = f"{cell.id} {cell.name}" if self._picture.show_id else cell.name
        self._text(sheet, row, column, name, (*look, ("text_wrap", True), ("indent", 2 if is_sub else 0)))
        self._number(sheet, row, column + 1, cell.value, look)
        if cell.comment:
            sheet.write_comment(row, column, _clean(f"{cell.id}\n{cell.comment}", _NOTE), _NOTE_LOOK)

    def _techniques(self) -> None:
        """Write a row for each technique, and for each of its tactics where the layer says different things there."""
        sheet = self._book.add_worksheet("Techniques")
        aggregates = bool(self._picture.aggregates)
        heads = ["id", "name", "tactics", "sub-technique of", "score"]
        heads += [f"score with sub-techniques ({self._picture.aggregates})"] * aggregates
        heads += ["enabled", "capabilities", "comment", "links"]
        widths = [12, 36, 28, 28, 8, *[14] * aggregates, 9, 30, 60, 40]
        self._heads(sheet, heads, widths)
        ours = is_ours(self._picture)
        rows: dict[tuple[Any, ...], list[str]] = {}
        for column in self._picture.shown:
            for parent in column.cells:
                for cell in shown_of((parent,)):
                    over = "" if cell is parent else f"{parent.id} {parent.name}"
                    key = (cell.id, cell, over) if aggregates else (cell.id, _alone(cell), over)
                    rows.setdefault(key, []).append(column.tactic.name)
        ordered = sorted(rows.items(), key=lambda item: item[0][0])
        for row, ((_, cell, over), tactics) in enumerate(ordered, 1):
            told = ", ".join(dict.fromkeys(each.id for each in told_of(cell))) if ours else ""
            links = "\n".join(link.url for link in cell.links if isinstance(link, Link))
            for column_number, text in enumerate((cell.id, cell.name, ", ".join(tactics), over)):
                self._text(sheet, row, column_number, text)
            self._number(sheet, row, 4, cell.score, _painted(cell.fill, cell.ink))
            if aggregates:
                self._number(sheet, row, 5, cell.aggregate)
            last = ("yes" if cell.enabled else "no", told, cell.comment, links)
            for column_number, text in enumerate(last, 5 + aggregates):
                self._text(sheet, row, column_number, text)
        self._as_table(sheet, len(rows), len(heads))

    def _capabilities(self) -> None:
        """Write a row for each capability that the layer tells of, with the techniques it tells it of."""
        shared = {e.name: [e.value] for e in self._picture.metadata if isinstance(e, Metadata) and e.name in _SHARED}
        facts: dict[str, dict[str, list[str]]] = {}
        techniques: dict[str, dict[str, None]] = {}
        for cell in {cell.id: cell for column in self._picture.shown for cell in shown_of(column.cells)}.values():
            for told in told_of(cell):
                techniques.setdefault(told.id, {})[cell.id] = None
                of_one = facts.setdefault(told.id, {})
                for name, value in told.facts:
                    of_one.setdefault(name, []).append(value)
        if not facts:
            return
        names = [name for name in FACTS if name in shared or any(name in of_one for of_one in facts.values())]
        sheet = self._book.add_worksheet("Capabilities")
        heads = ["capability", *names, "techniques", "ids of techniques"]
        self._heads(sheet, heads, [18, *[30] * len(names), 11, 80])
        for row, id_ in enumerate(sorted(facts), 1):
            told_facts = (", ".join(dict.fromkeys((shared | facts[id_]).get(name, ()))) for name in names)
            for column_number, text in enumerate((id_, *told_facts)):
                self._text(sheet, row, column_number, text)
            self._number(sheet, row, len(names) + 1, len(techniques[id_]))
            self._text(sheet, row, len(names) + 2, ", ".join(sorted(techniques[id_])))
        self._as_table(sheet, len(facts), len(heads))

    def _about(self) -> None:
        """Write what the layer is: its legend, its counts by tactic, and where it comes from."""
        picture = self._picture
        sheet = self._book.add_worksheet("About")
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 100)
        rows: list[tuple[str, str, str]] = [
            ("layer", picture.name, ""),
            ("description", picture.description, ""),
            ("ATT&CK", f"{picture.release} {picture.domain}", ""),
            ("platforms", ", ".join(picture.platforms) or "all", ""),
            ("marked", f"{picture.count()} techniques and sub-techniques", ""),
        ]
        rows += [(column.tactic.name, str(column.count()), "") for column in picture.shown]
        rows += [("legend", item.label, item.color) for item in picture.legend]
        shades = picture.shades
        span = f"scores {shown_number(shades.low)} to {shown_number(shades.high)}"
        rows += [(span, color, color) for color in shades.colors]
        rows += [(entry.name, entry.value, "") for entry in picture.metadata if isinstance(entry, Metadata)]
        rows += [(link.label, link.url, "") for link in picture.links if isinstance(link, Link)]
        if picture.lost:
            rows.append(("not in this ATT&CK release", ", ".join(picture.lost), ""))
        for row, (name, value, color) in enumerate(rows):
            self._text(sheet, row, 0, name, _NAME_STYLE)
            self._text(sheet, row, 1, value, (*_WRAPPED, *(_painted(color, ink_on(color)) if color else ())))

    def _heads(self, sheet: Any, heads: Sequence[str], widths: Iterable[int]) -> None:
        for number, (head, width) in enumerate(zip(heads, widths, strict=True)):
            self._text(sheet, 0, number, head, _HEAD)
            sheet.set_column(number, number, width)

    def _as_table(self, sheet: Any, rows: int, columns: int) -> None:
        sheet.autofilter(0, 0, max(rows, 1), columns - 1)
        sheet.freeze_panes(1, 2)
        self._on_paper(sheet, "1:1")

    def _on_paper(self, sheet: Any, repeated: str) -> None:
        first, last = (int(number) - 1 for number in repeated.split(":"))
        sheet.set_landscape()
        sheet.set_paper(_A3)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(first, last)

    def _text(self, sheet: Any, row: int, column: int, text: str, style: Style = ()) -> None:
        """Write a text as a text: one that begins as a formula does stays what it is, also when it is edited."""
        if not text:
            if style:
                sheet.write_blank(row, column, None, self._format(style))
            return
        if text[0] in _FORMULAS:
            style = (*style, ("quote_prefix", True))
        sheet.write_string(row, column, _clean(text, _LONGEST), self._format(style))

    def _number(self, sheet: Any, row: int, column: int, value: float | None, style: Style = ()) -> None:
        if value is None:
            self._text(sheet, row, column, "", style)
        elif abs(value) < _INFINITE:
            sheet.write_number(row, column, value, self._format(style))
        else:
            self._text(sheet, row, column, shown_number(value), style)

    def _format(self, style: Style) -> Any:
        if style and style not in self._formats:
            self._formats[style] = self._book.add_format(dict(style))
        return self._formats.get(style)


def _painted(fill: str, ink: str) -> Style:
    return (("bg_color", fill), ("font_color", ink)) if fill else ()


_FORMULAS: Final = "=+-@\t\r\n"
_INFINITE: Final = 1e300
_SHARED: Final = frozenset(FACTS) - {"framework"}
"""Facts that a layer says once where all its mappings share them; its frameworks are those of its sources."""
_NOTE_LOOK: Final = {"author": "navigator-export", "x_scale": 2.5, "y_scale": 1.5}


def _alone(cell: Cell) -> Cell:
    """Return a cell without its sub-techniques, so that the same under two tactics is the same."""
    return Cell(
        cell.id,
        cell.name,
        score=cell.score,
        comment=cell.comment,
        metadata=cell.metadata,
        links=cell.links,
        enabled=cell.enabled,
        color=cell.color,
        fill=cell.fill,
        ink=cell.ink,
    )


def _clean(text: str, longest: int) -> str:
    """Return a text as a workbook can hold it; of a longer one the beginning, and an ellipsis."""
    clean = text if text.isprintable() else without_controls(text).replace("\ufffe", "").replace("\uffff", "")
    return clean if len(clean) <= longest else f"{clean[: longest - 1]}…"
