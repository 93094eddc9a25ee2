"""Lists as Excel: sheets, merged cells, numbers, percentages, dates, formulas."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from navigator_export import SourceError
from navigator_export.readers.lists.shown_numbers import shown_number
from tests.readers.lists.made_lists import pairs, ratings, read_xlsx, xlsx_bytes

HEADER = ("Control ID", "Control name", "Technique", "Category", "Score", "Notes")
PAIR = [("AC-1", "T1114")]


def edited(data: bytes, part: str, change: tuple[bytes, bytes]) -> bytes:
    """Return an Excel file with bytes of one part replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            text = old.read(item)
            new.writestr(item.filename, text.replace(*change) if item.filename == part else text)
    return made.getvalue()


def test_plain_list() -> None:
    mappings = read_xlsx([HEADER, ("AC-1", "Access", "T1114", "protect", "partial", "why")])
    assert pairs(mappings) == PAIR
    assert ratings(mappings) == ["protect partial"]
    assert dict(mappings.sources[0].reading)["sheet"] == "Controls"


def test_title_merged_header_and_trailing_note() -> None:
    rows = [
        ("ATT&CK coverage of our controls", None, None, None, None, None),
        (None,) * 6,
        ("Control", None, "Technique", "Rating", None, "Notes"),
        ("ID", "Name", "ID", "Category", "Value", None),
        ("AC-1", "Access", "T1114", "protect", "partial", "why"),
        (None,) * 6,
        ("Note: reviewed in May.", None, None, None, None, None),
    ]
    data = xlsx_bytes(rows, merged=["A1:F1", "A3:B3", "D3:E3", "A7:F7"])
    mappings = read_xlsx(data)
    assert pairs(mappings) == PAIR
    assert ratings(mappings) == ["protect partial"]
    assert mappings.capabilities[0].name == "Access"
    assert any("row 7" in remark for remark in mappings.sources[0].remarks)


def test_cells_merged_over_rows_count_for_each_row() -> None:
    rows = [HEADER, ("AC-1", "Access", "T1114"), (None, None, "T1078"), ("AC-2", "Guests", "T1566")]
    mappings = read_xlsx(xlsx_bytes(rows, merged=["A2:A3", "B2:B3"]))
    assert pairs(mappings) == [("AC-1", "T1114"), ("AC-1", "T1078"), ("AC-2", "T1566")]


def test_sheet_with_the_list_is_found_and_said() -> None:
    data = xlsx_bytes(
        [("Read me",), ("This file maps controls.",)],
        sheet="Cover",
        more={"Map": [HEADER, ("AC-1", "Access", "T1114")], "Old": [HEADER, ("AC-9", "Old", "T1566")]},
    )
    mappings = read_xlsx(data)
    assert pairs(mappings) == PAIR
    assert any("'Map' is read" in remark and "'Old'" in remark for remark in mappings.sources[0].remarks)
    assert pairs(read_xlsx(data, sheets=("old",))) == [("AC-9", "T1566")]


def test_sheet_that_is_not_there() -> None:
    with pytest.raises(SourceError, match="no sheet 'Contrls'; nearest sheets: Controls"):
        read_xlsx(xlsx_bytes([HEADER]), sheets=("Contrls",))


def test_hidden_sheets_are_read_only_by_name() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([HEADER, ("AC-1", "", "T1114")], more={"x": [["y"]]})))
    workbook["Controls"].sheet_state = "hidden"
    workbook.active = 1
    data = io.BytesIO()
    workbook.save(data)
    with pytest.raises(SourceError, match="sheet x"):
        read_xlsx(data.getvalue())
    assert pairs(read_xlsx(data.getvalue(), sheets=("Controls",))) == PAIR


def test_places_name_sheet_row_and_column() -> None:
    rows = [HEADER, ("AC-1", "Access", "T11145", "protect", "partial"), ("AC-2", "x", "T1114", "protect", "prtial")]
    with pytest.raises(SourceError) as raised:
        read_xlsx(rows)
    lines = "\n".join(raised.value.lines())
    assert "own.xlsx::sheet Controls, row 2, column Technique: error 'T11145' is not a technique id" in lines
    assert "own.xlsx::sheet Controls, row 3, column Score: error unknown value 'prtial'" in lines
    assert "nearest words: partial" in lines


def test_percentages_numbers_booleans_and_dates_are_what_the_sheet_shows() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(["Control", "Technique", "Score", "Category", "Framework version"])
    sheet.append([17, "T1114", 0.75, "protect", datetime.datetime(2026, 5, 4)])
    sheet.append([1.5, "T1078", 3, "detect", None])
    sheet.append([True, "T1566", 2.0, "detect", None])
    sheet["C2"].number_format = "0%"
    data = io.BytesIO()
    workbook.save(data)
    mappings = read_xlsx(data.getvalue(), ratings=(("75%", "significant"), ("3", "partial"), ("2", "minimal")))
    assert pairs(mappings) == [("17", "T1114"), ("1.5", "T1078"), ("TRUE", "T1566")]
    assert ratings(mappings) == ["protect significant", "detect partial", "detect minimal"]
    assert mappings.sources[0].framework_version == "2026-05-04"


def test_formulas_give_their_saved_values() -> None:
    data = xlsx_bytes([HEADER, ("AC-1", "Access", '="T"&"1114"'), ("AC-2", "x", "T1078")])
    sheet = "xl/worksheets/sheet1.xml"
    unsaved = read_xlsx(data)
    assert pairs(unsaved) == [("AC-2", "T1078")]
    assert any("saved without a value" in r and "C2" in r for r in unsaved.sources[0].remarks)
    formula = b'<c r="C2"><f>"T"&amp;"1114"</f><v></v></c>'
    for spelling in (formula, formula.replace(b"<v></v>", b"<v />")):
        saved = edited(data, sheet, (spelling, b'<c r="C2" t="str"><f>"T"&amp;"1114"</f><v>T1114</v></c>'))
        if saved != edited(data, sheet, (b"", b"")):
            break
    assert pairs(read_xlsx(saved)) == [("AC-1", "T1114"), ("AC-2", "T1078")]


def test_escaped_characters_of_excel() -> None:
    data = xlsx_bytes([HEADER, ("AC-1", "Access", "T1114", "", "", "one_x000D_two_x005F_")])
    assert read_xlsx(data).mappings[0].comment == "one\ntwo_"


def test_what_a_sheet_says_of_its_size_is_not_believed() -> None:
    data = xlsx_bytes([HEADER, ("AC-1", "Access", "T1114")])
    for lie in (b'ref="A1"', b'ref="A1:XFD1048576"'):
        changed = edited(data, "xl/worksheets/sheet1.xml", (b'ref="A1:F2"', lie))
        assert pairs(read_xlsx(changed)) == PAIR


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("mimetype", "content.xml"), "OpenDocument"),
        (("xl/workbook.bin",), "binary Excel"),
        (("readme.txt",), "no Excel file"),
    ],
)
def test_other_packages_are_named(names: tuple[str, ...], expected: str) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        for name in names:
            package.writestr(name, "x")
    with pytest.raises(SourceError, match=expected):
        read_xlsx(data.getvalue())


def test_old_excel_is_named() -> None:
    with pytest.raises(SourceError, match="old Excel file, or one with a password"):
        read_xlsx(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))


def test_suffix_does_not_matter(tmp_path: Path) -> None:
    from navigator_export import read

    file = tmp_path / "list.csv"
    file.write_bytes(xlsx_bytes([HEADER, ("AC-1", "Access", "T1114")]))
    assert read(file).sources[0].format == "xlsx"


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (3.1, "0.00", "3.10"),
        (3.1, "General", "3.1"),
        (7, "000", "007"),
        (12, '"AC-"0', "AC-12"),
        (12, "\\A\\C\\-00", "AC-12"),
        (0.75, "0%", "75%"),
        (0.755, "0.0%", "75.5%"),
        (2.5, "0", "3"),
        (1234.5, "#,##0.00", "1,234.50"),
        (0.5, "#.##", ".5"),
        (-3, "0.0", "-3.0"),
        (-3, "0;(0)", "(3)"),
        (12, "[Red]00", "12"),
        (12, "0.00E+00", "12"),
        (1.5, "# ?/?", "1.5"),
        (3, "@", "3"),
    ],
)
def test_numbers_are_what_the_sheet_shows(value: float, number_format: str, shown: str) -> None:
    assert shown_number(value, number_format) == shown


def test_ids_are_what_the_sheet_shows() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([HEADER, (3.1, "One", "T1114"), (3.1, "Two", "T1078")])))
    workbook["Controls"]["A3"].number_format = "0.00"
    data = io.BytesIO()
    workbook.save(data)
    assert pairs(read_xlsx(data.getvalue())) == [("3.1", "T1114"), ("3.10", "T1078")]


def test_several_sheets_are_one_list() -> None:
    other = [("Rule ID", "ATT&CK ID"), ("R-1", "T1566")]
    data = xlsx_bytes([HEADER, ("AC-1", "Access", "T1114")], more={"Cover": [["Read me"]], "Rules 2026": other})
    both = read_xlsx(data, sheets=("*",))
    assert pairs(both) == [("AC-1", "T1114"), ("R-1", "T1566")]
    assert len(both.sources) == 1
    assert "there is no list in sheet 'Cover'" in both.sources[0].remarks
    assert pairs(read_xlsx(data, sheets=("rules*",))) == [("R-1", "T1566")]
    assert pairs(read_xlsx(data, sheets=("Controls", "Rules 2026"))) == pairs(both)
    with pytest.raises(SourceError, match="sheet Cover"):
        read_xlsx(data, sheets=("Controls", "Cover"))


def test_hidden_rows_are_read_and_said() -> None:
    rows = [HEADER, ("AC-1", "Access", "T1114"), ("AC-2", "Guests", "T1078"), ("AC-3", "x", "T1566")]
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(rows)))
    workbook["Controls"].row_dimensions[3].hidden = True
    workbook["Controls"].row_dimensions[9].hidden = True
    data = io.BytesIO()
    workbook.save(data)
    mappings = read_xlsx(data.getvalue())
    assert pairs(mappings) == [("AC-1", "T1114"), ("AC-2", "T1078"), ("AC-3", "T1566")]
    [remark] = [remark for remark in mappings.sources[0].remarks if "hidden" in remark]
    assert remark.startswith("sheet 'Controls': 1 row that is hidden or filtered out is read")
    assert remark.endswith(": 3")
