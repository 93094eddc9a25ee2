"""The GitHub action and the pre-commit hooks, run as GitHub and pre-commit run them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml

from tests.build.manifests import INDEX_FILES, manifest_file, own_cache, tree
from tests.made_inputs import Json, layer_bytes
from tests.real_inputs import ROOT
from tests.validation.test_reports import commands

SCRIPTS = ("action-install", "action-run")
OFFLINE = re.compile(
    "No matching distribution|Could not find a version|Connection|Temporary failure|Name or service|Network is unreach"
)
"""What pip says where it cannot reach a registry."""


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    return own_cache(monkeypatch, tmp_path)


def action() -> dict[str, Json]:
    read: dict[str, Json] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    return read


def script(name: str) -> str:
    return (ROOT / ".ci" / name).read_text("utf-8")


def project_copy(folder: Path) -> Path:
    """Return a copy of what a checkout of the project has."""
    ignored = shutil.ignore_patterns(".*cache", ".git", ".venv", ".hypothesis", "__pycache__", "tests", "demo", "fuzz")
    shutil.copytree(ROOT, folder, ignore=ignored)
    return folder


def bash() -> str:
    found = shutil.which("bash")
    if found is None:
        pytest.skip("there is no bash here")
    return found


# ---- action.yml and its scripts --------------------------------------------------------------------------------------


def test_action_is_composite_and_describes_itself_and_its_inputs() -> None:
    read = action()
    assert read["runs"]["using"] == "composite"
    assert read["name"]
    assert read["description"]
    assert [name for name, given in read["inputs"].items() if not given["description"]] == []
    assert [name for name, given in read["inputs"].items() if given.get("required") or "default" not in given] == []


def test_every_input_reaches_a_script_through_the_environment() -> None:
    read = action()
    environments = [step.get("env", {}) for step in read["runs"]["steps"]]
    used = [name for env in environments for value in env.values() for name in re.findall(r"inputs\.(\w+)", value)]
    assert sorted(used) == sorted(read["inputs"])
    for step in read["runs"]["steps"]:
        # What stands in `run` is pasted into the shell: an input there could run anything.
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def test_scripts_use_what_the_action_gives_them_and_nothing_else() -> None:
    steps = action()["runs"]["steps"]
    assert len(steps) == len(SCRIPTS) > 0
    for step in steps:
        [name] = [name for name in SCRIPTS if name in step["run"]]
        text = "\n".join(line for line in script(name).splitlines() if not line.startswith("#"))
        used = set(re.findall(r"\$\{?([A-Z][A-Z_]*)", text)) - {"RUNNER_TEMP"}
        given = set(step["env"]) - {"ACTION_PATH"}
        assert used - {"ACTION_PATH"} == given


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_bash_that_stops_at_the_first_error(name: str) -> None:
    assert script(name).startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in script(name)
    assert subprocess.run([bash(), "-n", ROOT / ".ci" / name], check=False).returncode == 0


# ---- the second step -------------------------------------------------------------------------------------------------

Step = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def step(tmp_path: Path) -> Step:
    """Return a function that runs the action's second step, after a first step that installed this package."""
    home = tmp_path / "runner temp/navigator-export/bin"
    home.mkdir(parents=True)
    command = home / "navigator-export"
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m navigator_export "$@"\n')
    command.chmod(0o755)

    def run_step(manifest: Path | str, output: Path | str = "", check: str = "false", update: str = "false") -> Json:
        return subprocess.run(
            [bash(), ROOT / ".ci/action-run"],
            env={
                **os.environ,
                "RUNNER_TEMP": str(tmp_path / "runner temp"),
                "ACTION_PATH": str(ROOT),
                "MANIFEST": str(manifest),
                "OUTPUT": str(output),
                "CHECK": check,
                "UPDATE": update,
                "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run_step


LAYERS = "layers: [{sources: m365, for_each: tier, path: '{tier}'}]"


def test_action_builds_and_then_checks_until_a_layer_is_changed(step: Step, tmp_path: Path) -> None:
    manifest, output = manifest_file(tmp_path / "with space", LAYERS), tmp_path / "the layers"
    assert step(manifest, output, "true").returncode == 1
    assert not output.exists()
    assert step(manifest, output).returncode == 0
    assert set(tree(output)) == {"e3.json", "e5.json"} | INDEX_FILES
    clean = step(manifest, output, "true")
    assert (clean.returncode, clean.stdout) == (0, "")
    (output / "e3.json").write_bytes(layer_bytes())
    red = step(manifest, output, "true")
    assert red.returncode == 1
    [(severity, properties, message)] = commands(red.stdout)
    assert (severity, properties["file"], properties["title"]) == ("error", (output / "e3.json").as_posix(), "drift")
    assert "stale" in message
    assert "e3.json" in (tmp_path / "summary.md").read_text("utf-8")


def test_action_without_output_builds_beside_the_manifest(step: Step, tmp_path: Path) -> None:
    manifest = manifest_file(tmp_path / "here", LAYERS)
    assert step(manifest).returncode == 0
    assert (tmp_path / "here/e3.json").exists()


def test_action_takes_paths_from_the_workspace(step: Step, tmp_path: Path) -> None:
    manifest_file(tmp_path, LAYERS)
    assert step("layers.yaml", "out").returncode == 0
    assert (tmp_path / "out/e3.json").exists()


def test_action_takes_the_manifest_of_a_usual_name(step: Step, tmp_path: Path) -> None:
    missing = step("", "out")
    assert missing.returncode == 2
    assert "there is no navigator-export.yaml or layers.yaml here" in missing.stdout + missing.stderr
    manifest_file(tmp_path, LAYERS, "navigator-export.yaml")
    assert step("", "out", update="true").returncode == 0
    assert (tmp_path / "out/e3.json").exists()
    assert step("", "out", "true").returncode == 0


def test_action_shows_what_is_wrong_in_the_manifest_on_its_line(step: Step, tmp_path: Path) -> None:
    manifest = manifest_file(tmp_path, "layers:\n  - pth: a")
    outcome = step(manifest, tmp_path / "out")
    assert outcome.returncode == 2
    [(_, properties, message)] = commands(outcome.stdout)
    assert (properties["file"], properties["line"]) == (str(manifest), "3")
    assert "pth" in message


@pytest.mark.parametrize("check", ["yes", "True", "1", "a\n::error::b"])
def test_check_that_is_neither_true_nor_false_is_told_and_nothing_is_written(
    check: str, step: Step, tmp_path: Path
) -> None:
    manifest = manifest_file(tmp_path, LAYERS)
    outcome = step(manifest, tmp_path / "out", check)
    assert outcome.returncode == 2
    assert outcome.stdout.startswith("::error::")
    assert len(outcome.stdout.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_action_moves_the_lock_first_where_that_is_asked_for(step: Step, tmp_path: Path) -> None:
    manifest = manifest_file(tmp_path, LAYERS)
    outcome = step(manifest, tmp_path / "out", update="true")
    assert (outcome.returncode, outcome.stdout) == (0, "nothing is newer\n")
    assert set(tree(tmp_path / "out")) == {"e3.json", "e5.json"} | INDEX_FILES
    assert step(manifest, tmp_path / "other", update="yes").returncode == 2
    assert not (tmp_path / "other").exists()


def test_missing_manifest_fails_the_action(step: Step, tmp_path: Path) -> None:
    outcome = step(tmp_path / "none.yaml")
    assert outcome.returncode == 2
    assert "there is no such file" in outcome.stdout + outcome.stderr


@pytest.mark.parametrize("manifest", ["--help", "--version", "-q"])
def test_manifest_is_never_taken_for_an_option(manifest: str, step: Step) -> None:
    assert step(manifest).returncode == 2


# ---- the first step --------------------------------------------------------------------------------------------------


def test_action_installs_itself_and_works(tmp_path: Path) -> None:
    project = project_copy(tmp_path / "action")
    env = {**os.environ, "RUNNER_TEMP": str(tmp_path / "temp"), "ACTION_PATH": str(project), "VERSION": ""}
    env.pop("PYTHONPATH", None)
    installed = subprocess.run(
        [bash(), project / ".ci/action-install"], env=env, capture_output=True, text=True, check=False
    )
    if installed.returncode and OFFLINE.search(installed.stderr):
        pytest.skip("pip cannot reach a registry here")
    assert installed.returncode == 0, installed.stderr
    manifest = manifest_file(tmp_path / "work", LAYERS)
    env |= {"MANIFEST": str(manifest), "OUTPUT": "", "CHECK": "false"}
    built = subprocess.run([bash(), project / ".ci/action-run"], env=env, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "work/e3.json").exists()


# ---- hooks for pre-commit --------------------------------------------------------------------------------------------


def hooks() -> dict[str, dict[str, Json]]:
    return {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}


def test_hooks_describe_themselves_and_run_the_command() -> None:
    assert list(hooks()) == [
        "navigator-export-validate",
        "navigator-export-upgrade",
        "navigator-export-upgrade-check",
        "navigator-export-build-check",
    ]
    for hook in hooks().values():
        assert hook["name"]
        assert hook["description"]
        assert hook["language"] == "python"
        assert hook["entry"].split()[0] == "navigator-export"
    assert hooks()["navigator-export-build-check"]["pass_filenames"] is False


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


def committed(folder: Path) -> str:
    """Make a folder a repository with one commit and return its name."""
    git(folder, "init", "--quiet")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", "all", "--no-verify")
    return git(folder, "rev-parse", "HEAD")


def pre_commit(folder: Path, home: Path, hook: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", hook, "--all-files", "--verbose"],
        cwd=folder,
        env={**os.environ, "PRE_COMMIT_HOME": str(home), "PRE_COMMIT_COLOR": "never"},
        capture_output=True,
        text=True,
        check=False,
    )


def write_files(folder: Path, files: Sequence[tuple[str, bytes]]) -> None:
    for name, data in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def test_hooks_are_green_until_a_layer_is_changed(tmp_path: Path) -> None:
    pytest.importorskip("pre_commit", reason="pre-commit is not installed")
    if shutil.which("git") is None:
        pytest.skip("there is no git here")
    project = project_copy(tmp_path / "project")
    revision = committed(project)
    work, home = tmp_path / "work", tmp_path / "home"
    work.mkdir()
    config = {
        "repos": [
            {
                "repo": str(project),
                "rev": revision,
                "hooks": [
                    {"id": "navigator-export-validate", "files": "^layers/"},
                    {"id": "navigator-export-build-check", "args": ["layers.yaml"]},
                ],
            }
        ]
    }
    write_files(work, [(".pre-commit-config.yaml", yaml.safe_dump(config).encode()), ("other.json", b"{}")])
    manifest = manifest_file(work, LAYERS + "\noutput: layers\n")
    built = subprocess.run(
        [sys.executable, "-m", "navigator_export", "build", manifest],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (work / "layers/index.json").rename(work / "index.json.kept")
    committed(work)
    outcome = pre_commit(work, home, "navigator-export-validate")
    if outcome.returncode and OFFLINE.search(outcome.stdout):
        pytest.skip("pre-commit cannot reach a registry here")
    assert outcome.returncode == 0, outcome.stdout
    (work / "index.json.kept").rename(work / "layers/index.json")
    assert pre_commit(work, home, "navigator-export-build-check").returncode == 0
    (work / "layers/e3.json").write_bytes(layer_bytes(techniques=[{"techniqueID": "T1086", "score": 1}]))
    red = pre_commit(work, home, "navigator-export-validate")
    assert red.returncode == 1
    assert "layers/e3.json::$.techniques[0].techniqueID: error" in red.stdout
    stale = pre_commit(work, home, "navigator-export-build-check")
    assert stale.returncode == 1
    assert "stale: e3.json" in stale.stdout


def test_index_beside_the_layers_does_not_fail_the_validate_hook(tmp_path: Path) -> None:
    """The hook is given every JSON file of a folder, and `build` puts its index there."""
    manifest = manifest_file(tmp_path, LAYERS)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "navigator_export"]
    subprocess.run(
        [*program, "build", manifest, "-o", tmp_path / "out"], env=environment, check=True, capture_output=True
    )
    excluded = re.compile(hooks()["navigator-export-validate"].get("exclude", "^$"))
    files = [file for file in sorted(tree(tmp_path / "out")) if file.endswith(".json") and not excluded.search(file)]
    outcome = subprocess.run(
        [*program, "validate", *files], cwd=tmp_path / "out", env=environment, capture_output=True, check=False
    )
    assert outcome.returncode == 0, outcome.stdout
