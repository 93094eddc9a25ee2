"""The image cannot be built in the tests; what it runs can be held against the command line."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

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
    context = commands.make_context("navigator-export", [name])
    command = commands.get_command(context, name)
    assert command
    given = command.make_context(name, arguments, parent=context).params
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


STUB = "globalThis.fetch = async (url) => ({ ok: true, url, arrayBuffer: async () => new TextEncoder().encode(url) });"
"""Of what is fetched, its address."""


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_navigator_with_attack_beside_it_asks_nobody(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    config = {"collection_index_url": "https://example.org/index.json", "versions": {"enabled": False}, "banner": "b"}
    (tmp_path / "assets/config.json").write_text(json.dumps(config), "utf-8")
    link = "https://fonts.googleapis.com/icon?family=Material+Icons"
    (tmp_path / "main.js").write_text(f'a`{link}`, "{link}", [1, "material-symbols-outlined"]', "utf-8")
    (tmp_path / "stub.mjs").write_text(STUB, "utf-8")
    script = ROOT / "docker/attack-data.mjs"
    command = ["node", "--import", (tmp_path / "stub.mjs").as_uri(), script, tmp_path, "18.1", "20.0"]
    subprocess.run(command, check=True, capture_output=True)
    made = json.loads((tmp_path / "assets/config.json").read_text("utf-8"))
    assert (made["versions"]["enabled"], made["banner"], "collection_index_url" in made) == (True, "b", False)
    domains = [domain for entry in made["versions"]["entries"] for domain in entry["domains"]]
    for domain in domains:
        [place] = domain["data"]
        address = (tmp_path / place).read_text("utf-8")
        assert address.endswith(f"/{domain['identifier']}/{Path(place).name}")
    assert (len(domains), [entry["version"] for entry in made["versions"]["entries"]]) == (6, ["18", "20"])
    assert (tmp_path / "main.js").read_text("utf-8") == 'a`data:text/css,`, "data:text/css,", [1, "material-icons"]'
