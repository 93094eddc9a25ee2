"""Tools for agents over the Model Context Protocol: what mappings hold, layers of them, and what is wrong in layers.

The only module that loads the SDK, which the extra `mcp` brings. An agent reads and writes within one folder; layers
that it gets or writes have passed every check.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import msgspec

from navigator_export.errors import NavigatorExportError, OutputError, Problem, ProblemsError, SourceError, reason
from navigator_export.export import make_layer
from navigator_export.inspection import inspect
from navigator_export.layer.scoring import Scoring, StrategyName
from navigator_export.model import Category, Value
from navigator_export.output import write
from navigator_export.reading import read, read_each
from navigator_export.recipe import Recipe
from navigator_export.selection import Criteria, Selection
from navigator_export.sources.address import Address
from navigator_export.sources.registry import contents, kind_of
from navigator_export.sources.standard_input import StandardInput
from navigator_export.tiers import TierOptions, assign_tiers
from navigator_export.validation import validate
from navigator_export.version import __version__

if TYPE_CHECKING:
    from mcp.server import MCPServer

_Given = ParamSpec("_Given")

_ABOUT = (
    "Turns mappings of capabilities to ATT&CK techniques into ATT&CK Navigator layers. A source is the path of a "
    "mapping file or list in the served folder, the name of a published set such as m365, or sample. Begin with "
    "inspect_mappings."
)


class Workplace:
    """The folder within which an agent works, and what it can do there. Every method raises NavigatorExportError."""

    def __init__(self, folder: str) -> None:
        """Take a folder. Raises SourceError where there is none."""
        if not Path(folder).is_dir():
            raise SourceError(folder, [Problem("there is no such folder", hint="name the folder to serve")])
        self._folder = Path(folder).resolve()

    def inspect_mappings(self, sources: Sequence[str]) -> dict[str, Any]:
        """Return what sources hold: frameworks, releases, tiers, capabilities, techniques, ratings, oddities."""
        mappings = read(*map(self._source, sources))
        found: dict[str, Any] = msgspec.to_builtins(inspect(mappings, assign_tiers(mappings, TierOptions())))
        return found

    def export_layer(
        self,
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
        target = self._new_layer(output) if output else None
        product = make_layer(read_each(*map(self._source, sources)), recipe)
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
        if target:
            write(product.text, target)
            return {**told, "file": output}
        return {**told, "layer": msgspec.json.decode(product.text)}

    def validate_layer(self, file: str) -> dict[str, Any]:
        """Return every finding in a layer file of the folder, anybody's: what the Navigator refuses, drops or hides."""
        data = contents(str(self._inside(file)))
        return {"findings": [msgspec.to_builtins(finding) for finding in validate(data, file)]}

    def _source(self, word: str) -> str:
        """Return the word of a source; SourceError is raised for what is not inside, nor built in or published."""
        kind = kind_of(word, str(self._folder))
        elsewhere = kind_of(word) is not kind  # a file of that name in the current folder, which is not the agent's
        if kind and not (elsewhere or kind.on_disk or isinstance(kind, Address | StandardInput)):
            return word
        return str(self._inside(word))

    def _inside(self, path: str) -> Path:
        try:
            found = (self._folder / path).resolve()
        except (OSError, ValueError) as error:
            raise SourceError(path, [Problem(f"cannot be read: {reason(error)}")]) from None
        if not found.is_relative_to(self._folder):
            raise SourceError(path, [Problem("is not in the folder that is served", hint="name a file in it")])
        return found

    def _new_layer(self, path: str) -> Path:
        target = self._inside(path)
        if target.suffix != ".json":
            raise OutputError(path, [Problem("is no layer's name", hint="name a file that ends in .json")])
        if target.exists():
            raise OutputError(path, [Problem("is there already", hint="name a new file")])
        return target


def server(folder: str) -> MCPServer:
    """Return the server of a folder's tools. Raises SourceError without the folder, OutputError without the extra."""
    try:
        from mcp.server import MCPServer  # for this command alone
        from mcp.server.mcpserver.exceptions import ToolError  # for this command alone
    except ImportError as error:
        message = f"agents are served with a library that is not installed ({reason(error)})"
        raise OutputError("", [Problem(message, hint="pip install 'navigator-export[mcp]'")]) from None

    def told(method: Callable[_Given, dict[str, Any]]) -> Callable[_Given, dict[str, Any]]:
        @wraps(method)
        def tool(*arguments: _Given.args, **named: _Given.kwargs) -> dict[str, Any]:
            try:
                return method(*arguments, **named)
            except ProblemsError as error:
                raise ToolError("\n".join(error.lines())) from None
            except (NavigatorExportError, OSError) as error:
                raise ToolError(str(error)) from None

        return tool

    place = Workplace(folder)
    tools = MCPServer("navigator-export", instructions=_ABOUT, version=__version__, log_level="ERROR")
    for method in (place.inspect_mappings, place.export_layer, place.validate_layer):
        tools.tool(description=method.__doc__)(told(method))
    return tools
