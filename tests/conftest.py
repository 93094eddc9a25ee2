"""Fixtures of all tests, and how property tests run."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from navigator_export.cli import main
from tests.running import Outcome, Run

if TYPE_CHECKING:
    from tests.https_server import Server

# A shell has what runs in its background ignore Ctrl-C, and nohup a closed terminal; what tests start inherits that.
for name, handler in (("SIGINT", signal.default_int_handler), ("SIGTERM", signal.SIG_DFL), ("SIGHUP", signal.SIG_DFL)):
    if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is signal.SIG_IGN:
        signal.signal(getattr(signal, name), handler)

settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=False
)


settings.register_profile("explore", parent=settings.get_profile("steady"), derandomize=False, max_examples=1000)


settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(autouse=True)
def no_imported_releases(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep ATT&CK releases that the person at this computer imported out of the tests."""
    monkeypatch.setenv("NAVIGATOR_EXPORT_DATA", str(tmp_path_factory.getbasetemp() / "no data"))


@pytest.fixture(scope="session")
def running_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server on https that runs as long as the tests do."""
    from tests.https_server import Server  # few tests need it

    with Server(tmp_path_factory.mktemp("certificates")) as server:
        yield server


@pytest.fixture
def server(running_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Return a server on https that has nothing yet, and whose certificate is trusted."""
    running_server.clear()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running_server.certificates))
    for variable in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(variable, raising=False)
    return running_server


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder, not there yet, that published sets are kept in for this test; no mirror is named."""
    from navigator_export.sets import keeping
    from tests.build.manifests import own_cache

    own_cache(monkeypatch, tmp_path)
    monkeypatch.delenv(keeping.VARIABLE, raising=False)
    return keeping.folder()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Return a function that runs the command line in this process; `stdin` is what comes in there."""

    def run_main(*arguments: str | os.PathLike[str], stdin: bytes | io.RawIOBase = b"") -> Outcome:
        capfdbinary.readouterr()
        raw = io.BytesIO(stdin) if isinstance(stdin, bytes) else io.BufferedReader(stdin)
        monkeypatch.setattr(sys, "argv", ["navigator-export", *map(os.fspath, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw, "utf-8"))
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capfdbinary.readouterr()
        return Outcome(exit_.value.code or 0, out, err.decode())

    return run_main
