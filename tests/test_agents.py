"""What an agent can do, through the SDK's own client."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from navigator_export import validate
from tests.made_inputs import mapping_file, rated_rows
from tests.real_inputs import ROOT
from tests.running import Run

mcp = pytest.importorskip("mcp", reason="the extra mcp is not installed")


def call(folder: Path, tool: str, **arguments: Any) -> tuple[bool, Any]:
    """Return whether a tool failed, and its answer: values, or the words of the error."""
    from navigator_export.agents import server  # needs the extra

    async def ask() -> tuple[bool, Any]:
        async with mcp.Client(server(str(folder))) as client:
            result = await client.call_tool(tool, arguments)
            return bool(result.is_error), result.structured_content or result.content[0].text

    return asyncio.run(ask())


def test_mappings_are_inspected(tmp_path: Path) -> None:
    mapping_file(tmp_path, rated_rows())
    failed, found = call(tmp_path, "inspect_mappings", sources=["mappings.json"])
    assert not failed
    assert found["capabilities"]


def test_layer_that_comes_back_is_valid(tmp_path: Path) -> None:
    failed, found = call(tmp_path, "export_layer", sources=["sample"], frameworks=["m365"], tier="E3")
    assert not failed
    assert found["techniques"] == len(found["layer"]["techniques"])
    assert validate(json.dumps(found["layer"]).encode()) == ()


def test_layer_is_written_to_a_new_file_of_the_folder(tmp_path: Path) -> None:
    order = {"sources": ["sample-company"], "output": "layers/company.json", "attack_version": "latest"}
    failed, found = call(tmp_path, "export_layer", **order)
    assert (failed, found["file"]) == (False, "layers/company.json")
    assert call(tmp_path, "validate_layer", file="layers/company.json") == (False, {"findings": []})
    failed, words = call(tmp_path, "export_layer", **order)
    assert failed
    assert "is there already" in words


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("validate_layer", {"file": "../secret.json"}, "is not in the folder that is served"),
        ("validate_layer", {"file": "/etc/passwd"}, "is not in the folder that is served"),
        ("validate_layer", {"file": "link.json"}, "is not in the folder that is served"),
        ("inspect_mappings", {"sources": ["-"]}, "there is no such file"),
        ("inspect_mappings", {"sources": ["https://example.org/x.json"]}, "there is no such file"),
        ("export_layer", {"sources": ["sample"], "output": "../x.json"}, "is not in the folder that is served"),
        ("export_layer", {"sources": ["sample"], "output": "x.py"}, "ends in .json"),
        ("export_layer", {"sources": ["sample"], "tier": "E9", "frameworks": ["m365"]}, "E9"),
    ],
)
def test_what_cannot_be_done_is_told(tool: str, arguments: dict[str, Any], words: str, tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}", "utf-8")
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "link.json").symlink_to(tmp_path / "secret.json")
    failed, told = call(tmp_path / "served", tool, **arguments)
    assert failed
    assert words in told
    assert sorted(file.name for file in tmp_path.rglob("*.*")) == ["link.json", "secret.json"]


def test_command_serves_over_standard_input_and_output(tmp_path: Path) -> None:
    started = mcp.StdioServerParameters(
        command=sys.executable,
        args=["-m", "navigator_export", "mcp", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    async def ask() -> set[str]:
        async with mcp.Client(started) as client:
            return {tool.name for tool in (await client.list_tools()).tools}

    assert asyncio.run(ask()) == {"inspect_mappings", "export_layer", "validate_layer"}


def test_folder_that_is_not_there_and_extra_that_is_missing_are_told(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "there is no such folder" in run("mcp", tmp_path / "none").err
    for module in ("mcp", "mcp.server"):
        monkeypatch.setitem(sys.modules, module, None)
    outcome = run("mcp", tmp_path)
    assert outcome.code == 2
    assert len(outcome.err.splitlines()) == 1
    assert "pip install 'navigator-export[mcp]'" in outcome.err
