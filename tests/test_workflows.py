"""The workflows of the project: what they run is there, and what they take from others is one commit of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.real_inputs import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))

pytestmark = pytest.mark.skipif(not WORKFLOWS, reason="a source distribution has no workflows")


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_actions_are_pinned_by_hash(file: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", file.read_text("utf-8"))
    assert used
    loose = [(name, said) for name, said in used if not re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", name)]
    assert loose == []
    assert [name for name, said in used if not re.fullmatch(r" +# v[0-9.]+", said)] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_scripts_are_there(file: Path) -> None:
    named = re.findall(r"bash (\S+)", file.read_text("utf-8"))
    assert named
    assert [script for script in named if not (ROOT / script).is_file()] == []


def test_tests_for_every_system_are_there() -> None:
    named = re.findall(r"\btests/[\w./]+", (ROOT / ".ci/systems").read_text("utf-8"))
    assert len(named) > 5
    assert [path for path in named if not (ROOT / path).exists()] == []
