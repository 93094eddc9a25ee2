"""What is made of the program is in step with it: the references, the picture, links, and the site's list of pages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from navigator_export import __version__
from tests.docs import command_reference, manifest_reference
from tests.docs.golden import in_step
from tests.docs.pages import DOCS, PAGES, README, anchors, links, name_of
from tests.real_inputs import ROOT
from tests.running import Run

ASKED = "NAVIGATOR_EXPORT_REWRITE_GOLDEN=1 writes it"
EVERY = (*PAGES, *sorted((DOCS / "rules").glob("*.md")))


def test_command_reference_is_what_help_says() -> None:
    assert in_step(DOCS / "commands.md", command_reference.reference()), ASKED


def test_manifest_reference_is_what_the_schema_says() -> None:
    assert in_step(DOCS / "manifest.md", manifest_reference.reference()), ASKED


def test_picture_is_what_render_draws(run: Run, tmp_path: Path) -> None:
    drawn = tmp_path / "drawn.svg"
    options = ("--page", "16:9", "--only-scored", "--sub-techniques", "none")
    assert run("render", "sample-company", "--tier", "Plus", *options, "-o", drawn).code == 0
    made = drawn.read_text("utf-8").replace(f"navigator-export {__version__}", "navigator-export")
    assert in_step(DOCS / "images" / "larkfield-plus.svg", made), ASKED


@pytest.mark.parametrize("page", EVERY, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page.read_text("utf-8")):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.is_file(), link
        if page != README:
            assert target.resolve().is_relative_to(DOCS), f"{link} leads out of the site"
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), link


def test_site_and_its_first_page_name_every_page() -> None:
    pages = {file.name for file in DOCS.glob("*.md")}
    listed = set(files(tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]["nav"]))
    assert {file for file in listed if not file.startswith("rules/")} == pages
    assert {file for file in listed if file.startswith("rules/")} == {
        f"rules/{f.name}" for f in (DOCS / "rules").iterdir()
    }
    home = set(links((DOCS / "index.md").read_text("utf-8")))
    assert pages - {link.partition("#")[0] for link in home} == {"index.md"}


def files(nav: object) -> list[str]:
    """Return the files in a list of pages, in its order."""
    if isinstance(nav, str):
        return [nav]
    children = nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ()
    return [file for child in children for file in files(child)]
