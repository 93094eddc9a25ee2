"""Limits are exact: what is at one is read, and one more is refused with the setting that allows more."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import pytest

from navigator_export import ReadOptions, SourceError, read, read_bytes
from navigator_export.readers.options import LARGEST_LIMIT, Limits
from tests.made_inputs import make_row, mapping_bytes
from tests.readers.lists.made_lists import xlsx_bytes
from tests.readers.test_stack import CONTROL
from tests.running import Run

HEADER = "Control,Technique,Notes\n"
PAGE_HEAD = (
    "T1114 Mail Mappings\nCapability ID Capability Description Mapping Type ATT&CK ID ATT&CK Name Notes\n"
    "EID-CA-E3 Access Technique Scores T1114 Mail\n"
)
YAML = "metadata: {mapping_framework: x, attack_version: 16.1, technology_domain: enterprise}\nmapping_objects:\n"


def refused(data: bytes, limits: Limits) -> str:
    with pytest.raises(SourceError) as raised:
        read_bytes(data, "x", ReadOptions(limits=limits))
    return "\n".join(raised.value.lines())


@pytest.mark.parametrize(
    ("most", "more", "limits", "setting"),
    [
        (HEADER + "A,T1114,\n" * 5, HEADER + "A,T1114,\n" * 6, Limits(rows=5), "rows"),
        (PAGE_HEAD + "\n" * 7, PAGE_HEAD + "\n" * 8, Limits(rows=10), "rows"),
        (
            YAML + "- {capability_id: A, attack_object_id: T1114}\n" * 3,
            YAML + "- {capability_id: A, attack_object_id: T1114}\n" * 4,
            Limits(rows=3),
            "rows",
        ),
        (HEADER + f"A,T1114,{'x' * 50}\n", HEADER + f"A,T1114,{'x' * 51}\n", Limits(cell=50), "cell"),
        (
            YAML + f"- {{capability_id: A, attack_object_id: T1114, comments: {'x' * 60}}}\n",
            YAML + f"- {{capability_id: A, attack_object_id: T1114, comments: {'x' * 61}}}\n",
            Limits(cell=60),
            "cell",
        ),
    ],
)
def test_at_a_limit_and_one_beyond(most: str, more: str, limits: Limits, setting: str) -> None:
    assert read_bytes(most.encode(), "x", ReadOptions(limits=limits)).mappings
    assert f"`reading.limits.{setting}` allows more" in refused(more.encode(), limits)


def test_rows_of_an_excel_file() -> None:
    rows = [("Control", "Technique"), *[("A", "T1114")] * 5]
    # The header is a row of the sheet, too.
    assert read_bytes(xlsx_bytes(rows), "x", ReadOptions(limits=Limits(rows=6))).mappings
    assert "more than" in refused(xlsx_bytes([*rows, ("B", "T1114"), ("C", "T1114")]), Limits(rows=6))


def test_unpacked_size_of_an_excel_file() -> None:
    data = xlsx_bytes([("Control", "Technique"), ("A", "T1114")])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        size = sum(part.file_size for part in package.infolist())
    assert read_bytes(data, "x", ReadOptions(limits=Limits(unpacked=size))).mappings
    assert "`reading.limits.unpacked` allows more" in refused(data, Limits(unpacked=size - 1))


def test_bytes_of_a_file_of_a_pipe_and_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = mapping_bytes([make_row()])
    file = tmp_path / "x.json"
    file.write_bytes(data)
    folder = tmp_path / "stack"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text(CONTROL, "utf-8")
    for source, size in ((str(file), len(data)), ("-", len(data)), (str(folder), 2 * len(CONTROL))):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert read(source, options=ReadOptions(limits=Limits(bytes=size))).mappings
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        with pytest.raises(SourceError, match=r"`reading\.limits\.bytes` allows more"):
            read(source, options=ReadOptions(limits=Limits(bytes=size - 1)))


def test_files_of_a_folder(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml", "c.txt"):
        (tmp_path / name).write_text(CONTROL, "utf-8")
    assert read(tmp_path, options=ReadOptions(limits=Limits(files=3))).mappings
    with pytest.raises(SourceError, match=r"more than 2 files; `reading\.limits\.files` allows more"):
        read(tmp_path, options=ReadOptions(limits=Limits(files=2)))


@pytest.mark.parametrize("name", Limits.__struct_fields__)
def test_limits_that_nothing_can_count_are_refused(name: str) -> None:
    assert getattr(Limits(**{name: LARGEST_LIMIT}), name) == LARGEST_LIMIT
    for number in (LARGEST_LIMIT + 1, 0, -1):
        with pytest.raises(ValueError, match=f"limit {name}="):
            Limits(**{name: number})


@pytest.mark.parametrize("name", Limits.__struct_fields__)
@pytest.mark.parametrize("source", ["json", "csv", "stdin", "folder", "xlsx"])
def test_largest_limits_overflow_nowhere(
    name: str, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(**{name: LARGEST_LIMIT})
    data = {
        "json": mapping_bytes([make_row()]),
        "stdin": mapping_bytes([make_row()]),
        "csv": b"Control,Technique\nA,T1114\n",
        "xlsx": xlsx_bytes([("Control", "Technique"), ("A", "T1114")]),
        "folder": CONTROL.encode(),
    }[source]
    file = tmp_path / "x.yaml"
    file.write_bytes(data)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    word = {"stdin": "-", "folder": str(tmp_path)}.get(source, str(file))
    assert read(word, options=ReadOptions(limits=limits)).mappings


def test_limit_that_is_too_large_is_told_on_the_command_line(run: Run, tmp_path: Path) -> None:
    outcome = run("export", tmp_path, "--limit", "bytes=999999999999999999G")
    assert outcome.code == 2
    assert "the largest limit is 9,007,199,254,740,992" in outcome.err


def test_note_below_a_list_is_one_cell_and_two_cells_are_a_row() -> None:
    listed = read_bytes(b"Control,Technique,Notes\nA,T1114,\nSeen by,,someone\nMade in May,,\n", "x.csv")
    assert [unmapped.capability for unmapped in listed.unmapped] == ["Seen by"]
    assert "read as notes, not as mappings: row 4 'Made in May'" in listed.sources[0].remarks
