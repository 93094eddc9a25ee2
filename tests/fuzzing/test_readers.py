"""Whatever comes in: a valid layer or a refusal in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from navigator_export import LayerError, MappingSet, NavigatorExportError, SourceError, make_layer, read_bytes, validate
from navigator_export.readers import ReadOptions
from navigator_export.readers.lists.listing import references_in
from navigator_export.readers.lists.technique_ids import technique_ids
from navigator_export.readers.options import FORMATS, FormatName, Limits
from navigator_export.readers.ratings import Ratings
from tests.fuzzing.strategies import FORMS, Document, as_json, broken_files, mapping_documents
from tests.results import control_characters

LIMITS = Limits(bytes=2**20, unpacked=2**22, rows=1000, cell=10_000, depth=30, values=10_000)


def is_read_or_refused(data: bytes, form: FormatName | None = None) -> None:
    """Check that bytes give a valid layer, or an error that the command line turns into words."""
    try:
        mappings = read_bytes(data, "x", ReadOptions(format=form, limits=LIMITS))
        product = make_layer(mappings)
    except LayerError:
        raise
    except NavigatorExportError as error:
        assert re.search(r"error \S", str(error)), error  # noqa: PT017 - either may come out
        return
    assert validate(product.text) == ()
    assert not control_characters(product.text.decode())


def said(mappings: MappingSet) -> list[tuple[object, ...]]:
    """Return what mappings say, whatever form they came in."""
    return [
        (m.capability.id, m.capability.name, m.technique, m.category, m.value, m.comment, m.references)
        for m in (*mappings.mappings, *mappings.duplicates)
    ]


@pytest.mark.parametrize("form", ["yaml", "csv", "xlsx"])
@given(document=mapping_documents())
def test_a_set_is_the_same_in_every_form(form: str, document: Document) -> None:
    try:
        expected = said(read_bytes(as_json(document), "x"))
    except SourceError:
        with pytest.raises(SourceError):
            read_bytes(FORMS[form](document), "x")
        return
    assert said(read_bytes(FORMS[form](document), "x")) == expected


@pytest.mark.parametrize("form", FORMATS)
@given(document=mapping_documents())
def test_any_set_gives_a_layer_or_words(form: FormatName, document: Document) -> None:
    is_read_or_refused(FORMS[form](document), form)


@pytest.mark.parametrize("form", FORMATS)
@given(data=st.data())
def test_broken_files_give_a_layer_or_words(form: FormatName, data: st.DataObject) -> None:
    is_read_or_refused(data.draw(broken_files(form)), data.draw(st.sampled_from([form, None])))


@given(data=st.binary(max_size=300), form=st.sampled_from([None, *FORMATS]))
def test_any_bytes_give_a_layer_or_words(data: bytes, form: FormatName | None) -> None:
    is_read_or_refused(data, form)


@given(text=st.text(max_size=300), form=st.sampled_from([None, *FORMATS]))
def test_any_text_gives_a_layer_or_words(text: str, form: FormatName | None) -> None:
    is_read_or_refused(text.encode("utf-8", "surrogatepass"), form)


@given(
    cells=st.lists(st.lists(st.sampled_from(["", "Control", "Technique", "T1114", "ID", "x", "Score"]), max_size=4)),
    separator=st.sampled_from(",;\t|"),
)
def test_any_cells_give_a_layer_or_words(cells: list[list[str]], separator: str) -> None:
    is_read_or_refused("\n".join(separator.join(row) for row in cells).encode())


@given(st.text(alphabet="T t01234.,;/-\n xA", max_size=40) | st.text(max_size=40))
def test_any_cell_gives_ids_or_words(cell: str) -> None:
    found, wrong = technique_ids(cell)
    assert bool(found) != bool(wrong)
    assert all(re.fullmatch(r"T[0-9]{4}(\.[0-9]{3})?", id_) for id_ in found)


@given(st.text(max_size=60))
def test_any_cell_gives_references(cell: str) -> None:
    for found in (references_in(cell), references_in(f"[{cell}]"), references_in(f"{cell} https://example.org/a")):
        assert [one for one in found if not isinstance(one, str)] == []
    assert any("https://example.org/a" in one for one in references_in(f"{cell} https://example.org/a"))


@given(category=st.none() | st.text(max_size=20), value=st.none() | st.text(alphabet="0123456789.,% x", max_size=12))
def test_any_words_are_rated_or_left_as_they_are(category: str | None, value: str | None) -> None:
    _, read = Ratings([("0..50", "minimal"), ("x", "protect partial")]).read(category, value)
    assert read in (value, "minimal", "partial", "significant")
