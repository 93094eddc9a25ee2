from __future__ import annotations

import signal
import urllib.request
from pathlib import Path

import pytest

from tests.made_inputs import layer_bytes
from tests.running import Run, start


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_layer_is_served_until_a_signal_ends_it(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(layer_bytes())
    process = start("serve", tmp_path / "a.json")
    assert process.stdout
    origin = process.stdout.readline().decode().strip()
    assert origin.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{origin}a.json") as answer:
        assert answer.read() == layer_bytes()
    process.send_signal(getattr(signal, name))
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert err.decode().splitlines()[-1] == "stopped"


def test_problem_names_what_is_wrong(run: Run, tmp_path: Path) -> None:
    outcome = run("serve", tmp_path)
    assert outcome.code == 2
    assert "holds no layer" in outcome.err
