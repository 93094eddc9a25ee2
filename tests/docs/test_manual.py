"""The manual pages that `make man` writes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from navigator_export.cli.commands import commands
from tests.real_inputs import ROOT

pytest.importorskip("click_man", reason="click-man is not installed")

MACROS = {".TH", ".SH", ".PP", ".B", ".TP", ".nf", ".fi"}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("manual") / "man"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "1750000000"}
    subprocess.run([sys.executable, ROOT / ".ci/man.py", folder], check=True, env=env)
    return {file.name: file.read_text("utf-8") for file in folder.iterdir()}


def described(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Yield a command and those below it, with the names of their pages."""
    yield f"{name}.1", command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for one in command.list_commands(ctx):
            below = command.get_command(ctx, one)
            assert below
            yield from described(below, f"{name}-{one}")


def test_every_command_has_a_page_with_its_options(pages: dict[str, str]) -> None:
    known = dict(described(commands, "navigator-export"))
    assert set(pages) == set(known)
    for name, command in known.items():
        options = {option for param in command.params if isinstance(param, click.Option) for option in param.opts}
        assert {option for option in options if option.replace("-", r"\-") not in pages[name]} == set()


def test_pages_have_summary_and_date_and_nothing_that_is_taken_for_a_macro(pages: dict[str, str]) -> None:
    assert (
        r"navigator-export\-gaps \- Show what threats use and coverage leaves open." in pages["navigator-export-gaps.1"]
    )
    for page in pages.values():
        assert '"2025-06-15"' in page.splitlines()[0]
        assert set(re.findall(r"^(?:'|\.\w*)", page, re.MULTILINE)) <= MACROS
        assert not re.search(r"[\x00-\x08]|\.\.\.$", page.partition(".SH SYNOPSIS")[0] + page.partition(".SH DESC")[2])


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="there is no mandoc here")
def test_pages_are_roff_that_says_what_it_means(pages: dict[str, str], tmp_path: Path) -> None:
    for name, page in pages.items():
        (tmp_path / name).write_text(page, "utf-8")
    found = subprocess.run(
        ["mandoc", "-Tlint", "-Wwarning", *sorted(pages)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    # click-man sets a paragraph's macro before the first of the commands too.
    told = [line for line in found.stdout.splitlines() if "skipping paragraph macro: PP after SH" not in line]
    assert (told, found.stderr) == ([], "")
