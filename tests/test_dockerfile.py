"""The image cannot be built in the tests; what it runs can be held against the command line."""

from __future__ import annotations

import json
import re

from navigator_export.cli.commands import commands
from tests.real_inputs import ROOT

LINES = (ROOT / "Dockerfile").read_text("utf-8").splitlines()


def words(instruction: str) -> list[str]:
    """Return the words of the last instruction of a kind, as JSON lists them."""
    found: list[str] = json.loads([line for line in LINES if line.startswith(f"{instruction} ")][-1].split(" ", 1)[1])
    return found


def test_what_the_image_runs_is_a_command_with_its_options() -> None:
    assert words("ENTRYPOINT") == ["navigator-export"]
    name, *arguments = words("CMD")
    command = commands.get_command(commands.make_context("navigator-export", [name]), name)
    assert command
    given = command.make_context(name, arguments).params
    assert given["words"] == ("/layers",)
    assert given["in_container"]
    port = given["port"]
    assert f"EXPOSE {port}" in LINES
    assert f"-p 127.0.0.1:{port}:{port}" in "\n".join(LINES)


def test_image_runs_as_nobody_of_rights() -> None:
    user = [line.split()[1] for line in LINES if line.startswith("USER ")][-1]
    assert int(user) > 0
    assert re.search(rf"--uid {user}\b", "\n".join(LINES))


def test_navigator_of_the_image_is_where_it_was_built() -> None:
    options = words("CMD")
    place = options[options.index("--navigator") + 1]
    assert f"COPY --from=navigator /dist {place}" in LINES
