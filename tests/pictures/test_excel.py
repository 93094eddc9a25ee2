from __future__ import annotations

import io
import warnings
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings, strategies as st
from openpyxl import Workbook, load_workbook

from navigator_export import make_layer, read
from navigator_export.attack import builtin
from navigator_export.pictures.excel import excel
from navigator_export.pictures.matrix import Picture, picture_of
from tests.pictures.drawn import picture


def opened(drawn: Picture) -> Workbook:
    return load_workbook(io.BytesIO(excel(drawn)))


def table(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    heads, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, heads), row, strict=True)) for row in rows]


def test_matrix_has_colours_notes_and_frozen_panes() -> None:
    sheet = opened(picture(sorting=3))["Matrix"]
    [(row, column)] = [(c.row, c.column) for c in next(sheet.iter_cols(17, 17)) if c.value == "Email Collection"] or [
        (c.row, c.column) for r in sheet.iter_rows() for c in r if c.value == "Email Collection"
    ]
    assert sheet.cell(row, column).fill.start_color.rgb == "FFCCE5FF"
    assert sheet.cell(row, column + 1).value == 1
    assert sheet.cell(row, column).comment.text == "T1114\nby rules"
    assert sheet.freeze_panes == "A5"
    assert sheet.cell(3, column).value == "Collection"
    assert sheet.cell(4, column).value == "2 of 40"


def test_techniques_are_a_table_with_filters() -> None:
    book = opened(picture())
    rows = {(row["id"], row["tactics"]): row for row in table(book, "Techniques")}
    assert rows["T1114", "Collection"]["score"] == 1
    assert rows["T1114", "Collection"]["comment"] == "by rules"
    assert rows["T1114.003", "Collection"]["sub-technique of"] == "T1114 Email Collection"
    assert ("T1078", "Initial Access, Persistence, Privilege Escalation, Defense Evasion") in rows
    assert book["Techniques"].auto_filter.ref.startswith("A1:")


def test_technique_of_which_tactics_say_different_things_has_a_row_for_each() -> None:
    drawn = picture(techniques=[{"techniqueID": "T1078", "tactic": "persistence", "score": 2}])
    found = {row["tactics"]: row["score"] for row in table(opened(drawn), "Techniques") if row["id"] == "T1078"}
    assert found == {"Initial Access, Privilege Escalation, Defense Evasion": None, "Persistence": 2}


def test_capabilities_are_a_table_where_the_layer_is_ours() -> None:
    product = make_layer(read("sample-company"))
    book = opened(picture_of(product.layer, builtin()))
    rows = table(book, "Capabilities")
    assert len(rows) == product.tally.capabilities
    assert all(row["name"] and row["techniques"] == len(row["ids of techniques"].split(", ")) for row in rows)
    told = {
        name for row in table(book, "Techniques") if row["capabilities"] for name in row["capabilities"].split(", ")
    }
    assert told == {row["capability"] for row in rows}
    assert "Capabilities" not in opened(picture()).sheetnames


def test_legend_and_provenance_are_told() -> None:
    legend = [{"label": "seen", "color": "#00ff00"}]
    drawn = picture(legendItems=legend, metadata=[{"name": "source", "value": "ours.csv"}])
    sheet = opened(drawn)["About"]
    said = {row[0].value: row[1] for row in sheet.iter_rows()}
    assert said["source"].value == "ours.csv"
    assert (said["legend"].value, said["legend"].fill.start_color.rgb) == ("seen", "FF00FF00")
    assert said["ATT&CK"].value == "16.1 enterprise"


def test_texts_that_begin_as_formulas_stay_texts() -> None:
    drawn = picture(name="=1+1", techniques=[{"techniqueID": "T1114", "comment": "@SUM(1)"}])
    book = opened(drawn)
    title = book["Matrix"]["A1"]
    assert (title.value, title.data_type, title.quotePrefix) == ("=1+1", "s", True)
    [cell] = [c for row in book["Techniques"].iter_rows() for c in row if c.value == "@SUM(1)"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_same_picture_gives_the_same_bytes_and_the_time_is_the_one_that_is_said() -> None:
    assert excel(picture()) == excel(picture())
    said = load_workbook(io.BytesIO(excel(picture(), datetime(2025, 7, 18, tzinfo=UTC)))).properties.created
    assert said == datetime(2025, 7, 18)
    assert opened(picture()).properties.created.year == 1980


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(codec="utf-8") | st.sampled_from("\x00\x0b\x1f\ufffe=\r\n<&]"), max_size=40))
def test_whatever_texts_hold_the_workbook_opens(text: str) -> None:
    drawn = picture(name=text or "x", description=text, techniques=[{"techniqueID": "T1114", "comment": text}])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        book = opened(drawn)
    assert book.sheetnames == ["Matrix", "Techniques", "About"]


def test_texts_and_numbers_beyond_what_excel_takes_are_cut_and_said() -> None:
    techniques = [{"techniqueID": "T1114", "comment": "x" * 40_000, "score": 10**301}]
    rows = {row["id"]: row for row in table(opened(picture(techniques=techniques)), "Techniques")}
    assert len(rows["T1114"]["comment"]) == 32_767
    assert rows["T1114"]["comment"].endswith("x…")
    assert rows["T1114"]["score"] == "1e+301"
