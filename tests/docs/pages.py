"""The pages that people read, taken apart: their blocks of code, commands, links and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.real_inputs import ROOT

README = ROOT / "README.md"
DOCS = ROOT / "docs"
PAGES = (README, *sorted(DOCS.glob("*.md")))
"""All but the rules' pages, which `tests/validation/test_pages.py` tests."""

FENCE = re.compile(r'^```(?P<language>\w*)(?: title="(?P<title>[^"]*)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^(?: {4}.*)?\n)+", re.MULTILINE)


class Block(NamedTuple):
    """A block of code: its language (empty where it is indented), its title, its text, and where that begins."""

    language: str
    title: str
    text: str
    start: int


def name_of(page: Path) -> str:
    """Return what a page is called: its path in the repository."""
    return page.relative_to(ROOT).as_posix()


def blocks(text: str) -> list[Block]:
    """Return the blocks of code of a page, in their order."""
    fenced = [
        Block(match["language"], match["title"] or "", match["text"], match.start("text"))
        for match in FENCE.finditer(text)
    ]
    inside = FENCE.sub(lambda match: "x" * (match.end() - match.start()), text)
    indented = [
        Block("", "", re.sub("^ {4}", "", match[0], flags=re.MULTILINE), match.start())
        for match in INDENTED.finditer(inside)
        if match[0].strip()
    ]
    return sorted(fenced + indented, key=lambda block: block.start)


def prose(text: str) -> str:
    """Return a page without its blocks of code."""
    return INDENTED.sub("\n", FENCE.sub("", text))


def commands(block: Block) -> Iterator[str]:
    """Yield the lines of a block that are typed into a shell, without the remarks after them."""
    if block.language not in ("", "sh", "console"):
        return
    for line in block.text.splitlines():
        typed = line.removeprefix("$ ") if block.language == "console" else line
        if block.language != "console" or line.startswith("$ "):
            yield re.sub(r"(^|\s+)# .*$", "", typed)


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and the site make them."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def links(text: str) -> list[str]:
    """Return what a page links to, pictures included."""
    return re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text))
