"""The package as it is installed: from a wheel, and straight from a checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from navigator_export import validate
from navigator_export.version import __version__
from tests.real_inputs import ROOT

BAD_LAYER = b'{"name": 5}'


def run_python(
    *arguments: str, path: Path, folder: Path, stdin: bytes = b"", python: str = sys.executable
) -> subprocess.CompletedProcess[bytes]:
    """Run a Python in a folder, with the package from `path` first and its dependencies from here."""
    site_packages = sysconfig.get_path("purelib")
    return subprocess.run(
        [python, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(path), site_packages))},
        input=stdin,
        capture_output=True,
        check=False,
    )


ISOLATION = ["--no-build-isolation"] if find_spec("hatchling") and find_spec("hatch_fancy_pypi_readme") else []
"""Options of pip: in isolation where the build backend is not at hand."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what belongs to the package."""
    folder = tmp_path_factory.mktemp("project") / "project"
    ignored = shutil.ignore_patterns(".*", "__pycache__", "tests", "demo", "build", "dist")
    shutil.copytree(ROOT, folder, ignore=lambda at, names: ignored(at, names) if at == str(ROOT) else [])
    return folder


@pytest.fixture(scope="module")
def wheel(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        *ISOLATION,
        "-w",
        str(folder),
        str(project),
    ]
    subprocess.run(command, check=True, cwd=folder, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that the wheel, and nothing else, is installed into."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def assert_works(path: Path, folder: Path) -> None:
    """Assert that the package in `path` exports, and finds schemas, samples, facts and pages, from another folder."""
    where = run_python("-c", "import navigator_export; print(navigator_export.__file__)", path=path, folder=folder)
    assert Path(where.stdout.decode().strip()).is_relative_to(path), where.stderr
    for sample in ("sample", "sample-company"):
        exported = run_python("-m", "navigator_export", "export", sample, path=path, folder=folder)
        assert exported.returncode == 0, exported.stderr
        assert validate(exported.stdout) == ()
    arguments = ("-m", "navigator_export", "validate", "-", "--format", "json")
    checked = run_python(*arguments, path=path, folder=folder, stdin=BAD_LAYER)
    assert checked.returncode == 1, checked.stderr
    assert {finding["rule"] for finding in json.loads(checked.stdout)["findings"]} >= {"field-type"}
    explained = run_python("-m", "navigator_export", "validate", "--explain", "not-json", path=path, folder=folder)
    assert explained.stdout.startswith(b"# not-json\n"), explained.stderr
    read = "from navigator_export import read_bytes; read_bytes(b'{}', 'x')"
    refused = run_python("-c", read, path=path, folder=folder)
    assert b"mapping_objects is missing" in refused.stderr


def test_wheel_holds_package_schemas_and_rule_pages_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "navigator_export").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    expected |= {f"navigator_export/schemas/{file.name}" for file in (ROOT / "schemas").iterdir()}
    expected |= {f"navigator_export/docs/rules/{file.name}" for file in (ROOT / "docs" / "rules").iterdir()}
    packaged = {name for name in names if ".dist-info/" not in name}
    assert packaged == expected
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith("licenses/NOTICE") for name in names)


def test_description_of_the_package_refers_to_what_is_there_with_addresses(wheel: Path) -> None:
    [metadata] = (name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".dist-info/METADATA"))
    description = zipfile.ZipFile(wheel).read(metadata).decode().partition("\n\n")[2]
    targets = re.findall(r"\]\(([^)\s]+)\)", description)
    repository = "navigator-export/navigator-export"
    pictures, pages = f"https://raw.githubusercontent.com/{repository}/", f"https://github.com/{repository}/blob/"
    own = [target for target in targets if target.startswith((pictures, pages))]
    assert "![The ATT&CK matrix" in description
    assert f"]({pictures}v{__version__}/docs/images/larkfield-plus.svg)" in description
    assert [target for target in targets if not target.startswith("https://")] == []
    assert len(own) > 20
    files = {re.sub(rf"^(?:{pictures}|{pages})v{__version__}/|#.*", "", target) for target in own}
    assert [file for file in files if not (ROOT / file).is_file()] == []


def test_installed_wheel_works_from_any_folder(installed: Path, tmp_path: Path) -> None:
    assert_works(installed, tmp_path)


def test_installed_wheel_makes_the_same_layer_as_the_checkout(installed: Path, tmp_path: Path) -> None:
    arguments = ("-m", "navigator_export", "export", "sample")
    runs = [run_python(*arguments, path=path, folder=tmp_path) for path in (installed, ROOT)]
    assert runs[0].stdout == runs[1].stdout != b""


def test_checkout_works_from_any_folder(tmp_path: Path) -> None:
    assert_works(ROOT, tmp_path)


def test_editable_install_works_from_any_folder(project: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", *ISOLATION]
    subprocess.run([*command, "--editable", str(project)], check=True, capture_output=True)
    nothing = tmp_path / "nothing"
    found = run_python(
        "-c", "import navigator_export as n; print(n.__file__)", path=nothing, folder=tmp_path, python=python
    )
    assert Path(found.stdout.decode().strip()).is_relative_to(project), found.stderr
    for arguments, beginning in ((("--explain", "not-json"), b"# not-json\n"), (("-",), b"standard input::")):
        call = ("-m", "navigator_export", "validate", *arguments)
        result = run_python(*call, path=nothing, folder=tmp_path, python=python, stdin=BAD_LAYER)
        assert result.stdout.startswith(beginning), result.stderr


def test_installed_command_says_its_version(installed: Path, tmp_path: Path) -> None:
    script = installed / "bin" / "navigator-export"
    result = run_python(str(script), "--version", path=installed, folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(b"navigator-export, version ")


def test_citation_is_of_this_release() -> None:
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
