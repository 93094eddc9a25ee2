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
from tests.made_inputs import layer_bytes, mapping_file, rated_rows
from tests.real_inputs import ROOT
from tests.running import Run

mcp = pytest.importorskip("mcp", reason="the extra mcp is not installed")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Come back from the folders that are served."""
    monkeypatch.chdir(tmp_path)


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


def test_what_changed_comes_back_in_words_figures_and_a_valid_layer(tmp_path: Path, run: Run) -> None:
    tiers = {"old_selection": {"tier": "Base"}, "new_selection": {"tier": "Max"}}
    failed, found = call(tmp_path, "compare_coverage", old="sample-company", new="sample-company", **tiers)
    assert not failed
    assert found["covered_after"] - found["covered_before"] == found["changes"]["gained"] > 0
    assert "| gained | T1003.003 | NTDS |" in found["report"]
    assert len(found["layer"]["techniques"]) == sum(found["changes"].values())
    assert validate(json.dumps(found["layer"]).encode()) == ()
    run("compare", "sample-company", "--old", "tier=Base", "--new", "tier=Max", "-o", tmp_path / "same.json")
    assert json.loads((tmp_path / "same.json").read_bytes()) == found["layer"]


def test_layers_of_the_folder_are_compared(tmp_path: Path) -> None:
    for tier in ("Base", "Plus"):
        call(tmp_path, "export_layer", sources=["sample-company"], tier=tier, output=f"{tier}.json")
    failed, found = call(tmp_path, "compare_coverage", old="Base.json", new="Plus.json", output="change.json")
    assert (failed, found["file"]) == (False, "change.json")
    assert call(tmp_path, "validate_layer", file="change.json") == (False, {"findings": []})
    failed, found = call(tmp_path, "compare_coverage", old="change.json", new="Plus.json")
    assert failed
    assert "change.json: error this layer shows what changed" in found


def test_gaps_come_back_in_words_figures_and_a_valid_layer(tmp_path: Path) -> None:
    asked = {"sources": ["sample-company"], "threats": ["APT29"], "selection": {"tier": "Base"}}
    failed, found = call(tmp_path, "find_gaps", **asked)
    assert not failed
    assert f"{found['shares']['covered']} of the {found['shares']['of']} techniques" in found["report"]
    assert len(found["open"]) == found["shares"]["of"] - found["shares"]["covered"] + found["shares"]["weak"]
    assert validate(json.dumps(found["layer"]).encode()) == ()


def test_layer_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "mail.json").write_bytes(layer_bytes())
    failed, found = call(tmp_path, "render_layer", file="mail.json", only_scored=True)
    assert (failed, found["warnings"]) == (False, [])
    assert found["svg"].startswith("<svg")
    for form, start in (("svg", b"<svg"), ("html", b"<!DOCTYPE html>"), ("xlsx", b"PK")):
        failed, found = call(tmp_path, "render_layer", file="mail.json", format=form, output=f"drawn/mail.{form}")
        assert (failed, found["file"]) == (False, f"drawn/mail.{form}")
        assert (tmp_path / "drawn" / f"mail.{form}").read_bytes().startswith(start)


def test_picture_that_needs_more_says_so_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "reportlab.pdfgen.canvas", None)
    (tmp_path / "mail.json").write_bytes(layer_bytes())
    failed, words = call(tmp_path, "render_layer", file="mail.json", format="pdf", output="mail.pdf")
    assert failed
    assert len(words.splitlines()) == 1
    assert "pip install 'navigator-export[pictures]'" in words
    assert not (tmp_path / "mail.pdf").exists()


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("validate_layer", {"file": "../secret.json"}, "is not in the folder that is served"),
        ("validate_layer", {"file": "/etc/passwd"}, "is not in the folder that is served"),
        ("validate_layer", {"file": "link.json"}, "is not in the folder that is served"),
        ("validate_layer", {"file": "-"}, "there is no such file"),
        ("inspect_mappings", {"sources": ["-"]}, "is not read for an agent"),
        ("inspect_mappings", {"sources": ["https://example.org/x.json"]}, "is not read for an agent"),
        ("inspect_mappings", {"sources": ["rules"]}, "is not in the folder that is served"),
        ("export_layer", {"sources": ["sample"], "output": "../x.json"}, "is not in the folder that is served"),
        ("export_layer", {"sources": ["sample"], "output": "x.py"}, "ends in .json"),
        ("export_layer", {"sources": ["sample"], "tier": "E9", "frameworks": ["m365"]}, "E9"),
        ("compare_coverage", {"old": "sample-company", "new": "link.json"}, "is not in the folder that is served"),
        (
            "compare_coverage",
            {"old": "sample-company", "new": "sample-company", "old_selection": {"teir": "E3"}},
            "tier",
        ),
        ("compare_coverage", {"old": "sample-company", "new": "none.json"}, "there is no such file"),
        ("find_gaps", {"sources": ["sample-company"], "threats": ["APT9999"]}, "APT9999"),
        ("find_gaps", {"sources": ["sample-company"], "threats": ["link.json"]}, "is not in the folder that is served"),
        ("find_gaps", {"sources": ["sample-company"], "threats": ["../secret.json"]}, "is not in the folder"),
        ("find_gaps", {"sources": ["sample-company"], "threats": ["APT29"], "offers": ["/etc/passwd"]}, "is not in"),
        ("render_layer", {"file": "link.json"}, "is not in the folder that is served"),
        ("render_layer", {"file": "own.json"}, "the list of layers is empty"),
        ("render_layer", {"file": "own.json", "format": "html"}, "name a file with `output`"),
        ("render_layer", {"file": "own.json", "format": "html", "output": "own.svg"}, "ends in .html"),
        ("render_layer", {"file": "own.json", "output": "out/x.svg"}, "is not in the folder that is served"),
        ("render_layer", {"file": "own.json", "format": "gif"}, "'svg', 'html'"),
    ],
)
def test_what_cannot_be_done_is_told(tool: str, arguments: dict[str, Any], words: str, tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}", "utf-8")
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "own.json").write_text("[]", "utf-8")
    (tmp_path / "served" / "link.json").symlink_to(tmp_path / "secret.json")
    (tmp_path / "served" / "out").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "served" / "rules").mkdir()
    (tmp_path / "served" / "rules" / "one.yaml").symlink_to(tmp_path / "secret.json")
    failed, told = call(tmp_path / "served", tool, **arguments)
    assert failed
    assert words in told
    assert "Traceback" not in told
    assert sorted(file.name for file in tmp_path.rglob("*.*")) == ["link.json", "one.yaml", "own.json", "secret.json"]


def test_command_serves_over_standard_input_and_output(tmp_path: Path) -> None:
    started = mcp.StdioServerParameters(
        command=sys.executable,
        args=["-m", "navigator_export", "mcp", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    async def ask() -> tuple[set[str], Any]:
        async with mcp.Client(started) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            gaps = await client.call_tool("find_gaps", {"sources": ["sample-company"], "threats": ["Cobalt Strike"]})
            await client.call_tool("export_layer", {"sources": ["sample"], "output": "layer.json"})
            drawn = await client.call_tool("render_layer", {"file": "layer.json", "format": "html", "output": "a.html"})
            return tools, (gaps.structured_content, drawn.structured_content)

    tools, (gaps, drawn) = asyncio.run(ask())
    assert tools == {
        *("inspect_mappings", "export_layer", "validate_layer", "compare_coverage", "find_gaps", "render_layer"),
    }
    assert gaps["layer"]["techniques"]
    assert drawn["file"] == "a.html"
    assert (tmp_path / "a.html").is_file()


def test_folder_that_is_not_there_and_extra_that_is_missing_are_told(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "error cannot be served: " in run("mcp", tmp_path / "none").err
    for module in ("mcp", "mcp.server"):
        monkeypatch.setitem(sys.modules, module, None)
    outcome = run("mcp", tmp_path)
    assert outcome.code == 2
    assert len(outcome.err.splitlines()) == 1
    assert "pip install 'navigator-export[mcp]'" in outcome.err
