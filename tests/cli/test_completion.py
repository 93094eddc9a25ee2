from __future__ import annotations

import pytest

from tests.running import Run, run_process


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_asks_this_program(shell: str, run: Run) -> None:
    outcome = run("completion", shell)
    assert (outcome.code, outcome.err) == (0, "")
    assert "_NAVIGATOR_EXPORT_COMPLETE" in outcome.out.decode()
    assert f"{shell}_complete" in outcome.out.decode()


@pytest.mark.parametrize(
    ("typed", "completions"),
    [
        ("navigator-export exp", ["plain,export"]),
        ("navigator-export export sample --score b", ["plain,best", "plain,breadth"]),
        ("navigator-export export some", ["file,some"]),
        ("navigator-export validate some", ["file,some"]),
        ("navigator-export build some", ["file,some"]),
        ("navigator-export compare old.json some", ["file,some"]),
        ("navigator-export sets update some", ["file,some"]),
    ],
)
def test_what_is_typed_is_completed(typed: str, completions: list[str]) -> None:
    env = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" ")), "_NAVIGATOR_EXPORT_COMPLETE": "bash_complete"}
    result = run_process(env=env)
    assert result.stdout.decode().split() == completions


def test_unknown_shell_is_told(run: Run) -> None:
    outcome = run("completion", "tcsh")
    assert outcome.code == 2
    assert "'tcsh' is not one of" in outcome.err
