"""The house as its imports draw it: no cycles, each library in one place, and steps that do not know the later ones."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.made_inputs import mapping_file, rated_rows
from tests.real_inputs import ROOT

PACKAGE = ROOT / "navigator_export"


def module_of(file: Path) -> str:
    """Return the name of a module by its file."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(file): ast.parse(file.read_text("utf-8")) for file in sorted(PACKAGE.rglob("*.py"))}


def imports(module: str, *, at_start: bool) -> set[str]:
    """Return the modules that a module imports; `at_start` leaves out those that a function imports when it runs."""
    tree = MODULES[module]
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    if at_start:
        later = {
            inner
            for outer in ast.walk(tree)
            if isinstance(outer, ast.FunctionDef) or (isinstance(outer, ast.If) and "TYPE_CHECKING" in ast.dump(outer))
            for inner in ast.walk(outer)
        }
        nodes = [node for node in nodes if node not in later]
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            found |= {
                f"{node.module}.{alias.name}" if f"{node.module}.{alias.name}" in MODULES else str(node.module)
                for alias in node.names
            }
    return found


def own_imports(module: str) -> set[str]:
    """Return the modules of the package that a module imports, whenever."""
    return {name for name in imports(module, at_start=False) if name in MODULES}


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {module: {name for name in imports(module, at_start=True) if name in MODULES} for module in MODULES}
    assert len(list(TopologicalSorter(graph).static_order())) == len(MODULES)


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("click", "navigator_export.cli"),
        ("cloup", "navigator_export.cli"),
        ("rich", "navigator_export.cli"),
        ("jsonschema", "navigator_export.schemas"),
        ("jsonschema_rs", "navigator_export.schemas"),
        ("mitreattack", "navigator_export.attack.stix"),
        ("stix2", "navigator_export.attack.stix"),
        ("filelock", "navigator_export.build"),
        ("mcp", "navigator_export.agents"),
        ("openpyxl", "navigator_export.readers.lists"),
        ("highspy", "navigator_export.analysis.solving"),
        ("requests", "navigator_export.sets.fetching"),
        ("truststore", "navigator_export.sets.fetching"),
        ("xlsxwriter", "navigator_export.pictures.excel"),
    ],
)
def test_library_is_used_in_one_place(library: str, homes: str) -> None:
    users = {m for m in MODULES if library in {name.partition(".")[0] for name in imports(m, at_start=False)}}
    assert users
    assert {user for user in users if not f"{user}.".startswith(f"{homes}.")} == set()


@pytest.mark.parametrize(
    ("part", "unknown_to_it"),
    [
        ("readers", ("layer", "validation", "build", "cli", "recipe", "preparation", "export")),
        ("sources", ("layer", "validation", "build", "cli", "recipe", "preparation", "export")),
        ("sets", ("layer", "validation", "build", "cli", "recipe", "preparation", "export")),
        ("attack", ("readers", "layer", "validation", "build", "cli", "recipe", "export")),
        ("layer", ("build", "cli", "export", "analysis", "pictures")),
        ("pictures", ("build", "cli", "export", "readers")),
        ("validation", ("build", "cli", "export", "recipe", "readers")),
        ("schemas", ("validation", "readers", "layer", "build", "cli")),
        ("upgrading", ("build", "cli", "export", "recipe", "preparation")),
        ("build", ("cli",)),
        ("analysis", ("build", "cli", "export")),
    ],
)
def test_part_does_not_know_what_stands_on_it(part: str, unknown_to_it: tuple[str, ...]) -> None:
    own = [module for module in MODULES if f"{module}.".startswith(f"navigator_export.{part}.")]
    assert own
    forbidden = tuple(f"navigator_export.{name}." for name in unknown_to_it)
    known = {(module, name) for module in own for name in own_imports(module) if f"{name}.".startswith(forbidden)}
    assert known == set()


@pytest.mark.parametrize("module", ["export", "preparation", "provenance", "recipe", "selection"])
def test_core_knows_no_command_line(module: str) -> None:
    assert not {name for name in own_imports(f"navigator_export.{module}") if ".cli" in name}


def test_reading_a_mapping_file_loads_no_rule() -> None:
    code = "import sys, navigator_export as n; assert n.read('sample').mappings; print('\\n'.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT).stdout.decode()
    assert "navigator_export.readers.assembly" in loaded
    assert "navigator_export.validation" not in loaded
    assert "navigator_export.layer" not in loaded


@pytest.mark.parametrize(
    "command",
    [["--version"], ["gaps", "sample-company", "--threat", "APT29"], ["compare", "sample", "--by", "category"]],
)
def test_the_solver_is_loaded_for_a_plan_alone(command: list[str]) -> None:
    code = "import sys; from navigator_export.cli import main\ntry: main()\nfinally: print('highspy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, check=True, cwd=ROOT)
    assert done.stdout.decode().splitlines()[-1] == "False"


@pytest.mark.parametrize("command", [["export", "sample"], ["validate", "--rules"], ["inspect", "sample"], ["--help"]])
def test_other_commands_load_no_analysis(command: list[str]) -> None:
    code = "import sys; from navigator_export.cli import main\ntry: main()\nfinally: print('\\n', [*sys.modules])"
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, check=True, cwd=ROOT)
    loaded = done.stdout.decode().splitlines()[-1]
    assert "navigator_export.cli" in loaded
    assert "navigator_export.analysis" not in loaded


def test_export_of_a_file_loads_nothing_that_fetches(tmp_path: Path) -> None:
    mapping_file(tmp_path, rated_rows())
    code = (
        "import sys; from navigator_export.cli.commands import run;"
        "sys.argv[1:] = ['export', 'mappings.json', '-q', '-o', 'layer.json'];"
        "assert not run(); print('\\n'.join(sys.modules))"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=tmp_path, env=env).stdout
    modules = set(loaded.decode().split())
    assert "navigator_export.sources.published" in modules
    assert not modules & {"pooch", "requests", "truststore", "rich", "platformdirs", "ssl"}
    assert not modules & {f"navigator_export.sets.{name}" for name in ("names", "registry", "fetching", "keeping")}
