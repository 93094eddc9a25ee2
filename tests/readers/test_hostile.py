"""Input that means harm: a clear refusal or a valid layer, in bounded time and memory, nothing raw on a terminal."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from navigator_export import SourceError, make_layer, read, read_bytes
from navigator_export.readers import ReadOptions
from navigator_export.readers.options import Limits
from navigator_export.sources.registry import contents
from tests.made_inputs import make_row, mapping_bytes, nested_lists
from tests.readers.lists.made_lists import xlsx_bytes
from tests.real_inputs import ROOT
from tests.results import control_characters, walk
from tests.running import Run

resource = pytest.importorskip("resource", reason="memory cannot be limited here")

SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"
SMALL = Limits(bytes=2**20, unpacked=2**22, rows=100, cell=2000, depth=20, values=2000)


def package(part: str, text: bytes) -> bytes:
    """Return an Excel file with one part replaced or added."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_bytes([("Control", "Technique"), ("A", "T1114")]))) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            if item.filename != part:
                new.writestr(item.filename, old.read(item))
        new.writestr(part, text)
    return made.getvalue()


def lying_package() -> bytes:
    """Return an Excel file whose table of contents says less of a part than there is in it."""
    data = bytearray(package(SHEET, HEAD + b" " * 2**23 + TAIL))
    size = len(HEAD + TAIL) + 2**23
    return bytes(data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>'
EXTERNAL = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'

HOSTILE: dict[str, Callable[[], bytes]] = {
    "json nested deeply": lambda: b'{"metadata":' + nested_lists(1_000_000) + b"}",
    "json nested deeply, not closed": lambda: b'{"metadata":' + b"[" * 1_000_000,
    "json nested in a field that is not read": lambda: mapping_bytes([make_row(x=0)]).replace(
        b'"x": 0', b'"x": ' + nested_lists(100_000)
    ),
    "json wrong, then nested": lambda: mapping_bytes([make_row(1)]).replace(
        b'"m365"', b'"m365", "x": ' + nested_lists(100_000)
    ),
    "json wrong, then cut": lambda: mapping_bytes([make_row(1), make_row()])[:-30],
    "json wrong, then a huge number": lambda: mapping_bytes([make_row(1, x=0)]).replace(b'"x": 0', b'"x": 1e999'),
    "json not a number": lambda: mapping_bytes([make_row()]).replace(b'"T1114"', b"NaN"),
    "json huge number": lambda: mapping_bytes([make_row()]).replace(b'"T1114"', b"9" * 100_000),
    "json lone surrogate": lambda: mapping_bytes([make_row("A\ud800")]),
    "json bytes that are no text": lambda: mapping_bytes([make_row()]).replace(b"MAIL", b"\xff\xfe"),
    "json duplicate key": lambda: mapping_bytes([make_row()]).replace(b'"T1114"', b'"T1114", "attack_object_id": "T1"'),
    "json duplicate metadata": lambda: mapping_bytes([make_row()]).replace(b'"16.1"', b'"16.1", "attack_version": "9"'),
    "json duplicate part": lambda: mapping_bytes([make_row()]).replace(b"{", b'{"metadata": 1, ', 1),
    "json too many rows": lambda: mapping_bytes([make_row()] * 200),
    "yaml nested deeply": lambda: b"metadata: " + nested_lists(100_000),
    "yaml nested blocks": lambda: b"metadata:\n" + b"".join(b" " * i + b"a:\n" for i in range(1, 500)),
    "yaml complex keys": lambda: b"metadata:\n" + b"? " * 100_000,
    "yaml aliases": lambda: b"metadata: &a [x]\nb: [*a, *a]\n",
    "yaml alias of itself": lambda: b"metadata: &a [*a]\n",
    "yaml merge key": lambda: b"metadata: &a {x: y}\nmapping_objects:\n- <<: *a\n",
    "yaml tag": lambda: b"metadata: !!python/object/apply:os.system ['true']\n",
    "yaml many values": lambda: b"metadata: [" + b"a," * 5000 + b"]",
    "yaml long line": lambda: b"metadata: " + b"a" * 100_000,
    "yaml long text": lambda: b"metadata:\n  x: a\n" + b"   b\n" * 10_000,
    "yaml nul": lambda: b"metadata: a\0b\n",
    "csv long line": lambda: b"Control,Technique\n" + b"a" * 100_000,
    "csv of commas": lambda: b"," * 1_000_000,
    "csv quotation mark never closed": lambda: b'Control,Technique\n"A,T1114\n' + b"x\n" * 100_000,
    "csv too many rows": lambda: b"Control,Technique\n" + b"A,T1114\n" * 200,
    "csv too many techniques": lambda: b"Control,Technique\n" + b"A,T11145\n" * 90,
    "csv printed list": lambda: b'Control,Technique,References\nA,T9,"' + b"[" * 1500 + b'"\n',
    "csv backtracking": lambda: b'Control,Technique\nA,"' + b"T1114 - " * 200 + b'x"\n',
    "page backtracking": lambda: (
        b"T1114 Mail Mappings\nCapability ID Capability Description Mapping Type ATT&CK ID "
        b"ATT&CK Name Notes\nA " + b"Protects " * 200 + b"T1114\n"
    ),
    "yaml directives": lambda: b"metadata: {}\n" + b"".join(b"%%TAG !a%d! x\n" % i for i in range(1000)),
    "csv cell of ids": lambda: b"Control,Technique\nA," + b"T1114 " * 6000 + b"\n",
    "csv header of brackets": lambda: b"(" * 1500 + b",Technique\nA,T1114\n",
    "page of spaces": lambda: (
        b"T1114 Mail Mappings\nCapability ID Capability Description Mapping Type ATT&CK ID "
        b"ATT&CK Name Notes\nA x" + b" " * 1900 + b"T1114\n"
    ),
    "zip bomb": lambda: package(SHEET, HEAD + b" " * 2**23 + TAIL),
    "zip bomb that lies": lying_package,
    "zip that is cut": lambda: xlsx_bytes([("Control", "Technique")])[:-200],
    "excel entities": lambda: package(SHEET, ENTITIES + HEAD + TAIL),
    "excel entities as utf-16": lambda: package(SHEET, (ENTITIES + HEAD + TAIL).decode().encode("utf-16")),
    "excel external entity": lambda: package(SHEET, EXTERNAL + HEAD + TAIL),
    "excel external entity in strings": lambda: package("xl/sharedStrings.xml", EXTERNAL + b"<sst/>"),
    "excel too many rows": lambda: package(SHEET, HEAD + b"<row/>" * 200 + TAIL),
    "excel too many cells": lambda: package(SHEET, HEAD + b"<row>" + b"<c/>" * 3000 + b"</row>" + TAIL),
    "excel row too long": lambda: package(SHEET, HEAD + b"<row>" + b" " * 10_000 + b"</row>" + TAIL),
    "excel row far down": lambda: package(SHEET, HEAD + b'<row r="99999999"></row>' + TAIL),
    "excel many strings": lambda: package("xl/sharedStrings.xml", b"<sst>" + b"<si/>" * 200 + b"</sst>"),
    "excel many formats": lambda: package("xl/styles.xml", b"<styleSheet>" + b"<xf/>" * 250_000 + b"</styleSheet>"),
    "excel not xml": lambda: package(SHEET, b"<worksheet><sheetData><row"),
    "excel nested": lambda: package(SHEET, HEAD + b"<a>" * 100_000),
    "excel without sheets": lambda: package("xl/workbook.xml", b"<workbook/>"),
    "excel number": lambda: package(SHEET, HEAD + b'<row><c r="A1"><v>' + b"9" * 5000 + b"</v></c></row>" + TAIL),
    "excel cell far right": lambda: package(SHEET, HEAD + b'<row><c r="ZZZZ1"><v>1</v></c></row>' + TAIL),
    "rows nested": lambda: b'[{"a": ' + b"[" * 100_000,
    "rows list of everything": lambda: b"[" + b"[]," * 50_000 + b"1]",
    "rows number": lambda: b'[{"id": "A", "technique": ' + b"9" * 5_000 + b"}]",
    "rows columns": lambda: b'[{"id": "A", ' + b", ".join(b'"c%d": 1' % i for i in range(5_000)) + b"}]",
    "rows aliases": lambda: b"- &a {id: A, technique: T1114}\n" + b"- *a\n" * 5_000,
    "rules without end": lambda: b"title: x\nlogsource: {}\n" * 5_000,
    "rule that is nothing": lambda: b"title: x\ndetection: &a [*a]\n",
    "rule nested": lambda: b'[rule]\nrule_id = "1"\nname = "x"\nthreat = ' + b"[" * 50_000,
    "rule keys": lambda: b'[rule]\nrule_id = "1"\n' + b".".join([b"a"] * 20_000) + b" = 1\n",
    "scores without end": lambda: b"file_type: technique-administration\ntechniques: &a [*a]\n",
    "page header alone": lambda: b"T1114 X\n" + b"Capability ID\n" * 50_000,
    "zeros": lambda: bytes(100_000),
    "every byte": lambda: bytes(range(256)) * 10,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_refused_in_words(name: str) -> None:
    with pytest.raises(SourceError) as raised:
        read_bytes(HOSTILE[name](), "x", ReadOptions(limits=SMALL))
    lines = raised.value.lines()
    assert lines
    assert all(len(line) < 1000 for line in lines)
    assert "Traceback" not in "".join(lines)


def test_duplicate_key_is_told_with_its_place() -> None:
    with pytest.raises(SourceError) as raised:
        read_bytes(HOSTILE["json duplicate key"](), "x")
    assert raised.value.lines() == ["x::$.mapping_objects[0]: error duplicate key 'attack_object_id'; keep one"]


def test_texts_that_look_like_keys_are_no_duplicates() -> None:
    row = make_row(comments='"attack_object_id" "attack_object_id"', capability_description="attack_object_id")
    assert len(read_bytes(mapping_bytes([row]), "x").mappings) == 1


STEERING = "\x1b[31m\x1b]0;title\x07\x9b2J\x00\x7f"


@pytest.mark.parametrize("form", ["json", "csv"])
def test_control_characters_reach_neither_layer_nor_terminal(run: Run, tmp_path: Path, form: str) -> None:
    comment = f"said{STEERING} of it"
    if form == "json":
        data = mapping_bytes([make_row(f"A{STEERING}", comments=comment, capability_group=f"g{STEERING}")])
    else:
        data = f'Control,Technique,Notes,Group\n"A{STEERING}",T1114,"{comment}","g{STEERING}"\n'.encode()
    file = tmp_path / "x"
    file.write_bytes(data)
    layer = json.loads(make_layer(read(file)).text)
    texts = [text for text in walk(layer) if isinstance(text, str)]
    assert not any(control_characters(text) for text in texts)
    for arguments in (
        ("export", file),
        ("inspect", file, "--rows"),
        ("inspect", file, "--rows", "--json"),
        ("convert", file),
    ):
        outcome = run(*arguments)
        assert outcome.code == 0
        assert not control_characters(outcome.out.decode())
        assert not control_characters(outcome.err)


def test_control_characters_in_what_is_wrong_do_not_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text(f"Control,Technique,{STEERING}\nA,{STEERING}\n", "utf-8")
    outcome = run("export", file)
    assert outcome.code == 2
    assert not control_characters(outcome.err)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//x.y"]
)
def test_unsafe_links_never_reach_a_layer(link: str) -> None:
    for data in (
        mapping_bytes([make_row(references=[link])]),
        f'Control,Technique,Links\nA,T1114,"{link}"\n'.encode(),
        f"Control,Technique,Links\nA,T1114,\"['{link}']\"\n".encode(),
    ):
        assert link.encode() not in make_layer(read_bytes(data, "x")).text


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no /dev/zero here")
def test_devices_are_not_read(run: Run) -> None:
    for device in ("/dev/zero", "/dev/urandom", "/dev/tty"):
        if Path(device).exists():
            outcome = run("export", device)
            assert outcome.code == 2
            assert "is a device" in outcome.err


def test_silent_pipe_is_given_up(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(SourceError, match="gave nothing for 1 second"):
        read(pipe, options=ReadOptions(limits=Limits(wait=1)))


def test_pipe_that_never_ends_is_read_up_to_the_limit(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = subprocess.Popen(["sh", "-c", f"yes > '{pipe}' 2>&1"], stderr=subprocess.DEVNULL)
    try:
        with pytest.raises(SourceError, match="more than 1 MiB"):
            contents(str(pipe), Limits(bytes=2**20))
    finally:
        writer.wait()


def test_pipe_that_ends_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(mapping_bytes([make_row()])))
    writer.start()
    assert len(read(pipe).mappings) == 1
    writer.join()


def test_large_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as sparse:
        sparse.truncate(2**40)
    with pytest.raises(SourceError, match="more than 256 MiB"):
        read(file)


def limited() -> None:
    """Give a process 700 MB and 60 s: what is in bounds stays far below, what is not runs into them."""
    resource.setrlimit(resource.RLIMIT_AS, (700 * 2**20, 700 * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))


LARGE: dict[str, Callable[[], bytes]] = {
    "json nested": lambda: b'{"metadata":' + nested_lists(10_000_000) + b"}",
    "csv line of 100 MB": lambda: b"Control,Technique\n" + b"x" * (100 * 2**20),
    "csv of 100 MB of commas": lambda: b"," * (100 * 2**20),
    "csv of brackets and quotation marks": lambda: (
        b"Control,Technique,References\n" + (b"(" * 500_000 + b"A,T9,\"['" + b"'\\" * 200_000 + b']"\n') * 20
    ),
    "excel of 60 MB of open cells": lambda: package(SHEET, HEAD + b"<f/>" + b"<c row " * 8_000_000),
    "yaml line of 100 MB": lambda: b"metadata: " + b"x" * (100 * 2**20),
    "yaml billion laughs": lambda: (
        b"metadata: &a0 [x]\n"
        + b"".join(b"a%d: &a%d [%s]\n" % (i, i, b",".join([b"*a%d" % (i - 1)] * 10)) for i in range(1, 30))
    ),
    "excel of 128 MB": lambda: package(SHEET, b" " * 2**27),
    "excel of 60 MB of cells": lambda: package(SHEET, HEAD + b"<row>" + b'<c r="A1"/>' * 5_000_000 + b"</row>" + TAIL),
    "excel of 60 MB of strings": lambda: package("xl/sharedStrings.xml", b"<sst>" + b"<si/>" * 12_000_000 + b"</sst>"),
    "excel laughs": lambda: package(SHEET, ENTITIES + HEAD + TAIL),
}


@pytest.mark.parametrize("name", LARGE)
def test_bombs_are_refused_within_little_memory_and_time(tmp_path: Path, name: str) -> None:
    file = tmp_path / "bomb"
    file.write_bytes(LARGE[name]())
    done = subprocess.run(
        [sys.executable, "-m", "navigator_export", "export", file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limited,
    )
    assert done.returncode == 2
    assert "error" in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout
