from __future__ import annotations

import inspect as introspection
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import navigator_export
from navigator_export import Recipe, Selection, errors, make_layer, read, validate
from tests.made_inputs import mapping_set, rated_rows
from tests.real_inputs import ROOT


@pytest.mark.parametrize("name", navigator_export.__all__)
def test_public_name_resolves(name: str) -> None:
    assert getattr(navigator_export, name) is not None


def test_every_error_that_a_user_can_cause_is_public() -> None:
    own = {
        name
        for name, value in vars(errors).items()
        if introspection.isclass(value) and issubclass(value, errors.NavigatorExportError)
    }
    assert own - {"ProblemsError"} <= set(navigator_export.__all__)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        assert navigator_export.nothing


def test_example_in_the_docstring_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = (navigator_export.__doc__ or "").splitlines()
    code = textwrap.dedent("\n".join(line for line in lines if line.startswith("    ")))
    assert 'read("m365-07.18.2025_attack-16.1-enterprise.json")' in code
    exec(code.replace("m365-07.18.2025_attack-16.1-enterprise.json", "sample"), {})
    [written] = tmp_path.iterdir()
    assert validate(written.read_bytes()) == ()
    assert "tier-e3" in written.name
    assert capfd.readouterr() == ("", "")


def test_page_for_programs_shows_what_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs/python.md").read_text("utf-8")
    space: dict[str, object] = {}
    for block in page.split("```python\n")[1:]:
        exec(block.partition("```")[0], space)
        said = capfd.readouterr().out.splitlines()
        if "coverage_of" in block:
            gained, covered, *steps = said
    assert gained == "209"
    assert covered == "30 of 66"
    assert len(steps) == 3
    assert validate(space["text"]) == ()


def test_making_a_layer_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    make_layer(read("sample"), Recipe(selection=Selection(tier="E5")))
    assert capfd.readouterr() == ("", "")


def test_values_are_frozen() -> None:
    mappings = mapping_set(rated_rows())
    product = make_layer(mappings)
    for value in (mappings, mappings.mappings[0], product, product.layer, product.tally, Recipe()):
        with pytest.raises(AttributeError, match="immutable"):
            setattr(value, value.__struct_fields__[0], "other")


def test_reading_no_source_is_an_error_in_words() -> None:
    with pytest.raises(errors.SourceError, match="there is no source; name a mapping file"):
        read()


# ---- what is loaded --------------------------------------------------------------------------------------------------


def loaded(*arguments: str) -> set[str]:
    """Return the modules that a run of the command line has loaded when it exits."""
    code = f"""
        import json, os, sys
        sys.argv = {["navigator-export", *arguments]!r}
        from navigator_export.cli import main
        try:
            main()
        except SystemExit as exit_:
            assert not exit_.code, exit_.code
        os.write(2, b"MODULES" + json.dumps(sorted(sys.modules)).encode())
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return set(json.loads(result.stderr.partition(b"MODULES")[2]))


HEAVY = {"mitreattack", "rich", "jsonschema", "openpyxl", "pandas", "requests", "yaml", "stix2", "numpy"}


def test_export_loads_no_heavy_package() -> None:
    modules = loaded("export", "sample", "-q")
    assert "navigator_export.export" in modules
    assert {module.partition(".")[0] for module in modules} & HEAVY == set()


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_loads_no_part_that_makes_layers(arguments: tuple[str, ...]) -> None:
    modules = loaded(*arguments)
    assert "navigator_export.cli" in modules
    unwanted = {f"navigator_export.{name}" for name in ("export", "readers", "validation", "attack", "inspection")}
    assert modules & unwanted == set()
    assert {module.partition(".")[0] for module in modules} & HEAVY == set()


def test_importing_the_package_loads_none_of_it() -> None:
    result = subprocess.run(
        [sys.executable, "-c", "import sys, navigator_export; print('\\n'.join(sys.modules))"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    own = {line for line in result.stdout.decode().split() if line.startswith("navigator_export")}
    assert own == {"navigator_export"}
