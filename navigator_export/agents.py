"""Tools for agents over the Model Context Protocol, which do what the commands of the same names do.

The only module that loads the SDK, which the extra `mcp` brings. An agent reads and writes within one folder, the
current one; layers that it gets or writes have passed every check.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, ParamSpec

import msgspec

from navigator_export.analysis.layers import finished
from navigator_export.analysis.questions import CompareQuestion, GapsQuestion
from navigator_export.analysis.reports import as_markdown, of_comparison, of_gaps
from navigator_export.analysis.sides import layer_in, narrowed
from navigator_export.attack import known
from navigator_export.errors import NavigatorExportError, OutputError, Problem, ProblemsError, SourceError, reason
from navigator_export.export import make_layer
from navigator_export.inspection import inspect
from navigator_export.layer.format import Layer
from navigator_export.layer.scoring import Scoring, StrategyName
from navigator_export.model import Category, Value
from navigator_export.output import write
from navigator_export.pictures.page import Look, PageName, SubTechniques, ThemeName
from navigator_export.pictures.rendering import Format, render
from navigator_export.reading import read, read_each
from navigator_export.recipe import Recipe
from navigator_export.selection import Criteria, Selection
from navigator_export.sources.address import Address
from navigator_export.sources.registry import as_path, contents, files_of, kind_of
from navigator_export.sources.standard_input import StandardInput
from navigator_export.tiers import TierOptions, assign_tiers
from navigator_export.validation import validate
from navigator_export.version import __version__

if TYPE_CHECKING:
    from mcp.server import MCPServer

_MOST_GAPS: Final = 50
"""Gaps that an answer lists."""

_Given = ParamSpec("_Given")

_ABOUT = (
    "Turns mappings of capabilities to ATT&CK techniques into ATT&CK Navigator layers. A source is the path of a "
    "mapping file or list in the served folder, the name of a published set such as m365, or sample. Begin with "
    "inspect_mappings. Covered means mapped, which is some coverage and not protection."
)


def inspect_mappings(sources: Sequence[str]) -> dict[str, Any]:
    """Return what sources hold: frameworks, releases, tiers, capabilities, techniques, ratings, oddities."""
    mappings = read(*map(_source, sources))
    found: dict[str, Any] = msgspec.to_builtins(inspect(mappings, assign_tiers(mappings, TierOptions())))
    return found


def export_layer(
    sources: Sequence[str],
    output: str = "",
    tier: str | None = None,
    frameworks: Sequence[str] = (),
    capabilities: Sequence[str] = (),
    groups: Sequence[str] = (),
    techniques: Sequence[str] = (),
    categories: Sequence[Category] = (),
    min_value: Value | None = None,
    score: StrategyName | None = None,
    attack_version: str | None = None,
    name: str | None = None,
) -> dict[str, Any]:
    """Return one validated Navigator layer, or write it to a new .json file of the folder where `output` names one.

    What is selected by is optional; patterns may hold * and ?. `attack_version` is a release like 20.0, or latest.
    """
    include = Criteria(
        frameworks=tuple(frameworks),
        capabilities=tuple(capabilities),
        groups=tuple(groups),
        techniques=tuple(techniques),
        categories=tuple(categories),
    )
    recipe = Recipe(
        selection=Selection(include=include, tier=tier, min_value=min_value),
        scoring=Scoring(strategy=score),
        attack_version=attack_version,
        name=name,
    )
    target = _new_file(output, "json") if output else None
    product = make_layer(read_each(*map(_source, sources)), recipe)
    told = {
        "name": product.layer.name,
        "selection": product.selection,
        "score": product.strategy,
        "attack_version": product.tally.retargeting.to_release,
        "techniques": product.tally.techniques,
        "mappings": product.tally.mappings,
        "warnings": list(product.warnings),
        "command": product.command,
    }
    return told | _delivered(product.text, target)


def validate_layer(file: str) -> dict[str, Any]:
    """Return every finding in a layer file of the folder, anybody's: what the Navigator refuses, drops or hides."""
    return {"findings": [msgspec.to_builtins(finding) for finding in validate(contents(_inside(file)), file)]}


def compare_coverage(
    old: str,
    new: str,
    old_selection: dict[str, str] | None = None,
    new_selection: dict[str, str] | None = None,
    attack_version: str | None = None,
    name: str | None = None,
    output: str = "",
) -> dict[str, Any]:
    """Return what changed from one coverage to another, and the validated layer that shows it, or write that.

    Each side is a layer file of the folder, or a source; name a source twice to compare what {"tier": "E3"} selects
    with what {"tier": "E5"} does. Keys of a selection: tier, exact_tier, min_value, framework, capability, group,
    category, value, mapping_type, technique. `output` names a new .json file for the layer.
    """
    target = _new_file(output, "json") if output else None
    question = CompareQuestion(
        _source(old),
        _source(new),
        _pairs(old_selection),
        _pairs(new_selection),
        Recipe(attack_version=attack_version, name=name),
    )
    found = question.answer(known())
    before, after = found.total.counts
    told = {
        "report": as_markdown(of_comparison(found)),
        "changes": dict(found.counts.items()),
        "covered_before": before,
        "covered_after": after,
        "of": found.total.of,
    }
    return told | _delivered_layer(question.layer(found), target)


def find_gaps(
    sources: Sequence[str],
    threats: Sequence[str],
    selection: dict[str, str] | None = None,
    offers: Sequence[str] = (),
    with_software: bool = False,
    with_campaigns: bool = False,
    attack_version: str | None = None,
    name: str | None = None,
    output: str = "",
) -> dict[str, Any]:
    """Return which techniques threats use that coverage leaves open, and the validated layer of it, or write that.

    `threats` are groups, campaigns and software by id, name or alias, such as APT29; groups:all; top:50 for the
    techniques that most groups use; or technique ids. `sources` are one layer file or sources, `selection` as in
    compare_coverage, `offers` other sources that may close gaps. `output` names a new .json file for the layer.
    """
    target = _new_file(output, "json") if output else None
    recipe = narrowed(Recipe(attack_version=attack_version, name=name), _pairs(selection), "selection")
    question = GapsQuestion(
        tuple(map(_source, sources)),
        tuple(map(_threat, threats)),
        tuple(map(_source, offers)),
        with_software,
        with_campaigns,
        recipe,
    )
    found = question.answer(known())
    told = {
        "report": as_markdown(of_gaps(found, _MOST_GAPS)),
        "shares": msgspec.to_builtins(found.shares),
        "open": [
            {"technique": gap.technique, "state": gap.state} for gap in found.techniques if gap.state != "covered"
        ],
    }
    return told | _delivered_layer(question.layer(found), target)


def render_layer(
    file: str,
    format: Format = "svg",  # noqa: A002 - as an agent calls it
    output: str = "",
    page: PageName = "auto",
    theme: ThemeName = "light",
    sub_techniques: SubTechniques = "annotated",
    only_scored: bool = False,
) -> dict[str, Any]:
    """Draw a layer file of the folder as the Navigator shows it, into the new file of the folder that `output` names.

    Without `output`, svg is returned as text. xlsx is a workbook; png and pdf need the extra `pictures`.
    """
    if not output and format != "svg":
        raise OutputError("", [Problem(f"{format} is not returned as text", hint="name a file with `output`")])
    target = _new_file(output, format) if output else None
    layer = layer_in(contents(_inside(file)), file)
    rendered = render(layer, format, Look(page, theme, sub_techniques, only_scored), known())
    told = {"name": layer.name, "warnings": list(rendered.remarks)}
    if target:
        write(rendered.data, target)
        return {**told, "file": target}
    return {**told, "svg": rendered.data.decode()}


TOOLS: Final = (inspect_mappings, export_layer, validate_layer, compare_coverage, find_gaps, render_layer)


def _pairs(selection: dict[str, str] | None) -> tuple[tuple[str, str], ...]:
    return tuple((selection or {}).items())


def _source(word: str) -> str:
    """Return the word of a source; SourceError is raised for what is not inside, nor built in or published."""
    kind = kind_of(word)
    if isinstance(kind, Address | StandardInput):
        hint = "name a file in the folder, or a published set"
        raise SourceError(word, [Problem("is not read for an agent", hint=hint)])
    return word if kind and not kind.on_disk else _inside(word)


def _threat(word: str) -> str:
    """Return the word of a threat, which may be a file of the folder. Raises SourceError for any other file."""
    kind = kind_of(word)
    return _inside(word) if kind and kind.on_disk else word


def _inside(path: str) -> str:
    """Return the word of a path. Raises SourceError where it, or what is read with it, is not in the folder."""
    folder = Path.cwd().resolve()
    try:
        found = [file.resolve() for file in (Path(path), *files_of(path))]
    except (OSError, ValueError) as error:
        raise SourceError(path, [Problem(f"cannot be read: {reason(error)}")]) from None
    if not all(file.is_relative_to(folder) for file in found):
        raise SourceError(path, [Problem("is not in the folder that is served", hint="name a file in it")])
    return as_path(path)


def _new_file(path: str, ending: str) -> str:
    """Return the path of a file to write. Raises SourceError outside the folder, OutputError where it cannot be."""
    target = Path(_inside(path))
    if target.suffix != f".{ending}":
        raise OutputError(path, [Problem("has another ending", hint=f"name a file that ends in .{ending}")])
    if target.exists():
        raise OutputError(path, [Problem("is there already", hint="name a new file")])
    return path


def _delivered_layer(layer: Layer, target: str | None) -> dict[str, Any]:
    return {"name": layer.name} | _delivered(finished(layer, known()), target)


def _delivered(text: bytes, target: str | None) -> dict[str, Any]:
    """Return a layer's text as values, or, where it is written, the file."""
    if target is None:
        return {"layer": msgspec.json.decode(text)}
    write(text, target)
    return {"file": target}


def server(folder: str) -> MCPServer:
    """Return the server of a folder's tools; the folder becomes the current one, so paths are what an agent means.

    Raises SourceError without the folder, OutputError without the extra.
    """
    try:
        from mcp.server import MCPServer  # for this command alone
        from mcp.server.mcpserver.exceptions import ToolError  # for this command alone
    except ImportError as error:
        message = f"agents are served with a library that is not installed ({reason(error)})"
        raise OutputError("", [Problem(message, hint="pip install 'navigator-export[mcp]'")]) from None

    def told(work: Callable[_Given, dict[str, Any]]) -> Callable[_Given, dict[str, Any]]:
        @wraps(work)
        def tool(*arguments: _Given.args, **named: _Given.kwargs) -> dict[str, Any]:
            try:
                return work(*arguments, **named)
            except ProblemsError as error:
                raise ToolError("\n".join(error.lines())) from None
            except (NavigatorExportError, OSError) as error:
                raise ToolError(str(error)) from None

        return tool

    try:
        os.chdir(folder)
    except OSError as error:
        raise SourceError(folder, [Problem(f"cannot be served: {reason(error)}", hint="name a folder")]) from None
    tools = MCPServer("navigator-export", instructions=_ABOUT, version=__version__, log_level="ERROR")
    for tool in TOOLS:
        tools.tool(description=tool.__doc__)(told(tool))
    return tools
