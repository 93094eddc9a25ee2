from __future__ import annotations

from pathlib import Path

import pytest

from navigator_export.upgrading.batch import is_layer, read_inputs
from tests.made_inputs import layer_bytes


def test_folder_gives_its_layers_with_their_places_and_tells_what_else_it_has(tmp_path: Path) -> None:
    for name in ("b.json", "deep/a.JSON", ".git/c.json", "d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(layer_bytes())
    (tmp_path / "package.json").write_text('{"name": "x", "version": "1.0"}')
    found = read_inputs([str(tmp_path)])
    assert [layer.place for layer in found.layers] == ["b.json", str(Path("deep/a.JSON"))]
    assert found.others == (str(tmp_path / "package.json"),)
    assert found.problems == ()


def test_file_that_was_named_is_read_whatever_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    found = read_inputs([str(tmp_path / "a.json"), str(tmp_path / "none.json")])
    assert [layer.place for layer in found.layers] == ["a.json"]
    assert [problem.file for problem in found.problems] == [str(tmp_path / "none.json")]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (layer_bytes(), True),
        (layer_bytes()[:-5], True),
        (layer_bytes(techniques=[]), True),
        (b"[" + layer_bytes(techniques=[]) + b"]", True),
        (b'{"layers": [' + layer_bytes(techniques=[]) + b"]}", True),
        (layer_bytes().decode().encode("utf-16"), True),
        (b'{"name": "x"}', False),
        (b'{"layers": [{"domain": "enterprise-attack", "techniques": 5}]}', False),
        (b'{"type": "bundle", "objects": []}', False),
        (b"[]", False),
        (b"{", False),
        (b"5", False),
        (b"\xff\x00", False),
    ],
)
def test_layer_is_told_from_other_json(data: bytes, expected: bool) -> None:
    assert is_layer(data) is expected
